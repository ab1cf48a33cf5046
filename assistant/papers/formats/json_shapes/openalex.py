"""Shape of an OpenAlex work, whose abstract is an index: each word with the places where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...ids import arxiv_of
from ...paper import Record
from .values import at, first, ident, kept, listed, text, year

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "OpenAlex"

_SITE = "https://openalex.org/"


def fits(value: dict[str, Any]) -> bool:
    """Whether it has a key that no other format has, or an id of a work."""
    own = value.get("id")
    is_work = isinstance(own, str) and own.startswith(f"{_SITE}W")
    return is_work or "abstract_inverted_index" in value or "authorships" in value


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
    """Line breaks of the abstract are lost in the index; so are words where it has gaps."""
    address = first(value.get("id")) or ""
    places = [value.get("primary_location"), *listed(value.get("locations"))]
    addresses = [first(at(place, "landing_page_url")) for place in places]
    yield Record(
        line,
        source,
        text(value.get("title")) or text(value.get("display_name")) or "",
        _abstract(value.get("abstract_inverted_index")) or text(value.get("abstract")) or "",
        own_id=address.removeprefix(_SITE) or None,
        authors=tuple(filter(None, map(_author, listed(value.get("authorships"))))),
        year=year(value.get("publication_year")) or year(value.get("publication_date")),
        venue=first(at(places[0], "source", "display_name")) or first(at(value, "host_venue", "display_name")),
        url=next(filter(None, addresses), None) or (address if address.startswith(_SITE) else None),
        doi=ident(value.get("doi")) or ident(at(value, "ids", "doi")),
        arxiv_id=next(filter(None, map(arxiv_of, addresses)), None),
        pmid=ident(at(value, "ids", "pmid")),
        extra=kept(value, "type", "language", "cited_by_count", "is_retracted"),
    )


def _abstract(index: Any) -> str | None:
    """The words in the order of their places; a word stands at several."""
    if not isinstance(index, dict):
        return None
    places = (
        (place, word) for word, found in index.items() for place in listed(found) if isinstance(place, int | float)
    )
    return " ".join(word for _, word in sorted(places, key=lambda pair: pair[0]))


def _author(value: Any) -> str | None:
    return first(at(value, "author", "display_name")) or first(at(value, "raw_author_name"))
