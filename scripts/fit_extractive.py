"""Fits assistant/extractive/weights.json: how likely a sentence of the right abstract states what a question asks.

Examples: for each answerable question of the dev part of the bundled questions, every sentence of its gold papers among
those retrieved; one counts as stating it where it holds a required fact or a quote given as evidence. Each question
weighs as the root of its number of sentences. Prints AUROC within a question, plain and out of fold (10 folds, by
question), beside that of the question's words and of the vectors alone; then the model fitted on all of it. The test
part is not read.

    python scripts/fit_extractive.py [--write]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assistant import Assistant, Settings
from assistant.conversation import needs_rewriting, standalone, turns
from assistant.extractive.candidates import Candidate, read_question, sentences_of
from assistant.extractive.scoring import Features
from assistant.extractive.shape import kinds_of, shape_of
from assistant.harness import load_eval
from assistant.retrieval import retrieve
from assistant.sources import Sources

MODEL = Path(__file__).parents[1] / "assistant" / "extractive" / "weights.json"
STRENGTH = 0.01  # inverse of the L2 penalty, on features of unit variance
FOLDS = 10
NAMES = [one.name for one in fields(Features)]


@dataclass(frozen=True)
class Examples:
    """Of one question: features (sentences, features) and whether each sentence states what is asked."""

    features: NDArray[np.float64]
    states: NDArray[np.bool_]


def part(name: str) -> ModuleType:
    """A module of the evaluation harness."""
    return import_module(f"{load_eval().__name__}.{name}")


def examples(assistant: Assistant, titles: dict[str, str], question: Any) -> Examples | None:
    """Those of a question; None where no gold paper was retrieved."""
    past = turns(question.history)
    text = (
        standalone(question.question, past, titles) if needs_rewriting(question.question, past) else question.question
    )
    index, found = assistant.index, retrieve(assistant.index, text, closely=True)
    kinds = kinds_of(found.question, several=shape_of(found.question, found.papers) != "fact")
    asked = read_question(found.question, kinds, index.embedder.embed, index.stems, index.term_weights)
    gold = [p for p in found.papers if {p.paper.title, *p.paper.source_ids} & {*question.gold_papers}]
    sources = Sources(index).of(passage.paper for passage in gold)
    sentences = [
        one
        for passage, source in zip(gold, sources, strict=True)
        for one in sentences_of(asked, passage, source, index.embedder.embed, index.stems)
    ]
    if not sentences:
        return None
    rows = np.array([list(asdict(one.features).values()) for one in sentences], np.float64)
    return Examples(rows, np.array([states(question, one) for one in sentences]))


def states(question: Any, sentence: Candidate) -> bool:
    """Whether a sentence of a gold paper holds a required fact or a quote given as evidence."""
    facts = part("measures.facts")
    quotes = [e["quote"] for e in question.extra.get("evidence", ()) if e["title"] == sentence.paper.title]
    said = facts.normal(sentence.text)
    return any(facts.found(sentence.text, question.must_include)) or any(facts.normal(q) in said for q in quotes)


def fit(chosen: Sequence[Examples]) -> tuple[float, NDArray[np.float64]]:
    """(intercept, weights) for the features as they are."""
    rows, states_it = np.concatenate([e.features for e in chosen]), np.concatenate([e.states for e in chosen])
    weights = np.concatenate([np.full(len(e.states), len(e.states) ** -0.5) for e in chosen])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000))
    model.fit(rows, states_it, logisticregression__sample_weight=weights)
    scaler, regression = model[0], model[1]
    plain = regression.coef_[0] / scaler.scale_
    return float(regression.intercept_[0] - scaler.mean_ @ plain), plain


def within(chosen: Sequence[Examples], scores: Sequence[NDArray[np.float64]]) -> float:
    """The mean AUROC of the questions that have sentences of both sorts."""
    both = [(e.states, s) for e, s in zip(chosen, scores, strict=True) if 0 < e.states.sum() < len(e.states)]
    return float(np.mean([roc_auc_score(states_it, score) for states_it, score in both]))


def out_of_fold(chosen: Sequence[Examples]) -> list[NDArray[np.float64]]:
    """For each question (sentences,): log odds by a model that did not see it."""
    fold = np.random.default_rng(0).permutation(len(chosen)) % FOLDS
    scores: dict[int, NDArray[np.float64]] = {}
    for one in range(FOLDS):
        intercept, weights = fit([e for e, own in zip(chosen, fold, strict=True) if own != one])
        scores |= {int(i): intercept + chosen[i].features @ weights for i in np.flatnonzero(fold == one)}
    return [scores[i] for i in range(len(chosen))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="replace the weights")
    given = parser.parse_args()
    dataset = part("dataset")
    questions = [q for q in dataset.load("daily_papers") if dataset.split(q) == "dev" and q.must_include]
    with part("retrieval.corpus").opened(Settings.load(), "sample") as (assistant, _):
        titles = {paper.id: paper.title for paper in assistant.papers()}
        found = [one for q in questions if (one := examples(assistant, titles, q)) is not None]
    intercept, weights = fit(found)
    print(f"{len(found)} questions, {sum(len(e.states) for e in found)} sentences, AUROC within a question:")
    print(f"  out of fold {within(found, out_of_fold(found)):.3f}", end=", ")
    print(f"on what was fitted {within(found, [intercept + e.features @ weights for e in found]):.3f}")
    for name in ("words", "meaning", "close"):
        print(f"  {name} alone {within(found, [e.features[:, NAMES.index(name)] for e in found]):.3f}")
    provenance = (
        f"scripts/fit_extractive.py, {date.today()}: bundled questions, dev, {len(found)} with a gold paper found"
    )
    fitted = {
        "intercept": round(intercept, 4),
        "weights": {name: round(float(value), 4) for name, value in zip(NAMES, weights, strict=True)},
        "provenance": provenance,
    }
    print("\n" + json.dumps(fitted, indent=2))
    if given.write:
        MODEL.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
