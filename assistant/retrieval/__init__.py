"""From a question to ranked passages: misspelt words read as meant, hits fused, grouped by paper, filtered exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..chunks import Chunk
from ..index import Index
from ..missing import Missing, missing
from ..papers import Paper
from ..sentences import Span, clip, split
from ..store import Filters
from .answerable import Features, features, on_topic, probability
from .closeness import DEPTH
from .passages import Passage, Why
from .ranking import Candidates, candidates, fused, ranked
from .reading import read_closely
from .spelling import read_as, understood

__all__ = ["Passage", "Retrieved", "Why", "retrieve"]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages by paper rank, then by similarity; and what is known of the question as a whole.

    answerable: probability 0..1 that the corpus answers. missing: what is asked and not stated. repairs: misspelt words
    of the question, and what they were read as. read: the question as it was read, in English. without_year: papers
    that a year filter left out because their year is unknown. timings: milliseconds by stage. features: what
    `answerable` was judged by.
    """

    question: str
    passages: tuple[Passage, ...]
    answerable: float
    missing: Missing = field(default_factory=Missing)
    repairs: Mapping[str, str] = field(default_factory=dict)
    read: str = ""
    without_year: int = 0
    timings: dict[str, float] = field(default_factory=dict)
    features: Features | None = None

    @property
    def on_topic(self) -> bool:
        """Whether the corpus speaks of what is asked; where it does not, there is nothing to write."""
        return self.features is not None and on_topic(self.features)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names in the question that occur in no retrieved paper."""
        return self.missing.names

    @property
    def papers(self) -> list[Passage]:
        """The best passage of each paper, in rank order."""
        best: dict[str, Passage] = {}
        for passage in self.passages:
            best.setdefault(passage.paper.id, passage)
        return list(best.values())

    def to_dict(self) -> dict[str, Any]:
        """What `search --json` prints: one hit a paper."""
        return {
            "query": self.question,
            "hits": [_hit(best) for best in self.papers],
            "timings": self.timings,
        }


def _hit(best: Passage) -> dict[str, Any]:
    return {
        "paper_id": best.paper.id,
        "title": best.paper.title,
        "score": round(best.score, 6),
        "rank": best.rank,
        "dense_rank": best.why.dense_rank,
        "lexical_rank": best.why.lexical_rank,
        "quote": best.chunk.text,
    }


def retrieve(
    index: Index, question: str, *, top_k: int = 8, filters: Filters | None = None, closely: bool = False
) -> Retrieved:
    """The passages of the `top_k` papers that fit the question best.

    closely: the first papers are read word by word and ranked by what that shows, too, which takes about half a
    second where they were not read before.
    """
    timings: dict[str, float] = {}
    filters = filters or Filters()
    started = perf_counter()
    index.refresh()
    timings["open"] = _since(started)
    started = perf_counter()
    asked, repairs = understood(index, question)
    vector = index.embedder.embed([asked])[0]
    index.refresh()  # what was added meanwhile counts
    timings["embed"] = _since(started)
    started = perf_counter()
    most = max(top_k, DEPTH) if closely else top_k
    passages, weights = _search(index, asked, vector, filters, most)
    if not passages:  # the build may have been swapped and deleted under the question: then there is another
        index.refresh()
        passages, weights = _search(index, asked, vector, filters, most)
    timings["search"] = _since(started)
    if closely:
        started = perf_counter()
        passages = read_closely(index, asked, weights, passages, top_k)
        timings["read"] = _since(started)
    without_year = index.without_year(filters)
    found = Retrieved(question, tuple(passages), 0.0, Missing(), repairs, asked, without_year, timings)
    return _judged(index, found, weights)


def _search(
    index: Index, question: str, vector: NDArray[np.float32], filters: Filters, top_k: int
) -> tuple[list[Passage], dict[str, float]]:
    """The passages, and the idf of the question's words."""
    with index.steady():
        found = candidates(index, question, vector, index.allowed(filters))
        return _passages(index, vector, ranked(found, fused(found)), _why(found), top_k), found.weights


def _judged(index: Index, found: Retrieved, weights: Mapping[str, float]) -> Retrieved:
    """The same with `answerable`, `missing` and `features` filled in."""
    if not found.passages:
        return found
    papers = [(best.paper.title, best.paper.abstract) for best in found.papers]
    lacking = missing(read_as(found.question, found.repairs), papers)
    similarity = max(passage.similarity for passage in found.passages)
    judged = features(lacking, [" ".join(paper) for paper in papers], similarity, weights, index.stems)
    return replace(found, answerable=probability(judged), missing=lacking, features=judged)


def _why(found: Candidates) -> dict[int, Why]:
    """By paper number. A paper that only keywords found has no dense rank; its similarity is known all the same."""
    numbers = found.numbers.tolist()
    dense = {n: rank for rank, (n, s) in enumerate(ranked(found, found.dense.astype(np.float64)), start=1) if s > -1.0}
    lexical = {n: rank for rank, (n, s) in enumerate(ranked(found, found.lexical.astype(np.float64)), start=1) if s > 0}
    return {
        number: Why(
            dense.get(number), float(chunk), lexical.get(number), float(bm25) if bm25 > 0 else None, float(said)
        )
        for number, chunk, bm25, said in zip(numbers, found.chunk, found.lexical, found.sentence, strict=True)
    }


def _passages(
    index: Index,
    vector: NDArray[np.float32],
    ranked: list[tuple[int, float]],
    why: Mapping[int, Why],
    top_k: int,
) -> list[Passage]:
    """The chunks of the best papers that are whole; a hit whose paper is being changed or is gone is passed over."""
    with index.store.snapshot():  # the spans and the abstract that they lie in, of one moment
        rows = index.chunk_rows(number for number, _ in ranked)
        whole = [(number, score) for number, score in ranked if number in rows][:top_k]
        papers = index.store.by_numbers(number for number, _ in whole)
    passages = []
    for rank, (number, score) in enumerate(whole, start=1):
        vectors, spans = rows[number]
        sentences = split(papers[number].abstract)
        for similarity, row in sorted(zip((vectors @ vector).tolist(), spans.tolist(), strict=True), reverse=True):
            chunk = _chunk(papers[number], sentences, *row[1:])
            passages.append(Passage(chunk, papers[number], score, rank, similarity, why[number]))
    return passages


def _chunk(paper: Paper, sentences: Sequence[Span], ordinal: int, start: int, end: int) -> Chunk:
    inside = clip(sentences, start, end)
    return Chunk(f"{paper.id}#{ordinal}", paper.id, paper.abstract[start:end], start, end, ordinal, inside)


def _since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 2)
