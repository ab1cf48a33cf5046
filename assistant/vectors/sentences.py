"""Sentence vectors in int8 beside the chunk vectors: what a sentence alone says, for scoring papers already found.

`sentences.i8` holds a vector a row, `sentences.scale` the float32 that its whole numbers are multiples of, and
`sentences.ends`, one int64 for each row of the chunk vectors, the sentence row after that chunk's last. Like those,
rows are only ever added, and papers.sqlite says which of them count.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .rows import RowFile, rounded, spread


class SentenceVectors:
    """The sentence vectors of one build. Safe for readers beside one writer, who holds the corpus's lock."""

    def __init__(self, folder: Path, dimension: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._vectors = RowFile(folder / "sentences.i8", np.int8, dimension)
        self._scales = RowFile(folder / "sentences.scale", np.float32, 1)
        self._ends = RowFile(folder / "sentences.ends", np.int64, 1)

    def write(self, first_chunk: int, vectors: NDArray[np.float32], counts: NDArray[np.int64]) -> None:
        """Puts vectors (n, dimension) of the sentences of the chunks from row `first_chunk`, counts[i] of them each."""
        first = int(self._ends.read(first_chunk)[first_chunk - 1, 0]) if first_chunk else 0
        codes, scales = rounded(vectors)
        self._vectors.write(first, codes)
        self._scales.write(first, scales)
        self._ends.write(first_chunk, first + np.cumsum(counts))

    def read(self, first: int, count: int) -> list[NDArray[np.float32]]:
        """For each of `count` chunks from row `first`: the vectors (sentences, dimension) of its sentences."""
        if not count:
            return []
        ends = self._ends.read(first + count)[:, 0]
        begin = int(ends[first - 1]) if first else 0
        last = int(ends[first + count - 1])
        vectors = self._vectors.read(last)[begin:last].astype(np.float32) * self._scales.read(last)[begin:last]
        return np.split(vectors, ends[first : first + count - 1] - begin)

    def best(
        self, query: NDArray[np.float32], first: NDArray[np.int64], count: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """(papers,): the similarity of each paper's nearest sentence; a paper's chunks are `count` rows from `first`.

        A paper without a sentence gets 0. The rounding to int8 moves a similarity by about 0.001.
        """
        best: NDArray[np.float32] = np.zeros(len(first), np.float32)
        if not len(first):
            return best
        ends = self._ends.read(int((first + count).max()))[:, 0]
        begin = np.where(first > 0, ends[np.maximum(first, 1) - 1], 0)
        sizes = ends[first + count - 1] - begin
        held = np.flatnonzero((sizes > 0) & (count > 0))
        rows = spread(begin[held], sizes[held])
        if len(rows):
            starts = np.cumsum(sizes[held]) - sizes[held]
            needed = int(rows.max()) + 1
            vectors, scales = self._vectors.read(needed)[rows], self._scales.read(needed)[rows, 0]
            # Not `@`: the threads of BLAS go on spinning after it and take a core from who comes next.
            similarities = np.einsum("ij,j->i", vectors.astype(np.float32), query) * scales
            best[held] = np.maximum.reduceat(similarities, starts)
        return best
