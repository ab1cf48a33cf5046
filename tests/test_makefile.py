"""`make ask`: whatever the question holds, it arrives unharmed and nothing in it runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUB = """#!/usr/bin/env python3
import json, sys
with open("asked.json", "w") as file:
    json.dump(sys.argv[1:], file)
"""
QUESTIONS = [
    """It's a "quoted" question, isn't it?""",
    "What does $HOME cost, $x, $$, $(HOME) and ${HOME}?",
    "What does `touch ran` do?",
    "$(shell touch ran)",
    "$(touch ran)",
    "${shell touch ran} $(eval X:=$(shell touch ran)) $(call Q)",
    "An unbalanced $( and ${ and ( and { and '",
    'and "',
    "100% of %s, 50%%",
    "Two\nlines\n",
    "-v",
    "--help",
    "-- --corpus nowhere",
    r"back\slashes \\ \n \" \$(shell touch ran) and one at the end \\"[:-1],
    "# no comment; touch ran & touch ran | touch ran > ran && touch ran",
    "*? [a-z] ~ !! {a,b}",
    "Q=$(Q) := += ?=",
    "Ünïcödé, 日本語, 🦓?",
    "inner  blanks \t kept",
    "",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The real Makefile in a folder where the command only writes down what it was asked."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    stub = tmp_path / ".venv/bin/assistant"
    stub.parent.mkdir(parents=True)
    stub.write_text(STUB)
    stub.chmod(0o755)
    installed = tmp_path / ".venv/.installed"
    installed.touch()
    later = (tmp_path / "pyproject.toml").stat().st_mtime + 60
    os.utime(installed, (later, later))
    return tmp_path


def asked(folder: Path, *arguments: str, **environment: str) -> list[str]:
    """What the command was given, once `make` has ended well and run nothing else."""
    bare = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "Q")}
    result = subprocess.run(
        ["make", *arguments], cwd=folder, env={**bare, **environment}, capture_output=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr.decode()
    assert sorted(path.name for path in folder.iterdir()) == [
        ".venv",
        "Makefile",
        "asked.json",
        "constraints.txt",
        "pyproject.toml",
    ]
    given: list[str] = json.loads((folder / "asked.json").read_text())
    return given


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_on_the_command_line_arrives_unharmed(folder: Path, question: str):
    assert asked(folder, "ask", f"Q={question}") == ["ask", "--", question]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_in_the_environment_arrives_unharmed(folder: Path, question: str):
    assert asked(folder, "ask", Q=question) == ["ask", "--", question]


@pytest.mark.parametrize("question", QUESTIONS[:7])
def test_a_question_asked_by_a_parallel_make_inside_another_arrives_unharmed(folder: Path, question: str):
    assert asked(folder, "-j2", f"Q={question}", MAKEFLAGS="k", MAKELEVEL="1") == ["ask", "--", question]


@pytest.mark.parametrize("letter", ["x", "$", "a b ", "\\", "$(shell touch ran) "])
def test_a_very_long_question_arrives_whole(folder: Path, letter: str):
    question = letter * (100_000 // len(letter))
    assert asked(folder, "ask", f"Q={question}") == ["ask", "--", question]


def test_without_a_question_the_example_is_asked(folder: Path):
    assert asked(folder) == ["ask", "--", default_question()]


def default_question() -> str:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    return next(line.removeprefix("Q ?= ") for line in lines if line.startswith("Q ?= "))
