"""The check-up: it finds what is wrong with a home, names the cure and changes nothing."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from doors import ROOT, knock, small_home, validator

from assistant import Settings
from assistant.doctor import examine
from assistant.index.locks import file_lock


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


def test_another_model_or_version_is_a_problem_with_the_command_that_cures_it(home: Path):
    edit(home, "UPDATE builds SET embedder = 'openai:text-embedding-3-small', schema = 1")
    model, version = reversed(sentences(home))
    assert "it was indexed with openai:text-embedding-3-small, not with all-MiniLM-L6-v2" in model
    assert "Set ASSISTANT_EMBEDDER=openai:text-embedding-3-small" in model
    assert version.endswith("by another version of assistant. Run: assistant index --rebuild --corpus mine")
    assert [one["healthy"] for one in examine(Settings(home=home))["corpora"]] == [False]
    asked = knock("search", "x", home=home)
    assert (asked.exit_code, asked.stderr.count("\n"), "--rebuild --corpus mine" in asked.stderr) == (1, 1, True)


def test_vectors_that_are_cut_short_and_papers_without_an_index_are_problems(home: Path):
    (vectors,) = home.glob("corpora/mine/builds/*/vectors/chunks.f32")
    vectors.write_bytes(vectors.read_bytes()[:-4])
    assert sentences(home)[0].startswith("Corpus mine: its vectors are cut short. Run: assistant index --rebuild")
    edit(home, "UPDATE current SET active_build = NULL")
    assert sentences(home)[0].startswith("Corpus mine: 4 papers are in no index. Run: assistant index --rebuild")
    knock("index", "--rebuild", "--corpus", "mine", home=home)
    assert examine(Settings(home=home))["corpora"][0]["healthy"] is True


def test_what_a_dead_process_left_on_the_disk_is_named_with_its_cure(home: Path):
    (home / "corpora/mine/builds/it's foreign").mkdir()
    edit(home, "INSERT INTO builds VALUES ('b2', 'x', 4, 128, 2, 'building', 0)")
    rebuild, foreign = sentences(home)
    assert rebuild.endswith("To go on with it, run: assistant index --rebuild --corpus mine")
    command = foreign.split("Delete it: ")[1]
    subprocess.run(command, shell=True, check=True)
    assert len(sentences(home)) == 1
    assert examine(Settings(home=home))["corpora"][0]["healthy"] is True


def test_what_a_living_writer_has_not_finished_is_no_problem(home: Path):
    edit(home, "UPDATE indexed SET state = 'pending' WHERE number = 1")
    (home / "corpora/mine/builds/being-deleted").mkdir()
    with file_lock(home / "corpora/mine/lock", 1, "written"):
        assert sentences(home) == []
    assert len(sentences(home)) == 2


def test_a_page_of_the_database_that_is_damaged_is_found(home: Path):
    knock("search", "x", home=home)
    with closing(sqlite3.connect(home / "corpora/mine/papers.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (home / "corpora/mine/papers.sqlite").open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096 * 6)
    (sentence,) = sentences(home)
    assert "damaged" in sentence or "cannot be read" in sentence


def test_every_package_that_is_needed_has_its_version(home: Path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[^\w-]", line)[0] for line in project["dependencies"]}
    assert len(declared & examine(Settings(home=home))["versions"].keys()) > 10


def test_the_address_in_place_of_arxiv_is_an_endpoint(home: Path):
    told = knock("doctor", home=home, ASSISTANT_ARXIV_URL="http://127.0.0.1:9/api/query").stdout
    assert "endpoints http://127.0.0.1:9/api/query\n" in told
    assert "answers   quotes, without a model\n" in told
    assert "endpoints none is called\n" in knock("doctor", home=home).stdout


def test_the_endpoints_are_those_that_a_question_would_call(home: Path):
    silent, served = examine(Settings(home=home)), examine(Settings(home=home, base_url="http://127.0.0.1:1/v1"))
    assert (silent["model"]["mode"], silent["endpoints"]) == ("extractive", [])
    assert (served["model"]["mode"], served["endpoints"]) == ("llm", ["http://127.0.0.1:1/v1"])
    quoting = examine(Settings(home=home, base_url="http://127.0.0.1:1/v1", mode="extractive"))
    assert quoting["endpoints"] == []
