"""How well scores tell supported claims from others, beside word overlap: AUROC with paired bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .examples import NAMES, Examples, Floats
from .sets import Pair

SAMPLES = 1000


def slices(name: str, pairs: Sequence[Pair]) -> Iterator[tuple[str, np.ndarray]]:
    """The parts of a set to look at, as masks: all of it, its parts, and the supported against each other kind."""
    kinds = np.array([pair.kind for pair in pairs])
    parts = np.array([pair.part for pair in pairs])
    yield name, np.ones(len(pairs), dtype=bool)
    if name == "scifact_train":
        for kind in ("CONTRADICT", "not enough", "similar", "any other"):
            yield f"{name}, against {kind}", (kinds == "SUPPORT") | (kinds == kind)
    elif name == "healthver_dev":
        yield f"{name}, against Refutes", kinds != "Neutral"
    else:
        yield from ((f"{name}, {part}", parts == part) for part in sorted({*parts} - {""}) if len({*parts}) > 1)


def auroc(answers: np.ndarray, scores: Floats, weights: Floats | None = None) -> float:
    """How often a supported pair has the higher score, ties counting half; `weights` are counts of the pairs."""
    order = np.argsort(scores, kind="stable")
    weigh = np.ones(len(scores)) if weights is None else weights
    high, low = np.where(answers, weigh, 0.0)[order], np.where(answers, 0.0, weigh)[order]
    edges = np.flatnonzero(np.diff(scores[order])) + 1
    high, low = (np.add.reduceat(one, np.r_[0, edges]) for one in (high, low))
    wins = (high * (np.cumsum(low) - low / 2)).sum()
    total = float(high.sum() * low.sum())
    return float(wins / total) if total else float("nan")


def beside_overlap(pairs: Sequence[Pair], scores: Floats, overlap: Floats) -> dict[str, float]:
    """AUROC of both, and their difference with the 95 % bootstrap interval over sources."""
    answers = np.array([pair.supported for pair in pairs])
    groups = np.unique([pair.group for pair in pairs], return_inverse=True)[1]
    draw = np.random.default_rng(0)
    sampled = []
    for _ in range(SAMPLES):
        count = np.bincount(draw.integers(groups.max() + 1, size=groups.max() + 1), minlength=groups.max() + 1)
        weights = count[groups].astype(float)
        sampled.append(auroc(answers, scores, weights) - auroc(answers, overlap, weights))
    low, high = np.nanpercentile(sampled, [2.5, 97.5])
    ours, theirs = auroc(answers, scores), auroc(answers, overlap)
    told = {"auroc": ours, "overlap": theirs, "difference": ours - theirs, "low": float(low), "high": float(high)}
    return {name: round(value, 3) for name, value in told.items()}


def of_set(name: str, one: Examples, scores: Floats, shuffled: Floats) -> dict[str, dict[str, Any]]:
    """The figures of each part of a set; a part with one answer alone has none."""
    overlap = one.words[:, NAMES.index("covered")]
    found = {}
    for title, mask in slices(name, one.pairs):
        if len({*one.supported[mask].tolist()}) == 2:
            chosen = [pair for pair, keep in zip(one.pairs, mask, strict=True) if keep]
            told = beside_overlap(chosen, scores[mask], overlap[mask])
            told["shuffled"] = round(auroc(one.supported[mask], shuffled[mask]), 3)
            found[title] = {"n": int(mask.sum()), **told}
    return found
