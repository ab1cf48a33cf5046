"""How likely a sentence states what was asked: its features, and logistic regression over them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_MODEL = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Features:
    """Of one sentence of an abstract, mostly in relation to the others there.

    Words weigh by idf and by how few of the paper's sentences hold them: `words`, `best_part` are shares of the
    question's, `ahead` by how much a sentence is ahead of all others; `matter` and `terms` count the words of the
    title and the paper's own terms that the question does not have. Those
    named after a kind of question are 0 for others.
    """

    words: float
    ahead: float
    best_part: float
    only_part: float
    meaning: float
    close: float
    close_ahead: float
    typical: float
    matter: float
    terms: float
    new_names: float
    asked_name: float
    place: float
    off_middle: float
    before: float
    proposal: float
    after: float
    proposes: float
    finds: float
    scene: float
    link: float
    explains_method: float
    gains_method: float
    reason_reason: float
    tested_setting: float
    counts_number: float
    words_number: float
    meaning_number: float
    place_number: float
    matter_number: float
    words_several: float
    place_several: float
    proposes_several: float
    names_several: float
    introduces_name: float
    introduces_long_form: float


def score(features: Features) -> float:
    """The log odds; scripts/fit_extractive.py fits them and says how well they do out of fold."""
    intercept, weights = _fitted()
    return intercept + sum((weight * getattr(features, name) for name, weight in weights.items()), 0.0)


@cache
def _fitted() -> tuple[float, dict[str, float]]:
    model = json.loads(_MODEL.read_text(encoding="utf-8"))
    return model["intercept"], model["weights"]
