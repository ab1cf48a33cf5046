"""How likely the corpus can answer a question, judged from what retrieval found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from math import exp
from pathlib import Path

from ..missing import Missing

FLOOR = 0.89  # below this probability, were every detail asked for stated, the assistant declines without writing
_MODEL = Path(__file__).with_suffix(".json")
_READ = 3  # papers in which the question's words are looked for


@dataclass(frozen=True, slots=True)
class Features:
    """similarity: best cosine of a retrieved chunk. coverage: share of the idf mass of the question's words that the
    best of the first three papers contains. unnamed: 1 if one of the question's names is in no retrieved paper.
    unstated: 1 if a detail is asked for that the papers in question do not state."""

    similarity: float
    coverage: float
    unnamed: float
    unstated: float


def features(
    lacking: Missing,
    texts: Sequence[str],
    similarity: float,
    weights: Mapping[str, float],
    stems: Callable[[str], Sequence[str]],
) -> Features:
    """Of what was found: what is missing, the papers' texts, best first, and the idf of each stem of the question."""
    coverage = _coverage(weights, [{*stems(text)} for text in texts], lacking.foreign)
    return Features(similarity, coverage, float(bool(lacking.names)), float(bool(lacking.details)))


def probability(found: Features) -> float:
    """Logistic regression, 0..1; scripts/fit_answerable.py fits it and says how well it does out of fold."""
    intercept, weights = _fitted()
    score = intercept + sum(weights[name] * value for name, value in asdict(found).items())
    return 1.0 / (1.0 + exp(-score))


def on_topic(found: Features) -> bool:
    """Whether the corpus speaks of what is asked: enough to answer in part where a detail is not stated."""
    return probability(replace(found, unstated=0.0)) >= FLOOR


@cache
def _fitted() -> tuple[float, dict[str, float]]:
    model = json.loads(_MODEL.read_text(encoding="utf-8"))
    return model["intercept"], model["weights"]


def _coverage(weights: Mapping[str, float], texts: Sequence[set[str]], foreign: bool) -> float:
    """The largest share of the weights whose stems one of the first texts contains, 0..1.

    Of a question in another language only what the texts may contain counts: names, and words of both languages.
    """
    asked = {*weights}.intersection({stem for text in texts for stem in text}) if foreign else {*weights}
    total = sum(weights[stem] for stem in asked)
    if not total:
        return 0.0
    return max((sum(weights[stem] for stem in asked & text) / total for text in texts[:_READ]), default=0.0)
