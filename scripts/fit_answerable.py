"""Fits assistant/retrieval/answerable.json: how likely a corpus can answer a question, from what retrieval finds.

Examples: the dev part of the bundled questions on the bundled papers (false premises, which are neither, left out);
SciFact's training claims on its abstracts, with and without evidence; and the questions of answerable_questions.jsonl,
written for this on bundled papers that no test question of the first 320 is about. Within a set each question weighs
the same; the sets share their slopes and have an intercept each, since their shares of unanswerable questions are their
own. That of the bundled questions ships. Prints, for each set, AUROC, Brier score and what is answered in vain at given
coverage: out of fold (5 folds) for what was fitted on, plain for the test part; then the model fitted on all of it.

    python scripts/fit_answerable.py [--data ../shared/data] [--write]
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from assistant import Settings
from assistant.conversation import needs_rewriting, standalone, turns
from assistant.harness import load_eval
from assistant.index import Index
from assistant.retrieval import answerable, retrieve

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "assistant" / "retrieval" / "answerable.json"
WRITTEN = Path(__file__).with_name("answerable_questions.jsonl")
WEIGHTS = (1.0, 0.3, 0.7)  # of the sets
STRENGTH = 10.0  # inverse of the L2 penalty
FOLDS = 5
NAMES = list(answerable.Features.__dataclass_fields__)


@dataclass(frozen=True)
class Examples:
    """features (n, features), answerable (n,) and the type of each question."""

    name: str
    features: NDArray[np.float64]
    answers: NDArray[np.bool_]
    types: NDArray[np.str_]


def part(name: str) -> ModuleType:
    """A module of the evaluation harness."""
    return import_module(f"{load_eval().__name__}.{name}")


def row(index: Index, question: str) -> list[float]:
    """The features of a question."""
    found = retrieve(index, question)
    assert found.features is not None
    return list(asdict(found.features).values())


def bundled(settings: Settings, split: str) -> Examples:
    """The bundled questions of a split."""
    dataset, corpus = part("dataset"), part("retrieval.corpus")
    questions = [q for q in dataset.load("daily_papers") if dataset.split(q) == split and q.type != "false_premise"]
    with corpus.opened(settings, "sample") as (assistant, _):
        titles = {paper.id: paper.title for paper in assistant.papers()}
        texts = []
        for question in questions:
            past = turns(question.history)
            follows = needs_rewriting(question.question, past)
            texts.append(standalone(question.question, past, titles) if follows else question.question)
        rows = [row(assistant.index, text) for text in texts]
    types = np.array([question.type for question in questions])
    return Examples(f"bundled questions, {split}", np.array(rows), np.array([q.answerable for q in questions]), types)


def written(settings: Settings) -> Examples:
    """The questions written for this fit: details that abstracts state, details that they do not, other subjects."""
    dataset, corpus = part("dataset"), part("retrieval.corpus")
    questions = dataset.load(WRITTEN)
    with corpus.opened(settings, "sample") as (assistant, _):
        rows = [row(assistant.index, question.question) for question in questions]
    types = np.array([question.type for question in questions])
    return Examples("written questions", np.array(rows), np.array([q.answerable for q in questions]), types)


def scifact(settings: Settings, folder: Path) -> Examples:
    """SciFact's training claims; one with evidence, for or against it, can be answered."""
    corpus = part("retrieval.corpus")
    claims = [json.loads(line) for line in (folder / "claims_train.jsonl").read_text().splitlines()]
    with corpus.opened(settings, str(folder / "corpus.jsonl.gz")) as (assistant, _):
        rows = [row(assistant.index, claim["claim"]) for claim in claims]
    answers = np.array([bool(claim["evidence"]) for claim in claims])
    return Examples("SciFact train", np.array(rows), answers, np.full(len(claims), "claim"))


def told_by(model: LogisticRegression, features: NDArray[np.float64], which: int) -> NDArray[np.float64]:
    """(n,): probabilities of rows of the set number `which`."""
    probabilities: NDArray[np.float64] = model.predict_proba(marked(features, which))[:, 1]
    return probabilities


