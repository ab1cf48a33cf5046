"""The formats that are read: one small module each, with a name, a test by content, and a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from . import daily_page, jsonl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..paper import Problem, Record

__all__ = ["READERS", "Reader"]


class Reader(Protocol):
    """One format: a module of this package with these names, listed in READERS."""

    NAME: str

    def sniff(self, head: str) -> bool:
        """Whether a file whose first lines are `head` (at most 65,536 characters) is of this format."""
        ...

    def read(self, lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
        """What the lines hold, in order, uncleaned and without holding the file; `source` names the file."""
        ...


READERS: tuple[Reader, ...] = (jsonl, daily_page)  # asked in this order
