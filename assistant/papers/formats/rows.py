"""Rows of a delimited text: quoted cells over several lines, and quotes that open and never close."""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass
from itertools import islice, pairwise
from threading import Lock
from typing import TYPE_CHECKING

from .tagged import HEAVIEST, LINE_WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_AGAIN = 10 * HEAVIEST  # how much of a file, by weight, is read a second time after unclosed quotes
_ENOUGH_COLUMNS = 6  # then a line with that many commas is hardly prose
_CELL_LIMIT = Lock()


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, or in `fault` why it has none.

    `open_ended`: it may have been cut, as the file ends in it without line end or it has fewer cells than the
    header, and its last cell is not quoted.
    """

    line: int
    cells: list[str]
    fault: str = ""
    open_ended: bool = False


class _TooLong(Exception):
    """A row is longer than may be held."""


class _Feed:
    """The lines for a csv reader: `taken` are those of the row at hand, which can be given once more."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._lines = iter(lines)
        self._again: deque[tuple[int, str]] = deque()
        self._budget = _MOST_AGAIN
        self._weight = 0
        self.taken: list[tuple[int, str]] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        number, text = self._again.popleft() if self._again else next(self._lines)
        self.taken.append((number, text))
        self._weight += len(text) + LINE_WEIGHT
        if self._weight > HEAVIEST:
            raise _TooLong
        return text

    def begin(self) -> None:
        """Forget the lines of the last row."""
        self.taken, self._weight = [], 0

    def give_again(self) -> bool:
        """Have the lines after the row's first read anew; whether that was still to be afforded."""
        self._budget -= self._weight
        if self._budget > 0:
            self._again.extendleft(reversed(self.taken[1:]))
        return self._budget > 0


def rows(lines: Iterable[tuple[int, str]], delimiter: str) -> Iterator[Row]:
    """The rows, without blank ones; the first says how many cells the others are to have."""
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, strict=True, skipinitialspace=True)
    width = 0
    while True:
        feed.begin()
        fault = ""
        cells: list[str] = []
        try:
            cells = _next(reader)
        except StopIteration:
            return
        except csv.Error:
            fault = "has a quote inside a quoted cell, or one that is never closed"
        except _TooLong:
            fault = "has a quote that is never closed, or is longer than 16 MB or 150,000 lines"
        if fault or any(cell.strip() for cell in cells):
            row = _judged(cells, fault, feed, delimiter, width)
            width = width or len(row.cells)
            yield row


def split(line: str, delimiter: str) -> list[str]:
    """The cells of a line where a quote is a character like any other, unless a cell stands in two of them."""
    cells = (cell.strip() for cell in line.rstrip("\n").split(delimiter))
    return [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


def _next(reader: Iterator[list[str]]) -> list[str]:
    """The next row with cells as long as a line may be: the limit is one for the process, so it is put back."""
    with _CELL_LIMIT:
        before = csv.field_size_limit(HEAVIEST)
        try:
            return next(reader)
        finally:
            csv.field_size_limit(before)


def _judged(cells: list[str], fault: str, feed: _Feed, delimiter: str, width: int) -> Row:
    """The row if its cells can be believed, else the row its first line is without regard to quotes."""
    (line, first), *others = feed.taken
    if any(later != earlier + 1 for (earlier, _), (later, _) in pairwise(feed.taken)):
        return Row(line, [], "a line of the row that begins here cannot be read")
    last = feed.taken[-1][1]
    while width and len(cells) > width and not cells[-1].strip():
        cells.pop()
    fits = not width or len(cells) == width or (len(cells) < width and not others)
    if fits and not fault:
        cut = len(cells) < width or not last.endswith("\n")
        return Row(line, cells, open_ended=cut and not last.rstrip().endswith('"'))
    plain = split(first, delimiter)
    if len(plain) == width and _are_rows(others, delimiter, width) and (not others or feed.give_again()):
        return Row(line, plain, open_ended=not first.endswith("\n"))
    fault = fault or f"has {len(cells)} cells where the header has {width}"
    return Row(line, [], f"{fault}; lines {line} to {feed.taken[-1][0]} were not read" if others else fault)


def _are_rows(others: list[tuple[int, str]], delimiter: str, width: int) -> bool:
    """Whether lines that a quote swallowed look like rows of their own, and not like lines of one cell."""
    if not others:
        return True
    if delimiter != "\t" and width < _ENOUGH_COLUMNS:
        return False
    return all(text.count(delimiter) >= width - 1 for _, text in islice(others, 20))
