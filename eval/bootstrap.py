"""Metric: a mean with its 95 % interval, how many items it rests on, and how many were not scored and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLES = 2000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Metric:
    """`mean`, `low` and `high` are None where nothing was scored. `unscored` counts items by reason: they are
    neither right nor wrong and enter no mean. With one question the interval has no width and says nothing."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    unscored: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, numbers to six places."""
        ends = {name: None if (v := getattr(self, name)) is None else round(v, 6) for name in ("mean", "low", "high")}
        return {**ends, "n": self.n, "unscored": dict(sorted(self.unscored.items()))}


def metric(scored: Iterable[tuple[str, float]], unscored: Iterable[str] = (), seed: int = 0) -> Metric:
    """The mean of `scored`, pairs of (question id, score), and the reasons of what was not scored.

    The interval is the percentile bootstrap (Efron 1979; Efron and Tibshirani 1993, ch. 13) over questions: all
    scores of a question are drawn together, since they are not independent.
    """
    sums: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for question, score in scored:
        sums[question] = sums.get(question, 0.0) + score
        counts[question] += 1
    reasons = Counter(unscored)
    if not sums:
        return Metric(None, None, None, 0, reasons)
    total = np.array(list(sums.values()))
    number = np.array([float(counts[question]) for question in sums])
    drawn = draws(len(sums), seed)
    low, high = interval((drawn @ total) / (drawn @ number))
    return Metric(float(total.sum() / number.sum()), low, high, int(number.sum()), reasons)


def interval(statistics: Floats) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of a statistic over the samples, those where it is not defined left out."""
    low, high = np.percentile(statistics[np.isfinite(statistics)], [2.5, 97.5])
    return float(low), float(high)


@lru_cache(maxsize=64)
def draws(n: int, seed: int) -> Floats:
    """(SAMPLES, n): how often each of n questions is drawn in each bootstrap sample. Equal arguments, equal draws."""
    generator = np.random.default_rng(seed)
    drawn = np.empty((SAMPLES, n))
    for row in drawn:
        row[:] = np.bincount(generator.integers(n, size=n), minlength=n)
    return drawn


def auroc(positive: Sequence[float], negative: Sequence[float], seed: int = 0) -> Metric:
    """How often a positive item has the higher value, ties counting half (Hanley and McNeil 1982), 0..1.

    Not scored where one of the classes is empty. `n` counts both. Each value is a question of its own.
    """
    if not positive or not negative:
        return Metric(None, None, None, 0, {"only one class": len(positive) + len(negative)})
    above, below = np.array(positive)[:, None], np.array(negative)[None, :]
    wins = (above > below) + 0.5 * (above == below)
    drawn = draws(wins.shape[0] + wins.shape[1], seed)
    first, second = drawn[:, : wins.shape[0]], drawn[:, wins.shape[0] :]
    with np.errstate(invalid="ignore"):
        sampled = ((first @ wins) * second).sum(axis=1) / (first.sum(axis=1) * second.sum(axis=1))
    low, high = interval(sampled)
    return Metric(float(wins.mean()), low, high, wins.shape[0] + wins.shape[1])
