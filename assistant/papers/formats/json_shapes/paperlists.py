"""Shape of paperlists (conference papers in JSON): authors in one text, the rest as lists joined by ";"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...paper import Record
from .values import first, ident, kept, names, text, year

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "paperlists"

_OF_A_PAPER = frozenset({"author_site", "author_num", "aff", "gs_citation", "aff_unique_norm", "or_profile"})
_IN_BIBTEX = r'[,{{]\s*{name}\s*=\s*[{{"]?\s*([^{{}}",]+)'


def fits(value: dict[str, Any]) -> bool:
    """Whether the authors are one text, beside keys that only these lists have."""
    in_one = any(isinstance(value.get(name), str) for name in ("author", "author_site"))
    return in_one and not _OF_A_PAPER.isdisjoint(value)


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
    """Year, DOI and proceedings are those of the BibTeX entry inside, where there is one."""
    author, site = (text(value.get(name)) or "" for name in ("author", "author_site"))
    yield Record(
        line,
        source,
        text(value.get("title")) or "",
        text(value.get("abstract")) or "",
        own_id=ident(value.get("id")),
        authors=names(author.split(";") if author else site.split(",")),
        year=year(value.get("year")) or year(_told(value, "year")),
        venue=first(value.get("venue")) or _told(value, "booktitle"),
        url=first(value.get("site")) or first(value.get("openreview")),
        doi=ident(value.get("doi")) or _told(value, "doi"),
        arxiv_id=ident(value.get("arxiv")),
        extra=kept(value, "status", "track", "keywords"),
    )


def _told(value: dict[str, Any], name: str) -> str | None:
    found = re.search(_IN_BIBTEX.format(name=name), text(value.get("bibtex")) or "")
    return found[1].strip() if found else None
