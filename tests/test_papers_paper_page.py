"""Saved Hugging Face paper pages: the abstract by the authors, never the machine's summary that the page shows."""

from __future__ import annotations

import html
import io
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.papers import Problem, Record
from assistant.papers.formats import paper_page
from assistant.papers.lines import Lines

REAL = (
    Path(__file__).parents[1].parent / "shared" / "data" / "formats" / "hf_daily_papers" / "paper_page_2509.24002.html"
)
PAPER: dict[str, Any] = {
    "id": "2501.00001",
    "title": "A\n Title",
    "summary": "We show 5\\% & <EOS>\nit's “so”.",
    "ai_summary": "A machine wrote this.",
    "authors": [{"name": "Ann Roe"}, {"name": "B Li"}],
    "publishedAt": "2025-01-02T03:04:05.000Z",
}


def page(*props: Any) -> str:
    blocks = "".join(f'<div data-target="X" data-props="{html.escape(json.dumps(one))}"></div>\n' for one in props)
    return (
        '<!DOCTYPE html>\n<html><head><link href="https://huggingface.co/papers/2501.00001" rel="canonical"/></head>\n'
        f"<body><h2>Abstract</h2><p>AI-generated summary</p><p>A machine wrote this.</p>\n{blocks}</body></html>\n"
    )


def parse(text: str) -> list[Record | Problem]:
    return list(paper_page.read(enumerate(io.StringIO(text), 1), "src"))


def test_gives_the_abstract_of_the_authors() -> None:
    (record,) = parse(page({"isLoggedIn": False}, {"paper": PAPER, "comments": []}))
    assert isinstance(record, Record)
    assert (record.title, record.abstract) == ("A\n Title", PAPER["summary"])
    assert (record.arxiv_id, record.url, record.year) == ("2501.00001", "https://arxiv.org/abs/2501.00001", 2025)
    assert (record.line, record.source, record.authors) == (5, "src", ("Ann Roe", "B Li"))
    assert "machine" not in str(record)


def test_a_page_of_several_papers_gives_each_once() -> None:
    other = {**PAPER, "id": "2501.00002", "title": "B"}
    found = parse(page({"dailyPapers": [{"paper": PAPER}, {"paper": other}, {"paper": None}, 3]}, {"paper": PAPER}))
    assert [one.arxiv_id for one in found if isinstance(one, Record)] == ["2501.00001", "2501.00002"]
    assert len(found) == 2


NOTHING = "the page holds no paper's data; save it as the server sent it, not as it is shown"


@pytest.mark.parametrize(
    "text",
    [
        page(),
        page({"paper": None}, [], 3, {"paper": {"id": 4, "title": "T", "summary": "S"}}),
        '<html><div data-props="{not JSON"></div></html>',
        f'<html><div data-props="{"[" * 100_000}"></div></html>',
        "<html>" + "<div>" * 5000,
        "\0\0",
        "",
    ],
)
def test_a_page_without_data_is_a_problem(text: str) -> None:
    assert parse(text) == [Problem(None, NOTHING)]


def test_a_page_without_end_is_given_up() -> None:
    found = list(paper_page.read(((number, "<p>x</p>" * 1000) for number in range(1, 10**9)), "src"))
    assert [item.reason for item in found if isinstance(item, Problem)] == [
        "the page is longer than 8,000,000 characters and is not read"
    ]


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (page(), True),
        ('\n<!-- saved --><html class="">\n<a href="https://hf.co/papers/2501.00001">', True),
        ("<!---->" * 9000 + "huggingface.co/papers", False),
        ("<html><body>huggingface.co</body></html>", False),
        ("See https://huggingface.co/papers/2501.00001 and <html>", False),
    ],
)
def test_knows_pages_of_papers(head: str, is_one: bool) -> None:
    assert paper_page.sniff(head) is is_one


@pytest.mark.skipif(not REAL.exists(), reason="the real file is not here")
def test_reads_the_real_page() -> None:
    with REAL.open("rb") as stream:
        (record,) = paper_page.read(Lines(stream), "src")
    assert isinstance(record, Record)
    assert (record.arxiv_id, len(record.authors), record.year) == ("2509.24002", 15, 2025)
    assert record.abstract.startswith("MCP standardizes how LLMs interact")
    assert "reveals that current LLMs perform poorly" not in str(record)
