"""PMLR's Markdown posts: the front matter as it is written, and what it may not do."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers.formats import pmlr_markdown
from assistant.papers.paper import Problem, Record

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "formats" / "pmlr_markdown"
POST = """---
title: 'A View: of Attention
  in $O(n)$'
abstract: 'We bound $Y_{\\*,i}$ by \\exp(x)
  at 5% of the author''s cost.

  It holds.'
layout: inproceedings
id: gao25a
author:
- given: Yeqi
  family: Gao
- Zhao Song
- [x]
date: 2025-07-11
container-title: Proceedings of X
address:
pdf: https://a.org/gao25a.pdf
openreview: 1e5
# a comment
---
Some text below.
"""


def parse(text: str) -> Record | Problem:
    (item,) = pmlr_markdown.read(enumerate(io.StringIO(text), 1), "mine")
    return item


def test_reads_the_one_paper_of_a_post() -> None:
    record = parse(POST)
    assert isinstance(record, Record)
    assert record.title == "A View: of Attention in $O(n)$"
    assert record.abstract == "We bound $Y_{\\*,i}$ by \\exp(x) at 5% of the author's cost.\nIt holds."
    assert record.authors == ("Yeqi Gao", "Zhao Song")
    assert (record.own_id, record.year, record.venue) == ("gao25a", 2025, "Proceedings of X")
    assert (record.url, record.doi) == ("https://a.org/gao25a.pdf", None)
    assert record.extra == {"layout": "inproceedings", "openreview": "1e5"}


@pytest.mark.parametrize("title", ["1984", "Yes", "2025-07-11", "1e5", "~"])
def test_a_title_stays_the_text_that_is_written(title: str) -> None:
    record = parse(f"---\ntitle: {title}\nabstract: Words.\n---\n")
    assert isinstance(record, Record) and record.title == title
    assert (record.authors, record.year, record.url) == ((), None, None)


def test_front_matter_that_is_not_yaml_is_a_problem_with_its_line() -> None:
    problem = parse("---\ntitle: One: two\nabstract: Words.\n---\n")
    assert isinstance(problem, Problem) and problem.line == 2
    assert "not YAML here (mapping values are not allowed here)" in problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (POST[:200], "ends inside the front matter"),
        ("---\ntitle: x\nabstract: y\n" + "z\n" * 150_000, "longer than 200,000"),
        ("---\n- title\n---\n", "names no fields"),
        ("---\ntitle: x\nabstract: " + "{a: " * 20_000 + "\n---\n", "not YAML"),
        ("---\ntitle: &a [*a]\nabstract: y\n---\n", "not YAML"),
    ],
)
def test_what_cannot_be_read_is_a_problem(text: str, reason: str) -> None:
    problem = parse(text)
    assert isinstance(problem, Problem) and reason in problem.reason


def test_a_line_that_could_not_be_read_costs_the_record() -> None:
    (problem,) = pmlr_markdown.read([(1, "---\n"), (2, "title: x\n"), (4, "---\n")], "mine")
    assert problem == Problem(3, "a line of the front matter cannot be read")


@pytest.mark.parametrize("bomb", ["[*x,*x,*x,*x,*x,*x,*x,*x,*x]", "{<<: [*x,*x,*x,*x,*x,*x,*x,*x,*x]}"])
def test_references_do_not_multiply(bomb: str) -> None:
    levels = [f"l{n}: &l{n} {bomb.replace('*x', f'*l{n - 1}')}\n" for n in range(1, 30)]
    begin = time.process_time()
    assert isinstance(parse(f"---\ntitle: x\nabstract: y\nl0: &l0 {{a: b}}\n{''.join(levels)}---\n"), Record)
    assert time.process_time() - begin < 5


def test_a_tag_that_would_run_code_is_a_word() -> None:
    record = parse("---\ntitle: !!python/object/apply:os.system [exit 1]\nabstract: Words.\n---\n")
    assert isinstance(record, Record) and record.title == ""


def test_is_told_from_other_markdown() -> None:
    assert pmlr_markdown.sniff("\n" + POST)
    assert not pmlr_markdown.sniff("---\ntitle: My holidays\n---\nabstract: none\n")
    assert not pmlr_markdown.sniff("# Notes\n\n---\ntitle: x\nabstract: y\n---\n")


@settings(max_examples=80, deadline=None)
@given(st.text("-:[{}\"'&*!|>#\n\0 a\t\ud800", max_size=40), st.integers(0, len(POST)), st.integers(0, 40))
def test_damage_of_any_kind_gives_a_record_or_a_problem(junk: str, at: int, gone: int) -> None:
    assert isinstance(parse(POST[:at] + junk + POST[at + gone :]), Record | Problem)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared real files are not here")
@pytest.mark.parametrize("name", ["2025-07-11-gao25a.md", "2025-07-11-zhao25b.md"])
def test_reads_the_real_files(name: str) -> None:
    text = (SHARED / name).read_text(encoding="utf-8")
    record = parse(text)
    assert pmlr_markdown.sniff(text) and isinstance(record, Record)
    assert record.abstract.endswith(("matrix multiplication.", "our algorithm."))
    assert len(record.authors) in (4, 6) and record.year == 2025
