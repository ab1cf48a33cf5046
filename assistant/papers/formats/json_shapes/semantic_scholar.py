"""Shape of the Semantic Scholar Graph API: a paper, with those that cite it or that it cites inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...paper import Record
from .values import at, first, ident, kept, listed, names, text, year

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "Semantic Scholar"

_OF_A_PAPER = frozenset(
    "citations corpusId externalIds influentialCitationCount publicationVenue references s2FieldsOfStudy tldr".split()
)
_LINKS = ("citingPaper", "citedPaper")  # what the lists of citations and references hold
_LISTS = ("citations", "references")


def fits(value: dict[str, Any]) -> bool:
    """Whether it has the service's id beside another of its keys, or holds such a paper."""
    inside = any(isinstance(value.get(name), dict) for name in _LINKS)
    return inside or ("paperId" in value and not _OF_A_PAPER.isdisjoint(value))


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
    """The paper, then its citations and references. `tldr`, written by a machine, is never read."""
    paper = next((value[name] for name in _LINKS if isinstance(value.get(name), dict)), value)
    yield _record(paper, line, source)
    for name in _LISTS:
        yield from (_record(other, line, source) for other in listed(paper.get(name)) if isinstance(other, dict))


def _record(paper: dict[str, Any], line: int, source: str) -> Record:
    ids = paper.get("externalIds")
    venues = (paper.get("venue"), at(paper, "publicationVenue", "name"), at(paper, "journal", "name"))
    return Record(
        line,
        source,
        text(paper.get("title")) or "",
        text(paper.get("abstract")) or "",
        own_id=ident(paper.get("paperId")),
        authors=names(paper.get("authors")),
        year=year(paper.get("year")) or year(paper.get("publicationDate")),
        venue=next(filter(None, map(first, venues)), None),
        url=first(paper.get("url")),
        doi=ident(at(ids, "DOI")),
        arxiv_id=ident(at(ids, "ArXiv")),
        pmid=ident(at(ids, "PubMed")),
        extra=kept(paper, "citationCount", "fieldsOfStudy", "publicationTypes"),
    )
