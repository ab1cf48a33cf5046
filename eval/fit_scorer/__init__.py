"""Fits assistant/grounding/support.json: how likely a person would call a sentence supported by its sources.

Fitted on SciFact's training claims, RAGTruth's sentences and SummEdits; AttributionBench, HealthVer, WiCE and authors'
summaries are only measured. Figures of the fitted sets are out of fold: pairs of one source are never parted. A second
figure is that of a model that has not seen the set at all. Word overlap is the feature `covered` without vectors.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from assistant.embeddings import Embedder
from assistant.grounding.scorer import Bounds, Model, Score, verdict

from .examples import Examples, Floats, prepare
from .figures import auroc, of_set, slices
from .fitting import FOLDS, fit, folds, logistic, product, supported
from .sets import FITTED, MEASURED, load

_ALARMS = 0.1
"""Share of SciFact's supported pairs whose score may fall below that of a partial sentence."""
_PASSED = 0.04
"""Share of SciFact's cited abstracts without evidence that may seem to support the claim."""
_APART = 0.1
"""Share of SciFact's supported and contradicted pairs that may fall below what a contradiction needs."""

_COVERED = {"vectors": 0.5, "words": 0.7}
"""Least share of the words that the evidence of a supported sentence holds: 0.7 was the bound of word overlap alone."""


def run(data: Path, embedder: Embedder, cache: Path | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Figures by name as they are found, then ("model", what support.json holds)."""
    sets = {name: prepare(name, pairs, embedder, cache) for name, pairs in load(data, FITTED + MEASURED).items()}
    fitted = {name: sets[name] for name in FITTED}
    shipped: dict[str, Any] = {"dimension": embedder.dimension}
    figures: dict[str, Any] = {}
    for variant in ("vectors", "words"):
        model, scores, shuffled = _scored(sets, variant == "vectors")
        bounds = _bounds(fitted["scifact_train"], *scores["scifact_train"], model, _COVERED[variant])
        found = {t: f for name in sets for t, f in of_set(name, sets[name], scores[name][0], shuffled[name]).items()}
        for title, value in _unseen(fitted, variant == "vectors").items():
            found[title]["unseen"] = value
        for title, figure in found.items():
            yield f"{variant}: {title}", figure
        labels = {name: _labels(sets[name], *scores[name], model, bounds) for name in ("scifact_train", MEASURED[-1])}
        yield f"{variant}: labels of what is supported", labels
        shipped[variant] = asdict(model) | {"bounds": asdict(bounds)}
        whole = {title: figure for title, figure in found.items() if title in sets or title.startswith("scifact")}
        figures[variant] = {"auroc": whole, "labels": labels}
    sizes = {name: len(sets[name].pairs) for name in FITTED}
    shipped["provenance"] = {
        "script": "scripts/fit_support.py",
        "date": str(date.today()),
        "embedder": embedder.name,
        "numpy": np.__version__,
        "fitted on": sizes,
        "figures": figures,
    }
    yield "model", _rounded(shipped)


def _scored(
    sets: Mapping[str, Examples], meaning: bool
) -> tuple[Model, dict[str, tuple[Floats, Floats]], dict[str, Floats]]:
    """The calibrated model; by set (log odds, stated), out of fold where it was fitted; log odds with other sources."""
    fitted = {name: sets[name] for name in FITTED}
    which = {name: folds(one.pairs) for name, one in fitted.items()}
    scores = {name: (np.zeros(len(one.pairs)), np.zeros(len(one.pairs))) for name, one in fitted.items()}
    shuffled = {name: np.zeros(len(one.pairs)) for name, one in fitted.items()}
    for fold in range(FOLDS):
        model = fit(fitted, {name: which[name] != fold for name in fitted}, meaning)
        for name, one in fitted.items():
            left = which[name] == fold
            own, dealt = _rows(one, meaning)
            for target, told in zip(scores[name], product(model, own[left]), strict=True):
                target[left] = told
            shuffled[name][left] = product(model, dealt[left])[0]
    model = _calibrated(fit(fitted, {name: which[name] >= 0 for name in fitted}, meaning), fitted, scores)
    for name in (name for name in sets if name not in FITTED):
        own, dealt = _rows(sets[name], meaning)
        scores[name], shuffled[name] = product(model, own), product(model, dealt)[0]
    return model, scores, shuffled


def _rows(one: Examples, meaning: bool) -> tuple[Floats, Floats]:
    return (one.vectors, one.shuffled) if meaning else (one.words, one.shuffled_words)


def _calibrated(model: Model, sets: Mapping[str, Examples], scores: Mapping[str, tuple[Floats, Floats]]) -> Model:
    """Platt's scaling on the scores out of fold, the sets weighing the same."""
    told = [supported(name, one.pairs) for name, one in sets.items()]
    slope, offset = logistic(
        np.concatenate([scores[name][0] for name in sets])[:, None],
        np.concatenate([one.answers for one in told]),
        np.concatenate([one.weights for one in told]),
        np.zeros(sum(len(one.pairs) for one in sets.values())),
    )
    return Model(model.stated, model.agrees, float(slope[0]), offset)


def _bounds(scifact: Examples, odds: Floats, said: Floats, model: Model, covered: float) -> Bounds:
    kinds = np.array([pair.kind for pair in scifact.pairs])
    told = _probability(model, odds)
    spoken = said[(kinds == "SUPPORT") | (kinds == "CONTRADICT")]
    least = float(np.quantile(told[kinds == "not enough"], 1 - _PASSED))
    partial = float(np.quantile(told[kinds == "SUPPORT"], _ALARMS))
    return Bounds(least, partial, float(np.quantile(spoken, _APART)), covered)


def _probability(model: Model, odds: Floats) -> Floats:
    told: Floats = 1 / (1 + np.exp(-(model.slope * odds + model.offset)))
    return told


def _labels(one: Examples, odds: Floats, said: Floats, model: Model, bounds: Bounds) -> dict[str, float]:
    """Shares of the labels that supported pairs get; unsupported and contradicted are false alarms."""
    covered = [seen.features.covered if seen else 0.0 for seen in one.examined]
    given = [Score(p, s, c) for p, s, c in zip(_probability(model, odds), said, covered, strict=True)]
    both = zip(one.pairs, given, one.examined, strict=True)
    labels = [verdict(score, seen.found if seen else (), bounds)[0] for pair, score, seen in both if pair.supported]
    return {label: round(labels.count(label) / len(labels), 3) for label in sorted({*labels})}


def _unseen(sets: Mapping[str, Examples], meaning: bool) -> dict[str, float]:
    """AUROC of each part of a set by a model that was fitted on the other sets."""
    found = {}
    for name, one in sets.items():
        others = {other: np.ones(len(sets[other].pairs), dtype=bool) for other in sets if other != name}
        scores = product(fit(sets, others, meaning), _rows(one, meaning)[0])[0]
        for title, mask in slices(name, one.pairs):
            found[title] = round(auroc(one.supported[mask], scores[mask]), 3)
    return found


def _rounded(value: Any) -> Any:
    """The value with all its numbers to four places."""
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def write(model: Mapping[str, Any], path: Path) -> None:
    """Replaces the model."""
    path.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
