"""How likely the corpus can answer a question, judged from what retrieval found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from ..index import Index
from ..lexical import NAME, content_words

FLOOR = 0.5  # below this probability the assistant declines without writing


@dataclass(frozen=True, slots=True)
class Features:
    """similarity: best cosine of a retrieved chunk. coverage: share of the question's idf mass that the best of the
    first three papers contains. named: whether one of them contains a name that the question asks about."""

    similarity: float
    coverage: float
    named: bool


def probability(features: Features) -> float:
    """A logistic model, 0..1, fitted as docs/decisions.md (2026-11-22, the floor) says."""
    score = 16.0 * features.similarity + 1.2 * features.coverage + 1.6 * features.named - 6.1
    return 1.0 / (1.0 + exp(-score))


def coverage(index: Index, question: str, texts: Sequence[str]) -> float:
    """The largest share of the idf of the question's content words that one of the texts contains, 0..1."""
    weights = index.term_weights(" ".join(content_words(question)))
    total = sum(weights.values())
    if not total:
        return 0.0
    return max((sum(weights[stem] for stem in {*index.stems(text)} & {*weights}) / total for text in texts), default=0)


_SUFFIX = re.compile(r"-(style|based|like|type|trained|free|level)$")


def names(question: str, texts: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(known, unknown): the names in a question (words with digits or inner capitals) that the texts contain or not."""
    contained = _squeezed(" ".join(texts))
    asked = [_SUFFIX.sub("", name) for name in NAME.findall(question)]
    found = {name: _squeezed(name).rstrip("s") in contained for name in asked}
    return tuple(n for n, known in found.items() if known), tuple(n for n, known in found.items() if not known)


def _squeezed(text: str) -> str:
    """Letters and digits only, so that VTAB-1k, VTAB 1K and VTAB1k are one name."""
    return re.sub(r"[\W_]+", "", text).casefold()
