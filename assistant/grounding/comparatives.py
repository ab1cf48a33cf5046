"""Comparisons: what is set above what, and whether two texts set it the same way round."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from .finding import against

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .finding import Finding
    from .polarity import Reading

_VERB = re.compile(
    r"(?:outperform|surpass|exceed|beat|underperform|outrank|outdo|overtak|trail|domina)\w*$", re.IGNORECASE
)
_BY = re.compile(r"\s+by\b")
_THAN = re.compile(r"[^.;:,()]{0,60}?\bthan\b")
_DEGREE = re.compile(r"\w+er$|more$|less$|worse$", re.IGNORECASE)
_OVER = re.compile(r"\s+(?:to|over)\b")
_RANK = re.compile(r"(?:superior|inferior|advantage|improve|prefer)\w*$", re.IGNORECASE)
_STOP = re.compile(r"[;:]|[.!?]\s")
_EQUAL = re.compile(
    r"\b(?:comparabl[ey]|on[\s-]par|similar(?:ly)? to|match(?:es|ed|ing)?|equal(?:ly)? to|equivalent to|same as"
    r"|(?!as well as)as (?:\w+ )?(?:good|well|fast|accurate|effective|efficient) as|competitive with)\b",
    re.IGNORECASE,
)
_BEFORE, _AFTER = 6, 5


class Side(NamedTuple):
    """The words on one side of a comparison that the other side lacks, and the one next to the comparing word."""

    keys: frozenset[str]
    nearest: str


@lru_cache(maxsize=4096)
def sides(reading: Reading, i: int) -> tuple[Side, Side] | None:
    """What the comparison at unit `i` sets above, or below, what; None if that word compares nothing."""
    unit, text = reading.units[i], reading.text
    left = [u for u in reading.units[max(0, i - _BEFORE) : i] if not _STOP.search(text, u.end, unit.start)]
    if _VERB.match(unit.shown):
        end, turned = unit.end, bool(_BY.match(text, unit.end))
    elif _DEGREE.match(unit.shown) and (than := _THAN.match(text, unit.end)):
        end, turned = than.end(), False
    elif _RANK.match(unit.shown) and (over := _OVER.match(text, unit.end)):
        end, turned = over.end(), False
    else:
        return None
    near = (u for u in reading.units[i + 1 : i + 1 + 2 * _AFTER] if u.start >= end)
    right = [u for u in near if not _STOP.search(text, unit.end, u.start)][:_AFTER]
    one, two = [u.key for u in reversed(left)], [u.key for u in right]
    nearest = [next((key for key in keys if key not in other), "") for keys, other in ((one, two), (two, one))]
    found = [Side(frozenset(one) - set(two), nearest[0]), Side(frozenset(two) - set(one), nearest[1])]
    return (found[1], found[0]) if turned else (found[0], found[1])


def swapped(said: Reading, i: int, other: Reading, j: int) -> bool:
    """Whether what stands above on one side stands below on the other, and the reverse."""
    mine, theirs = sides(said, i), sides(other, j)
    if not mine or not theirs:
        return False
    crossed = mine[0].keys & theirs[1].keys, mine[1].keys & theirs[0].keys
    if not all(crossed):  # "our method" may have no word of its own
        return any(crossed) and not (mine[0].keys & theirs[0].keys or mine[1].keys & theirs[1].keys)
    return mine[0].nearest in crossed[0] or mine[1].nearest in crossed[1]


def findings(said: Reading, near: Sequence[Reading]) -> Iterator[Finding]:
    """Where one text says better and the other as good."""
    equal = [_EQUAL.search(reading.text) for reading in near]
    if not any(equal) or any(map(_superior, near)):
        return
    for i, unit in enumerate(said.units):
        if sides(said, i) and not unit.negated:
            for reading, found in zip(near, equal, strict=True):
                if found and len(said.around[i] & _about(reading, found)) > 1:
                    yield against("comparative", unit.shown, found[0])
                    return


def _superior(reading: Reading) -> bool:
    return any(("quality", 1) in unit.senses or sides(reading, i) for i, unit in enumerate(reading.units))


def _about(reading: Reading, found: re.Match[str]) -> set[str]:
    return {u.key for u in reading.units if found.start() - 60 < u.start < found.end() + 60}
