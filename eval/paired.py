"""Paired comparison: how far two systems are apart on the same questions, with an interval and a p value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .bootstrap import Floats, metric

FLIPS = 10_000
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
