"""The shapes of papers in JSON: what each service's keys become, what is left out, and what real files hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.papers import Problem, Record
from assistant.papers.formats import jsonl, python_repr
from assistant.papers.formats.json_shapes import SHAPES
from assistant.papers.lines import Lines

FORMATS = Path(__file__).parents[1].parent / "shared" / "data" / "formats"
ABSTRACT = "We show that a small model answers questions."

ARXIV: dict[str, Any] = {
    "id": "0704.0001",
    "submitter": "Ann Lee",
    "authors": "A. L\\'ee (Rome), B. Wu Jr",
    "authors_parsed": [["Lée", "A.", "", "Rome"], ["Wu", "B.", "Jr"]],
    "title": "A title that\n  wraps",
    "doi": "10.1000/Abc 10.1000/erratum",
    "categories": "hep-ph",
    "abstract": f"  {ABSTRACT}\n",
    "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
    "update_date": "2008-11-26",
}
DAILY: dict[str, Any] = {
    "paper": {
        "id": "2602.23229",
        "title": "Inner",
        "summary": ABSTRACT,
        "ai_summary": "Written by a machine.",
        "publishedAt": "2026-02-26T17:08:18.000Z",
        "authors": [{"_id": "1", "name": "Ann Lee", "hidden": False}],
        "upvotes": 10,
    },
    "title": "Outer",
    "summary": "Outer words.",
    "publishedAt": "2025-12-31T12:08:18.000Z",
}
SEMANTIC: dict[str, Any] = {
    "paperId": "abc",
    "externalIds": {"DOI": "10.1000/X", "ArXiv": "2101.00001", "PubMed": "123", "CorpusId": 9},
    "title": "T",
    "abstract": None,
    "tldr": {"model": "tldr@v2", "text": "Written by a machine."},
    "authors": [{"authorId": "1", "name": "A. Lee"}],
    "venue": "",
    "journal": {"name": "Mind"},
    "year": 1950,
    "url": "https://www.semanticscholar.org/paper/abc",
}
OPENALEX: dict[str, Any] = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.1000/y",
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/29456894"},
    "display_name": "T",
    "publication_year": 2018,
    "primary_location": {"landing_page_url": "https://a.org/1", "source": {"display_name": "PeerJ"}},
    "locations": [{"landing_page_url": "http://arxiv.org/abs/1801.00001"}, None],
    "authorships": [{"author": {"display_name": "Ann Lee"}}, {"raw_author_name": "Bo Wu"}],
    "abstract_inverted_index": {"show": [1, 7], "We": [0, 5], "that.": [2]},
}
CROSSREF: dict[str, Any] = {
    "DOI": "10.1000/z",
    "title": ["T", "T in another language"],
    "abstract": "<jats:p>We show.</jats:p>",
    "author": [{"given": "Ann", "family": "Lee"}, {"name": "ACME"}],
    "container-title": ["Nature"],
    "issued": {"date-parts": [[None]]},
    "published-print": {"date-parts": [[1970, 8, 14]]},
    "created": {"date-parts": [[2006, 1, 1]]},
    "source": "Crossref",
    "URL": "https://doi.org/10.1000/z",
}
CSL: dict[str, Any] = {
    "id": "lee2017",
    "type": "article-journal",
    "title": "T",
    "abstract": ABSTRACT,
    "author": [{"given": "Walter", "non-dropping-particle": "de la", "family": "Mare"}, {"literal": "ACME"}],
    "issued": {"date-parts": [["2017", 4]]},
    "container-title": "Nature",
    "PMID": "77",
    "source": "Library of Congress",
}
PAPERLISTS: dict[str, Any] = {
    "id": "B1",
    "title": "T",
    "author": "Ann Lee;Bo Wu",
    "aff": ";",
    "abstract": ABSTRACT,
    "tldr": "Short.",
    "site": "https://openreview.net/forum?id=B1",
    "bibtex": "@inproceedings{lee,\n title={In the year 1900},\n booktitle = {ICLR},\n year={2017}\n}",
}
OPENREVIEW: dict[str, Any] = {
    "id": "n1",
    "forum": "f1",
    "content": {
        "title": {"value": "T"},
        "abstract": {"value": ABSTRACT},
        "authors": {"value": ["Ann Lee", "Bo Wu"]},
        "venue": {"value": "ICLR 2021 Poster"},
        "TL;DR": {"value": "Short."},
    },
}
PAPERS = {
    "arXiv metadata snapshot": ARXIV,
    "Hugging Face daily papers": DAILY,
    "Semantic Scholar": SEMANTIC,
    "OpenAlex": OPENALEX,
    "OpenReview notes": OPENREVIEW,
    "Crossref": CROSSREF,
    "CSL-JSON": CSL,
    "paperlists": PAPERLISTS,
}


def read(value: object) -> list[Record]:
    items = list(jsonl.read([(1, json.dumps(value))], "file"))
    assert all(isinstance(item, Record) for item in items)
    return [item for item in items if isinstance(item, Record)]


def one(value: dict[str, Any]) -> Record:
    (record,) = read(value)
    return record


@pytest.mark.parametrize("name", PAPERS)
def test_each_shape_is_told_by_its_keys_and_named_to_the_user(name: str) -> None:
    assert next(shape.NAME for shape in SHAPES if shape.fits(PAPERS[name])) == name
    assert name in jsonl.NAME
    assert one(PAPERS[name]).source == "file"


def test_an_arxiv_record_has_readable_authors_and_the_year_of_its_first_version() -> None:
    record = one(ARXIV)
    assert (record.title, record.abstract) == ("A title that\n  wraps", f"  {ABSTRACT}\n")
    assert record.authors == ("A. Lée", "B. Wu Jr")
    assert (record.year, record.doi, record.arxiv_id) == (2007, "10.1000/Abc", "0704.0001")
    assert record.url == "https://arxiv.org/abs/0704.0001"
    assert record.extra == {"categories": "hep-ph", "doi": "10.1000/Abc 10.1000/erratum"}


@pytest.mark.parametrize(("given", "year"), [("0704.0001", 2007), ("hep-th/9901001", 1999), ("math.GT/0309136", 2003)])
def test_without_versions_the_year_is_in_the_arxiv_id(given: str, year: int) -> None:
    assert one({**ARXIV, "id": given, "versions": []}).year == year


def test_a_daily_paper_is_the_inner_one_and_not_what_a_machine_wrote() -> None:
    for given in (DAILY, DAILY["paper"]):
        record = one(given)
        assert (record.title, record.abstract, record.year) == ("Inner", ABSTRACT, 2026)
        assert (record.arxiv_id, record.url) == ("2602.23229", "https://arxiv.org/abs/2602.23229")
        assert record.authors == ("Ann Lee",)
        assert "machine" not in json.dumps(record.extra)
    assert one({**DAILY, "paper": {**DAILY["paper"], "summary": None, "id": "own"}}).url is None


def test_a_semantic_scholar_paper_gives_its_ids_and_the_papers_around_it() -> None:
    nested = {**SEMANTIC, "citations": [{"paperId": "c", "title": "C"}, None], "references": [{"title": "R"}]}
    record, citing, cited = read(nested)
    assert (record.doi, record.arxiv_id, record.pmid, record.own_id) == ("10.1000/X", "2101.00001", "123", "abc")
    assert (record.venue, record.year, record.abstract, record.authors) == ("Mind", 1950, "", ("A. Lee",))
    assert [(other.title, other.own_id, other.line) for other in (citing, cited)] == [("C", "c", 1), ("R", None, 1)]
    assert "machine" not in json.dumps(record.extra)
    assert one({"contexts": ["so"], "citingPaper": SEMANTIC}) == record


def test_an_openalex_abstract_is_put_in_order_over_its_gaps() -> None:
    record = one(OPENALEX)
    assert (record.title, record.abstract) == ("T", "We show that. We show")
    assert (record.own_id, record.doi, record.pmid) == ("W1", "https://doi.org/10.1000/y", OPENALEX["ids"]["pmid"])
    assert (record.arxiv_id, record.url, record.venue) == ("1801.00001", "https://a.org/1", "PeerJ")
    assert (record.year, record.authors) == (2018, ("Ann Lee", "Bo Wu"))
    assert one({**OPENALEX, "abstract_inverted_index": None}).abstract == ""
    assert one({**OPENALEX, "abstract_inverted_index": {"a": 1, "b": ["x", 3], "c": [1e300, -1]}}).abstract == "c b c"


def test_a_crossref_work_has_one_title_and_never_the_year_of_its_deposit() -> None:
    record = one(CROSSREF)
    assert (record.title, record.abstract, record.venue) == ("T", CROSSREF["abstract"], "Nature")
    assert (record.year, record.doi, record.authors) == (1970, "10.1000/z", ("Ann Lee", "ACME"))
    assert one({**CROSSREF, "published-print": None}).year is None
    assert one({"status": "ok", "message-type": "work", "message": CROSSREF}) == record


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"raw": "circa May 1999"}, 1999),
        ("2001-05", 2001),
        ({"date-parts": [["-2012", 13]]}, None),
        ({"circa": True, "date-parts": [["1901"], ["1999"]]}, None),
        ({"date-parts": []}, None),
    ],
)
def test_a_csl_item_has_its_names_in_order_and_a_year_only_if_it_is_told(issued: object, year: int | None) -> None:
    record = one(CSL)
    assert record.authors == ("Walter de la Mare", "ACME")
    assert (record.own_id, record.year, record.venue, record.pmid) == ("lee2017", 2017, "Nature", "77")
    assert one({**CSL, "issued": issued}).year == year


def test_a_paperlists_paper_has_the_year_of_its_bibtex() -> None:
    record = one(PAPERLISTS)
    assert (record.authors, record.abstract) == (("Ann Lee", "Bo Wu"), ABSTRACT)
    assert (record.year, record.venue, record.url) == (2017, "ICLR", PAPERLISTS["site"])
    assert one({**PAPERLISTS, "author": None, "author_site": "Ann Lee, Bo Wu", "bibtex": ""}).authors == record.authors


def test_an_openreview_note_is_read_boxed_or_bare() -> None:
    bare = {name: box["value"] for name, box in OPENREVIEW["content"].items()}
    for record in (one(OPENREVIEW), one({**OPENREVIEW, "content": bare})):
        assert (record.title, record.abstract, record.authors) == ("T", ABSTRACT, ("Ann Lee", "Bo Wu"))
        assert (record.year, record.venue, record.url) == (2021, "ICLR 2021 Poster", None)


COUNTS = {  # records, with an abstract, problems
    "arxiv_snapshot_jsonl/arxiv-metadata-oai-snapshot_head.jsonl": (100, 100, 0),
    "arxiv_snapshot_jsonl/arxiv-metadata-oai-snapshot_head2.jsonl": (200, 200, 0),
    "crossref_json/test_content_negotiation_citeproc_json.json": (1, 1, 0),
    "crossref_json/test_cursor.json": (20, 1, 0),
    "crossref_json/test_cursor_max.json": (20, 2, 0),
    "csl_json/bbt_Date_export_to_Better_CSL_JSON_360_811.csl.json": (15, 0, 0),
    "hf_daily_papers/api_daily_papers_1record.json": (1, 1, 0),
    "hf_daily_papers/derived_papers_2026-02-25.json": (32, 32, 0),
    "hf_daily_papers/derived_papers_2026-02-27.json": (9, 9, 0),
    "hf_daily_papers/derived_papers_2026-02-28.json": (0, 0, 0),
    "openalex/single_work.json": (1, 1, 0),
    "openalex/synthetic_from_corpus_50.json": (50, 50, 0),
    "openalex/works_response.json": (3, 1, 0),
    "paperlists_json/acml2020.json": (54, 54, 0),
    "paperlists_json/iclr2017_head50.json": (50, 50, 0),
    "python_repr_jsonl/papers.jsonl": (100, 100, 0),
    "semanticscholar/batch_response.json": (3, 3, 1),  # null for an id that is not known there
    "semanticscholar/paper_with_citations.json": (165, 117, 0),  # itself, 150 citations, 14 references
    "semanticscholar/search_response_rebuilt.json": (100, 71, 0),
}


@pytest.mark.parametrize("name", COUNTS)
def test_real_files_give_what_was_counted_in_them(name: str) -> None:
    if not (FORMATS / name).exists():
        pytest.skip(f"shared/data/formats/{name} is not on this machine")
    with (FORMATS / name).open("rb") as stream:
        lines = list(Lines(stream))
    head = "".join(text for _, text in lines)[: 1 << 16]
    (reader,) = [reader for reader in (python_repr, jsonl) if reader.sniff(head)]
    items = list(reader.read(lines, "file"))
    records = [item for item in items if isinstance(item, Record)]
    problems = [item for item in items if isinstance(item, Problem)]
    assert (len(records), sum(bool(record.abstract.strip()) for record in records), len(problems)) == COUNTS[name]
    assert all(record.title and record.source == "file" for record in records)
