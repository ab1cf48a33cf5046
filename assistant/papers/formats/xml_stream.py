"""The elements of papers in XML of any size, however broken: a Problem for each break, then on with the next paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..paper import Problem
from .xml_document import Document, Found, Layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .xml_document import Container

_CHUNK = 1 << 15  # characters
_MOST_NAMES = 20_000  # of tags and attributes; the parser never forgets one, and real files have about 100
_TAG = re.compile(r"<([^\s<>/!?]++)")
_ATTRIBUTES = re.compile(r"<[^\s<>/!?]++(\s[^<]++)")  # and the text that follows them
_ATTRIBUTE = re.compile(r"""\s([^\s<>="']++)\s*+=\s*+["']""")
_ROOT = re.compile(
    r"\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+<(?:!DOCTYPE\s++)?(?:[\w.-]++:)?([A-Za-z_][\w.-]*)", re.S | re.I
)


class _Piece(NamedTuple):
    line: int
    text: str
    opens: str  # the container or paper that begins here, or ""
    hole: bool  # a line before it could not be read


def root_of(head: str) -> str:
    """The name of the root element that a text declares or begins with; "" where it is no XML."""
    found = _ROOT.match(head)
    return found[1] if found else ""


def elements(lines: Iterable[tuple[int, str]], layout: Layout) -> Iterator[Found | Problem]:
    """Papers, context and containers in order. Several documents may follow one another.

    A document that declares entities ends the reading. What stands before a root element, such as a DTD, is
    given to no parser.
    """
    stream = _Stream(layout)
    for piece in _pieces(lines, layout.marks):
        yield from stream.take(piece)
        if stream.refused:
            return
    yield from stream.end()


class _Stream:
    def __init__(self, layout: Layout) -> None:
        self.refused = False
        self._layout = layout
        self._document: Document | None = None
        self._around: list[Container] = []
        self._names: set[str] = set()
        self._lost = False  # between a break and the next paper or container

    def take(self, piece: _Piece) -> Iterator[Found | Problem]:
        """What the piece completes, and what is wrong with it."""
        if self._document and (piece.hole or (piece.opens and self._document.paper)):
            yield from self._interrupt(self._document, piece)
        if self._document is None and not piece.opens:
            yield from self._outside(piece)
            return
        self._names.update(_names(piece.text))
        if len(self._names) > _MOST_NAMES:
            yield self._refuse(piece, f"has over {_MOST_NAMES:,} different tags, as no file of papers has")
            return
        document = self._document = self._document or self._begin(piece)
        yield from document.feed(piece.text, piece.line)
        if document.fault:
            yield document.fault
        if document.fault or document.done or (document.worn and not document.paper):
            self._document, self._lost = None, not document.done

    def end(self) -> Iterator[Problem]:
        """What is still open where the file ends."""
        if self._document is None:
            return
        broken = self._document.close()
        if broken:
            yield broken
        elif self._document.paper:
            yield Problem(self._document.paper, "the file ends inside the paper that begins here")
        else:
            yield Problem(None, f"the file ends before </{self._around[0].name}>; it may have been cut")

    def _interrupt(self, document: Document, piece: _Piece) -> Iterator[Problem]:
        """Lines are missing, or the next paper begins inside of the last."""
        self._document, self._lost = None, True
        if document.paper and piece.hole:
            yield Problem(document.paper, "a line of the paper that begins here cannot be read")
        elif document.paper:
            yield document.close() or Problem(document.paper, "the paper that begins here has no end")

    def _begin(self, piece: _Piece) -> Document:
        names = [container.name for container in self._around]
        if piece.opens in names:
            del self._around[names.index(piece.opens) :]
        self._lost = False
        return Document(self._layout, piece.line, self._around)

    def _outside(self, piece: _Piece) -> Iterator[Problem]:
        if self._lost:
            return
        if "<!ENTITY" in piece.text:
            yield self._refuse(piece, "declares entities, which can name other files or grow without end")
        elif piece.text.strip()[:1] not in ("", "<"):
            yield Problem(piece.line, "is outside of the XML")

    def _refuse(self, piece: _Piece, reason: str) -> Problem:
        self.refused = True
        return Problem(piece.line, f"{reason}; the file is not read on")


def _names(text: str) -> list[str]:
    """Of tags and attributes, and a little more where a text looks like an attribute."""
    return [*_TAG.findall(text), *_ATTRIBUTE.findall("".join(_ATTRIBUTES.findall(text)))]


def _pieces(lines: Iterable[tuple[int, str]], marks: re.Pattern[str]) -> Iterator[_Piece]:
    for line, text, hole in _chunks(lines):
        start, opens = 0, ""
        for mark in marks.finditer(text):
            cut = mark.start() if mark[1] else mark.end()
            if cut > start:
                yield _Piece(line, text[start:cut], opens, hole)
                line, hole = line + text.count("\n", start, cut), False
            start, opens = cut, mark[1] or ""
        if start < len(text):
            yield _Piece(line, text[start:], opens, hole)


def _chunks(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, bool]]:
    """The number of a first line, it and those that follow it without a gap, and whether there is a gap before."""
    held: list[str] = []
    first = size = following = 0
    hole = False
    for number, text in lines:
        gap = 0 < following != number
        if held and (gap or size >= _CHUNK):
            yield first, "".join(held), hole
            held, size = [], 0
        if not held:
            first, hole = number, gap
        held.append(text)
        size += len(text)
        following = number + 1
    if held:
        yield first, "".join(held), hole
