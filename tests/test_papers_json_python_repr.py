"""Python dictionaries on lines: literals only, bounded, and told from JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers import Problem, Record
from assistant.papers.formats import jsonl, python_repr

PAPER: dict[str, Any] = {
    "arxiv_id": "arXiv:2605.10913",
    "title": "It's 28.8%",
    "authors": ("Ann Lee", "Bo Wu"),
    "abstract": 'A "quoted" text\nof two lines, $5\\times$ faster.',
    "year": 2024,
    "n": {1: {2.5}, "none": None, "bytes": b"x", "big": 1e999, "missing": float("nan")},
}


def read(*lines: str) -> list[Record | Problem]:
    return list(python_repr.read([(number, f"{line}\n") for number, line in enumerate(lines, 1)], "file"))


def test_a_dictionary_is_read_as_json_would_be() -> None:
    (record,) = read(repr(PAPER))
    assert isinstance(record, Record)
    assert (record.title, record.abstract) == (PAPER["title"], PAPER["abstract"])
    assert (record.authors, record.year, record.arxiv_id) == (PAPER["authors"], 2024, PAPER["arxiv_id"])
    assert record.extra == {"n": {"1": [2.5], "none": None, "bytes": None, "big": None, "missing": None}}


def test_python_and_json_are_told_apart() -> None:
    python, plain = repr({"title": "T"}), json.dumps({"title": "T"})
    assert (python_repr.sniff(python), jsonl.sniff(python)) == (True, False)
    assert (python_repr.sniff(plain), jsonl.sniff(plain)) == (False, True)


@pytest.mark.parametrize(
    "line",
    [
        "{'title': 'cut",
        "plain words",
        "['title']",
        "{'title': Nan}",
        "{'a': " + "[" * 50_000,
        "{'a': " + "-" * 50_000 + "1}",
        "{'a': " + "1+" * 50_000 + "1}",
        "{'a': " + "1" * 5_000 + "}",
        "{['a']: 1}",
        "{'a': '\\ud800', 'b': \0}",
        "{'a': '\\d'} 1if 2",
        "{'a': __import__('os').getcwd()}",
        "{'a': open('/etc/passwd').read()}",
        "{'a': 'x' * 10**9}",
    ],
)
def test_what_is_no_literal_is_a_problem_and_nothing_runs(line: str) -> None:
    before, bad, after = read(repr(PAPER), line, repr(PAPER))
    assert isinstance(before, Record)
    assert bad == Problem(2, "is not a Python dictionary of texts, numbers and lists")
    assert isinstance(after, Record)
    assert after.line == 3


def test_a_line_that_would_need_much_memory_is_passed_over() -> None:
    (problem,) = read("{'a': [" + "[]," * 100_000 + "]}")
    assert isinstance(problem, Problem)
    assert "longer than 200,000 characters; save the records as JSON" in problem.reason


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40), st.sampled_from(["", "{'title': '", "{'title': 'T', 'abstract': ", "{"]))
def test_no_text_raises(text: str, opening: str) -> None:
    for item in read(opening + text.replace("\n", ""), (opening + text).replace("\n", "") + "'}"):
        assert item.line in (1, 2)


def test_no_warning_of_pythons_own_reaches_the_user(recwarn: pytest.WarningsRecorder) -> None:
    (record,) = read(r"{'title': 'T\d', 'abstract': 'We show \% and \d.'}")
    assert isinstance(record, Record)
    assert record.abstract == r"We show \% and \d."
    assert len(recwarn) == 0


def test_the_papers_of_a_real_file_have_names_and_ids() -> None:
    path = Path(__file__).parents[1].parent / "shared" / "data" / "formats" / "python_repr_jsonl" / "papers.jsonl"
    if not path.exists():
        pytest.skip("shared/data/formats/python_repr_jsonl is not on this machine")
    items = read(*path.read_text(encoding="utf-8").splitlines())
    assert len(items) == 100
    for item in items:
        assert isinstance(item, Record)
        assert item.arxiv_id and item.url and item.abstract
        assert item.authors and all("," not in name for name in item.authors)
