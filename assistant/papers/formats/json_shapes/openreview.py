"""Shape of an OpenReview note: the paper lies under "content", its values bare or boxed in {"value"}."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...paper import Record
from .values import at, first, ident, kept, names, text, year

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "OpenReview notes"


def fits(value: dict[str, Any]) -> bool:
    """Whether it is a note of a forum with a title in its content; reviews and comments have none or are no paper."""
    return "forum" in value and at(value, "content", "title") is not None


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
    """The year is the one in the name of the venue ("ICLR 2021 Poster"), else of its id."""
    content: dict[str, Any] = value["content"]
    venue = text(content.get("venue"))
    yield Record(
        line,
        source,
        text(content.get("title")) or "",
        text(content.get("abstract")) or "",
        own_id=ident(value.get("id")) or ident(value.get("forum")),
        authors=names(content.get("authors")),
        year=year(venue) or year(text(content.get("venueid"))),
        venue=venue,
        url=first(content.get("html")),
        extra=kept({name: at(box, "value") or box for name, box in content.items()}, "keywords"),
    )
