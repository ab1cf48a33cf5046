"""The claim read without its source: how far a set can be guessed by whoever never looks at the evidence.

TF-IDF over words and pairs of neighbouring words into a logistic regression, out of fold; in NumPy alone, since this
one baseline is not worth a library.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..bootstrap import Floats
from .baselines import words

_C = 10.0  # the inverse strength of the penalty, as scikit-learn counts it
_STEPS = 150

Terms = dict[str, float]


def claim_only(claims: Sequence[str], supported: NDArray[np.bool_], fold: NDArray[np.int64]) -> Floats:
    """(n): how much each claim looks supported, in log odds, to a model that was fitted to the other folds.

    supported, fold: (n). 0 where there was nothing to learn from.
    """
    counted = [_terms(claim) for claim in claims]
    scores = np.zeros(len(claims))
    for number in np.unique(fold):
        own = np.flatnonzero(fold == number)
        train = np.flatnonzero(fold != number)
        if len(train) and supported[train].any() and not supported[train].all():
            rarity = _rarity([counted[i] for i in train])
            columns = {term: column for column, term in enumerate(rarity)}
            weights, bias = _fitted(_table([counted[i] for i in train], rarity, columns), supported[train])
            scores[own] = _table([counted[i] for i in own], rarity, columns).times(weights) + bias
    return scores


def _terms(claim: str) -> Terms:
    found = words(claim)
    pairs = (f"{a} {b}" for a, b in itertools.pairwise(found))
    return {term: 1.0 + math.log(count) for term, count in Counter([*found, *pairs]).items()}


def _rarity(train: Sequence[Terms]) -> Terms:
    """Term -> smoothed inverse document frequency."""
    counts = Counter(term for terms in train for term in terms)
    return {term: math.log((1 + len(train)) / (1 + count)) + 1.0 for term, count in counts.items()}


@dataclass(frozen=True, slots=True)
class _Table:
    """A sparse matrix: (rows, columns), its values and where they stand."""

    shape: tuple[int, int]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Floats

    def times(self, weights: Floats) -> Floats:
        return np.bincount(self.row, self.value * weights[self.column], self.shape[0]).astype(np.float64)

    def transposed_times(self, weights: Floats) -> Floats:
        return np.bincount(self.column, self.value * weights[self.row], self.shape[1]).astype(np.float64)


def _table(texts: Sequence[Terms], rarity: Terms, columns: dict[str, int]) -> _Table:
    """Texts as rows of unit length, in the terms that the training texts have."""
    row: list[int] = []
    column: list[int] = []
    value: list[float] = []
    for number, terms in enumerate(texts):
        known = {term: weight * rarity[term] for term, weight in terms.items() if term in rarity}
        length = math.sqrt(sum(weight**2 for weight in known.values())) or 1.0
        row += [number] * len(known)
        column += [columns[term] for term in known]
        value += [weight / length for weight in known.values()]
    return _Table((len(texts), len(columns)), np.array(row, np.int64), np.array(column, np.int64), np.array(value))


def _fitted(table: _Table, supported: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Weights and bias of least mean log loss + |weights|^2 / (2 C n), by Nesterov's accelerated gradient."""
    n, width = table.shape
    penalty = 1.0 / (_C * n)
    step = 1.0 / (0.25 * (_largest(table) / n + 1.0) + penalty)  # + 1: the bias has a column of ones
    now = before = np.zeros(width + 1)
    for number in range(_STEPS):
        ahead = now + number / (number + 3.0) * (now - before)
        odds = np.clip(table.times(ahead[:-1]) + ahead[-1], -30, 30)
        error = (1.0 / (1.0 + np.exp(-odds)) - supported) / n
        slope = np.r_[table.transposed_times(error) + penalty * ahead[:-1], error.sum()]
        before, now = now, ahead - step * slope
    return now[:-1], float(now[-1])


def _largest(table: _Table) -> float:
    """The largest eigenvalue of the table's Gram matrix, by power iteration, a little above rather than below."""
    vector = np.ones(table.shape[1]) / math.sqrt(table.shape[1])
    size = 1.0
    for _ in range(8):
        vector = table.transposed_times(table.times(vector))
        size = float(np.linalg.norm(vector)) or 1.0
        vector = vector / size
    return 1.1 * size
