"""Whether a sentence and its evidence point the same way: directions and negations that stand among like words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from . import polarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NEAR, _FAR = 6, 8
"""Words on each side that count as neighbours, in the sentence and in the evidence."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the words of direction of a sentence ("increases", "not lower") sit with those of its evidence.

    A pair of such words, one on each side, weighs the share of neighbours of the first that the second has too.
    `opposed` is the best such weight with the other sign, as a mean over the sentence's words of direction. `lean` is
    what the best with the same sign is more than it, where that is least; `sense` the mean of the same among pairs of
    one sense (amount, speed ...). `denied`, at most 0, is what `lean` is for the other words, by whether each is
    negated. `negators` is -1 where one side has a negated word and the other none. All are 0 with nothing to compare.
    """

    opposed: float = 0.0
    lean: float = 0.0
    sense: float = 0.0
    denied: float = 0.0
    negators: float = 0.0


class _Word(NamedTuple):
    """A word as it bears on agreement: its key, its senses, its sign after negation (0 for none), its neighbours."""

    key: str
    senses: frozenset[str]
    sign: int
    negated: bool
    head: bool
    around: frozenset[str]


def compare(sentence: str, evidence: Sequence[tuple[str, float]]) -> Agreement:
    """The agreement of a sentence with texts of evidence, each with how near it is, 0..1, the nearest first."""
    mine = _read(sentence, _NEAR)
    theirs = [(word, weight) for text, weight in evidence for word in _read(text, _FAR)]
    directed = [_directed(word, theirs) for word in mine if word.sign]
    denied = min((_denied(word, theirs) for word in mine if not word.senses), default=0.0)
    first = _read(evidence[0][0], _FAR) if evidence else ()
    unlike = any(word.head for word in mine) != any(word.head for word in first)
    negators = -1.0 if unlike and first else 0.0
    if not directed:
        return Agreement(denied=min(denied, 0.0), negators=negators)
    _, opposed, sense, against = (sum(part) / len(directed) for part in zip(*directed, strict=True))
    lean = min(one[0] - one[1] for one in directed)
    return Agreement(opposed, lean, sense - against, min(denied, 0.0), negators)


@lru_cache(maxsize=4096)
def _read(text: str, reach: int) -> tuple[_Word, ...]:
    units = polarity.read(text).units
    return tuple(
        _Word(
            unit.key,
            frozenset(sense for sense, _ in unit.senses),
            (unit.senses[0][1] * (-1 if unit.negated else 1)) if unit.senses else 0,
            unit.negated,
            unit.head == 1,
            frozenset(u.key for u in units[max(0, i - reach) : i + reach + 1] if u is not unit and not u.senses),
        )
        for i, unit in enumerate(units)
    )


def _directed(word: _Word, others: Iterable[tuple[_Word, float]]) -> tuple[float, float, float, float]:
    """The weight of the best pair with the same sign, with the other, and both again among words of one sense."""
    best = [0.0, 0.0, 0.0, 0.0]
    for other, weight in others:
        if other.sign:
            shared = weight * len(word.around & other.around) / max(1, len(word.around))
            side = 0 if other.sign == word.sign else 1
            best[side] = max(best[side], shared)
            if not word.senses.isdisjoint(other.senses):
                best[side + 2] = max(best[side + 2], shared)
    return best[0], best[1], best[2], best[3]


def _denied(word: _Word, others: Iterable[tuple[_Word, float]]) -> float:
    """How much better the same word fits where it is negated likewise than where it is not."""
    best = {True: 0.0, False: 0.0}
    for other, weight in others:
        if other.key == word.key:
            shared = weight * (1 + len(word.around & other.around)) / (1 + max(1, len(word.around)))
            same = other.negated == word.negated
            best[same] = max(best[same], shared)
    return best[True] - best[False]
