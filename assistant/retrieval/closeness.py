"""Late interaction: how near each word of a question comes to a word of a paper, and of each of its sentences.

Khattab and Zaharia, "ColBERT", SIGIR 2020, with the vectors that the embedder gives words in their context; each word
of the question counts by the root of its idf.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..index import Index
from ..papers import Paper
from ..vectors.words import PaperWords

DEPTH = 16  # papers that are read word by word, half a second of work; more find hardly more
_WEIGHT = 8.0  # of the closeness, divided by its largest, beside the fused score of 3.2 at most


@dataclass(frozen=True, slots=True, eq=False)
class Closeness:
    """words: those of the question that say what it is about, known to the corpus or not. weights: (words,), the roots
    of their idf, which sum to 1. best: (1 + sentences, words), the cosine of the nearest word in the title (first row)
    and in each sentence of the abstract, up to the last that was read; 0 where none is near."""

    words: tuple[str, ...]
    weights: NDArray[np.float64]
    best: NDArray[np.float32]

    @property
    def paper(self) -> float:
        """Of the whole paper: the weighted mean of its best over the question's words."""
        return float(self.best.max(axis=0) @ self.weights)


def closeness(index: Index, question: str, idf: Mapping[str, float], papers: Sequence[Paper]) -> list[Closeness]:
    """That of each paper, in order, by the idf of the question's stems; none where the embedder does not tell words
    apart, or no word has weight."""
    if not index.words.can_read:
        return []
    words, vectors = index.words.of_text(question)
    weights = np.sqrt([max((idf.get(stem, 0.0) for stem in index.stems(word)), default=0.0) for word in words])
    kept = weights > 0
    if not kept.any():
        return []
    known, share = tuple(np.array(words)[kept].tolist()), weights[kept] / weights[kept].sum()
    return [Closeness(known, share, _best(vectors[kept], read)) for read in index.words.of_papers(papers)]


def reread(
    index: Index, question: str, idf: Mapping[str, float], papers: Sequence[Paper], scores: Sequence[float]
) -> list[tuple[int, float, Closeness]]:
    """(place among the papers, fused score and closeness together, closeness) of each, best first; none where they
    cannot be read."""
    close = closeness(index, question, idf, papers)
    most = max([1e-9, *(one.paper for one in close)])
    read = [(i, scores[i] + _WEIGHT * one.paper / most, one) for i, one in enumerate(close)]
    return sorted(read, key=lambda one: -one[1])


def _best(asked: NDArray[np.float32], read: PaperWords) -> NDArray[np.float32]:
    """(1 + sentences, words asked)."""
    best = np.zeros((int(read.places.max(initial=0)) + 1, len(asked)), np.float32)
    if len(read.places):
        near = read.vectors.astype(np.float32) @ asked.T
        np.maximum.at(best, read.places, near)
    return best
