"""Names of several words that a sentence calls a paper or a method by: "All but One" says nothing of all."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from .phrases import unwound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from .polarity import Reading

Names = tuple[tuple[int, int, str], ...]
"""Where a name starts and ends in a sentence, and the name."""
Part = tuple[str, int, int]
"""A word, and where it starts and ends."""

_PART = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"[\"“«]([^\"“”«»]{3,120})[\"”»]")
_LONGEST = 30


def names(text: str, titles: Sequence[str], sources: Sequence[str]) -> Names:
    """The runs of words in a text that stand in a title, or letter by letter in a source, and look like a name.

    A name begins and ends with a capital, as do at least half of its words; in quotes it may be written any way.
    """
    parts, quoted, starts = _parts(text)
    if not starts:
        return ()
    lines = [_line(title, folded=True) for title in titles]
    exact = [_line(source) for source in sources]
    found: list[tuple[int, int, str]] = []
    for i in starts:
        if not found or parts[i][1] >= found[-1][1]:
            size = max(_sizes(parts[i : i + _LONGEST], lines, exact, quoted), default=0)
            if size:
                name = " ".join(word for word, *_ in parts[i : i + size])
                found.append((parts[i][1], parts[i + size - 1][2], name))
    return tuple(found)


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[tuple[Part, ...], frozenset[tuple[int, int]], tuple[int, ...]]:
    """The words of a text, what stands in quotes, and the words that a name may begin with."""
    parts = tuple((match[0], *match.span()) for match in _PART.finditer(text))
    quoted = frozenset(match.span(1) for match in _QUOTED.finditer(text))
    opened = {start for start, _ in quoted}
    capital = [i for i, (word, *_) in enumerate(parts) if word[0].isupper()]
    starts = {*capital[:-1], *(i for i, (_, start, _) in enumerate(parts) if start in opened)}
    return parts, quoted, tuple(sorted(starts))


def _sizes(
    parts: Sequence[Part], titles: Sequence[str], exact: Sequence[str], quoted: Collection[tuple[int, int]]
) -> Iterator[int]:
    """How many of the parts make up a name together, for each name that the first begins."""
    run, capitals, first = " ", 0, parts[0]
    for size, (word, _, end) in enumerate(parts, start=1):
        run, capitals = f"{run}{word} ", capitals + word[0].isupper()
        folded = run.casefold()
        held = any(folded in line for line in titles)
        if not held and not any(run in line for line in exact):
            return
        capitalised = first[0][0].isupper() and word[0].isupper() and 2 * capitals >= size
        if size > 1 and (capitalised or (held and (first[1], end) in quoted)):
            yield size


@lru_cache(maxsize=1024)
def _line(text: str, folded: bool = False) -> str:
    """The words of a text with one blank around each."""
    line = f" {' '.join(_PART.findall(unwound(text)))} "
    return line.casefold() if folded else line


def around(names: Names, at: int) -> str:
    """The name around a place; "" if there is none."""
    return next((name for start, end, name in names if start <= at < end), "")


@lru_cache(maxsize=1024)
def within(reading: Reading, name: str) -> Reading:
    """The reading with no other places than those within the name."""
    spans = [match.span() for match in _pattern(name).finditer(reading.text)]
    inside = {i for i, unit in enumerate(reading.units) if any(start <= unit.start < end for start, end in spans)}
    places = {key: tuple(i for i in found if i in inside) for key, found in reading.places.items()}
    return replace(reading, places=places)


@lru_cache(maxsize=1024)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(r"\b" + r"[\W_]+".join(map(re.escape, name.split())) + r"\b", re.IGNORECASE)
