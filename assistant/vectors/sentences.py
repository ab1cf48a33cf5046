"""Sentence vectors in int8 beside the chunk vectors: what a sentence alone says, for scoring papers already found.

`sentences.i8` holds a vector a row, `sentences.scale` the float32 that its whole numbers are multiples of, and
`sentences.ends`, one int64 for each row of the chunk vectors, the sentence row after that chunk's last. Like those, rows
are only ever added, and papers.sqlite says which of them count.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGEST = 127


class SentenceVectors:
    """The sentence vectors of one build. Safe for readers beside one writer, who holds the corpus's lock."""

    def __init__(self, folder: Path, dimension: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._vectors = _Rows(folder / "sentences.i8", np.dtype(np.int8), dimension)
        self._scales = _Rows(folder / "sentences.scale", np.dtype(np.float32), 1)
        self._ends = _Rows(folder / "sentences.ends", np.dtype(np.int64), 1)

    def write(self, first_chunk: int, vectors: NDArray[np.float32], counts: NDArray[np.int64]) -> None:
        """Puts vectors (n, dimension) of the sentences of the chunks from row `first_chunk`, counts[i] of them each."""
        first = int(self._ends.read(first_chunk)[first_chunk - 1, 0]) if first_chunk else 0
        scales = np.maximum(np.abs(vectors).max(axis=1, initial=0.0), 1e-12) / _LARGEST
        self._vectors.write(first, np.rint(vectors / scales[:, np.newaxis]))
        self._scales.write(first, scales)
        self._ends.write(first_chunk, first + np.cumsum(counts))

    def best(
        self, query: NDArray[np.float32], first: NDArray[np.int64], count: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """(papers,): the similarity of each paper's nearest sentence; a paper's chunks are `count` rows from `first`.

        A paper without a sentence gets 0. The rounding to int8 moves a similarity by less than 0.01.
        """
        best: NDArray[np.float32] = np.zeros(len(first), np.float32)
        if not len(first):
            return best
        ends = self._ends.read(int((first + count).max()))[:, 0]
        begin = np.where(first > 0, ends[np.maximum(first, 1) - 1], 0)
        sizes = ends[first + count - 1] - begin
        held = np.flatnonzero((sizes > 0) & (count > 0))
        starts = np.cumsum(sizes[held]) - sizes[held]
        rows = np.arange(sizes[held].sum()) + np.repeat(begin[held] - starts, sizes[held])
        if len(rows):
            needed = int(rows.max()) + 1
            vectors, scales = self._vectors.read(needed)[rows], self._scales.read(needed)[rows, 0]
            best[held] = np.maximum.reduceat((vectors.astype(np.float32) @ query) * scales, starts)
        return best


class _Rows:
    """A file of rows of one width, mapped into memory when read."""

    def __init__(self, path: Path, dtype: np.dtype[Any], width: int) -> None:
        self._path = path
        self._dtype = dtype
        self._width = width
        self._map: NDArray[Any] | None = None

    def write(self, first: int, values: NDArray[Any]) -> None:
        """Puts rows from number `first`, over anything a dead writer left there."""
        with self._path.open("r+b" if self._path.exists() else "w+b") as file:
            file.seek(first * self._width * self._dtype.itemsize)
            file.write(np.ascontiguousarray(values, self._dtype).tobytes())
            file.flush()
            os.fsync(file.fileno())  # before the rows are said to be done

    def read(self, needed: int) -> NDArray[Any]:
        """All rows, at least `needed` of them. Whole ones only: a dead writer may have left a part of one."""
        held = self._map
        if held is None or len(held) < needed:
            rows = self._path.stat().st_size // (self._width * self._dtype.itemsize)
            held = self._map = np.memmap(self._path, self._dtype, "r", shape=(rows, self._width))
        return held
