"""Records laid out as lines with tags (RIS, Web of Science, MEDLINE): the lines of each, gathered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .fields import is_finished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HEAVIEST = 16_000_000  # what the lines held at a time may weigh
LINE_WEIGHT = 100  # beside its characters, about the bytes that Python needs to hold a line


@dataclass(slots=True)
class Block:
    """Lines that belong together; `fault` says why they cannot be used, then `texts` may be incomplete.

    `begun`: the first line begins a record; otherwise the lines lie between records. `closed`: the last line
    ends the record.
    """

    line: int
    begun: bool
    texts: list[str] = field(default_factory=list)
    fault: str = ""
    closed: bool = False
    _weight: int = 0
    _expected: int = 0

    def add(self, number: int, text: str) -> None:
        """Take another line in; where its number is not the next, a line in between could not be read."""
        if self._expected and number != self._expected:
            self.fault = self.fault or "a line of the record that begins here cannot be read"
        self._expected = number + 1
        self._weight += len(text) + LINE_WEIGHT
        if self._weight > HEAVIEST:
            self.fault = "the record that begins here is longer than 16 MB or 150,000 lines"
            self.texts = self.texts[:1]
        else:
            self.texts.append(text)

    def breaks_off(self, abstract: str) -> bool:
        """Whether the file ends, without a line end, inside the record's abstract."""
        last = self.texts[-1] if self.texts and not self.closed else "\n"
        if last.endswith("\n"):
            return False
        end = last[3:].strip(" -\t")  # without its tag
        return bool(end) and abstract.rstrip().endswith(end) and not is_finished(abstract)


def blocks(
    lines: Iterable[tuple[int, str]],
    starts: Callable[[str, list[str]], bool],
    ends: Callable[[str], bool],
) -> Iterator[Block]:
    """The records' lines, and as blocks of their own those between records.

    `starts(text, held)`: whether a line begins a record, after the lines `held`; `ends(text)`: whether it is
    a record's last.
    """
    block: Block | None = None
    for number, text in lines:
        text = text.removeprefix("\ufeff")  # files put together keep each its mark
        begins = starts(text, block.texts if block else [])
        if block and begins:
            yield block
            block = None
        block = block or Block(number, begins)
        block.add(number, text)
        if ends(text):
            block.closed = True
            yield block
            block = None
    if block:
        yield block
