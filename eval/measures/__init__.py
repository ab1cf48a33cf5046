"""Measures: each looks at one answered question and gives scores by name, or the reason why it gives none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import cost, declining, facts, grounding, judge, retrieval
from .case import Case, Scored, Unscored

if TYPE_CHECKING:
    from ..judge import Judge

__all__ = ["JUDGED", "MEASURES", "NAMES", "Case", "Scored", "Unscored", "failed", "score"]

MEASURES = (retrieval, facts, grounding, declining, cost)
"""In the order of a report. Each has NAMES and `score(case) -> Scored`."""

NAMES = ("failed", *(name for measure in MEASURES for name in measure.NAMES))

JUDGED = judge.NAMES
"""The measures of a run in which a judge was asked, besides."""


def score(case: Case, asked: Judge | None = None) -> Scored:
    """What all measures say of a question that got an answer; a judge too, where one is asked."""
    found = [measure.score(case) for measure in MEASURES] + ([judge.score(case, asked)] if asked else [])
    scores = {name: value for one in found for name, value in one.scores.items()}
    return Scored({"failed": 0.0, **scores}, {name: value for one in found for name, value in one.details.items()})


def failed(reason: str, *, judged: bool = False) -> Scored:
    """What they say of a question that got none: nothing, for that reason."""
    names = (*NAMES, *JUDGED) if judged else NAMES
    return Scored({name: Unscored(reason) for name in names} | {"failed": 1.0})
