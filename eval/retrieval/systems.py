"""Systems: every way to rank, asked the same questions; what each found and how long ours took."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from assistant import conversation
from assistant.errors import SettingsError
from assistant.retrieval.ranking import METHODS, rank

from ..dataset import Question
from ..measures.retrieval import measured

if TYPE_CHECKING:
    from assistant.index import Index

METRICS = ("ndcg@10", "recall@5", "recall@10", "recall@100", "mrr")
OURS = "assistant"
DEFAULT = ("bm25", "dense", "rrf", OURS)

_WARM_UP = 5  # questions asked before any is timed

Progress = Callable[[int, int], None]
"""Told (done, total) in rankings."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question as every system gets it, and its gold: as named -> the numbers of the papers that it may be."""

    question: Question
    text: str
    gold: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item: system -> metric -> score 0..1, or why there is none."""

    item: Item
    scores: dict[str, dict[str, float]]
    unscored: str


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The methods of these names, each once. Raises SettingsError for one that does not exist, and for none at all."""
    listed = tuple(dict.fromkeys(names))
    cure = f"Known: {', '.join(METHODS)}."
    for name in listed:
        if name not in METHODS:
            raise SettingsError(f"There is no way to rank called {name!r}.", cure=cure)
    if not listed:
        raise SettingsError("No way to rank is named.", cure=cure)
    return listed


def items(index: Index, questions: Sequence[Question], gold: Mapping[str, Sequence[str]]) -> list[Item]:
    """The questions with their history applied, once for all systems; gold: named -> paper ids."""
    numbers = {name: [index.store.number(paper_id) for paper_id in ids] for name, ids in gold.items()}
    return [
        Item(question, standalone(index, question), {name: numbers[name] for name in question.gold_papers})
        for question in questions
    ]


def standalone(index: Index, question: Question) -> str:
    """The question as it can be understood without its history, by the way that needs no model."""
    past = conversation.turns(question.history)
    cited = [paper_id for turn in past for _, paper_id in turn.cited]
    titles = {known: paper.title for paper in index.store.by_ids(cited) for known in paper.source_ids}
    return conversation.standalone(question.question, past, titles)


def run(
    index: Index, asked: Sequence[Item], methods: Sequence[str], on_progress: Progress
) -> tuple[list[Outcome], list[float]]:
    """An outcome a question, in order, and the milliseconds that our own ranking took for each that is scored.

    Our ranking goes first, in a pass of its own: no other system's work on a question warms a cache for it.
    """
    outcomes = [Outcome(item, {}, "" if any(item.gold.values()) else "gold not in the corpus") for item in asked]
    scored = [outcome for outcome in outcomes if not outcome.unscored]
    order = sorted(methods, key=lambda method: method != OURS)
    total, done = len(order) * len(scored), 0
    times: list[float] = []
    on_progress(0, total)
    for method in order:
        for outcome in scored[:_WARM_UP]:
            rank(index, f"warm up: {outcome.item.text}", method=method)
        for outcome in scored:
            started = perf_counter()
            index.refresh()
            ranked = rank(index, outcome.item.text, method=method)
            if method == OURS:
                times.append((perf_counter() - started) * 1000)
            outcome.scores[method] = measured((number for number, _ in ranked), outcome.item.gold, METRICS)
            done += 1
            on_progress(done, total)
    return outcomes, times
