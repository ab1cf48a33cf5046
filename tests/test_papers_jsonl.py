"""JSON records: the keys that are understood, the lines that are not, and arrays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from assistant.papers import Problem, Record, read

if TYPE_CHECKING:
    from pathlib import Path

ABSTRACT = "We show that a small model answers questions."
BEST: dict[str, Any] = {"title": "A Title", "abstract": ABSTRACT}


def parse(folder: Path, text: str) -> list[Record | Problem]:
    file = folder / "papers.jsonl"
    file.write_text(text, encoding="utf-8")
    return list(read(file))


def one(folder: Path, **keys: Any) -> Record:
    (item,) = parse(folder, json.dumps({**BEST, **keys}))
    assert isinstance(item, Record)
    return item


def test_keeps_every_known_field_and_the_rest_in_extra(tmp_path: Path) -> None:
    keys = {"id": "p1", "year": 2021, "venue": "ACL", "url": "https://a.org/1", "listed": "Mar 3", "n": [1]}
    record = one(tmp_path, **keys, doi="https://doi.org/10.1000/ABC", pmid=123, source="mine")
    assert (record.own_id, record.year, record.venue, record.url) == ("p1", 2021, "ACL", "https://a.org/1")
    assert (record.doi, record.pmid, record.source, record.listed) == ("10.1000/abc", "123", "mine", "Mar 3")
    assert record.extra == {"n": [1]}
    assert (record.line, record.raw_abstract) == (1, ABSTRACT)


@pytest.mark.parametrize(
    "keys",
    [
        {"id": "arXiv:2403.02936v1"},
        {"url": "https://arxiv.org/abs/2403.02936v2"},
        {"url": "http://arxiv.org/pdf/2403.02936.pdf"},
        {"arxiv": "2403.02936"},
        {"arxiv_id": "arXiv:2403.02936v3"},
        {"doi": "10.48550/arXiv.2403.02936"},
    ],
)
def test_finds_the_arxiv_id_without_its_version(tmp_path: Path, keys: dict[str, str]) -> None:
    assert one(tmp_path, **keys).arxiv_id == "2403.02936"


@pytest.mark.parametrize("given", ["2403.02936", "paper-2403.02936", "https://a.org/abs/2403.02936", "9999.99999"])
def test_a_number_that_only_looks_like_an_arxiv_id_is_not_one(tmp_path: Path, given: str) -> None:
    assert one(tmp_path, id=given, url=given).arxiv_id is None


def test_old_arxiv_ids_lose_their_subject_class(tmp_path: Path) -> None:
    assert one(tmp_path, id="http://arxiv.org/abs/math.GT/0309136v1").arxiv_id == "math/0309136"
    assert one(tmp_path, arxiv_id="astro-ph/0601001").arxiv_id == "astro-ph/0601001"


@pytest.mark.parametrize(
    "authors",
    [["Ann Lee", "Bo Wu"], [{"name": "Ann Lee"}, {"name": "Bo Wu"}], "Ann Lee; Bo Wu", "Ann Lee and Bo Wu"],
)
def test_reads_authors_in_every_usual_shape(tmp_path: Path, authors: object) -> None:
    assert one(tmp_path, authors=authors).authors == ("Ann Lee", "Bo Wu")


@pytest.mark.parametrize(
    ("given", "year"),
    [
        *((given, 2021) for given in (2021, "2021", "2021-05-03", 2021.0)),
        *((given, None) for given in ("soon", 20215, True, None, [2021], "2021abc", 0)),
    ],
)
def test_reads_the_year_or_leaves_it_out(tmp_path: Path, given: object, year: int | None) -> None:
    assert one(tmp_path, year=given).year == year


def test_reads_other_names_and_abstracts_in_sentences(tmp_path: Path) -> None:
    sentences = ["The first sentence.", "The second one."]
    items = parse(
        tmp_path,
        "\n".join(
            json.dumps(keys)
            for keys in (
                {"doc_id": 4983, "title": "T", "abstract": sentences},
                {"_id": "b", "title": "T", "text": ABSTRACT},
                {"paperId": "c", "title": "T", "summary": ABSTRACT, "abstract": None},
            )
        ),
    )
    records = [item for item in items if isinstance(item, Record)]
    assert [record.own_id for record in records] == ["4983", "b", "c"]
    assert [record.abstract for record in records] == [" ".join(sentences), ABSTRACT, ABSTRACT]


@pytest.mark.parametrize(
    ("line", "reason", "kind"),
    [
        ('{"title": "cut', "is not JSON", "unreadable"),
        ("plain words", "is not JSON", "unreadable"),
        ("[1, 2]", "is not a JSON object", "unreadable"),
        ('{"a": ' + "[" * 100_000, "is nested too deeply", "unreadable"),
        (
            '{"title": "T", "abstract": "A", "a": ' + "[" * 60 + "]" * 60 + "}",
            "nested too deeply",
            "unreadable",
        ),
        ('{"n": ' + "1" * 5000 + "}", "too many digits", "unreadable"),
        ('{"abstract": "No title here at all."}', "has no title", "unreadable"),
        ('{"title": " ", "abstract": "No title here at all."}', "has no title", "unreadable"),
        ('{"title": "Alone"}', "the abstract of 'Alone' is missing", "no_abstract"),
        ('{"title": "Alone", "abstract": " \\n"}', "the abstract of 'Alone' is missing", "no_abstract"),
        ('{"title": "Alone", "abstract": "Part of"}', "only 7 characters", "no_abstract"),
    ],
)
def test_a_bad_line_is_a_problem_and_the_rest_is_kept(tmp_path: Path, line: str, reason: str, kind: str) -> None:
    before, bad, after = parse(tmp_path, f"{json.dumps(BEST)}\n{line}\n\n{json.dumps(BEST)}")
    assert isinstance(bad, Problem)
    assert (bad.line, bad.kind) == (2, kind)
    assert reason in bad.reason
    assert isinstance(before, Record)
    assert isinstance(after, Record)
    assert after.line == 4


def test_nothing_that_json_or_sqlite_cannot_hold_survives(tmp_path: Path) -> None:
    text = '{"title": "T\\ud800", "abstract": "%s\\udfff", "id": "\\ud800", "k\\ud800": ["\\ud800", NaN, 1e999]}'
    (item,) = parse(tmp_path, text % ABSTRACT)
    assert isinstance(item, Record)
    everything = [item.title, item.abstract, item.raw_abstract, item.own_id, item.extra]
    assert json.loads(json.dumps(everything, ensure_ascii=False, allow_nan=False).encode()) == everything
    assert item.extra == {"k\ufffd": ["\ufffd", None, None]}


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_reads_an_array_with_the_line_of_each_element(tmp_path: Path, indent: int | None) -> None:
    array = json.dumps([{**BEST, "title": f"T{n}", "deep": {"a": {"b": n}}} for n in range(50)], indent=indent)
    records = [item for item in parse(tmp_path, array) if isinstance(item, Record)]
    assert [record.title for record in records] == [f"T{n}" for n in range(50)]
    lines = array.split("\n")
    for record in records:
        assert "{" in lines[record.line - 1]


def test_an_array_is_kept_up_to_where_it_breaks(tmp_path: Path) -> None:
    array = json.dumps([{**BEST, "title": f"T{n}"} for n in range(9)], indent=2)
    *cut, end = parse(tmp_path, array[: int(len(array) * 0.7)])
    *broken, fault = parse(tmp_path, array.replace('"T4",', '"T4"'))
    assert [len(cut), len(broken)] == [6, 4]
    assert isinstance(end, Problem)
    assert isinstance(fault, Problem)
    assert fault.line == 1 + 4 * 4 + 1
    assert "what follows in the array was not read" in fault.reason
