"""Declining: the positive class is `not_in_corpus`; false-premise questions stand outside this table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .case import Case, Scored, Unscored

NAMES = (
    "declined",
    "declined_precision",
    "declined_recall",
    "declined_recall_near",
    "declined_recall_far",
    "near_handled",
    "coverage",
    "partial_rate",
)

NEAR, FAR, FALSE_PREMISE = "unanswerable_near", "unanswerable_far", "false_premise"


def score(case: Case) -> Scored:
    """1 or 0 for each rate that the question counts in.

    declined_precision: of the declined questions, those that cannot be answered. declined_recall: of those that
    cannot be answered, the declined; near and far apart. near_handled: of the near ones, those declined or
    answered in part with what is missing said. coverage: of the answerable, those not declined (`partial` counts
    as answered). partial_rate: of the answerable, those answered in part. Where nobody has said yet whether the
    question can be answered, all but `declined` is unscored.
    """
    question, declined, state = case.question, case.declined, case.answer["state"]
    scores: dict[str, float | Unscored] = {"declined": float(declined)}
    if question.type == FALSE_PREMISE:
        return Scored(dict.fromkeys(NAMES, Unscored("false premise")) | scores)
    if "answerable" in question.to_fill_in:
        return Scored(dict.fromkeys(NAMES, Unscored("to be filled in")) | scores)
    can = question.answerable
    caught, told = float(declined), state == "partial" and bool(case.answer["missing"])
    answerable = Unscored("answerable")
    scores["declined_precision"] = float(not can) if declined else Unscored("not declined")
    scores["declined_recall"] = answerable if can else caught
    for name, kind in (("near", NEAR), ("far", FAR)):
        scores[f"declined_recall_{name}"] = caught if question.type == kind else Unscored(f"not {kind}")
    scores["near_handled"] = float(declined or told) if question.type == NEAR else Unscored(f"not {NEAR}")
    scores["coverage"] = float(not declined) if can else Unscored("not answerable")
    scores["partial_rate"] = float(state == "partial") if can else Unscored("not answerable")
    return Scored(scores)


@dataclass(frozen=True, slots=True)
class Point:
    """Answering only where the assistant is at least `answerable` sure covers `coverage` of the questions, and of
    those answers the share `risk` is wrong or lacks its facts."""

    answerable: float
    coverage: float
    risk: float


def risk_coverage(answered: Sequence[tuple[float, float]], asked: int) -> list[Point]:
    """The risk-coverage curve (El-Yaniv and Wiener, JMLR 2010), its surest point first.

    answered: (the assistant's probability that it can answer, loss 0..1) of each answer given; asked: how many
    questions there were, declined ones among them. Equal probabilities are one point.
    """
    points: list[Point] = []
    lost = 0.0
    ranked = sorted(answered, key=lambda pair: -pair[0])
    for i, (sure, loss) in enumerate(ranked, start=1):
        lost += loss
        if i == len(ranked) or ranked[i][0] != sure:
            points.append(Point(sure, i / asked, lost / i))
    return points
