"""Reader of daily-papers pages: header lines, a date, then titles and abstracts with blank lines between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Literal

from ..cleaning import clean, is_notice
from ..paper import Problem, Record
from .fields import is_finished

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = "a daily-papers page saved as text"

# On the five bundled pages titles have 19 to 178 characters and abstracts 1,376 to 1,920; in 10,000 papers of
# other sources titles reach 247 and abstracts begin at 200.
_LONGEST_TITLE = 250
_LONGEST_BLOCK = 100_000  # characters; more is no page
_HEADER_BLOCKS = 20
_DATE = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}(?:, \d{4})?")
_HEADER = re.compile(
    r"new|Subscribe|Daily Papers|Get trending papers in your email inbox!|by ?AK and the research community"
)

_HOLE = "\0"  # stands for lines that could not be read


@dataclass(frozen=True, slots=True)
class _Block:
    line: int
    text: str
    hole: bool = False  # one of its lines could not be read
    cut: bool = False  # the file ends with it, without a line end


def sniff(head: str) -> bool:
    """Whether a line of the page's header, or its date, stands alone among the first lines."""
    first = [line.strip() for line in head.split("\n") if line.strip()][:_HEADER_BLOCKS]
    telling = (line for line in first if line not in ("new", "Subscribe"))
    return any(map(_in_header, telling))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per title and abstract; either of them alone is a Problem and does not shift the others."""
    listed: str | None = None
    titles: list[_Block] = []  # more than one only in the header, where an unknown line looks like a title
    header = _HEADER_BLOCKS  # how many blocks may still belong to it
    for block, following in _with_next(_blocks(lines)):
        header -= 1
        overdue = map(_alone, titles) if header <= 0 else ()
        if _HEADER.fullmatch(block.text):
            continue
        if _DATE.fullmatch(block.text):
            yield from overdue
            listed, header, titles = block.text, 0, []
        elif _looks(block, following, after_title=bool(titles)) == "title":
            yield from overdue
            titles = [*titles, block] if header > 0 else [block]
        else:
            yield from map(_alone, titles[:-1])
            yield _entry(titles[-1], block, source, listed) if titles else _orphan(block)
            header, titles = 0, []
    yield from map(_alone, titles)


def _looks(block: _Block, following: _Block | None, *, after_title: bool) -> Literal["title", "abstract"]:
    """By length; a short text that ends like a sentence may be either, and what stands around it decides."""
    if len(block.text) > _LONGEST_TITLE or (after_title and _breaks_off(block)):
        return "abstract"
    if not (block.text.endswith(".") or is_notice(block.text)) or not after_title:
        return "title"
    return "title" if following and len(following.text) > _LONGEST_TITLE else "abstract"


def _entry(title: _Block, abstract: _Block, source: str, listed: str | None) -> Record | Problem:
    if title.hole or abstract.hole:
        return Problem(title.line, f"a line of the entry {_quoted(title)} cannot be read")
    if _breaks_off(abstract):
        return Problem(abstract.line, f"the file ends inside the abstract of {_quoted(title)}")
    return Record(title.line, source, title.text, abstract.text, listed=listed)


def _alone(title: _Block) -> Problem:
    if title.cut:
        return Problem(title.line, f"the file ends before the abstract of {_quoted(title)}", "no_abstract")
    return Problem(title.line, f"there is no abstract for {_quoted(title)}", "no_abstract")


def _orphan(abstract: _Block) -> Problem:
    return Problem(abstract.line, f"there is no title for the abstract {_quoted(abstract)}")


def _breaks_off(block: _Block) -> bool:
    return block.cut and not is_finished(block.text)


def _quoted(block: _Block) -> str:
    return f"'{clean(block.text)[:80]}'"


def _with_next(blocks: Iterator[_Block]) -> Iterator[tuple[_Block, _Block | None]]:
    block = next(blocks, None)
    while block is not None:
        following = next(blocks, None)
        yield block, following
        block = following


def _blocks(lines: Iterable[tuple[int, str]]) -> Iterator[_Block]:
    """The texts between blank lines, without their outer blanks."""
    held: list[tuple[int, str]] = []
    size = 0
    cut = False
    for number, text in _with_holes(lines):
        cut = bool(text.strip()) and not text.endswith("\n")
        if text.strip():
            held.append((number, text.strip()))
            size += len(text)
        if not text.strip() or size > _LONGEST_BLOCK:
            yield from _pieces(held, cut=cut)
            held, size = [], 0
    yield from _pieces(held, cut=cut)


def _with_holes(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines, with `_HOLE` where numbers are missing, because the lines there could not be read."""
    expected: int | None = None
    for number, text in lines:
        if expected is not None and number != expected:
            yield expected, f"{_HOLE}\n"
        yield number, text
        expected = number + 1


def _pieces(held: list[tuple[int, str]], *, cut: bool) -> Iterator[_Block]:
    """One block of hard-wrapped lines; one per line in a header and where titles stand above abstracts."""
    header = list(takewhile(lambda line: _in_header(line[1]), held))
    body = held[len(header) :]
    above_below = pairwise(text for _, text in body)
    stacked = any(len(above) <= _LONGEST_TITLE < len(below) and above != _HOLE for above, below in above_below)
    groups = [[line] for line in (held if stacked else header)] + ([body] if body and not stacked else [])
    for group in groups:
        text = "\n".join(text for _, text in group if text != _HOLE)
        if text:
            hole = any(text == _HOLE for _, text in group)
            yield _Block(group[0][0], text, hole, cut and group is groups[-1])


def _in_header(text: str) -> bool:
    return bool(_HEADER.fullmatch(text) or _DATE.fullmatch(text))
