"""Shape of CSL-JSON, as Zotero and other reference managers export it and DOIs resolve to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...ids import arxiv_of
from ...paper import Record
from .values import at, first, ident, kept, listed, names, text, year

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "CSL-JSON"

_OF_AN_ITEM = frozenset(
    "citation-key citation-label container-title event-title issued original-title publisher-place title-short".split()
)
_OF_A_NAME = ("family", "literal")
_DATES = ("issued", "published", "published-print", "published-online")


def fits(value: dict[str, Any]) -> bool:
    """Whether it has a key with a hyphen that no other format has, or authors by family and given name."""
    author = next(iter(listed(value.get("author"))), None)
    return not _OF_AN_ITEM.isdisjoint(value) or any(at(author, name) for name in _OF_A_NAME)


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
    """Crossref's works are read by this too: there the titles are lists. `source` is the file, not the library's."""
    doi = ident(value.get("DOI"))
    yield Record(
        line,
        source,
        first(value.get("title")) or "",
        text(value.get("abstract")) or "",
        own_id=ident(value.get("id")) or ident(value.get("citation-key")) or doi,
        authors=names(value.get("author")),
        year=next(filter(None, (year(value.get(name)) for name in _DATES)), None),
        venue=first(value.get("container-title")) or first(value.get("event-title")),
        url=first(value.get("URL")),
        doi=doi,
        arxiv_id=arxiv_of(ident(value.get("number"))),
        pmid=ident(value.get("PMID")),
        extra=kept(value, "type", "language", "subtitle"),
    )
