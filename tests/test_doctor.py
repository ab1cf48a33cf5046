"""The check-up: it finds what is wrong with a home, names the cure and changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from doors import knock, small_home, validator

from assistant import Settings
from assistant.doctor import examine


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(small_home(), tmp_path / "home")
    yield tmp_path / "home"
    validator("doctor").validate(examine(Settings(home=tmp_path / "home")))


def sentences(home: Path) -> list[str]:
    return [f"{one['problem']} {one['cure']}" for one in examine(Settings(home=home))["problems"]]


def edit(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "corpora/mine/papers.sqlite")) as connection, connection:
        connection.execute(statement)


def test_a_sound_home_has_no_problem(home: Path):
    assert sentences(home) == []


def test_a_home_that_is_not_there_yet_has_no_problem_and_is_not_made(tmp_path: Path):
    facts = examine(Settings(home=tmp_path / "later"))
    assert (facts["corpora"], facts["problems"]) == ([], [])
    assert not (tmp_path / "later").exists()


def test_a_home_that_is_a_file_is_a_problem(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert sentences(tmp_path / "file" / "below") == [
        f"{tmp_path / 'file'} is not a folder. Set ASSISTANT_HOME to a folder."
    ]


def test_papers_that_a_dead_writer_left_are_a_problem(home: Path):
    edit(home, "UPDATE indexed SET state = 'pending' WHERE number = 1")
    facts = examine(Settings(home=home))
    assert [one["healthy"] for one in facts["corpora"]] == [False]
    assert "1 papers are half written" in sentences(home)[0]
    knock("ask", "x", home=home)
    assert sentences(home) == []


def test_a_lost_part_of_the_index_is_a_problem_that_a_rebuild_cures(home: Path):
    for folder in (home / "corpora/mine/builds").iterdir():
        shutil.rmtree(folder / "vectors")
    assert sentences(home) == ["Corpus mine: its index lacks vectors. Run: assistant index --rebuild --corpus mine"]
    assert knock("index", "--rebuild", "--corpus", "mine", home=home).exit_code == 0
    assert sentences(home) == []


def test_a_corpus_of_a_newer_version_is_a_problem_and_is_left_alone(home: Path):
    edit(home, "PRAGMA user_version = 99")
    before = (home / "corpora/mine/papers.sqlite").read_bytes()
    assert "newer version" in sentences(home)[0]
    assert "Upgrade assistant" in sentences(home)[0]
    assert (home / "corpora/mine/papers.sqlite").read_bytes() == before


def test_a_damaged_corpus_is_a_problem(home: Path):
    for path in (home / "corpora/mine").glob("papers.sqlite*"):
        path.write_bytes(b"not a database at all" * 100)
    assert "is damaged" in sentences(home)[0]
    assert "PROBLEM" in knock("doctor", home=home).stdout


def test_the_endpoints_are_those_that_a_question_would_call(home: Path):
    silent, served = examine(Settings(home=home)), examine(Settings(home=home, base_url="http://127.0.0.1:1/v1"))
    assert (silent["model"]["mode"], silent["endpoints"]) == ("extractive", [])
    assert (served["model"]["mode"], served["endpoints"]) == ("llm", ["http://127.0.0.1:1/v1"])
    quoting = examine(Settings(home=home, base_url="http://127.0.0.1:1/v1", mode="extractive"))
    assert quoting["endpoints"] == []
