"""The lines of a file, plain or gzip, decoded as they stream by; a Problem for each that cannot be read."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from .encodings import declared_in, encoding_of, is_utf8
from .paper import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_LINE = 16_000_000  # characters
_CHUNK = 1 << 16
_LOOK_AHEAD = 1 << 20  # bytes that are looked at before a file is taken for something else than UTF-8
_GZIP = b"\x1f\x8b"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNDECODED_BYTE = re.compile("[\udc80-\udcff]")

# Text in gzip grows 3 to 20 times, the most repetitive logs 100 times; a bomb grows 1,000 times. What unpacks to
# less than this many bytes is read whatever it grew.
_MOST_GROWTH = 200
_ALWAYS_UNPACKED = 32_000_000


class Lines:
    """Iterates (number from 1, text) over a binary stream; `problems` collects what was left out.

    A line of more than `LONGEST_LINE` characters comes in pieces, which have its number; `whole` leaves it out.

    A number is missing where a line could not be read. Every text but the last ends in a line feed, whatever
    the file's line ends are, so a last text without one may have been cut. UTF-8 with or without BOM, UTF-16
    with BOM, else the encoding that the file declares or that is found out; gzip by content. Holds no more than
    `LONGEST_LINE` characters; of gzip that grows like a bomb it reads the beginning.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._encoding = "utf-8"
        self._break = ""  # why the reading ended before the file did
        self.problems: deque[Problem] = deque()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        number, size = 1, 0
        held: list[str] = []
        broken = False  # a piece of the line at hand could not be read: what follows in it is passed over
        for text in self._texts():
            *ends, rest = text.split("\n")
            for end in ends:
                if not broken:
                    yield from self._readable(number, "".join((*held, end)), "\n")
                number, held, size, broken = number + 1, [], 0, False
            if rest and not broken:
                held.append(rest)
                size += len(rest)
            if size > LONGEST_LINE:
                piece = list(self._readable(number, "".join(held), ""))
                yield from piece
                held, size, broken = [], 0, not piece
        if self._break:
            self.problems.append(Problem(number, self._break))
            yield number + 1, ""  # the broken line is left out like any that cannot be read: its number is missing
        elif size:
            yield from self._readable(number, "".join(held), "")

    def whole(self, pieces: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """The lines without those that come in pieces, which are problems."""
        passed = 0  # the line that is passed over
        for number, text in pieces:
            if number != passed and len(text) - text.endswith("\n") > LONGEST_LINE:
                self.problems.append(Problem(number, "is longer than 16 MB; put one record on each line"))
                passed = number
            if number != passed:
                yield number, text

    def _readable(self, number: int, line: str, end: str) -> Iterator[tuple[int, str]]:
        fault = self._fault(line)
        if fault:
            self.problems.append(Problem(number, fault))
        else:
            yield number, line + end

    def _fault(self, line: str) -> str | None:
        if line.isascii():
            return None
        unread = _UNDECODED_BYTE.search(line) if self._encoding == "utf-8" else "\ufffd" in line
        return f"is not {self._encoding.upper()}; save the file as UTF-8" if unread else None

    def _texts(self) -> Iterator[str]:
        ends = io.IncrementalNewlineDecoder(None, translate=True)
        for text in self._decoded():
            yield ends.decode(text)
        yield ends.decode("", final=True)

    def _decoded(self) -> Iterator[str]:
        chunks = self._chunks()
        first = next(chunks, b"")
        declared = declared_in(first)
        decode = self._decoder("utf-16") if first.startswith(_UTF16) else None
        if first.startswith(codecs.BOM_UTF8):
            first, decode = first[len(codecs.BOM_UTF8) :], self._decoder("utf-8")
        for chunk in chain([first], chunks):
            if decode is None and chunk.isascii():
                yield chunk.decode("ascii")  # in all encodings the same
            elif decode is None:
                data, name = _recognised(chunk, chunks, declared)
                decode = self._decoder(name)
                yield decode.decode(data)
            else:
                yield decode.decode(chunk)
        yield decode.decode(b"", final=True) if decode else ""

    def _decoder(self, name: str) -> codecs.IncrementalDecoder:
        self._encoding = name
        return codecs.getincrementaldecoder(name)("surrogateescape" if name == "utf-8" else "replace")

    def _chunks(self) -> Iterator[bytes]:
        packed = self._stream.peek(2)[:2] == _GZIP
        counted = _Counted(self._stream)
        source = gzip.GzipFile(fileobj=counted) if packed else self._stream
        unpacked = 0
        try:
            while chunk := source.read1(_CHUNK):  # not read(): it loses what came before a break
                yield chunk
                unpacked += len(chunk)
                if packed and unpacked > max(_ALWAYS_UNPACKED, _MOST_GROWTH * counted.size):
                    self._break = f"the gzip data grows more than {_MOST_GROWTH} times; unpack it if it is to be read"
                    return
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self._break = "the gzip data breaks off here; fetch the file again"


class _Counted:
    """A stream that knows how much of it was read."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.size += len(data)
        return data

    def seek(self, offset: int) -> int:
        return self._stream.seek(offset)


def _recognised(data: bytes, chunks: Iterator[bytes], declared: str | None) -> tuple[bytes, str]:
    """The data, with as much more of the stream as it takes to tell its encoding, and that encoding."""
    while not is_utf8(data) and len(data) < _LOOK_AHEAD and (more := next(chunks, b"")):
        data += more
    return data, "utf-8" if is_utf8(data) or b"\0" in data else encoding_of(data, declared)
