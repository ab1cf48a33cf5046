"""From outcomes to figures: every measure with its interval, over all questions and for each type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .bootstrap import Metric, auroc, metric
from .dataset import TYPES
from .measures import JUDGED, NAMES
from .measures.declining import FALSE_PREMISE, risk_coverage

SCHEMA_VERSION = 1

Outcome = Mapping[str, Any]


def summarise(outcomes: Sequence[Outcome], seed: int = 0) -> dict[str, Any]:
    """`measures` and `types` as assistant/schemas/summary.schema.json has them, seconds by stage, and the
    risk-coverage curve. Equal outcomes and seeds give equal summaries."""
    measures = measured(outcomes, seed)
    measures["answerable_auroc"] = _auroc(outcomes, seed)
    return {
        "schema_version": SCHEMA_VERSION,
        "n": len(outcomes),
        "measures": _plain(measures),
        "types": {kind: _plain(measured(_of(outcomes, kind), seed)) for kind in kinds(outcomes)},
        "stages": _plain(_stages(outcomes, seed)),
        "risk_coverage": _curve(outcomes),
    }


def measured(outcomes: Sequence[Outcome], seed: int) -> dict[str, Metric]:
    """Each measure over these outcomes; those of a judge where one was asked."""
    judged = JUDGED if any(JUDGED[0] in one["scores"] for one in outcomes) else ()
    return {name: _measure(outcomes, name, seed) for name in (*NAMES, *judged)}


def _measure(outcomes: Sequence[Outcome], name: str, seed: int) -> Metric:
    scored = [(one["id"], one["scores"][name]) for one in outcomes if one["scores"][name] is not None]
    return metric(scored, [one["reasons"][name] for one in outcomes if one["scores"][name] is None], seed)


def kinds(outcomes: Sequence[Outcome]) -> list[str]:
    """The types asked, the known ones first, in their order."""
    found = dict.fromkeys(one["type"] for one in outcomes)
    return [kind for kind in TYPES if kind in found] + sorted(kind for kind in found if kind not in TYPES)


def _of(outcomes: Sequence[Outcome], kind: str) -> list[Outcome]:
    return [one for one in outcomes if one["type"] == kind]


def _plain(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {name: one.to_dict() for name, one in metrics.items()}


def _stages(outcomes: Sequence[Outcome], seed: int) -> dict[str, Metric]:
    stages = [(one["id"], one["details"].get("stages", {})) for one in outcomes]
    names = dict.fromkeys(name for _, seconds in stages for name in seconds)
    return {
        name: metric(
            [(question, seconds[name]) for question, seconds in stages if name in seconds],
            ["not reached" for _, seconds in stages if name not in seconds],
            seed,
        )
        for name in names
    }


def _judgeable(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those that tell whether declining was right: answered or declined, their premise not false, their truth known."""
    known = [one for one in outcomes if not _is_open(one)]
    return [one for one in known if one["answer"] is not None and one["type"] != FALSE_PREMISE]


def _is_open(outcome: Outcome) -> bool:
    """Whether a person has yet to say if the question can be answered."""
    return "answerable" in outcome["question"].get("to_fill_in", ())


def _auroc(outcomes: Sequence[Outcome], seed: int) -> Metric:
    judgeable = _judgeable(outcomes)
    sure: dict[bool, list[float]] = {True: [], False: []}
    for one in judgeable:
        sure[one["question"]["answerable"]].append(one["answer"]["answerable"])
    found = auroc(sure[True], sure[False], seed)
    still_open = sum(map(_is_open, outcomes))
    left = {"false premise or failed": len(outcomes) - len(judgeable) - still_open, "to be filled in": still_open}
    return Metric(
        found.mean,
        found.low,
        found.high,
        found.n,
        {**found.unscored, **{reason: n for reason, n in left.items() if n}},
    )


def _curve(outcomes: Sequence[Outcome]) -> list[dict[str, float]]:
    known = [(one, loss) for one in _judgeable(outcomes) if (loss := _loss(one)) is not None]
    answered = [(one["answer"]["answerable"], loss) for one, loss in known if not one["scores"]["declined"]]
    return [{name: round(v, 6) for name, v in asdict(point).items()} for point in risk_coverage(answered, len(known))]


def _loss(outcome: Outcome) -> float | None:
    """How far answering was wrong, 0..1: the facts that lack; all of it where the question cannot be answered,
    unless it was handled. None where the question names no facts to go by."""
    scores = outcome["scores"]
    if not outcome["question"]["answerable"]:
        return 0.0 if scores["declined"] or scores["near_handled"] else 1.0
    return None if scores["required_facts"] is None else 1.0 - scores["required_facts"]
