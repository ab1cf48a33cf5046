"""Whether two readings deny each other: the same word negated on one side, or words of opposite direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import called, comparatives, polarity
from .finding import Finding, against
from .reach import NEGATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .called import Names
    from .finding import Kind
    from .polarity import Reading, Unit

_DIRECTED = frozenset(
    """
    amount quality speed valence presence permission success safety agreement sensitivity frequency survival start
    estimate
    """.split()
)
"""Senses in which a word says where something goes; in the others it names a thing, and must stand beside it."""
_TURNING = frozenset("amount quality presence valence success richness safety".split())
"""Senses whose words turn a statement around: the loss of an inhibitor is a gain."""
_AROUND = 6


class Place(NamedTuple):
    """A unit `j` of a reading, and how many neighbours it shares with the unit asked about."""

    score: int
    reading: Reading
    j: int

    @property
    def unit(self) -> Unit:
        return self.reading.units[self.j]


def findings(said: Reading, near: Sequence[Reading], far: Sequence[str], names: Names = ()) -> Iterator[Finding]:
    """What the sentence says against the evidence `near`; a match in the whole sources `far` may excuse a word.

    A word within one of the `names` in the sentence is held against the same name alone.
    """
    for i, unit in enumerate(said.units):
        name = called.around(names, unit.start) if names else ""
        held = [called.within(reading, name) for reading in near] if name else near
        found = _negation(said, i, held, far)
        if found is None and unit.senses:
            found = _direction(said, i, held, far)
        if found := found or _nothing(said, i, held):
            yield found


def _places(said: Reading, i: int, key: str, readings: Iterable[Reading]) -> Iterator[Place]:
    for reading in readings:
        for j in reading.places.get(key, ()):
            yield Place(len(said.around[i] & reading.around[j]), reading, j)


def _alike(said: Reading, i: int, readings: Sequence[Reading]) -> Iterator[tuple[Place, bool]]:
    """The places of the same word, and whether each has the same polarity."""
    unit = said.units[i]
    for key, flipped in (
        (unit.key, False),
        (f"~{unit.shown.lower()}", True),
        (f"'{unit.bare}" if unit.bare else "", True),
    ):
        if key:
            for place in _places(said, i, key, readings):
                equal = (place.unit.negated ^ flipped) == unit.negated
                yield place, equal or _spared(unit, place.unit)


def _spared(one: Unit, other: Unit) -> bool:
    """Whether one is denied and the other done away with in other words: "without X", "addresses X"; not "non-X"."""
    denied, plain = (one, other) if one.negated else (other, one)
    return denied.negated and not plain.negated and plain.spared and not denied.shown.lower().startswith("non")


def _negation(said: Reading, i: int, near: Sequence[Reading], far: Sequence[str]) -> Finding | None:
    unit = said.units[i]
    same, other = [-1], []
    for place, equal in _alike(said, i, near):
        if equal:
            same.append(place.score)
        elif unit.head or place.unit.head or unit.bare or place.unit.bare:
            other.append(place)
    if not other:
        return None
    best = max(other, key=lambda place: place.score)
    left_out = 2 in (unit.head, best.unit.head)
    if best.score < min(1 + left_out, len(said.around[i])) or best.score <= max(same):
        return None
    if left_out and _turns(said, i, best.reading, best.j) != _turns(best.reading, best.j, said, i):
        return None
    if any(
        equal and place.score > best.score for place, equal in _alike(said, i, [polarity.read(text) for text in far])
    ):
        return None
    return against("negation", _shown(unit), _shown(best.unit))


def _direction(said: Reading, i: int, near: Sequence[Reading], far: Sequence[str]) -> Finding | None:
    """What points the other way in the evidence, unless something points the same way in a place as like."""
    unit = said.units[i]
    for sense, sign in unit.senses:
        places = list(_places(said, i, f"={sense}", near))
        same = [p.score for p in places if _agrees(said, i, p, (sense, sign))]
        other = [p for p in places if _opposes(said, i, p, (sense, sign)) and _fits(said, i, p, sense)]
        best = max(other, key=lambda place: place.score, default=None)
        if best is None or best.score <= max(same, default=-1):
            continue
        excused = [
            p for p in _places(said, i, f"={sense}", map(polarity.read, far)) if _agrees(said, i, p, (sense, sign))
        ]
        if any(p.score > best.score for p in excused):
            continue
        if comparatives.swapped(said, i, best.reading, best.j):
            return against("comparative", _around(said, i), _around(best.reading, best.j))
        if sense in _DIRECTED and _turns(said, i, best.reading, best.j) != _turns(best.reading, best.j, said, i):
            continue
        kind: Kind = "direction" if unit.negated == best.unit.negated else "negation"
        return against(kind, _shown(unit), _shown(best.unit))
    return None


def _nothing(said: Reading, i: int, near: Sequence[Reading]) -> Finding | None:
    """That something moves where the evidence finds no effect, or the other way round."""
    unit = said.units[i]
    for mine, theirs in ((polarity.NOTHING, polarity.MOVES), (polarity.MOVES, polarity.NOTHING)):
        if mine in polarity.marks(unit):
            found = [p for p in _places(said, i, theirs, near) if p.score > 1 or (p.score and _beside(said, i, p))]
            alike = [p.score for p in _places(said, i, mine, near)]
            best = max(found, key=lambda place: place.score, default=None)
            if best and best.score > max(alike, default=-1):
                return against("negation", _shown(unit), _shown(best.unit))
    return None


def _sign(unit: Unit, sense: str) -> int:
    return next((sign for name, sign in unit.senses if name == sense), 0)


def _agrees(said: Reading, i: int, place: Place, sense: tuple[str, int]) -> bool:
    """Whether both say the same: an odd number of turns of sign, of negation and of what is compared denies it."""
    unit, other = said.units[i], place.unit
    turned = comparatives.swapped(said, i, place.reading, place.j)
    return (sense[1] == _sign(other, sense[0])) == ((unit.negated == other.negated) != turned)


def _opposes(said: Reading, i: int, place: Place, sense: tuple[str, int]) -> bool:
    """Not increased and not decreased go together: then nothing changed."""
    return not _agrees(said, i, place, sense) and not (said.units[i].negated and place.unit.negated)


def _fits(said: Reading, i: int, place: Place, sense: str) -> bool:
    """Whether the two words speak of the same thing: a shared neighbour, or the very next word for a thing's name."""
    mine, theirs = said.units, place.reading.units
    if sense in _DIRECTED:
        return place.score > 1 or (place.score == 1 and _beside(said, i, place))
    after = [units[k + 1].key if k + 1 < len(units) else "" for units, k in ((mine, i), (theirs, place.j))]
    return after[0] == after[1] != ""


