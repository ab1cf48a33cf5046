"""The JSON layer: the same papers from every layout, nothing lost behind a fault, bounded memory and time."""

from __future__ import annotations

import json
import time
import tracemalloc
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers import Problem, Record
from assistant.papers.formats import jsonl

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = Record | Problem

LAYOUTS = ("lines", "array", "results", "message", "documents", "ids", "arrays on lines")
INDENTS = (None, 0, 2, "\t")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = """title abstract authors author year url id ids paper paperId externalIds citations DOI issued forum content
authorships abstract_inverted_index primary_location locations aff site bibtex upvotes arxiv_id versions
authors_parsed citingPaper data results items message title abstract""".split()
strange_papers = st.dictionaries(st.sampled_from(KEYS), json_values, max_size=8)
few = settings(deadline=None, max_examples=100)


def paper(n: int) -> dict[str, Any]:
    return {"title": f"T{n}", "abstract": f"We show {n}.", "authors": [{"name": f"A{n}"}], "n": {"deep": [n]}}


def laid_out(papers: list[dict[str, Any]], layout: str, indent: int | str | None) -> str:
    wholes: dict[str, Any] = {
        "array": papers,
        "results": {"meta": {"count": 1.5}, "results": papers, "next": None},
        "message": {"status": "ok", "message": {"total": 3, "items": papers}},
        "ids": {f"id{n}": one for n, one in enumerate(papers)},
    }
    if layout in wholes:
        return json.dumps(wholes[layout], indent=indent)
    if layout == "arrays on lines":
        return "\n".join(json.dumps([one]) for one in papers)
    return "\n".join(json.dumps(one, indent=indent if layout == "documents" else None) for one in papers)


def lines_of(text: str) -> list[tuple[int, str]]:
    *ends, rest = text.split("\n")
    return list(enumerate([*(end + "\n" for end in ends), *([rest] if rest else [])], 1))


def read(text: str) -> list[Item]:
    return list(jsonl.read(lines_of(text), "file"))


def titles(items: list[Item]) -> list[str]:
    return [item.title for item in items if isinstance(item, Record)]


@pytest.mark.parametrize("indent", INDENTS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_of_the_file_does_not_matter(layout: str, indent: int | str | None) -> None:
    text = laid_out([paper(n) for n in range(20)], layout, indent)
    items = read(text)
    assert jsonl.sniff(text[:50])
    assert titles(items) == [f"T{n}" for n in range(20)]
    lines = text.split("\n")
    for item in items:
        assert isinstance(item, Record)
        assert (item.abstract, item.authors) == (f"We show {item.title[1:]}.", (f"A{item.title[1:]}",))
        assert item.extra == {"n": {"deep": [int(item.title[1:])]}}
        assert "{" in lines[item.line - 1]
        assert any(f'"{item.title}"' in line for line in lines[item.line - 1 : item.line + 1])


@few
@given(st.lists(strange_papers, max_size=4), st.sampled_from(LAYOUTS), st.sampled_from(INDENTS), st.data())
def test_it_does_not_matter_where_the_text_is_cut(
    papers: list[dict[str, Any]], layout: str, indent: int | str | None, data: st.DataObject
) -> None:
    lines = lines_of(laid_out(papers, layout, indent))
    pieces = []
    for number, line in lines:
        cuts = sorted({0, len(line), *data.draw(st.lists(st.integers(0, len(line)), max_size=3))})
        pieces += [(number, line[start:end]) for start, end in pairwise(cuts)]
    assert list(jsonl.read(pieces, "file")) == list(jsonl.read(lines, "file"))


@few
@given(st.lists(strange_papers | json_values, max_size=4), st.sampled_from(LAYOUTS), st.sampled_from(INDENTS))
def test_whatever_the_objects_hold_becomes_records_that_can_be_stored(
    papers: list[Any], layout: str, indent: int | str | None
) -> None:
    for item in read(laid_out(papers, layout, indent)):
        assert item.line is not None and item.line >= 1
        if isinstance(item, Record):
            assert item.year is None or 1500 <= item.year <= 2099
            assert all(isinstance(name, str) for name in item.authors)
            assert json.loads(json.dumps(item.extra, allow_nan=False, ensure_ascii=False).encode()) == item.extra
            for text in (item.own_id, item.venue, item.url, item.doi, item.arxiv_id, item.pmid):
                assert text is None or isinstance(text, str)


@few
@given(st.sampled_from(LAYOUTS), st.sampled_from(INDENTS), st.data())
def test_a_cut_file_gives_every_paper_before_the_cut(
    layout: str, indent: int | str | None, data: st.DataObject
) -> None:
    text = laid_out([paper(n) for n in range(6)], layout, indent)
    cut = text[: data.draw(st.integers(0, len(text)))]
    found = titles(read(cut))
    complete = sum(f'"T{n + 1}"' in cut for n in range(6))
    assert found == [f"T{n}" for n in range(len(found))]
    assert complete <= len(found) <= complete + 1


@few
@given(st.sampled_from(LAYOUTS), st.sampled_from(INDENTS), st.data())
def test_no_damage_raises(layout: str, indent: int | str | None, data: st.DataObject) -> None:
    text = laid_out([paper(n) for n in range(4)], layout, indent)
    for _ in range(data.draw(st.integers(1, 3))):
        start, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 20))
        junk = data.draw(st.text(st.sampled_from('{}[]",:\\\n 1nt\x00\ud800é'), max_size=4))
        text = text[:start] + junk + text[start + length :]
    assert all(item.line is not None and 1 <= item.line <= text.count("\n") + 2 for item in read(text))


