"""From a question to ranked passages: dense and keyword hits fused, grouped by paper, filtered exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..chunks import Chunk
from ..index import Index
from ..papers import Paper
from ..sentences import Span, clip, split
from ..store import Filters
from .answerable import Features, coverage, names, probability

__all__ = ["Passage", "Retrieved", "Why", "retrieve"]

_DEPTH = 100  # hits taken from each retriever
_RRF_K = 60  # Cormack, Clarke and Buettcher, SIGIR 2009


@dataclass(frozen=True, slots=True)
class Why:
    """How each retriever saw a paper: rank from 1 and score (cosine; BM25), or None where it did not find it."""

    dense_rank: int | None = None
    dense_score: float | None = None
    lexical_rank: int | None = None
    lexical_score: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a retrieved paper. `rank` (from 1) and `score` (fused) are its paper's."""

    chunk: Chunk
    paper: Paper
    score: float
    rank: int
    similarity: float  # of the chunk to the question, cosine
    why: Why


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages by paper rank, then by similarity; and what is known of the question as a whole.

    answerable: probability 0..1 that the corpus answers. unknown: names in the question that occur in no retrieved
    paper. without_year: papers that a year filter left out because
    their year is unknown. timings: milliseconds by stage.
    """

    question: str
    passages: tuple[Passage, ...]
    answerable: float
    unknown: tuple[str, ...] = ()
    without_year: int = 0
    timings: dict[str, float] = field(default_factory=dict)

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


def retrieve(index: Index, question: str, *, top_k: int = 8, filters: Filters | None = None) -> Retrieved:
    """The passages of the `top_k` papers that fit the question best, by reciprocal rank fusion of both retrievers."""
    timings: dict[str, float] = {}
    filters = filters or Filters()
    started = perf_counter()
    vector = index.embedder.embed([question])[0]
    timings["embed"] = _since(started)
    started = perf_counter()
    index.refresh()
    timings["open"] = _since(started)
    started = perf_counter()
    passages = _search(index, question, vector, filters, top_k)
    if not passages:  # the build may have been swapped and deleted under the question: then there is another
        index.refresh()
        passages = _search(index, question, vector, filters, top_k)
    timings["search"] = _since(started)
    found = Retrieved(question, tuple(passages), 0.0, (), index.store.count_without_year(filters), timings)
    return _judged(index, found)


def _search(index: Index, question: str, vector: NDArray[np.float32], filters: Filters, top_k: int) -> list[Passage]:
    with index.steady():
        allowed = index.allowed(filters)
        dense = _by_paper((hit.number, hit.similarity) for hit in index.dense(vector, _DEPTH, allowed))
        lexical = _by_paper(index.lexical(question, _DEPTH, allowed))
        return _passages(index, vector, _fuse(dense, lexical), _why(dense, lexical), top_k)


def _judged(index: Index, found: Retrieved) -> Retrieved:
    """The same with `answerable` and `unknown` filled in."""
    if not found.passages:
        return found
    texts = [f"{best.paper.title} {best.paper.abstract}" for best in found.papers]
    similarity = max(passage.similarity for passage in found.passages)
    known, _ = names(found.question, texts[:3])
    features = Features(similarity, coverage(index, found.question, texts[:3]), bool(known))
    return replace(found, answerable=probability(features), unknown=names(found.question, texts)[1])


def _by_paper(hits: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Paper number -> its best score, best paper first."""
    best: dict[int, float] = {}
    for number, score in hits:
        best[number] = max(score, best.get(number, score))
    return dict(sorted(best.items(), key=lambda pair: (-pair[1], pair[0])))


def _fuse(*rankings: Mapping[int, float]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion: the sum of 1 / (60 + rank) over the rankings; best first, ties by number."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, start=1):
            scores[number] = scores.get(number, 0.0) + 1.0 / (_RRF_K + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _why(dense: Mapping[int, float], lexical: Mapping[int, float]) -> dict[int, Why]:
    places = [{number: rank for rank, number in enumerate(ranking, start=1)} for ranking in (dense, lexical)]
    numbers = {*dense, *lexical}
    return {n: Why(places[0].get(n), dense.get(n), places[1].get(n), lexical.get(n)) for n in numbers}


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
