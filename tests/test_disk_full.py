"""A disk that is full or read-only: every stage ends in one sentence, and with room again nothing is lost."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tiny import Tiny, audit, write_papers

from assistant import Assistant, Settings
from assistant.errors import AssistantError

pytestmark = pytest.mark.slow


def mount(*arguments: str | Path) -> None:
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def add(home: Path, papers: Path) -> int:
    with Assistant(Settings(home=home, chunk_size=32), embedder=Tiny()) as assistant:
        return assistant.add(papers).totals["kept"]


@pytest.mark.parametrize("size", ["100k", "300k", "1m", "1500k", "2m", "3m", "6m", "9m"])
def test_a_full_disk_is_one_sentence_and_with_room_again_nothing_is_lost(tmp_path: Path, size: str) -> None:
    papers = write_papers(tmp_path / "made.jsonl", range(1200))
    with disk(tmp_path / "home", size) as home:
        for _ in range(2):
            with pytest.raises(AssistantError, match=r"is full\. Free some space") as caught:
                add(home, papers)
            assert "\n" not in str(caught.value)
        mount("-o", "remount,size=200m", home)
        assert add(home, papers) == 1200
        assert len(audit(home / "corpora" / "mine")) == 1200


def test_a_read_only_disk_is_one_sentence_for_every_part(tmp_path: Path) -> None:
    papers = write_papers(tmp_path / "made.jsonl", range(50))
    more = write_papers(tmp_path / "more.jsonl", range(50, 90))
    with disk(tmp_path / "home", "100m") as home:
        add(home, papers)
        mount("-o", "remount,ro", home)
        with pytest.raises(AssistantError, match=r"cannot be written to\. Make it writable"):
            add(home, more)
        mount("-o", "remount,rw", home)
        assert add(home, more) == 40
        assert len(audit(home / "corpora" / "mine")) == 90
