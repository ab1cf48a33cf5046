"""Agreement with people: AUROC, balanced accuracy and kappa, with intervals that know which pairs belong together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..bootstrap import SAMPLES, Floats, Metric, draws, interval
from ..paired import Paired

_BLOCK = 100  # samples at once, so that a few megabytes are enough

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scored:
    """What was scored: `supported` is what people say (n), `clusters` number the pairs' groups from 0 (n)."""

    supported: Bools
    clusters: NDArray[np.int64]
    unscored: Mapping[str, int] = field(default_factory=dict)

    @property
    def both(self) -> bool:
        """Whether there are pairs of both classes."""
        return bool(self.supported.any() and not self.supported.all())

    def part(self, chosen: Bools) -> Scored:
        """The chosen pairs (n), their clusters numbered anew."""
        return Scored(self.supported[chosen], np.unique(self.clusters[chosen], return_inverse=True)[1])


def scored(supported: Sequence[bool], clusters: Sequence[int], unscored: Mapping[str, int] | None = None) -> Scored:
    """The same from plain lists; clusters may be any numbers."""
    numbers = np.unique(np.array(clusters, np.int64), return_inverse=True)[1]
    return Scored(np.array(supported, dtype=bool), numbers, unscored or {})


def auroc(data: Scored, scores: Floats, seed: int = 0) -> Metric:
    """How often a supported pair has the higher score, ties counting half (Hanley and McNeil 1982), 0..1.

    scores: (n). The interval is the bootstrap's over clusters.
    """
    if not data.both:
        return _one_class(data)
    point = float(_aurocs(data, scores, np.ones((1, len(scores))))[0])
    return _metric(data, point, _over_draws(data, lambda weights: _aurocs(data, scores, weights), seed))


def auroc_difference(data: Scored, ours: Floats, other: Floats, seed: int = 0) -> Paired:
    """The AUROC of our scores less that of others on the same pairs, both read off the same bootstrap samples.

    p is twice the share of samples on the far side of zero (Efron and Tibshirani 1993, ch. 15), at least
    1 / (SAMPLES + 1).
    """
    if not data.both:
        return Paired(None, None, None, None)

    def difference(weights: Floats) -> Floats:
        return _aurocs(data, ours, weights) - _aurocs(data, other, weights)

    point = float(difference(np.ones((1, len(ours))))[0])
    samples = _over_draws(data, difference, seed)
    samples = samples[np.isfinite(samples)]
    beyond = min(int((samples <= 0).sum()), int((samples >= 0).sum()))
    p = min(1.0, 2.0 * (beyond + 1) / (len(samples) + 1))
    return Paired(point, *interval(samples), p)


def balanced_accuracy(data: Scored, said: Bools, seed: int = 0) -> Metric:
    """The mean of sensitivity and specificity of `said` (n), 0..1."""
    return _of_table(data, said, _balanced, seed)


def kappa(data: Scored, said: Bools, seed: int = 0) -> Metric:
    """Cohen's kappa (1960) between people and `said` (n), -1..1: agreement beyond that of chance."""
    return _of_table(data, said, _kappa, seed)


def share(data: Scored, true: Bools, among: Bools, seed: int = 0) -> Metric:
    """The share of the pairs `among` (n) for which `true` (n) holds: a sensitivity, for instance."""
    if not among.any():
        return Metric(None, None, None, 0, {"no such pair": len(among)} if len(among) else {})
    part = data.part(among)
    values = true[among].astype(float)
    sums = np.bincount(part.clusters, weights=values)
    counts = np.bincount(part.clusters).astype(float)
    drawn = draws(len(sums), seed)
    return _metric(part, float(values.mean()), (drawn @ sums) / (drawn @ counts))


def _metric(data: Scored, point: float, samples: Floats) -> Metric:
    if not np.isfinite(point) or not np.isfinite(samples).any():
        return Metric(None, None, None, 0, {**data.unscored, "not defined": len(data.supported)})
    return Metric(point, *interval(samples), len(data.supported), data.unscored)


def _one_class(data: Scored) -> Metric:
    count = {"only one class": len(data.supported)} if len(data.supported) else {}
    return Metric(None, None, None, 0, {**data.unscored, **count})


def _over_draws(data: Scored, statistic: Callable[[Floats], Floats], seed: int) -> Floats:
    """A statistic of the pairs' weights (block, n), for each bootstrap sample of clusters."""
    drawn = draws(int(data.clusters.max()) + 1, seed)
    with np.errstate(invalid="ignore", divide="ignore"):  # a sample may hold one class only
        blocks = [statistic(drawn[i : i + _BLOCK][:, data.clusters]) for i in range(0, SAMPLES, _BLOCK)]
    return np.concatenate(blocks)


def _aurocs(data: Scored, scores: Floats, weights: Floats) -> Floats:
    """The AUROC under each row of weights (rows, n), by running sums over the sorted scores."""
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])  # where each run of equal scores begins
    weights, positive = weights[:, order], data.supported[order]
    above = np.add.reduceat(weights * positive, first, axis=1)
    below = np.add.reduceat(weights * ~positive, first, axis=1)
    beaten = np.cumsum(below, axis=1) - 0.5 * below
    wins: Floats = (above * beaten).sum(axis=1) / (above.sum(axis=1) * below.sum(axis=1))
    return wins


def _of_table(data: Scored, said: Bools, statistic: Callable[[Floats], Floats], seed: int) -> Metric:
    if not data.both:
        return _one_class(data)
    cells = 2 * data.supported.astype(np.int64) + said
    count = int(data.clusters.max()) + 1
    tables = np.zeros((count, 4))
    np.add.at(tables, (data.clusters, cells), 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        point = float(statistic(tables.sum(axis=0, keepdims=True))[0])
        return _metric(data, point, statistic(draws(count, seed) @ tables))


def _balanced(tables: Floats) -> Floats:
    """Of rows (true negative, false positive, false negative, true positive)."""
    tn, fp, fn, tp = tables.T
    found: Floats = 0.5 * (tp / (tp + fn) + tn / (tn + fp))
    return found


def _kappa(tables: Floats) -> Floats:
    tn, fp, fn, tp = tables.T
    n = tables.sum(axis=1)
    chance = ((tp + fn) * (tp + fp) + (tn + fp) * (tn + fn)) / n**2
    found: Floats = ((tp + tn) / n - chance) / (1.0 - chance)
    return found
