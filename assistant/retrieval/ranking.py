"""Candidates from both retrievers, and the ways to fuse their scores into one ranking of papers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ..index import Index
from ..lexical import content_words
from ..store import Filters
from .closeness import DEPTH, reread
from .spelling import understood

_MOST = 100  # papers taken from each retriever, and papers that a ranking holds at most
_CHUNKS = 128  # asked of the dense retriever; a paper has several
_SCORED = 200  # papers asked of the keyword index, so that the BM25 of what only the other finds is known too
_RRF_K = 60  # Cormack, Clarke and Buettcher, SIGIR 2009
_KEYWORDS = 1.2  # weight of BM25 beside either similarity
_KNOWN = 0.4  # share of the question's idf mass that a full BM25 score has to reach


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is known of each paper that either retriever found; arrays are (papers,) and aligned.

    dense: cosine of the nearest chunk among the dense hits, -1 where there was none. chunk, sentence: of the nearest
    chunk and of the nearest sentence, known of all. lexical: BM25, 0 where none of the words was found. weights: the
    idf of the stems of the question's words, in this corpus.
    """

    numbers: NDArray[np.int64]
    dense: NDArray[np.float32]
    chunk: NDArray[np.float32]
    sentence: NDArray[np.float32]
    lexical: NDArray[np.float32]
    weights: dict[str, float]


def candidates(
    index: Index, question: str, vector: NDArray[np.float32], allowed: NDArray[np.int64] | None = None
) -> Candidates:
    """The papers that either retriever finds among the allowed ones, with all their scores."""
    dense: dict[int, float] = {}
    for hit in index.dense(vector, _CHUNKS, allowed):
        dense.setdefault(hit.number, hit.similarity)  # nearest first
    lexical = dict(index.lexical(question, _SCORED, allowed))
    wanted = {*islice(dense, _MOST), *islice(lexical, _MOST)}
    numbers, chunk, sentence = index.similarities(vector, sorted(wanted))
    given = numbers.tolist()
    return Candidates(
        numbers,
        np.array([dense.get(number, -1.0) for number in given], np.float32),
        chunk,
        sentence,
        np.array([lexical.get(number, 0.0) for number in given], np.float32),
        index.term_weights(" ".join(content_words(question))),
    )


def fused(found: Candidates) -> NDArray[np.float64]:
    """Each similarity divided by its largest, and BM25 likewise: scores say how far apart papers are, ranks do not.

    Where the corpus hardly knows the question's words (another language), the best BM25 score is far from what a paper
    with all of the words would get, and counts for less.
    """
    return _share(found.chunk) + _share(found.sentence) + _KEYWORDS * _bounded(found)


def without_sentences(found: Candidates) -> NDArray[np.float64]:
    """The same without sentence vectors, for the ablation."""
    return 2 * _share(found.chunk) + _KEYWORDS * _bounded(found)


def reciprocal_ranks(found: Candidates) -> NDArray[np.float64]:
    """Plain reciprocal rank fusion of the dense and the BM25 ranking."""
    total = np.zeros(len(found.numbers))
    for scores, least in ((found.dense, -1.0), (found.lexical, 0.0)):
        ranks = np.empty(len(scores))
        ranks[_order(scores, found.numbers)] = np.arange(1, len(scores) + 1)
        total += np.where((scores > least) & (ranks <= _MOST), 1 / (_RRF_K + ranks), 0.0)
    return total


METHODS: dict[str, Callable[[Candidates], NDArray[np.float64]]] = {
    "bm25": lambda found: found.lexical.astype(np.float64),
    "dense": lambda found: found.dense.astype(np.float64),
    "rrf": reciprocal_ranks,
    "scores": without_sentences,
    "sentences": fused,
    "assistant": fused,
    "closely": fused,
}
"""By name, what `eval retrieval` compares: three baselines; then each addition on top of the one before: fused scores,
sentence vectors, spelling and other languages (which is what `search` does), the first papers read word by word (what
`ask` does)."""


def rank(
    index: Index, question: str, *, method: str = "assistant", filters: Filters | None = None
) -> list[tuple[int, float]]:
    """(paper number, score) of the at most 100 papers that fit a question best by a method, best first."""
    with index.steady():
        asked = understood(index, question)[0] if method in ("assistant", "closely") else question
        found = candidates(index, asked, index.embedder.embed([asked])[0], index.allowed(filters or Filters()))
    scores = METHODS[method](found)
    if method == "closely":
        return _closely(index, asked, found, ranked(found, scores))
    least = {"bm25": 0.0, "dense": -1.0, "rrf": 0.0}.get(method, -np.inf)  # a baseline ranks what it found, no more
    return [(number, score) for number, score in ranked(found, scores) if score > least]


def _closely(index: Index, question: str, found: Candidates, best: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """The same with the first papers read word by word; the others keep their place after them."""
    papers = index.store.by_numbers(number for number, _ in best[:DEPTH])
    first = [(number, score) for number, score in best[:DEPTH] if number in papers]
    read = reread(index, question, found.weights, [papers[n] for n, _ in first], [score for _, score in first])
    return [*((first[i][0], score) for i, score, _ in read), *best[DEPTH:]] if read else best


def ranked(found: Candidates, scores: NDArray[np.float64]) -> list[tuple[int, float]]:
    """(paper number, score), best first, ties by number, at most 100."""
    best = _order(scores, found.numbers)[:_MOST]
    return list(zip(found.numbers[best].tolist(), scores[best].tolist(), strict=True))


def _order(scores: NDArray[np.floating], numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    order: NDArray[np.int64] = np.lexsort((numbers, -scores))
    return order


def _share(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    positive = np.maximum(scores, 0.0).astype(np.float64)
    return positive / max(float(positive.max(initial=0.0)), 1e-9)


def _bounded(found: Candidates) -> NDArray[np.float64]:
    full = max(float(found.lexical.max(initial=0.0)), _KNOWN * sum(found.weights.values()), 1e-9)
    return found.lexical.astype(np.float64) / full
