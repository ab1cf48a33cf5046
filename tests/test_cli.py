"""The command line: what it prints where, what it exits with, and its JSON against the committed schemas."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from doors import RECORDS, ROOT, checked, knock, run, small_home, validator, written

from assistant import errors
from assistant.store.builds import DERIVED_SCHEMA

ZEBRA = "What efficiency does the zebra grating reach on SunBench?"
FOOTBALL = "Who won the 2018 football world cup?"


def test_a_question_gets_a_cited_answer_on_stdout_and_the_corpus_on_stderr():
    result = knock("ask", ZEBRA, home=small_home())
    assert result.exit_code == 0
    assert "31.4%" in result.stdout
    assert "[1] Zebra Gratings for Brighter Solar Cells. Ada Berg, Chen Wu, Optics Notes, 2021" in result.stdout
    assert result.stderr.startswith("Corpus: mine.\nQuoted, not written: for written answers set OPENAI_API_KEY")


def test_a_corpus_that_was_named_is_not_announced():
    quoting = ("ask", ZEBRA, "--mode", "extractive")
    assert knock(*quoting, "--corpus", "mine", home=small_home()).stderr == ""
    assert knock(*quoting, home=small_home(), ASSISTANT_CORPUS="mine").stderr == ""


def test_the_sample_answers_until_there_are_papers_of_ones_own(built_sample: Path):
    result = knock("search", "masked autoencoders", home=built_sample)
    assert result.stderr == "Corpus: sample. Index your own: assistant index FILE\n\n"


@pytest.mark.parametrize(
    "question",
    [
        "What top-1 accuracy does Hierarchical Side-Tuning reach on VTAB-1k, and with how many tuned parameters?",
        "Which papers are about masked autoencoders?",
        "How do CLIP and masked image modeling differ?",
    ],
)
def test_every_quote_is_that_stretch_of_its_papers_abstract(question: str, built_sample: Path):
    answer = checked("answer", knock("ask", question, "--json", home=built_sample).stdout)
    abstracts = {paper["paper_id"]: paper["abstract"] for paper in answer["papers"]}
    assert answer["state"] != "not_in_corpus"
    for citation in answer["citations"]:
        assert citation["quote"] == abstracts[citation["paper_id"]][citation["start"] : citation["end"]]
    bound = {one for sentence in answer["sentences"] for one in sentence["citations"]}
    assert bound == {citation["id"] for citation in answer["citations"]}
    assert {paper["number"] for paper in answer["papers"]} == {citation["number"] for citation in answer["citations"]}


def test_the_first_example_answers_with_its_two_figures(built_sample: Path):
    question = "What top-1 accuracy does Hierarchical Side-Tuning reach on VTAB-1k, and with how many tuned parameters?"
    answer = checked("answer", knock("ask", question, "--json", home=built_sample).stdout)
    assert "76.0" in answer["text"]
    assert "0.78M" in answer["text"]
    assert answer["papers"][0]["title"] == "Hierarchical Side-Tuning for Vision Transformers"


def test_a_question_that_no_paper_answers_is_declined_and_is_no_error(built_sample: Path):
    result = knock("ask", FOOTBALL, "--json", home=built_sample)
    answer = checked("answer", result.stdout)
    assert result.exit_code == 0
    assert answer["state"] == "not_in_corpus"
    assert answer["sentences"] == answer["citations"] == []
    assert answer["nearest"]
    assert answer["missing"]


def test_a_declined_question_names_the_nearest_papers():
    shown = knock("ask", FOOTBALL, home=small_home()).stdout
    assert "do not answer" in shown
    assert "The nearest papers:\n  - " in shown


def test_search_shows_how_each_paper_was_found():
    found = checked("search", knock("search", "quiet drones", "--json", home=small_home()).stdout)
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3, 4]
    assert found["hits"][0]["title"] == RECORDS[1]["title"]
    assert found["hits"][0]["quote"] in RECORDS[1]["abstract"]
    assert "1. Owl-Inspired Propellers" in knock("search", "quiet drones", home=small_home()).stdout


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        (["--year-from", "2023"], {"a2", "a4"}),
        (["--year-to", "2022"], {"a1"}),
        (["--year-from", "2022", "--year-to", "2023"], {"a2"}),
        (["--author", "lind"], {"a2"}),
        (["--venue", "optics notes"], {"a1"}),
        (["--source", "small"], {"a1", "a2", "a3", "a4"}),
        (["--source", "elsewhere"], set()),
    ],
)
def test_filters_keep_exactly_the_papers_that_pass(flags: list[str], kept: set[str]):
    listed = checked("papers", knock("papers", "list", *flags, "--json", home=small_home()).stdout)["papers"]
    hits = checked("search", knock("search", "light", *flags, "--json", home=small_home()).stdout)["hits"]
    assert {paper["source_ids"][-1] for paper in listed} == kept
    assert {hit["paper_id"] for hit in hits} == {paper["id"] for paper in listed}


def test_an_answer_says_how_many_papers_a_year_filter_left_out_for_lack_of_a_year():
    result = knock("ask", ZEBRA, "--year-to", "2022", home=small_home())
    assert "left out 1 paper whose year is not known" in result.stderr
    assert "31.4%" in result.stdout


def test_markdown_and_bibtex_are_forms_of_the_answer():
    shown = knock("ask", ZEBRA, "--markdown", home=small_home()).stdout
    assert shown.startswith("**What efficiency")
    assert "\n> The zebra grating reaches" in shown
    assert "@article{paper1," in knock("ask", ZEBRA, "--bibtex", home=small_home()).stdout
    assert "do not answer" in knock("ask", FOOTBALL, "--bibtex", home=small_home()).stderr


def test_indexing_reports_each_file_and_running_it_again_changes_nothing(tmp_path: Path):
    lines = [*map(json.dumps, RECORDS), "{broken", json.dumps({"title": "Without an abstract"}), json.dumps(RECORDS[0])]
    file = tmp_path / "mixed.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    first = checked("index", knock("index", str(file), "--json", home=tmp_path / "home").stdout)
    again = checked("index", knock("index", str(file), "--json", home=tmp_path / "home").stdout)
    assert first["corpus"] == "mine"
    assert first["totals"]["new"] == 4
    assert first["totals"]["no_abstract"] == first["totals"]["duplicate"] == 1
    assert [problem["line"] for problem in first["files"][0]["unreadable"]] == [5]
    assert again["totals"] == {**first["totals"], "new": 0, "unchanged": 4}
    for total in (first["totals"], *first["files"]):
        assert total["read"] == total["kept"] + total["duplicate"] + total["no_abstract"]
        assert total["kept"] == sum(total[name] for name in ("new", "changed", "unchanged", "merged"))


def test_indexing_says_for_a_person_what_was_kept_and_what_was_not(tmp_path: Path):
    file = tmp_path / "two.jsonl"
    file.write_text(json.dumps(RECORDS[0]) + "\n{broken\n", encoding="utf-8")
    result = knock("index", str(file), "--corpus", "team", home=tmp_path / "home")
    assert result.exit_code == 0
    assert f"{file}: 1 read: 1 new\n" in result.stdout
    assert "team: 1 papers kept of 1 read" in result.stdout
    assert "line 2: is not JSON" in result.stderr


def test_the_corpus_of_the_environment_is_the_one_that_is_changed(tmp_path: Path):
    file = written(tmp_path, RECORDS[:1])
    result = knock("index", str(file), "--json", home=tmp_path / "home", ASSISTANT_CORPUS="team")
    assert checked("index", result.stdout)["corpus"] == "team"
    result = knock("papers", "remove", "a1", "--json", home=tmp_path / "home", ASSISTANT_CORPUS="team")
    assert checked("removed", result.stdout)["corpus"] == "team"


def test_a_paper_is_shown_and_removed_by_any_of_its_ids(tmp_path: Path):
    knock("index", str(written(tmp_path)), home=tmp_path / "home")
    shown = checked("papers", knock("papers", "show", "doi:10.5555/zebra.1", "--json", home=tmp_path / "home").stdout)
    assert shown["papers"][0]["title"] == RECORDS[0]["title"]
    removed = checked("removed", knock("papers", "remove", "small:a2", "a1", "--json", home=tmp_path / "home").stdout)
    assert sorted(removed["removed"]) == ["doi:10.5555/zebra.1", "small:a2"]
    left = checked("papers", knock("papers", "list", "--json", home=tmp_path / "home").stdout)
    assert [paper["source_ids"][-1] for paper in left["papers"]] == ["a3", "a4"]
    assert "Removed small:a3  Grafted" in knock("papers", "remove", "a3", home=tmp_path / "home").stdout


def test_removing_from_a_corpus_that_is_not_there_does_not_make_it(tmp_path: Path):
    result = knock("papers", "remove", "x", "--json", home=tmp_path)
    assert result.exit_code == 1
    assert checked("error", result.stdout)["error"]["type"] == "IndexMissing"
    assert not list(tmp_path.iterdir())


def test_a_rebuild_keeps_the_papers_and_answers_alike(tmp_path: Path):
    knock("index", str(written(tmp_path)), home=tmp_path / "home")
    before = checked("search", knock("search", "quiet drones", "--json", home=tmp_path / "home").stdout)
    assert checked("index", knock("index", "--rebuild", "--json", home=tmp_path / "home").stdout)["files"] == []
    after = checked("search", knock("search", "quiet drones", "--json", home=tmp_path / "home").stdout)
    assert after["hits"] == before["hits"]


def test_doctor_reports_every_corpus():
    facts = checked("doctor", knock("doctor", "--json", home=small_home()).stdout)
    assert facts["home"] == str(small_home())
    assert [(one["name"], one["papers"], one["healthy"]) for one in facts["corpora"]] == [("mine", 4, True)]
    assert "corpus    mine: 4 papers, " in knock("doctor", home=small_home()).stdout


@pytest.mark.parametrize(
    ("command", "kind", "words"),
    [
        (["ask", "   "], "SettingsError", "empty"),
        (["ask", "why " * 1500], "SettingsError", "4000 characters"),
        (["ask", "x", "--corpus", "nowhere"], "IndexMissing", "Known corpora: mine, sample."),
        (["ask", "x", "--corpus", "../up"], "SettingsError", "cannot be the name of a corpus"),
        (["index", "no-such-file.jsonl"], "PapersError", "no-such-file.jsonl"),
        (["index", "--rebuild", "--corpus", "nowhere"], "IndexMissing", "Known corpora"),
        (["papers", "show", "no-such-paper"], "PapersError", "papers list"),
        (["papers", "remove", "no-such-paper"], "PapersError", "Nothing was removed"),
    ],
)
def test_a_failure_is_a_sentence_with_its_cure_and_exit_code_1(command: list[str], kind: str, words: str):
    result = knock(*command, home=small_home())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("assistant: ")
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    machine = knock(*command, "--json", home=small_home())
    error = checked("error", machine.stdout)["error"]
    assert (machine.exit_code, error["type"], machine.stderr) == (1, kind, result.stderr)
    assert machine.stderr.strip() == f"assistant: {error['message']} {error['cure']}"


@pytest.mark.parametrize(
    "command", [["ask"], ["ask", "x", "--top-k", "0"], ["index"], ["nonsense"], ["ask", "-v what"]]
)
def test_wrong_usage_exits_with_2(command: list[str]):
    result = knock(*command, home=small_home())
    assert (result.exit_code, result.stdout) == (2, "")


def test_debug_shows_the_traceback_and_only_debug_does():
    loud = run("-m", "assistant", "--debug", "ask", "x", "--corpus", "nowhere", home=small_home())
    quiet = run("-m", "assistant", "ask", "x", "--corpus", "nowhere", home=small_home())
    assert b"Traceback (most recent call last)" in loud.stderr
    assert b"IndexMissing" in loud.stderr
    assert (quiet.returncode, quiet.stderr.count(b"\n")) == (1, 1)


def test_a_question_that_begins_with_a_dash_goes_behind_two():
    answer = checked("answer", knock("ask", "--json", "--", "--help -v: quiet drones?", home=small_home()).stdout)
    assert answer["question"] == "--help -v: quiet drones?"


def test_every_schema_is_sound_and_errors_are_listed_whole():
    names = sorted(path.name.split(".")[0] for path in (ROOT / "assistant/schemas").iterdir())
    printed = {"answer", "compare", "doctor", "error", "index", "papers", "removed", "search"}
    assert printed <= {*names}
    kinds = validator("error").schema["properties"]["error"]["properties"]["type"]["enum"]
    tree = [errors.AssistantError, *errors.AssistantError.__subclasses__()]
    assert sorted(kinds) == sorted(kind.__name__ for kind in tree)
    for name in names:
        assert validator(name).schema["title"]
        assert name not in printed or validator(name).schema["additionalProperties"] is False


def test_a_sample_of_an_older_version_is_built_anew_without_being_asked_for(built_sample: Path, tmp_path: Path):
    home = tmp_path / "home"
    shutil.copytree(built_sample, home)
    database = home / "corpora" / "sample" / "papers.sqlite"
    with closing(sqlite3.connect(database)) as sql, sql:
        sql.execute("UPDATE builds SET schema = schema - 1")
    result = knock("ask", "What accuracy does Hierarchical Side-Tuning reach?", "--json", home=home)
    assert checked("answer", result.stdout)["state"] == "answered"
    with closing(sqlite3.connect(database)) as sql:
        active = sql.execute("SELECT COUNT(*), MAX(schema) FROM builds WHERE state = 'active'").fetchone()
    assert active == (1, DERIVED_SCHEMA)
