"""How likely the corpus can answer a question, judged from what retrieval found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from math import exp
from pathlib import Path

from ..lexical import NAME

FLOOR = 0.65  # below this probability the assistant declines without writing
_MODEL = Path(__file__).with_suffix(".json")
_READ = 3  # papers in which the question's words and names are looked for


@dataclass(frozen=True, slots=True)
class Features:
    """similarity: best cosine of a retrieved chunk. coverage: share of the idf mass of the question's words that the
    best of the first three papers contains. unnamed: 1 if one of the question's names is in no retrieved paper."""

    similarity: float
    coverage: float
    unnamed: float


def features(
    question: str,
    texts: Sequence[str],
    similarity: float,
    weights: Mapping[str, float],
    stems: Callable[[str], Sequence[str]],
) -> Features:
    """Of what was found: the papers' texts, best first, and the idf of each stem of the question."""
    return Features(similarity, _coverage(weights, texts[:_READ], stems), float(bool(unknown_names(question, texts))))


def probability(found: Features) -> float:
    """Logistic regression, 0..1; scripts/fit_answerable.py fits it and says how well it does out of fold."""
    intercept, weights = _fitted()
    score = intercept + sum(weights[name] * value for name, value in asdict(found).items())
    return 1.0 / (1.0 + exp(-score))


@cache
def _fitted() -> tuple[float, dict[str, float]]:
    model = json.loads(_MODEL.read_text(encoding="utf-8"))
    return model["intercept"], model["weights"]


def _coverage(weights: Mapping[str, float], texts: Sequence[str], stems: Callable[[str], Sequence[str]]) -> float:
    """The largest share of the weights whose stems one of the texts contains, 0..1."""
    total = sum(weights.values())
    if not total:
        return 0.0
    return max((sum(weights[stem] for stem in {*stems(text)} & {*weights}) / total for text in texts), default=0.0)


_SUFFIX = re.compile(r"-(style|based|like|type|trained|free|level)$")


def unknown_names(question: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The names in a question (words with digits or inner capitals) that none of the texts contains."""
    contained = _squeezed(" ".join(texts))
    asked = [_SUFFIX.sub("", name) for name in NAME.findall(question)]
    return tuple(name for name in dict.fromkeys(asked) if _squeezed(name).rstrip("s") not in contained)


def _squeezed(text: str) -> str:
    """Letters and digits only, so that VTAB-1k, VTAB 1K and VTAB1k are one name."""
    return re.sub(r"[\W_]+", "", text).casefold()
