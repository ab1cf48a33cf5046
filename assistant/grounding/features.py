"""What a scorer sees of a sentence and its evidence: numbers about the two together, none about the sentence alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from . import agreement, words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from .finding import Finding

Span = tuple[int, int]

_APART = 3
"""Content words by which the two words of a pair may be apart in a source."""
_NEAREST = 3
"""Sentences of the sources that are read for what they say more or less of."""
_MOST = 2


@dataclass(frozen=True, slots=True)
class Features:
    """A sentence held against its evidence, and against the whole texts that the evidence lies in.

    covered: share of its weighted words that the evidence and its titles hold. phrases: share of its neighbouring words
    that stand near each other, in that order, in a sentence of the sources. `number_*`, `name_*`: findings of the
    guards by severity, each at most 2. opposite: contradictions of direction, negation or comparison. weaker: hedges
    and scopes that were dropped. opposed to negators: see `Agreement`. meaning: length, 0..1, of the sentence's vector
    within the space of the three nearest sentences'; 0 without vectors.
    """

    covered: float
    phrases: float
    number_other: float
    number_absent: float
    number_elsewhere: float
    name_other: float
    name_absent: float
    opposite: float
    weaker: float
    opposed: float
    lean: float
    sense: float
    denied: float
    negators: float
    meaning: float


class Known(NamedTuple):
    """What a source holds: its sentences, the content of each, and all its ordered pairs of words."""

    texts: tuple[str, ...]
    held: tuple[frozenset[str], ...]
    pairs: frozenset[tuple[str, str]]


class Against(NamedTuple):
    """The whole texts that a sentence is held against: prepared, with all their sentence vectors if they have any, what
    their titles add, and what the evidence holds."""

    known: Sequence[Known]
    vectors: NDArray[np.float32] | None
    titles: Collection[str]
    evidence: Collection[str]


@lru_cache(maxsize=512)
def known(text: str, sentences: tuple[Span, ...]) -> Known:
    """A source, read once."""
    texts = tuple(text[start:end] for start, end in sentences)
    held = tuple(frozenset(words.content(one)) for one in texts)
    pairs = frozenset(pair for one in texts for pair in _pairs(words.sequence(one), _APART))
    return Known(texts, held, pairs)


def measure(
    sentence: str, against: Against, found: Sequence[Finding], vector: NDArray[np.float32] | None = None
) -> Features:
    """The features of a sentence; `found` is what the guards hold against it.

    Vectors are used only where the sentence and its sources have them.
    """
    asked = words.content(sentence)
    cosines = against.vectors @ vector if vector is not None and against.vectors is not None else None
    pairs = _pairs(words.sequence(sentence), 1)
    there = frozenset().union(*(one.pairs for one in against.known))
    covered = words.share(asked, {*against.evidence, *against.titles})
    way = agreement.compare(sentence, _nearest(asked, against.known, cosines))
    return Features(
        covered=covered,
        phrases=sum(pair in there for pair in pairs) / len(pairs) if pairs else covered,
        **_counted(found),
        **{name: getattr(way, name) for name in way.__slots__},
        meaning=_within(vector, against.vectors, cosines) if vector is not None else 0.0,
    )


def _pairs(stems: Sequence[str], apart: int) -> list[tuple[str, str]]:
    return [(one, two) for i, one in enumerate(stems) for two in stems[i + 1 : i + 1 + apart]]


def _counted(found: Sequence[Finding]) -> dict[str, float]:
    """The guards' findings by kind and severity; what they hold against direction, negation and comparison is one."""
    counts = Counter((finding.kind, finding.severity) for finding in found)
    told = {
        "number_other": counts["number", "contradicted"],
        "number_absent": counts["number", "absent"],
        "number_elsewhere": counts["number", "weaker"],
        "name_other": counts["name", "contradicted"],
        "name_absent": counts["name", "absent"],
        "opposite": sum(counts[kind, "contradicted"] for kind in ("negation", "direction", "comparative")),
        "weaker": counts["hedge", "weaker"] + counts["scope", "weaker"],
    }
    return {name: float(min(_MOST, count)) for name, count in told.items()}


def _nearest(
    asked: Mapping[str, words.Word], sources: Sequence[Known], cosines: NDArray[np.float32] | None
) -> list[tuple[str, float]]:
    """The sentences nearest in words and in meaning, the nearest first, each with its nearness over the first's."""
    texts = [text for one in sources for text in one.texts]
    near = [words.share(asked, held) for one in sources for held in one.held]
    if cosines is not None:
        near = [max(0.0, share + float(cosine)) for share, cosine in zip(near, cosines, strict=True)]
    order = sorted(range(len(near)), key=lambda i: -near[i])[:_NEAREST]
    return [(texts[i], near[i] / near[order[0]]) for i in order if near[i] > 0]


def _within(
    vector: NDArray[np.float32], vectors: NDArray[np.float32] | None, cosines: NDArray[np.float32] | None
) -> float:
    """How much of a unit vector the three nearest vectors can make up."""
    if vectors is None or cosines is None:
        return 0.0
    nearest = vectors[np.argsort(-cosines)[:_NEAREST]].T
    made, *_ = np.linalg.lstsq(nearest, vector)
    return float(np.linalg.norm(nearest @ made))
