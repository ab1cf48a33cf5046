"""Retrieval compared: our ranking beside BM25 alone, dense alone and their plain fusion, on the same questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .. import gold as gold_papers
from . import corpus as corpora
from . import queries as query_files
from . import systems
from .summary import summarise
from .table import text

if TYPE_CHECKING:
    from assistant import Settings
    from assistant.embeddings import Embedder
    from assistant.ingest import Progress as Indexing

__all__ = ["Comparison", "compare_retrieval"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A finished comparison: the figures, as assistant/schemas/eval_retrieval.schema.json has them, and what a reader
    should know of the data behind them."""

    summary: dict[str, Any]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        return text(self.summary)


def compare_retrieval(
    settings: Settings,
    corpus: str,
    queries: str | Path,
    *,
    methods: Iterable[str] = systems.DEFAULT,
    split: Literal["dev", "test", "all"] = "all",
    limit: int | None = None,
    seed: int = 0,
    embedder: Embedder | None = None,
    on_indexing: Indexing | None = None,
    on_progress: systems.Progress | None = None,
) -> Comparison:
    """Ranks the papers of a corpus for every query, by every method, and measures the rankings.

    corpus: a path to papers if there is one by that name, else a corpus. queries: a JSONL file, or a bundled set.
    methods: names from assistant.retrieval.ranking.METHODS. split, limit: which queries. embedder: instead of the one
    that the settings name.

    Raises QuestionsError for queries that cannot be used and for a corpus that lacks more than half of the gold papers;
    SettingsError, IndexMissing, PapersError.
    """
    chosen = systems.chosen(methods)
    asked = query_files.load(queries, split=split, limit=limit)
    with corpora.opened(settings, corpus, embedder=embedder, progress=on_indexing) as (assistant, indexing):
        gold = gold_papers.match(assistant, asked.questions)
        items = systems.items(assistant.index, asked.questions, gold)
        outcomes, times = systems.run(assistant.index, items, chosen, on_progress or _unseen)
        summary = summarise(outcomes, chosen, times, indexing.seconds, seed)
        return Comparison(summary, tuple(_notes(assistant.index.store.count(), indexing, asked, gold)))


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""


def _notes(papers: int, indexing: corpora.Indexing, asked: query_files.Queries, gold: gold_papers.Gold) -> list[str]:
    missing = sum(not ids for ids in gold.values())
    took = f", indexed in {indexing.seconds:.1f} s" if indexing.seconds else ""
    told = {
        f"The corpus has {papers} papers{took}.": True,
        f"Records without title or abstract, or that cannot be read: {indexing.unusable}.": indexing.unusable,
        f"Records that are one paper with another, by id or by title and abstract: {indexing.joined}.": indexing.joined,
        f"Queries left out, since no paper answers them: {asked.left_out}.": asked.left_out,
        f"Gold papers that the corpus lacks, of {len(gold)}: {missing}. They count as not found.": missing,
    }
    return [note for note, applies in told.items() if applies]
