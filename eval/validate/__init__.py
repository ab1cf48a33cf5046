"""The scorer itself measured: its agreement with people, beside what needs no scorer, and what it finds in probes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from .own import Own
from .pairs import Pair, Progress, Scorer, Verdict
from .plan import Plan, made
from .readers import load
from .summary import summarise
from .table import text

if TYPE_CHECKING:
    from assistant import Settings
    from assistant.embeddings import Embedder

__all__ = ["Pair", "Scorer", "Validation", "Verdict", "validate_scorer"]


@dataclass(frozen=True, slots=True)
class Validation:
    """A finished validation: the figures, as assistant/schemas/validate_scorer.schema.json has them, and what a reader
    should know of the data behind them."""

    summary: dict[str, Any]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        return text(self.summary)


def validate_scorer(
    settings: Settings,
    data: Iterable[str | Path],
    *,
    limit: int = 400,
    whole: bool = False,
    seed: int = 0,
    scorer: Scorer | None = None,
    embedder: Embedder | None = None,
    on_embedding: Progress | None = None,
    on_progress: Progress | None = None,
) -> Validation:
    """Judges the pairs of labelled sets, and probes made of abstracts, and holds the verdicts against what is known.

    data: folders, as `readers.load` tells. limit: pairs of a set, probes of a kind and sentences; `whole` takes every
    labelled pair. scorer: instead of our own, which takes its vectors from `embedder` (default: the one that the
    settings name) and keeps them below the home's `cache` folder. Equal arguments give equal figures.

    Raises QuestionsError for folders and lines that cannot be used; ModelError where the embedder is not to be had.
    """
    started = perf_counter()
    material = load(data, seed)
    plan = made(material, limit, whole, seed)
    pairs = plan.pairs()
    chosen = scorer or _own(settings, embedder, on_embedding or _unseen)
    ready = perf_counter()
    verdicts = chosen.judge(pairs, on_progress or _unseen)
    judged = perf_counter()
    figures = summarise(plan, dict(zip(pairs, verdicts, strict=True)), seed)
    seconds = {"reading": ready - started, "judging": judged - ready, "summing_up": perf_counter() - judged}
    summary = {
        "scorer": chosen.name,
        "seed": seed,
        "limit": None if whole else limit,
        "pairs": len(pairs),
        **figures,
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
    }
    return Validation(summary, (*material.notes, *_notes(plan)))


def _own(settings: Settings, embedder: Embedder | None, on_embedding: Progress) -> Own:
    from assistant.embeddings import chosen
    from assistant.writers import model_settings

    found = embedder or chosen(settings.embedder, model_settings(settings))
    return Own(found, settings.chunk_size, settings.home / "cache", on_embedding)


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""


def _notes(plan: Plan) -> Iterable[str]:
    for one in plan.sets:
        if len(one.items) < len(one.whole.items):
            yield f"{one.whole.name}: {len(one.items)} of {len(one.whole.items)} pairs, drawn by seed; --all takes all."
    named = ", ".join(f"{corpus.name} ({len(corpus.abstracts)})" for corpus in plan.corpora)
    yield f"Probes and verbatim sentences come from abstracts of {named}."
