"""Hostile text at the command line: nothing from a paper, a file name or a question steers the terminal."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from doors import HOSTILE, RECORDS, checked, knock, run, small_home

from assistant.render import plain

SHIPS = "From how far do ships find the harbour beacons?"
COMMANDS = [
    ["ask", SHIPS],
    ["ask", SHIPS, "--json"],
    ["ask", SHIPS, "--markdown"],
    ["ask", SHIPS, "--bibtex"],
    ["search", "harbour beacons"],
    ["search", "harbour beacons", "--json"],
    ["papers", "list"],
    ["papers", "list", "--json"],
    ["papers", "show", "a4"],
    ["papers", "show", "a4", "--json"],
    ["papers", "show", f"no {HOSTILE}"],
    ["ask", f"What {HOSTILE} is it?"],
    ["ask", f"What {HOSTILE} is it?", "--json"],
    ["index", f"no\x1b]0;owned\x07{HOSTILE.replace(chr(0), '')}.jsonl"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command)[:30].encode("unicode_escape"))
def test_no_control_or_direction_character_reaches_the_terminal(command: list[str]):
    result = knock(*command, home=small_home())
    assert result.stdout + result.stderr
    for text in (result.stdout, result.stderr):
        assert text == plain(text)
        assert not {*text} & {*HOSTILE}


def test_markup_in_a_paper_is_shown_as_it_is():
    assert "[bold]beacons[/bold]" in knock("ask", SHIPS, home=small_home()).stdout


def test_a_link_that_is_no_web_address_is_not_shown():
    assert "javascript" not in knock("ask", SHIPS, home=small_home()).stdout


def test_json_keeps_the_raw_text_exactly_though_it_prints_it_safely():
    paper = checked("papers", knock("papers", "show", "a4", "--json", home=small_home()).stdout)["papers"][0]
    assert paper["raw_abstract"] == RECORDS[3]["abstract"]
    assert paper["extra"]["note"] == RECORDS[3]["note"]


def test_a_file_name_and_its_problems_are_shown_safely(tmp_path: Path):
    file = tmp_path / "evil\x1b]0;owned\x07.jsonl"
    lines = [RECORDS[0], {"title": f"None {HOSTILE}", "abstract": f"\x1b{HOSTILE}"}]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n{\x1b", encoding="utf-8")
    result = knock("index", str(file), home=tmp_path / "home")
    assert result.exit_code == 0
    assert "evil]0;owned.jsonl: 2 read: 1 new, 1 no abstract" in result.stdout
    assert result.stdout + result.stderr == plain(result.stdout + result.stderr)


def test_a_question_that_is_not_utf_8_is_asked_all_the_same():
    question = os.fsdecode(b"quiet drones \xff by how many decibels?")
    result = run("-m", "assistant", "ask", question, "--json", home=small_home())
    assert result.returncode == 0
    assert checked("answer", result.stdout.decode())["question"] == "quiet drones ? by how many decibels?"


def test_a_terminal_that_is_not_utf_8_loses_signs_and_no_answer():
    result = run("-m", "assistant", "ask", SHIPS, home=small_home(), PYTHONIOENCODING="latin-1")
    assert result.returncode == 0
    assert b"?Ships then find the harbour" in result.stdout


def test_json_is_utf_8_whatever_the_terminal_speaks():
    result = run("-m", "assistant", "papers", "list", "--json", home=small_home(), PYTHONIOENCODING="utf-16")
    assert checked("papers", result.stdout.decode("utf-8"))["corpus"] == "mine"
