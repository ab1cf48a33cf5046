"""JSON text as it streams by: it is read value by value, and no more is held than the value being read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LONGEST_VALUE = 16_000_000  # characters
TOO_LONG = "is longer than 16 MB"
TOO_DEEP = "is nested too deeply"
_TOO_MANY_DIGITS = "is not JSON (a number in it has too many digits)"

_LONGEST_TOKEN = 12  # "-Infinity" or an escape: a fault so near the end may only be a token that is cut there
_WIDEST_INDENT = 200
_BLANKS = re.compile(r"\s*")
_OPENED = re.compile(r"\[\s*(\S)")
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{}]', re.S)
_DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


class Broken(Exception):
    """A value that cannot be had. The fault lies in `line`, at `column` where that is known (both from 1).

    `passed`: all of the value was passed over, so what follows can be read as if nothing had happened.
    """

    def __init__(self, fault: str, line: int, column: int | None = None, *, passed: bool = False) -> None:
        super().__init__(fault)
        self.fault = fault
        self.line = line
        self.column = column
        self.passed = passed

    def reason(self, line: int) -> str:
        """What a Problem of a record that begins on `line` says."""
        if self.column is None:
            return self.fault
        where = f"column {self.column}" if self.line == line else f"line {self.line}"
        return f"is not JSON ({self.fault}, {where})"


class Text:
    """Reads values off numbered pieces of text, cut anywhere; pieces of the same line have the same number.

    `line` is the number of the line that is reached. A gap in the numbers is a hole: no value is read across
    one, and `holes` counts those passed between values. Time is linear in the text, whatever it is.
    """

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self.line = 0
        self.holes = 0
        self._sources = [iter(lines)]  # the last is read first
        self._upcoming: tuple[int, str] | None = None  # the piece after a hole
        self._number = -1  # of the piece that was held last
        self._held = ""
        self._at = 0  # in what is held; so is the next
        self._begin = 0  # where the line that is reached begins; negative if that is no longer held
        self._let_go = 0  # characters

    @property
    def offset(self) -> int:
        """Characters passed so far."""
        return self._let_go + self._at

    @property
    def indent(self) -> str | None:
        """The blanks before this place on its line; None if something else stands there."""
        if not 0 <= self._at - self._begin <= _WIDEST_INDENT or self._begin < 0:
            return None
        before = self._held[self._begin : self._at]
        return None if before.strip() else before

    def next(self) -> str:
        """The next character that is not blank, where reading then stands; "" at the end of the file."""
        while True:
            found = _BLANKS.match(self._held, self._at)
            self._pass(found.end() if found else self._at)
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more(1):
                return ""

    def take(self, character: str) -> bool:
        """Whether it is the next one; then it is passed."""
        found = self.next() == character
        if found:
            self._pass(self._at + 1)
        return found

    def opens_objects(self) -> bool:
        """Whether a list opens here that holds objects or nulls, or nothing."""
        if self.next() != "[":
            return False
        while not (found := _OPENED.match(self._held, self._at)) and self._grow():
            pass
        return not found or found[1] in "{n]"

    def whole(self, wanted: Callable[[Any], bool]) -> Any:
        """The value that begins here, if all of it is held and wanted; else None, and nothing has happened."""
        try:
            value, end = _DECODER.raw_decode(self._held, self._at)
        except (ValueError, RecursionError):
            return None
        if not wanted(value):
            return None
        self._pass(end)
        return value

    def value(self) -> Any:
        """The value that comes next. Raises Broken, with the fault reached."""
        self.next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except json.JSONDecodeError as error:
                length, cut = error.pos - self._at, self._is_cut(error)
                if not (cut and self._grow()):
                    self._pass(self._at + length)
                    raise self._ended() if cut else self.broken(error.msg) from None
            except (ValueError, RecursionError) as error:
                raise self._unusable(TOO_DEEP if isinstance(error, RecursionError) else _TOO_MANY_DIGITS) from None
            else:
                length, closed = end - self._at, self._is_closed(end)
                if closed or not self._grow():
                    self._pass(self._at + length)
                    return value

    def broken(self, fault: str) -> Broken:
        """The fault of what stands here."""
        here = Broken(fault, self.line, self._at - self._begin + 1)
        return here if self._at < len(self._held) else self._ended()

    def skip_line(self) -> bool:
        """Goes to the start of the next line; False if there is none."""
        while (end := self._held.find("\n", self._at)) < 0:
            self._pass(len(self._held))
            if not self._more(1):
                return False
        self._pass(end + 1)
        self._put_back()
        return self._more(1)

    def resume(self, line: int, indent: str | None) -> bool:
        """Goes to the first line after `line`, from the one reached on, where an object opens at the indentation."""
        if indent is None:
            return False
        if self.line > line and self._begin >= 0:
            self._at = self._begin
            self._put_back()
            found = self._more(1)
        else:
            found = self.skip_line()
        while found and not self._held.startswith(indent + "{", self._at):
            found = self.skip_line()
        return found

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        """Whether the fault may be only that no more of the text is held."""
        rest = _BLANKS.match(self._held, error.pos)
        at_end = rest is not None and len(self._held) - rest.end() <= _LONGEST_TOKEN
        return at_end or error.msg.startswith("Unterminated string")

    def _is_closed(self, end: int) -> bool:
        """Whether the value that ends there cannot go on, as a number could where the text held is cut."""
        return self._held[end - 1] in '}]"' or len(self._held) - end > _LONGEST_TOKEN

    def _ended(self) -> Broken:
        hole = self._upcoming is not None
        return Broken("holds a line that cannot be read" if hole else "breaks off: the file ends inside it", self.line)

    def _unusable(self, fault: str) -> Broken:
        """The fault of a value whose brackets are in order; it is passed, or else all that is held."""
        line, depth = self.line, 0
        if self._held[self._at] not in "[{":
            return Broken(fault, line)
        for found in _STRUCTURE.finditer(self._held, self._at):
            depth += _DEPTH.get(found[0], 0)
            if not depth:
                self._pass(found.end())
                return Broken(fault, line, passed=True)
        self._pass(len(self._held))
        return Broken(fault, line)

    def _grow(self) -> bool:
        """Holds twice as much of the value, so that a long one is not parsed anew at each of its lines."""
        size = len(self._held) - self._at
        if size > LONGEST_VALUE:
            line = self.line
            self._pass(len(self._held))
            raise Broken(TOO_LONG, line)
        return self._more(max(size, 1))

    def _more(self, wanted: int) -> bool:
        """Holds `wanted` more characters, or what there is before a hole; lets go of what was passed."""
        texts = [self._held[self._at :]]
        size = held = len(texts[0])
        self._let_go, self._begin, self._at = self._let_go + self._at, self._begin - self._at, 0
        while size < held + wanted and (piece := self._upcoming or self._fetch()):
            number, text = piece
            self._upcoming = None
            if not 0 <= number - self._number <= 1:
                if size:
                    self._upcoming = piece
                    break
                self.holes, self.line, self._begin = self.holes + 1, number, 0
            texts.append(text)
            size, self._number = size + len(text), number
        self._held = "".join(texts)
        return size > held

    def _fetch(self) -> tuple[int, str] | None:
        while self._sources:
            if (piece := next(self._sources[-1], None)) is not None:
                return piece
            self._sources.pop()
        return None

    def _pass(self, end: int) -> None:
        newline = self._held.rfind("\n", self._at, end)
        if newline >= 0:
            self.line += self._held.count("\n", self._at, end)
            self._begin = newline + 1
        self._at = end

    def _put_back(self) -> None:
        """Holds nothing, so that lines are held one by one: the decoder counts each fault's line from the start."""
        if self._at == len(self._held):
            return
        if self._upcoming is not None:
            self._sources.append(iter([self._upcoming]))
            self._upcoming = None
        self._sources.append(_lines_of(self._held[self._at :], self.line))
        self._let_go, self._begin = self._let_go + self._at, self._begin - self._at
        self._held, self._at, self._number = "", 0, self.line


def _lines_of(text: str, number: int) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield number, text[start:end]
        start, number = end, number + 1
