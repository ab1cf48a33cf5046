"""The formats that are read: one small module each, with a name, a test by content, and a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from . import (
    acl_xml,
    arxiv_atom,
    bibtex,
    daily_page,
    jsonl,
    medline,
    paper_page,
    pmlr_markdown,
    pubmed_xml,
    python_repr,
    ris,
    tables,
    web_of_science,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..paper import Problem, Record

__all__ = ["PIECEWISE", "READERS", "Reader"]


class Reader(Protocol):
    """One format: a module of this package with these names, listed in READERS."""

    NAME: str

    def sniff(self, head: str) -> bool:
        """Whether a file whose first lines are `head` (at most 65,536 characters) is of this format."""
        ...

    def read(self, lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
        """What the lines hold, in order, uncleaned and without holding the file; `source` names the file."""
        ...


# Asked in this order. Markup before JSON, which a script in a page may hold; tables last, since their test also takes
# what lacks a header line, to say so.
READERS: tuple[Reader, ...] = (
    pubmed_xml,
    arxiv_atom,
    acl_xml,
    paper_page,
    bibtex,
    ris,
    web_of_science,
    medline,
    pmlr_markdown,
    python_repr,
    jsonl,
    daily_page,
    tables,
)

# These read a line of any length, which comes to them in pieces of one number.
PIECEWISE: tuple[Reader, ...] = (jsonl,)
