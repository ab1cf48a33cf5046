"""A disk that is full or read-only: every stage ends in one sentence, and with room again nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tiny import Tiny, audit, write_papers

from assistant import Assistant, Settings
from assistant.errors import AssistantError

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


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


def run(home: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command."""
    command = [sys.executable, "-m", "assistant", *arguments]
    env = {**os.environ, "ASSISTANT_HOME": str(home)}
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


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


QUESTION = "Which study is on protein?"


def told(home: Path) -> tuple[list[str], list[str], int]:
    """What a question, a search and a list give in a home, by a model that needs no other file."""
    with Assistant(Settings(home=home, chunk_size=32), embedder=Tiny()) as assistant:
        answer = assistant.ask(QUESTION)
        hits = assistant.search("protein segmentation", top_k=5, filters={"year_from": 2000})
        found = [hit.paper.id for hit in assistant.search("protein segmentation", top_k=20)]
        return [passage["paper_id"] for passage in answer.to_dict()["passages"]], found, len(hits)


def test_a_read_only_disk_answers_what_a_writable_one_answers(tmp_path: Path) -> None:
    papers = write_papers(tmp_path / "made.jsonl", range(300))
    with disk(tmp_path / "home", "100m") as home:
        add(home, papers)
        before = told(home)
        files = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
        mount("-o", "remount,ro", home)
        assert told(home) == before
        mount("-o", "remount,rw", home)
        assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == files
        assert add(home, write_papers(tmp_path / "more.jsonl", range(300, 310))) == 10


def test_the_commands_answer_in_a_home_that_is_read_only(tmp_path: Path) -> None:
    with disk(tmp_path / "home", "200m") as home:
        papers = write_papers(tmp_path / "made.jsonl", range(40))
        assert run(home, "index", str(papers))[0] == 0
        mount("-o", "remount,ro", home)
        for command in (("ask", QUESTION), ("search", "protein"), ("papers", "list")):
            code, out, err = run(home, *command)
            assert (code, "Traceback" in err) == (0, False), err
            assert "tudy" in out or "protein" in out
        assert "this conversation was not kept" in run(home, "ask", QUESTION)[2]
        code, out, err = run(home, "index", str(papers), "--dry-run", "--json")
        assert code == 0 and json.loads(out)["totals"]["unchanged"] == 40, err
        code, _, err = run(home, "index", str(write_papers(tmp_path / "more.jsonl", range(40, 50))))
        assert code == 1 and "cannot be written to. Make it writable" in err


@pytest.mark.parametrize("left", ["a log and its index", "a log alone"])
def test_what_a_killed_writer_left_on_a_read_only_disk_is_seen_or_refused(tmp_path: Path, left: str) -> None:
    from assistant.store import Store

    with disk(tmp_path / "home", "100m") as home:
        path = home / "papers.sqlite"
        writer = "import os, sys; from pathlib import Path; from test_store import *\n"
        writer += "store = Store(Path(sys.argv[1])); save_done(store, made_paper(1)); os._exit(9)"
        env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
        subprocess.run([sys.executable, "-c", writer, str(path)], env=env, cwd=ROOT, check=False)
        assert path.with_name("papers.sqlite-wal").stat().st_size
        if left == "a log alone":
            path.with_name("papers.sqlite-shm").unlink()
        mount("-o", "remount,ro", home)
        store = Store(path)
        if left == "a log alone":
            with pytest.raises(AssistantError, match="cannot be written to"):
                store.count()
        else:
            assert store.count() == 1
        store.close()


FORBIDDEN = """
import os, sys
from pathlib import Path
from test_disk_full import add, told
home, papers = Path(sys.argv[1]), Path(sys.argv[2])
add(home, papers)
before = told(home)
for path in (home, *home.rglob("*")):
    os.chown(path, 65534, 65534)
    path.chmod(0o555 if path.is_dir() else 0o444)
os.setgid(65534)
os.setuid(65534)  # root may write anywhere
assert told(home) == before
try:
    add(home, papers.with_name("more.jsonl"))
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_home_that_may_not_be_written_to_answers_the_same() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        write_papers(Path(name, "more.jsonl"), range(60, 70))
        papers = write_papers(Path(name, "made.jsonl"), range(60))
        env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "TMPDIR": "/tmp"}
        command = [sys.executable, "-c", FORBIDDEN, str(Path(name, "home")), str(papers)]
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "cannot be written to. Make it writable" in done.stdout
