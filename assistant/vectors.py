"""Memory-mapped chunk vectors: exact search over chosen papers, and the vectors of any paper's chunks.

`chunks.f32` holds one L2-normalised float32 vector a row, `chunks.rows` four int32 beside it: paper number, ordinal,
start, end. Rows are only ever added; papers.sqlite says which of them count, so a writer that dies leaves nothing
that a reader could see.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROW = 4  # number, ordinal, start, end


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk and its cosine similarity to the question."""

    number: int
    ordinal: int
    similarity: float


class Vectors:
    """The vectors of one build. Safe for readers beside one writer, who holds the corpus's lock."""

    def __init__(self, folder: Path, dimension: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._dimension = dimension
        self._vector_file = folder / "chunks.f32"
        self._row_file = folder / "chunks.rows"
        self._maps: tuple[NDArray[np.float32], NDArray[np.int32]] | None = None

    def write(self, first_row: int, vectors: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
        """Puts vectors (n, dimension) and rows (n, 4) at `first_row`, over anything a dead writer left there."""
        for path, array, width in (
            (self._vector_file, np.ascontiguousarray(vectors, np.float32), self._dimension),
            (self._row_file, np.ascontiguousarray(rows, np.int32), _ROW),
        ):
            with path.open("r+b" if path.exists() else "w+b") as file:
                file.seek(first_row * width * 4)
                file.write(array.tobytes())
                file.flush()
                os.fsync(file.fileno())  # before the rows are said to be done

    def read(self, first: int, count: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Vectors (count, dimension) and rows (count, 4) from row `first`."""
        vectors, rows = self._mapped(first + count)
        return vectors[first : first + count], rows[first : first + count]

    def search(self, query: NDArray[np.float32], papers: NDArray[np.int64], k: int) -> list[Hit]:
        """The k nearest chunks among `papers` (n, 3: number, first row, row count), exactly, nearest first."""
        wanted = _spread(papers[:, 1], papers[:, 2])
        if not len(wanted) or k < 1:
            return []
        vectors, rows = self._mapped(int(wanted.max()) + 1)
        similarities = vectors[wanted] @ query
        best = _largest(similarities, k)
        return [
            Hit(int(rows[row, 0]), int(rows[row, 1]), float(similarity))
            for row, similarity in zip(wanted[best], similarities[best], strict=True)
        ]

    def _mapped(self, needed: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        maps = self._maps
        if maps is None or min(map(len, maps)) < needed:  # a writer may have come between the two mappings
            vectors: NDArray[np.float32] = _map(self._vector_file, np.dtype(np.float32), self._dimension)
            rows: NDArray[np.int32] = _map(self._row_file, np.dtype(np.int32), _ROW)
            maps = self._maps = (vectors, rows)
        return maps


def _map(path: Path, dtype: np.dtype[Any], width: int) -> NDArray[Any]:
    # Whole rows only: a writer that died may have left a part of one at the end.
    return np.memmap(path, dtype, "r", shape=(path.stat().st_size // (width * dtype.itemsize), width))


def _spread(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """All row numbers of the ranges `first .. first + count`, without a Python loop."""
    ends = np.cumsum(count)
    rows: NDArray[np.int64] = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - count), count)
    return rows


def _largest(values: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The places of the k largest values, largest first, ties by place."""
    k = min(k, len(values))
    least = np.partition(values, -k)[-k]
    best = np.flatnonzero(values >= least)  # more than k where the last place is shared
    order: NDArray[np.int64] = best[np.lexsort((best, -values[best]))][:k]
    return order


def rows_of(number: int, spans: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    """The (n, 4) rows of a paper whose chunks have these spans."""
    rows = [(number, ordinal, start, end) for ordinal, (start, end) in enumerate(spans)]
    return np.array(rows, np.int32).reshape(-1, _ROW)
