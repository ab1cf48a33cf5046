"""Fixtures that several test files share: a corpus with a tiny embedder, and the bundled sample with the real one."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from tiny import Tiny, opened

from assistant import Assistant, Settings
from assistant.index import Index

# A machine at work is no slow code. The same examples everywhere; FUZZ=1 asks for new ones.
hypothesis.settings.register_profile(
    "busy",
    deadline=None,
    derandomize="FUZZ" not in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("busy")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so it is for a job in the background, and for its children
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that a test starts reads or writes the user's own corpora."""
    before = {name: value for name, value in os.environ.items() if name.startswith(("ASSISTANT_", "OPENAI_"))}
    for name in before:
        del os.environ[name]
    os.environ["ASSISTANT_HOME"] = str(tmp_path_factory.mktemp("home"))
    yield
    del os.environ["ASSISTANT_HOME"]
    os.environ.update(before)


@pytest.fixture
def embedder() -> Tiny:
    return Tiny()


@pytest.fixture
def index(tmp_path: Path, embedder: Tiny) -> Iterator[Index]:
    """An empty corpus."""
    with opened(tmp_path / "corpus", embedder) as made:
        yield made


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that holds the bundled sample, indexed with the real embedder. Use `sample`, a copy."""
    home = tmp_path_factory.mktemp("sample")
    with Assistant(Settings(home=home, corpus="sample")) as assistant:
        assert assistant.index.store.count() > 300
    return home


@pytest.fixture
def sample(built_sample: Path, tmp_path: Path) -> Settings:
    """Settings of a copy of the indexed sample, to read or to spoil."""
    shutil.copytree(built_sample, tmp_path / "sample-home")
    return Settings(home=tmp_path / "sample-home", corpus="sample")
