"""Settings: argument over environment over default, and a sentence for every value that cannot be used."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from assistant import Settings, SettingsError


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch):
    for field in dataclasses.fields(Settings):
        for prefix in ("ASSISTANT", "OPENAI"):
            monkeypatch.delenv(f"{prefix}_{field.name.upper()}", raising=False)


def test_defaults_lie_in_the_users_data_folder():
    settings = Settings.load()
    assert settings.home.is_absolute()
    assert settings.home.name == "assistant"
    assert (settings.corpus, settings.top_k, settings.chunk_size) == (None, 8, 128)


def test_an_argument_goes_before_the_environment_and_the_environment_before_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    monkeypatch.setenv("ASSISTANT_TOP_K", "5")
    monkeypatch.setenv("ASSISTANT_CORPUS", "team")
    assert Settings.load() == Settings(home=tmp_path, corpus="team", top_k=5)
    assert Settings.load(top_k=7, corpus=None).top_k == 7
    assert Settings.load(top_k=7, corpus=None).corpus == "team"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ASSISTANT_CORPUS", "")
    monkeypatch.setenv("ASSISTANT_TOP_K", "")
    assert Settings.load() == Settings(home=Settings.load().home)


def test_a_tilde_in_the_home_is_the_users_folder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ASSISTANT_HOME", "~/papers")
    assert Settings.load().home == Path.home() / "papers"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"top_k": 0}, "top_k is 0"),
        ({"top_k": 101}, "from 1 to 100"),
        ({"top_k": "many"}, "top_k is 'many'"),
        ({"chunk_size": 31}, "from 32 to 4096"),
        ({"chunk_size": 5000}, "from 32 to 4096"),
        ({"corpus": ""}, "cannot be the name"),
        ({"corpus": "../up"}, "cannot be the name"),
        ({"corpus": ".hidden"}, "cannot be the name"),
        ({"corpus": "a/b"}, "cannot be the name"),
        ({"corpus": "a\n"}, "cannot be the name"),
        ({"corpus": "x" * 65}, "cannot be the name"),
        ({"home": "~no-such-user-here/x"}, "no such user"),
        ({"colour": "red"}, "no setting 'colour'"),
    ],
)
def test_a_value_that_cannot_be_used_is_a_sentence(given: dict[str, object], words: str):
    with pytest.raises(SettingsError, match=words) as caught:
        Settings.load(**given)
    assert caught.value.cure


def test_a_variable_that_cannot_be_used_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ASSISTANT_TOP_K", "lots")
    with pytest.raises(SettingsError, match="top_k is 'lots'"):
        Settings.load()
