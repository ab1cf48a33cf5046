"""Without any network everything works: the sample is indexed, questions are answered, papers are added."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from doors import checked, written

QUESTION = "How does Point-CMAE bring contrastive learning into masked autoencoders?"
ALONE = ["unshare", "--map-root-user", "--net"]  # a network of its own, in which not even the loopback is up


def _permitted() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _permitted(), reason="unshare may not make a network of its own here"),
]


def alone(*command: str, environment: dict[str, str]) -> str:
    """What a command without a network prints; it has to end well."""
    arguments = [*ALONE, sys.executable, *command]
    result = subprocess.run(arguments, env=environment, capture_output=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


def bare(home: Path) -> dict[str, str]:
    """The environment without a user's folder, keys or settings, and with a cache that cannot be written."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "ASSISTANT_MINILM")}
    return {**kept, "ASSISTANT_HOME": str(home), "XDG_CACHE_HOME": "/dev/null/no-cache"}


def test_there_is_no_network_in_here():
    statement = "import socket; socket.create_connection(('127.0.0.1', 9))"
    result = subprocess.run([*ALONE, sys.executable, "-c", statement], capture_output=True, check=False)
    assert b"unreachable" in result.stderr


def test_the_sample_is_indexed_and_a_question_answered(tmp_path: Path):
    shown = alone("-m", "assistant", "ask", QUESTION, "--json", environment=bare(tmp_path))
    answer = checked("answer", shown)
    assert answer["state"] == "answered"
    assert "Point-CMAE" in answer["text"]
    found = checked("search", alone("-m", "assistant", "search", "owls", "--json", environment=bare(tmp_path)))
    assert found["hits"]


def test_papers_are_added_rebuilt_and_removed(tmp_path: Path):
    environment = bare(tmp_path / "home")
    file = str(written(tmp_path))
    report = checked("index", alone("-m", "assistant", "index", file, "--json", environment=environment))
    assert report["totals"]["new"] == 4
    checked("index", alone("-m", "assistant", "index", "--rebuild", "--json", environment=environment))
    removed = alone("-m", "assistant", "papers", "remove", "a1", "--json", environment=environment)
    assert checked("removed", removed)["removed"] == ["doi:10.5555/zebra.1"]
    facts = checked("doctor", alone("-m", "assistant", "doctor", "--json", environment=environment))
    assert [one["papers"] for one in facts["corpora"]] == [3]
