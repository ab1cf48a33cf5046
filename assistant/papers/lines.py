"""The lines of a file, plain or gzip, decoded as they stream by; a Problem for each that cannot be read."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections import deque
from typing import TYPE_CHECKING

from .paper import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 16_000_000  # characters
_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNDECODED_BYTE = re.compile("[\udc80-\udcff]")


class Lines:
    """Iterates (number from 1, text) over a binary stream; `problems` collects what was left out.

    A number is missing where a line could not be read. Every text but the last ends in a line feed, whatever
    the file's line ends are, so a last text without one may have been cut. UTF-8 with or without BOM, UTF-16
    with BOM; gzip by content. Holds one line of at most `LONGEST_LINE` characters, passes longer ones over.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._utf16 = False
        self._broken = False
        self.problems: deque[Problem] = deque()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        number, held = 1, ""
        for text in self._texts():
            *ends, rest = text.split("\n")
            for end in ends:
                yield from self._readable(number, held + end, "\n")
                number, held = number + 1, ""
            if len(held) <= LONGEST_LINE:  # past it, what is held only marks the line as too long
                held += rest
        if self._broken:
            self.problems.append(Problem(number, "the gzip data breaks off here; fetch the file again"))
            yield (
                number + 1,
                "",
            )  # the broken line is left out like any that cannot be read: its number is missing
        elif held:
            yield from self._readable(number, held, "")

    def _readable(self, number: int, line: str, end: str) -> Iterator[tuple[int, str]]:
        fault = self._fault(line)
        if fault:
            self.problems.append(Problem(number, fault))
        else:
            yield number, line + end

    def _fault(self, line: str) -> str | None:
        if len(line) > LONGEST_LINE:
            return "is longer than 16 MB; put one record on each line"
        if line.isascii():
            return None
        if self._utf16:
            return "is not UTF-16; save the file as UTF-8" if "\ufffd" in line else None
        return "is not UTF-8; save the file as UTF-8" if _UNDECODED_BYTE.search(line) else None

    def _texts(self) -> Iterator[str]:
        chunks = self._chunks()
        first = next(chunks, b"")
        self._utf16 = first.startswith(_UTF16)
        name, errors = ("utf-16", "replace") if self._utf16 else ("utf-8-sig", "surrogateescape")
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(name)(errors), translate=True)
        yield decoder.decode(first)
        for chunk in chunks:
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)

    def _chunks(self) -> Iterator[bytes]:
        packed = self._stream.peek(2)[:2] == _GZIP
        source = gzip.GzipFile(fileobj=self._stream) if packed else self._stream
        try:
            while chunk := source.read1(_CHUNK):  # not read(): it loses what came before a break
                yield chunk
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self._broken = True
