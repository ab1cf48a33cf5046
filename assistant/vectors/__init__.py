"""Memory-mapped chunk vectors: exact search over chosen papers, and the vectors of any paper's chunks.

`chunks.f32` holds one L2-normalised float32 vector a row, `chunks.rows` four int32 beside it: paper number, ordinal,
start, end. Rows are only ever added; papers.sqlite says which of them count, so a writer that dies leaves nothing
that a reader could see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .rows import RowFile, spread
from .shadow import Shadow

__all__ = ["Hit", "Vectors", "rows_of"]

_ROW = 4  # number, ordinal, start, end
_FEW = 2_000  # rows that are as quickly multiplied as picked from
_BLOCK = 8_000  # rows held in float64 at once


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk and its cosine similarity to the question."""

    number: int
    ordinal: int
    similarity: float


class Vectors:
    """The vectors of one build. Safe for readers beside one writer, who holds the corpus's lock."""

    def __init__(self, folder: Path, dimension: int, *, read_only: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._vectors = RowFile(folder / "chunks.f32", np.float32, dimension)
        self._rows = RowFile(folder / "chunks.rows", np.int32, _ROW)
        self._shadow = Shadow(folder, dimension)
        # A build from before there was a shadow has none, and a writer may have died before it wrote its own.
        held = 0 if read_only else len(self._vectors)
        for first in range(len(self._shadow), held, _BLOCK):
            self._shadow.write(first, self._vectors.read(held)[first : first + _BLOCK])

    def write(self, first_row: int, vectors: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
        """Puts vectors (n, dimension) and rows (n, 4) at `first_row`, over anything a dead writer left there."""
        self._vectors.write(first_row, vectors)
        self._rows.write(first_row, rows)
        self._shadow.write(first_row, vectors)

    def read(self, first: int, count: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Vectors (count, dimension) and rows (count, 4) from row `first`."""
        chosen = slice(first, first + count)
        return self._vectors.read(first + count)[chosen], self._rows.read(first + count)[chosen]

    def best(
        self, query: NDArray[np.float32], first: NDArray[np.int64], count: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """(papers,): the similarity of each paper's nearest chunk; its rows are `count` (at least one) from `first`."""
        rows = spread(first, count)
        similarities = np.einsum("ij,j->i", self._vectors.read(int(rows.max()) + 1)[rows], query)
        best: NDArray[np.float32] = np.maximum.reduceat(similarities, np.cumsum(count) - count)
        return best

    def search(self, query: NDArray[np.float32], papers: NDArray[np.int64], k: int) -> list[Hit]:
        """The k nearest chunks among `papers` (n, 3: number, first row, row count), exactly, nearest first.

        Equally near ones stand in the order of their numbers and ordinals.
        """
        wanted = spread(papers[:, 1], papers[:, 2])
        if not len(wanted) or k < 1:
            return []
        needed = int(wanted.max()) + 1
        if len(wanted) > _FEW and needed <= len(self._shadow):
            wanted = self._shadow.near(query, wanted, k)
        similarities = _similarities(self._vectors.read(needed), wanted, query)
        named = self._rows.read(needed)[wanted]
        best = np.lexsort((named[:, 1], named[:, 0], -similarities))[:k]
        return [
            Hit(int(number), int(ordinal), float(similarity))
            for (number, ordinal, *_), similarity in zip(named[best], similarities[best], strict=True)
        ]


def _similarities(
    vectors: NDArray[np.float32], wanted: NDArray[np.int64], query: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(n,): summed in float64, for every row in one order: equal vectors are equally near wherever they lie."""
    exact = query.astype(np.float64)
    blocks = (wanted[first : first + _BLOCK] for first in range(0, len(wanted), _BLOCK))
    sums = [np.einsum("ij,j->i", vectors[rows].astype(np.float64), exact) for rows in blocks]
    return np.concatenate(sums, dtype=np.float32)


def rows_of(number: int, spans: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    """The (n, 4) rows of a paper whose chunks have these spans."""
    rows = [(number, ordinal, start, end) for ordinal, (start, end) in enumerate(spans)]
    return np.array(rows, np.int32).reshape(-1, _ROW)
