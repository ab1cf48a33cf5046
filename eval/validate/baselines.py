"""Word overlap, the baseline that a scorer must beat, and the folds in which baselines are fitted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..bootstrap import Floats
from .pairs import Labelled

FOLDS = 10

_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")
_COMMON = frozenset(
    "a about after all also among an and any are as at be because been before being between both but by can could did"
    " do does during each for from had has have he her his how however i if in into is it its may might more most no"
    " nor not of on one only or other our out over own she should so some such than that the their them then there"
    " these they this those through to too under until up using very was we were what when where which while who will"
    " with within without would you your".split()
)


def words(text: str) -> list[str]:
    """The lower-cased words and numbers of a text, in order."""
    return _WORD.findall(text.lower())


def content(text: str) -> frozenset[str]:
    """The words that mean something by themselves, cut to a rough stem."""
    return frozenset(_stem(word) for word in words(text) if word not in _COMMON)


@lru_cache(maxsize=4096)
def _content_of_source(text: str) -> frozenset[str]:
    return content(text)


def _stem(word: str) -> str:
    for ending in ("ing", "ied", "ies", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def overlap(items: Sequence[Labelled]) -> Floats:
    """(n): the share of the claim's content words that occur anywhere in the source, 0 where it has none."""
    shares = []
    for item in items:
        asked = content(item.pair.claim)
        shares.append(len(asked & _content_of_source(item.pair.source)) / len(asked) if asked else 0.0)
    return np.array(shares, float)


def folds(clusters: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n): a fold for each pair, the pairs of a cluster together; large clusters first, each into the smallest fold."""
    sizes = np.bincount(clusters)
    filled = np.zeros(FOLDS, np.int64)
    fold_of = np.zeros(len(sizes), np.int64)
    for cluster in np.argsort(-sizes, kind="stable"):
        fold_of[cluster] = np.argmin(filled)
        filled[fold_of[cluster]] += sizes[cluster]
    return fold_of[clusters]


def thresholded(scores: Floats, supported: NDArray[np.bool_], fold: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n): whether each score reaches the threshold that gives the other folds the best balanced accuracy.

    So the baseline has a threshold fitted to the very set, which the scorer has not.
    """
    said = np.zeros(len(scores), bool)
    for number in np.unique(fold):
        own = fold == number
        said[own] = scores[own] >= _best_threshold(scores[~own], supported[~own])
    return said


def _best_threshold(scores: Floats, supported: NDArray[np.bool_]) -> float:
    if not supported.any() or supported.all():
        return 0.5
    cuts = np.unique(scores)
    right, wrong = np.sort(scores[supported]), np.sort(scores[~supported])
    below = np.searchsorted(wrong, cuts) / len(wrong) - np.searchsorted(right, cuts) / len(right)
    return float(cuts[np.argmax(below)])
