"""Fitting the two logistic regressions of the scorer, and calibrating their product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from assistant.grounding.scorer import Model, Part

from .examples import NAMES, Examples, Floats
from .sets import Pair

STRENGTH = 5.0
"""L2 penalty on a weight of a feature of variance 1, beside examples that weigh 2,000 a set."""
FOLDS = 5
SAID = ("covered", "phrases", "number_absent", "number_other", "meaning")
"""Features that tell whether the sources speak of something."""
AGREES = tuple(name for name in NAMES if name not in ("covered", "meaning"))
"""Features that tell whether they say the same of it."""
_SCIFACT = {"SUPPORT": 0.65, "CONTRADICT": 0.35, "not enough": 0.4, "similar": 0.35, "any other": 0.25}
_RAGTRUTH = {"qa": 0.4, "summary": 0.4, "data2txt": 0.2}

Chosen = Mapping[str, np.ndarray]


class Target(NamedTuple):
    """For each pair of a set 1 or 0, and its weight, 0 where it has no part in the question."""

    answers: Floats
    weights: Floats


def stated(name: str, pairs: Sequence[Pair]) -> Target:
    """Whether the source speaks of it: a contradicted claim counts, one without evidence does not."""
    told = [_stated(name, pair) for pair in pairs]
    return _balanced([(name if part is None else part, answer, share) for part, answer, share in told])


def _stated(name: str, pair: Pair) -> tuple[str | None, int, float]:
    if name == "scifact_train":
        return pair.kind, int(pair.kind in ("SUPPORT", "CONTRADICT")), _SCIFACT[pair.kind]
    if name.startswith("ragtruth"):
        return pair.part, int("Baseless" not in pair.kind), 0.0 if "Conflict" in pair.kind else _RAGTRUTH[pair.part]
    return None, 0, 0.0  # the edits of SummEdits do not say which they are


def agrees(name: str, pairs: Sequence[Pair]) -> Target:
    """Whether the source says the same, of what it speaks of."""
    told = [_agrees(name, pair) for pair in pairs]
    return _balanced([(part, answer, share) for part, answer, share in told])


def _agrees(name: str, pair: Pair) -> tuple[str, int, float]:
    if name == "scifact_train":
        return "", int(pair.supported), float(pair.kind in ("SUPPORT", "CONTRADICT"))
    if name.startswith("ragtruth"):
        return pair.part, int("Conflict" not in pair.kind), 0.0 if "Baseless" in pair.kind else _RAGTRUTH[pair.part]
    return "", int(pair.supported), 1.0


def supported(name: str, pairs: Sequence[Pair]) -> Target:
    """Whether a person called it supported, the two answers weighing the same in every set."""
    if name == "scifact_train":
        return _balanced([(p.kind, int(p.supported), 1.0 if p.supported else 0.25) for p in pairs])
    shares = _RAGTRUTH if name.startswith("ragtruth") else {}
    return _balanced([(pair.part, int(pair.supported), shares.get(pair.part, 1.0)) for pair in pairs])


def _balanced(told: Sequence[tuple[str, int, float]]) -> Target:
    """Targets of (part, answer, share): the pairs of a part with one answer weigh their share of 1,000 together."""
    answers = np.array([float(answer) for _, answer, _ in told])
    weights = np.zeros(len(told))
    for key in {(part, answer) for part, answer, share in told if share}:
        rows = [i for i, (part, answer, share) in enumerate(told) if share and (part, answer) == key]
        weights[rows] = told[rows[0]][2] * 1000 / len(rows)
    for answer in (0.0, 1.0):
        total = weights[answers == answer].sum()
        weights[answers == answer] *= 1000 / total if total else 0.0
    return Target(answers, weights)


def fit(sets: Mapping[str, Examples], chosen: Chosen, meaning: bool) -> Model:
    """The model, not yet calibrated, of the chosen rows (masks) of each set."""
    said = tuple(name for name in SAID if meaning or name != "meaning")
    return Model(_part(sets, chosen, said, meaning), _part(sets, chosen, AGREES, meaning), slope=1.0, offset=0.0)


def _part(sets: Mapping[str, Examples], chosen: Chosen, names: Sequence[str], meaning: bool) -> Part:
    target = agrees if names is AGREES else stated
    columns = [NAMES.index(name) for name in names]
    rows, answers, weights, which = [], [], [], []
    for number, (name, keep) in enumerate(chosen.items()):
        told = target(name, sets[name].pairs)
        use = keep & (told.weights > 0)
        rows.append((sets[name].vectors if meaning else sets[name].words)[use][:, columns])
        answers.append(told.answers[use])
        weights.append(told.weights[use])
        which.append(np.full(int(use.sum()), number))
    slopes, intercept = logistic(
        np.concatenate(rows), np.concatenate(answers), np.concatenate(weights), np.concatenate(which)
    )
    return Part(intercept, dict(zip(names, slopes.tolist(), strict=True)))


def logistic(rows: Floats, answers: Floats, weights: Floats, which: Floats) -> tuple[Floats, float]:
    """Slopes and intercept by Newton's method (L2). Each set `which` has an intercept of its own, since its shares are
    its own; the mean of these is given, weighted alike."""
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    numbers = sorted(set(which.tolist()))
    design = np.column_stack([(rows - middle) / spread, *(which == number for number in numbers)])
    count = rows.shape[1]
    penalty = np.array([STRENGTH] * count + [1e-6] * len(numbers))
    slopes = np.zeros(design.shape[1])
    for _ in range(30):
        told = 1 / (1 + np.exp(-design @ slopes))
        gradient = design.T @ (weights * (answers - told)) - penalty * slopes
        curvature = (design * (weights * told * (1 - told))[:, None]).T @ design + np.diag(penalty)
        slopes += np.linalg.solve(curvature, gradient)
    plain = slopes[:count] / spread
    return plain, float(slopes[count:].mean() - plain @ middle)


def product(model: Model, rows: Floats) -> tuple[Floats, Floats]:
    """(log odds of the product, stated) of each row of features."""
    said, agree = (
        1 / (1 + np.exp(-(part.intercept + rows[:, [NAMES.index(n) for n in part.weights]] @ [*part.weights.values()])))
        for part in (model.stated, model.agrees)
    )
    joint = np.clip(said * agree, 1e-12, 1 - 1e-12)
    return np.log(joint / (1 - joint)), said


def folds(pairs: Sequence[Pair]) -> np.ndarray:
    """(pairs,): the fold of each; pairs of one source share it."""
    groups = sorted({pair.group for pair in pairs})
    dealt = np.random.default_rng(0).permutation(len(groups)) % FOLDS
    fold = dict(zip(groups, dealt.tolist(), strict=True))
    return np.array([fold[pair.group] for pair in pairs])
