"""Paired comparison: how far two systems are apart on the same questions, with an interval and a p value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .bootstrap import Floats, draws, interval, metric

FLIPS = 10_000
DETECTABLE = 1.96 + 0.84  # standard errors: found in 80 % of comparisons at the 5 % level, two-sided
_BLOCK = 500  # flips at once, so that a few megabytes are enough


@dataclass(frozen=True, slots=True)
class Paired:
    """The mean difference, its 95 % bootstrap interval over questions, and the two-sided p value. All are None where
    nothing was compared."""

    difference: float | None
    low: float | None
    high: float | None
    p: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Plain JSON values, to six places."""
        named = {"difference": self.difference, "low": self.low, "high": self.high, "p": self.p}
        return {name: None if value is None else round(value, 6) for name, value in named.items()}


def paired(differences: Iterable[tuple[str, float]], seed: int = 0) -> Paired:
    """Of pairs of (question id, score of one system less that of the other). Equal arguments give equal results."""
    listed = list(differences)
    found = metric(listed, seed=seed)
    if found.mean is None:
        return Paired(None, None, None, None)
    sums: dict[str, float] = {}
    for question, difference in listed:
        sums[question] = sums.get(question, 0.0) + difference
    return Paired(found.mean, found.low, found.high, _p(np.array(list(sums.values())), seed))


def _p(sums: Floats, seed: int) -> float:
    """Fisher's randomization test: how often a difference this large comes about where, question by question, a coin
    decides which system is which (Smucker, Allan and Carterette, CIKM 2007). At least 1 / (FLIPS + 1)."""
    generator = np.random.default_rng(seed)
    observed = abs(sums.sum()) - 1e-9  # sums in another order may differ in their last digits
    reached = 0
    for _ in range(FLIPS // _BLOCK):
        signs = 2.0 * generator.integers(0, 2, size=(_BLOCK, len(sums))) - 1.0
        reached += int((np.abs(signs @ sums) >= observed).sum())
    return (reached + 1) / (FLIPS + 1)


def minimum_detectable(differences: Iterable[tuple[str, float]]) -> float | None:
    """The true difference that a comparison of so many questions, as far apart as these, would find in 80 % of cases.

    DETECTABLE standard errors of the mean, those clustered by question; None for fewer than two questions. It rests on
    the spread seen: where nothing differs it is 0 and says nothing.
    """
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for question, difference in differences:
        sums[question] = sums.get(question, 0.0) + difference
        counts[question] = counts.get(question, 0) + 1
    n = len(sums)
    if n < 2:
        return None
    total, number = np.array(list(sums.values())), np.array([float(counts[question]) for question in sums])
    left = total - number * (total.sum() / number.sum())
    return float(DETECTABLE * np.sqrt(n / (n - 1) * (left**2).sum()) / number.sum())


def apart(scores: Sequence[tuple[float | None, float | None]], seed: int = 0) -> Paired:
    """Two means over the same questions, each over those that it is defined for; the second less the first.

    For rates that count a question in one system only, as precision does: no question has a difference of its own.
    scores: one pair a question. The interval draws questions, and the p value swaps the systems question by question,
    so what is paired stays paired.
    """
    values = np.array([[np.nan if one is None else one for one in pair] for pair in scores], dtype=np.float64)
    known = ~np.isnan(values) if len(values) else np.zeros((0, 2), dtype=bool)
    if not known.any(axis=0).all():
        return Paired(None, None, None, None)
    sums, counts = np.where(known, values, 0.0), known.astype(np.float64)
    drawn = draws(len(values), seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        sampled = (drawn @ sums) / (drawn @ counts)
        low, high = interval(sampled[:, 1] - sampled[:, 0])
        means = sums.sum(axis=0) / counts.sum(axis=0)
        p = _swapped(sums, counts, abs(float(means[1] - means[0])), seed)
    return Paired(float(means[1] - means[0]), low, high, p)


def _swapped(sums: Floats, counts: Floats, observed: float, seed: int) -> float:
    """The share of swaps, question by question, after which the means are as far apart as observed."""
    generator = np.random.default_rng(seed)
    reached = defined = 0
    for _ in range(FLIPS // _BLOCK):
        kept = generator.integers(0, 2, size=(_BLOCK, len(sums))).astype(np.float64)
        means = [
            (kept @ sums[:, one] + (1 - kept) @ sums[:, other])
            / (kept @ counts[:, one] + (1 - kept) @ counts[:, other])
            for one, other in ((0, 1), (1, 0))
        ]
        apart_by = np.abs(means[1] - means[0])
        defined += int(np.isfinite(apart_by).sum())
        reached += int((apart_by >= observed - 1e-9).sum())
    return (reached + 1) / (defined + 1)
