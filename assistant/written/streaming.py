"""A model's text on its way: cut into whole sentences as soon as it is clear where each ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..drafts import Block
from ..marks import move_marks_inside
from ..sentences import split

MISSING = re.compile(r"\s*\**\s*MISSING\s*\**\s*:\s*(.*)", re.DOTALL)
_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+(?=\S)")
_HEADING = re.compile(r"\s*#{1,6}\s+(?=\S)")
_SETTLED = re.compile(r"[^\W_]\S*\s+\S")  # the next sentence has begun: a whole word and a bit more


def sentences_of(deltas: Iterable[str]) -> Iterator[tuple[Block, str]]:
    """(block, sentence with its marks) as soon as the text so far shows where each ends."""
    buffer, block = "", None
    for delta in deltas:
        buffer += delta
        *lines, buffer = buffer.split("\n")
        for line in lines:
            yield from _line(line, block)
            block = None
        ready, buffer, block = _ready(buffer, block)
        yield from ready
    yield from _line(buffer, block)


def _ready(line: str, block: Block | None) -> tuple[list[tuple[Block, str]], str, Block | None]:
    """The whole sentences of an unfinished line, what is left of it, and the block that the rest belongs to."""
    moved = move_marks_inside(line)
    spans = split(moved)
    if len(spans) < 2 or not _SETTLED.match(moved, spans[-1][0]):
        return [], line, block
    start = spans[-1][0]
    ready = list(_line(moved[:start], block))
    return ready, moved[start:], ready[-1][0] if ready else block


def _line(line: str, block: Block | None) -> Iterator[tuple[Block, str]]:
    """The sentences of a line. `block` is that of its beginning, if the beginning has been taken off already."""
    if MISSING.match(line):
        yield "paragraph", line
        return
    if block is None:
        item, heading = _ITEM.match(line), _HEADING.match(line)
        block = "bullet" if item else "heading" if heading else "paragraph"
        begin = item or heading
        line = line[begin.end() :] if begin else line
    moved = move_marks_inside(line)
    for start, end in split(moved):
        yield block, moved[start:end]
