"""What the fields of reference formats hold: years, names, texts that break off, ids given twice."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ..paper import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..paper import Problem

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", re.A)
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|II|III|IV", re.I)
_SENTENCE_END = re.compile(r"[.!?…。][\W_]*$|(?:https?://|www\.)\S+$")


def year_of(text: str | None) -> int | None:
    """The first number of four digits that can be a year: of "2014//", "2018 Apr" and "10/12/1999"."""
    found = _YEAR.search((text or "")[:200])
    return int(found[1]) if found else None


def flipped(name: str) -> str:
    """ "First Last" of "Last, First", and "First Last Jr." of "Last, Jr., First" or "Last, First, Jr."."""
    last, *rest = (part.strip() for part in name.split(","))
    if len(rest) == 2 and _SUFFIX.fullmatch(rest[0]):
        rest.reverse()
    elif len(rest) != 1 and not (len(rest) == 2 and _SUFFIX.fullmatch(rest[1])):
        return " ".join(name.split())
    return " ".join(" ".join((rest[0], last, *rest[1:])).split())


def is_finished(text: str) -> bool:
    """Whether the text ends like a sentence, or with an address, and so was hardly cut."""
    return bool(_SENTENCE_END.search(text[-500:].rstrip()))


def with_own_ids(items: Iterable[Record | Problem]) -> Iterator[Record | Problem]:
    """The items; an id that the file already gave to another title is taken off, as it names no one paper.

    Real files repeat them (a citation key used twice, a column `id` with one value), and a paper is found
    again by its id, so the second paper would vanish in the first. Holds two numbers for each record.
    """
    titles: dict[int, int] = {}
    for item in items:
        if isinstance(item, Record) and item.own_id is not None:
            title = hash(item.title.strip())
            if titles.setdefault(hash(item.own_id), title) != title:
                item = replace(item, own_id=None)
        yield item