def marked(features: NDArray[np.float64], which: int) -> NDArray[np.float64]:
    """The features with a column for each set but the first, the bundled questions: 1 for the set number `which`."""
    others = np.zeros((len(features), len(WEIGHTS) - 1))
    if which:
        others[:, which - 1] = 1.0
    return np.column_stack([features, others])


def fit(sets: list[Examples], chosen: list[NDArray[np.int64]]) -> LogisticRegression:
    """The model fitted on the chosen rows of each set."""
    parts = list(enumerate(zip(sets, chosen, strict=True)))
    rows = np.concatenate([marked(one.features[keep], which) for which, (one, keep) in parts])
    answers = np.concatenate([one.answers[keep] for _, (one, keep) in parts])
    shares = [WEIGHTS[which] / sum(WEIGHTS) / len(keep) for which, (_, keep) in parts]
    weights = np.concatenate(
        [np.full(len(keep), len(rows) * share) for keep, share in zip(chosen, shares, strict=True)]
    )
    return LogisticRegression(C=STRENGTH).fit(rows, answers, sample_weight=weights)


def out_of_fold(sets: list[Examples]) -> list[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """For each set what `judged` gives, (n,) each, by models that did not see the row."""
    folds = [list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(s.features, s.types)) for s in sets]
    told = [np.empty(len(one.answers)) for one in sets]
    declined = [np.empty(len(one.answers), bool) for one in sets]
    for fold in range(FOLDS):
        model = fit(sets, [folds[which][fold][0] for which in range(len(sets))])
        for which, one in enumerate(sets):
            left = folds[which][fold][1]
            told[which][left], declined[which][left] = judged(model, one.features[left], which)
    return list(zip(told, declined, strict=True))


def judged(
    model: LogisticRegression, features: NDArray[np.float64], which: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(n,) each, for rows of the set number `which`: the probability, and whether the assistant declines at once.

    It does below the floor, were what is asked for stated, and with the intercept that ships.
    """
    stated = features.copy()
    stated[:, NAMES.index("unstated")] = 0.0
    return told_by(model, features, which), told_by(model, stated, 0) < answerable.FLOOR


def show(examples: Examples, told: NDArray[np.float64], declined: NDArray[np.bool_]) -> None:
    """A few lines of figures; `declined` says which questions are declined at once."""
    answers, types = examples.answers, examples.types
    print(f"\n{examples.name}: n {len(told)}, of which cannot be answered {int((~answers).sum())}")
    print(f"  AUROC {roc_auc_score(answers, told):.3f}, Brier {brier_score_loss(answers, told):.3f}")
    missing = examples.features[:, [NAMES.index("unnamed"), NAMES.index("unstated")]].any(axis=1) & ~declined
    for kind in sorted({*types[~answers]}):
        among = types == kind
        print(f"  AUROC against {kind}: {roc_auc_score(answers[answers | among], told[answers | among]):.3f}; ", end="")
        print(f"declined {declined[among].mean():.1%}, told what is missing {missing[among].mean():.1%}")
    order = np.argsort(-told)
    for coverage in (0.5, 0.7, 0.9, 1.0):
        kept = order[: round(coverage * len(order))]
        print(f"  answering the {coverage:.0%} most likely: {1 - answers[kept].mean():.1%} of them in vain")
    print(f"  of what can be answered: answered {(~declined[answers]).mean():.1%}, ", end="")
    print(f"told that something is missing {missing[answers].mean():.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--write", action="store_true", help="replace the model")
    given = parser.parse_args()
    settings = Settings.load()
    sets = [bundled(settings, "dev"), scifact(settings, given.data / "scifact"), written(settings)]
    print("out of fold")
    for one, (told, declined) in zip(sets, out_of_fold(sets), strict=True):
        show(one, told, declined)
    model = fit(sets, [np.arange(len(one.answers)) for one in sets])
    test = bundled(settings, "test")
    print("\nnot fitted on")
    show(test, *judged(model, test.features, 0))
    fitted = {
        "intercept": round(float(model.intercept_[0]), 4),
        "weights": {name: round(float(value), 4) for name, value in zip(NAMES, model.coef_[0], strict=False)},
        "provenance": f"scripts/fit_answerable.py, {date.today()}: {'; '.join(one.name for one in sets)}",
    }
    print("\n" + json.dumps(fitted, indent=2))
    if given.write:
        MODEL.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
