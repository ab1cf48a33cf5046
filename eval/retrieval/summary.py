"""From what the systems found to figures: metrics a system and type, paired differences, latency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..bootstrap import metric
from ..paired import paired
from ..summary import kinds
from .systems import METRICS, OURS, Outcome

COMPARED = "ndcg@10"


def summarise(
    outcomes: Sequence[Outcome], ran: Sequence[str], times: Sequence[float], seconds: float, seed: int
) -> dict[str, Any]:
    """As assistant/schemas/eval_retrieval.schema.json has it.

    ran: the systems, in the order of the report. times: milliseconds. seconds: of indexing.
    """
    types = {
        kind: [one for one in outcomes if one.item.question.type == kind]
        for kind in kinds([{"type": one.item.question.type} for one in outcomes])
    }
    return {
        "n": len(outcomes),
        "systems": _metrics(outcomes, ran, seed),
        "types": {kind: _metrics(part, ran, seed) for kind, part in types.items()},
        "paired": _paired(outcomes, ran, seed),
        "paired_types": {kind: _paired(part, ran, seed) for kind, part in types.items()},
        "latency_ms": latency(times),
        "build_seconds": round(seconds, 2),
    }


def latency(times: Sequence[float]) -> dict[str, float | None]:
    """p50, p95 and p99; None where nothing was timed."""
    return {f"p{q}": round(float(np.percentile(times, q)), 3) if times else None for q in (50, 95, 99)}


def _metrics(outcomes: Sequence[Outcome], ran: Sequence[str], seed: int) -> dict[str, dict[str, Any]]:
    return {system: {name: _metric(outcomes, system, name, seed) for name in METRICS} for system in ran}


def _metric(outcomes: Sequence[Outcome], system: str, name: str, seed: int) -> dict[str, Any]:
    scored = [(one.item.question.id, one.scores[system][name]) for one in outcomes if not one.unscored]
    return metric(scored, [one.unscored for one in outcomes if one.unscored], seed).to_dict()


def _paired(outcomes: Sequence[Outcome], ran: Sequence[str], seed: int) -> dict[str, Any]:
    """Ours less each other system; nothing where ours did not run."""
    others = [system for system in ran if system != OURS] if OURS in ran else []
    return {system: {COMPARED: _difference(outcomes, system, seed)} for system in others}


def _difference(outcomes: Sequence[Outcome], system: str, seed: int) -> dict[str, float | None]:
    differences = (
        (one.item.question.id, one.scores[OURS][COMPARED] - one.scores[system][COMPARED])
        for one in outcomes
        if not one.unscored
    )
    return paired(differences, seed).to_dict()
