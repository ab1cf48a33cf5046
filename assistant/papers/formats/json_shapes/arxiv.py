"""Shape of arXiv's own metadata snapshot: an object per line, hard-wrapped texts, the dates of all versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...ids import arxiv_address, arxiv_of, arxiv_year
from ...paper import Record
from .values import at, ident, kept, listed, names, text, year

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "arXiv metadata snapshot"


def fits(value: dict[str, Any]) -> bool:
    """Whether it has the keys that no other format has."""
    return "authors_parsed" in value or {"id", "versions", "categories", "submitter"} <= value.keys()


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
    """The year is that of the first version, else the one in the id. A second DOI, of an erratum, stays in `extra`."""
    own = ident(value.get("id"))
    arxiv_id = arxiv_of(own, bare=True)
    dois = (text(value.get("doi")) or "").split()
    yield Record(
        line,
        source,
        text(value.get("title")) or "",
        text(value.get("abstract")) or "",
        own_id=own,
        authors=_authors(value),
        year=year(at(next(iter(listed(value.get("versions"))), None), "created")) or arxiv_year(arxiv_id),
        url=arxiv_address(arxiv_id),
        doi=dois[0] if dois else None,
        arxiv_id=arxiv_id,
        extra=kept(value, "categories", "journal-ref", "comments", *(["doi"] if dois[1:] else [])),
    )


def _authors(value: dict[str, Any]) -> tuple[str, ...]:
    """[family, given, suffix, places ...] each, without LaTeX accents; else the one text that has them."""
    parsed = [
        [part for part in listed(author)[:3] if isinstance(part, str)] for author in listed(value.get("authors_parsed"))
    ]
    found = tuple(" ".join(filter(None, (*author[1:2], author[0], *author[2:]))) for author in parsed if author)
    return found or names(value.get("authors"))