def _beside(said: Reading, i: int, place: Place) -> bool:
    """Whether a word within three of one word, on one side of it, stands on the same side of the other."""
    mine, theirs, j = said.units, place.reading.units, place.j
    return any(
        not {u.key for u in mine[a]}.isdisjoint(u.key for u in theirs[b])
        for a, b in ((slice(i + 1, i + 4), slice(j + 1, j + 4)), (slice(max(0, i - 3), i), slice(max(0, j - 3), j)))
    )


def _turns(reading: Reading, i: int, other: Reading, j: int) -> bool:
    """Whether an odd number of words near unit `i`, which the other side lacks near `j`, turn the statement around."""
    there = {(sense, sign, u.negated) for u in _close(other, j) for sense, sign in u.senses}
    lone = [u for u in _close(reading, i) if not any((s, g, u.negated) in there for s, g in u.senses)]
    return sum(_turning(u) for u in lone) % 2 == 1


def _close(reading: Reading, i: int) -> list[Unit]:
    """The units near unit `i`; negators are left out, as what they deny is marked already."""
    near = range(max(0, i - _AROUND), min(len(reading.units), i + _AROUND + 1))
    units = [reading.units[k] for k in near if k != i]
    return [unit for unit in units if unit.shown.lower() not in NEGATORS]


def _turning(unit: Unit) -> bool:
    signs = [sign for sense, sign in unit.senses if sense in _TURNING]
    return bool(signs) and (signs[0] < 0) != unit.negated


def _shown(unit: Unit) -> str:
    return ("not " if unit.negated else "") + unit.shown


def _around(reading: Reading, i: int) -> str:
    """A comparison with a few words on each side, as it was written."""
    units = reading.units
    return reading.text[units[max(0, i - 2)].start : units[min(len(units) - 1, i + 2)].end]