@pytest.mark.parametrize("indent", [1, 2, "\t"])
@pytest.mark.parametrize("layout", ["array", "results", "message", "documents"])
def test_one_damaged_paper_on_lines_of_its_own_costs_only_itself(layout: str, indent: int | str) -> None:
    text = laid_out([paper(n) for n in range(9)], layout, indent)
    for damaged in (text.replace('"T4",', '"T4"'), text.replace('"A4"', '"A4'), text.replace('"T4"', ': "T4"')):
        items = read(damaged)
        assert titles(items) == [f"T{n}" for n in range(9) if n != 4]
        (problem,) = [item for item in items if isinstance(item, Problem)]
        assert problem.line is not None and "{" in text.split("\n")[problem.line - 1]


@pytest.mark.parametrize("layout", ["array", "documents"])
def test_a_line_that_could_not_be_read_costs_its_paper_and_mixes_no_two(layout: str) -> None:
    lines = lines_of(laid_out([paper(n) for n in range(9)], layout, 2))
    for number, line in lines[2:-3]:
        items = list(jsonl.read([other for other in lines if other[0] != number], "file"))
        if line.strip(" ,\n") in ("{", "}"):
            continue  # where one ends and the next begins is lost, so both may be
        problem, *_ = [item for item in items if isinstance(item, Problem)]
        assert problem.line is not None and problem.line < number
        assert len(titles(items)) == 8


@pytest.mark.parametrize(
    "cut", ['{"title": "cut', '{"title": "x", "authors":', '{"title": "x", "a": [', "junk", '{"a":1]']
)
def test_a_broken_line_among_lines_costs_no_more_than_its_neighbour(cut: str) -> None:
    good = [json.dumps(paper(n)) for n in range(9)]
    items = read("\n".join([*good[:4], cut, *good[4:]]))
    lost = {f"T{n}" for n in range(9)} - set(titles(items))
    assert lost <= {"T4"}
    assert [item.line for item in items if isinstance(item, Problem)] == [5]


@pytest.mark.parametrize(
    "head",
    [
        "{\\rtf1\\ansi",
        "{'title': 1}",
        "[section]\nkey = 1",
        '["a", "b"]',
        '@article{a,\n{"b"}\n}',
        '<p>\n{"a": 1}\n</p>',
    ],
)
def test_what_only_looks_like_json_is_left_to_others(head: str) -> None:
    assert not jsonl.sniff(head)


def test_a_damaged_first_line_does_not_hide_the_others() -> None:
    assert jsonl.sniff("\n".join(['itle": "cut"}', json.dumps(paper(1)), json.dumps(paper(2))]))


def endless(layout: str, papers: int) -> Iterator[tuple[int, str]]:
    """An answer of any length, piece by piece, on lines or on a single one."""
    text = "".join(f"{line}\n" for line in json.dumps(paper(1), indent=2).split("\n"))
    texts = chain(['{"meta": 1,\n', '"results": [\n'], (f"{text},\n" for _ in range(papers)), ["]}"])
    lines = (line for whole in texts for line in whole.splitlines(keepends=True))
    if layout == "lines":
        return ((number, line) for number, line in enumerate(lines, 1))
    return ((1, line.replace("\n", "")) for line in lines)


@pytest.mark.parametrize("layout", ["lines", "one line"])
def test_memory_stays_flat_however_long_the_list_is(layout: str) -> None:
    read_through = sum(1 for _ in jsonl.read(endless(layout, 10), "file"))  # loads what is loaded once
    tracemalloc.start()
    found = sum(isinstance(item, Record) for item in jsonl.read(endless(layout, 2_000), "file"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (read_through, found) == (10, 2_000)
    assert peak < 250_000  # bytes; the text has ten times as many


HOSTILE = {
    "opened and never closed": '{"a": [\n',
    "one level deeper on each line": '{"a":\n',
    "one field on each line": '{"a": "x",\n',
    "a fault on each line": "{x\n",
    "only brackets": "[",
    "only quotes": '"\n',
    "escaped quotes": '\\"',
    "only digits": "1",
    "blank": " ",
    "wrappers in wrappers": '{"message":{\n',
    "lists in answers": '{"results":[{\n',
    "the same key again": '"data":1,\n',
    "commas": ",\n",
}
OPENINGS = ("", "[\n", '{"title":"T","authors":"', '{"title":"T","abstract":[', '{"a":[\n' + "1,\n" * 20_000 + "x\n")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_takes_time_in_proportion(kind: str) -> None:
    for opening in OPENINGS:
        text = opening + HOSTILE[kind] * (40_000 // len(HOSTILE[kind]))
        begun = time.process_time()
        for item in read(text):
            assert item.line is not None
        assert time.process_time() - begun < 4  # seconds; about 0.3 here, and minutes if it were quadratic
