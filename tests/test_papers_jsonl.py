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


def test_an_array_that_is_cut_is_kept_up_to_the_cut(tmp_path: Path) -> None:
    array = json.dumps([{**BEST, "title": f"T{n}"} for n in range(9)], indent=2)
    *kept, end = parse(tmp_path, array[: int(len(array) * 0.7)])
    assert len(kept) == 6
    assert isinstance(end, Problem)
    assert "breaks off: the file ends inside it" in end.reason


def test_reading_goes_on_behind_a_broken_element_on_lines_of_its_own(tmp_path: Path) -> None:
    array = json.dumps([{**BEST, "title": f"T{n}", "n": [{"a": n}]} for n in range(9)], indent=2)
    items = parse(tmp_path, array.replace('"T4",', '"T4"'))
    assert [item.title for item in items if isinstance(item, Record)] == [f"T{n}" for n in range(9) if n != 4]
    assert [item for item in items if isinstance(item, Problem)] == [
        Problem(2 + 4 * 9, f"is not JSON (Expecting ',' delimiter, line {2 + 4 * 9 + 2})")
    ]


def test_an_array_on_one_line_is_kept_up_to_where_it_breaks(tmp_path: Path) -> None:
    array = json.dumps([{**BEST, "title": f"T{n}"} for n in range(9)])
    *kept, fault = parse(tmp_path, array.replace('"T4",', '"T4"'))
    assert len(kept) == 4
    assert isinstance(fault, Problem)
    assert "what follows in the array was not read" in fault.reason
    assert fault.line == 1


@pytest.mark.parametrize("empty", ["[]", "[ \n ]", '{"data": []}', '{"status": "ok", "message": {"items": []}}'])
def test_an_empty_list_is_a_file_without_papers(tmp_path: Path, empty: str) -> None:
    assert parse(tmp_path, empty) == [Problem(None, "the file holds no papers")]


@pytest.mark.parametrize(
    "elements", ['{"n": ' + "1" * 5000 + "}", '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "null", "7"]
)
def test_an_element_that_cannot_be_used_costs_only_itself(tmp_path: Path, elements: str) -> None:
    good = json.dumps(BEST)
    before, bad, after = parse(tmp_path, f"[{good}, {elements}, {good}]")
    assert isinstance(before, Record)
    assert isinstance(bad, Problem)
    assert isinstance(after, Record)


def test_one_of_two_equal_keys_is_taken_and_the_other_forgotten(tmp_path: Path) -> None:
    (record,) = parse(tmp_path, '{"title": "One", "title": "Two", "abstract": "' + ABSTRACT + '"}')
    assert isinstance(record, Record)
    assert record.title == "Two"
    assert record.extra == {}


@pytest.mark.parametrize(
    ("keys", "field", "value"),
    [
        ({"Paper_Title": "Other"}, "title", "Other"),
        ({"abstractNote": ABSTRACT}, "abstract", ABSTRACT),
        ({"Description": [{"label": "AIM", "text": "One long sentence."}]}, "abstract", "AIM: One long sentence."),
        ({"published": "2 April 2007"}, "year", 2007),
        ({"journal": {"name": "Nature"}}, "venue", "Nature"),
        ({"Link": "https://a.org/1"}, "url", "https://a.org/1"),
        ({"creators": [{"firstName": "Ann", "lastName": "Lee"}, {"name": "ACME"}]}, "authors", ("Ann Lee", "ACME")),
        ({"authors": "Ann Lee, Bo Wu and C. Xu"}, "authors", ("Ann Lee", "Bo Wu", "C. Xu")),
        ({"authors": "Lee, Ann"}, "authors", ("Lee, Ann",)),
        ({"author": "Lee, Ann and Wu, Bo"}, "authors", ("Lee, Ann", "Wu, Bo")),
        ({"DOI": ["10.1000/A"]}, "doi", "10.1000/a"),
        ({"metadata": {"title": "Nested", "abstract": ABSTRACT}}, "title", "Nested"),
    ],
)
def test_guesses_what_other_names_mean(tmp_path: Path, keys: dict[str, Any], field: str, value: object) -> None:
    lacks = {"title": "title", "abstract": "abstract"}.get(field, "")
    (record,) = parse(tmp_path, json.dumps({**{k: v for k, v in BEST.items() if k != lacks}, **keys}))
    assert isinstance(record, Record)
    assert getattr(record, field) == value
    assert not record.extra or field == "title"


def test_what_a_machine_wrote_is_never_the_abstract(tmp_path: Path) -> None:
    written = {"tldr": ABSTRACT, "ai_summary": ABSTRACT, "TLDR": {"text": ABSTRACT}}
    (problem,) = parse(tmp_path, json.dumps({"title": "T", **written}))
    assert problem == Problem(1, "the abstract of 'T' is missing", "no_abstract")
