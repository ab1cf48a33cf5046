"""Measures: each looks at one answered question and gives scores by name, or the reason why it gives none."""

from __future__ import annotations

from . import cost, declining, facts, grounding, retrieval
from .case import Case, Scored, Unscored

__all__ = ["MEASURES", "NAMES", "Case", "Scored", "Unscored", "failed", "score"]

MEASURES = (retrieval, facts, grounding, declining, cost)
"""In the order of a report. Each has NAMES and `score(case) -> Scored`."""

NAMES = ("failed", *(name for measure in MEASURES for name in measure.NAMES))


def score(case: Case) -> Scored:
    """What all measures say of a question that got an answer."""
    found = [measure.score(case) for measure in MEASURES]
    scores = {name: value for one in found for name, value in one.scores.items()}
    return Scored({"failed": 0.0, **scores}, {name: value for one in found for name, value in one.details.items()})


def failed(reason: str) -> Scored:
    """What they say of a question that got none: nothing, for that reason."""
    return Scored({name: Unscored(reason) for name in NAMES} | {"failed": 1.0})
