"""How likely a person would call a sentence supported by its evidence: two logistic regressions and their product."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from math import exp, log
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .features import Features
    from .finding import Finding
    from .nouns import Label

_MODEL = Path(__file__).with_name("support.json")


@dataclass(frozen=True, slots=True)
class Part:
    """A logistic regression on some of the features."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        return _logistic(self.intercept + sum(weight * features[name] for name, weight in self.weights.items()))


@dataclass(frozen=True, slots=True)
class Model:
    """`stated`: that the sources speak of this; `agrees`: that they do not say otherwise, given that they do.

    The log odds of support are `slope` times those of the product of the two, and `offset`.
    """

    stated: Part
    agrees: Part
    slope: float
    offset: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least probability of a supported and of a partial sentence, least `stated` of a contradicted one, and the least
    share of its words that the evidence of a supported one holds."""

    supported: float
    partial: float
    contradicted: float
    covered: float


@dataclass(frozen=True, slots=True)
class Score:
    """`probability` that the sentence is supported, that its sources speak of the same thing (`stated`), and the share
    of its words that the evidence holds, all 0..1."""

    probability: float
    stated: float
    covered: float


def score(features: Features, vectors: bool) -> Score:
    """The score of a sentence; with `vectors` by the model that reads its meaning, else by words alone."""
    return by(_fitted()["vectors" if vectors else "words"], asdict(features))


def by(model: Model, features: Mapping[str, float]) -> Score:
    """The score that a model gives."""
    stated, agrees = model.stated.probability(features), model.agrees.probability(features)
    joint = min(max(stated * agrees, 1e-12), 1 - 1e-12)
    return Score(_logistic(model.slope * log(joint / (1 - joint)) + model.offset), stated, features["covered"])


def verdict(given: Score, found: Sequence[Finding], bounds: Bounds) -> tuple[Label, list[str]]:
    """The label that a score gives, lowered by what the guards found, and their reasons."""
    denied = [finding.reason for finding in found if finding.severity == "contradicted"]
    reasons = [finding.reason for severity in ("absent", "weaker") for finding in found if finding.severity == severity]
    if denied and given.stated >= bounds.contradicted:
        return "contradicted", denied + reasons
    if given.probability < bounds.partial or any(f.kind == "number" and f.severity == "absent" for f in found):
        return "unsupported", reasons
    enough = given.probability >= bounds.supported and given.covered >= bounds.covered
    return ("supported" if enough and not reasons and not denied else "partial"), reasons


def bounds(vectors: bool) -> Bounds:
    """Where the labels begin, with vectors and by words alone."""
    return Bounds(**_loaded()["vectors" if vectors else "words"]["bounds"])


def dimension() -> int:
    """The length of the vectors that the model was fitted on; others mean something else."""
    return int(_loaded()["dimension"])


def _logistic(odds: float) -> float:
    return 1.0 / (1.0 + exp(-odds)) if odds > -500 else 0.0


@cache
def _loaded() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(_MODEL.read_text(encoding="utf-8"))
    return model


@cache
def _fitted() -> dict[str, Model]:
    return {name: _model(_loaded()[name]) for name in ("vectors", "words")}


def _model(told: Mapping[str, Any]) -> Model:
    return Model(Part(**told["stated"]), Part(**told["agrees"]), told["slope"], told["offset"])
