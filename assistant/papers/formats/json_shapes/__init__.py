"""The shapes a paper has in JSON: one small module each, with a name, a test by its keys, and its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ...paper import Problem, Record
from ..json_text import TOO_DEEP
from . import arxiv, crossref, csl, daily_papers, guess, openalex, openreview, paperlists, semantic_scholar

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SHAPES", "Shape", "records"]


class Shape(Protocol):
    """One shape: a module of this package with these names, listed in SHAPES."""

    NAME: str

    def fits(self, value: dict[str, Any]) -> bool:
        """Whether the object is a paper of this shape; it may hold anything."""
        ...

    def records(self, value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
        """The paper, and those inside it where the shape has such. RecursionError if `extra` would be too deep."""
        ...


# Asked in this order.
SHAPES: tuple[Shape, ...] = (
    arxiv,
    daily_papers,
    semantic_scholar,
    openalex,
    openreview,
    crossref,
    csl,
    paperlists,
    guess,
)


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record | Problem]:
    """What an object that begins on `line` gives, whatever its shape."""
    shape = next(shape for shape in SHAPES if shape.fits(value))
    try:
        yield from shape.records(value, line, source)
    except RecursionError:
        yield Problem(line, TOO_DEEP)
