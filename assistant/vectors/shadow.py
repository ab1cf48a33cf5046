"""The chunk vectors once more in int8, a quarter of their size: quickly, which of them can be among the nearest at all.

`chunks.i8` holds a vector a row as whole numbers, `chunks.i8.facts` three float32 beside it: what the numbers are
multiples of, how far the vector lies from its rounded self, and that one's length.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .rows import RowFile, rounded

_THREADS = min(4, os.cpu_count() or 1)
_PART = 20_000  # rows that a thread takes at once
_WORTH_PICKING = 8  # one row in so many: fewer are copied out, for more it is quicker to go through all
_FLOAT_SLACK = 1e-5  # more than float32 arithmetic on these few numbers can be wrong by, as a share


class Shadow:
    """The rounded vectors of one build. The first `len(shadow)` rows of its chunk vectors are in it."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._codes = RowFile(folder / "chunks.i8", np.int8, dimension)
        self._facts = RowFile(folder / "chunks.i8.facts", np.float32, 3)

    def __len__(self) -> int:
        return min(len(self._codes), len(self._facts))

    def write(self, first_row: int, vectors: NDArray[np.float32]) -> None:
        """Puts vectors (n, dimension) at `first_row`."""
        codes, facts = _with_facts(vectors)
        self._codes.write(first_row, codes)
        self._facts.write(first_row, facts)

    def near(self, query: NDArray[np.float32], rows: NDArray[np.int64], k: int) -> NDArray[np.int64]:
        """Those of `rows` that can be among the k nearest to the query: every one that is, and few others.

        A vector x = x' + e and a query q = q' + f, rounded to x' and q', have the product x.q = x'.q' + x'.f + e.q, and
        the last two terms are at most |x'||f| + |e||q| (Cauchy and Schwarz). So x.q lies between two known ends, and a
        vector whose upper end is below the k-th largest lower end is not among the k nearest.
        """
        if len(rows) <= k:
            return rows
        needed = int(rows.max()) + 1
        codes, facts = self._codes.read(needed)[:needed], self._facts.read(needed)[:needed]
        if len(rows) * _WORTH_PICKING < needed:
            low, high = _ends(query, codes[rows], facts[rows])
        else:
            low, high = (ends[rows] for ends in _ends(query, codes, facts))
        least = np.partition(low, -k)[-k]
        near: NDArray[np.int64] = rows[high >= least]
        return near


def _with_facts(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Codes (n, dimension) and facts (n, 3): scale, error, length. The last two are never less than the truth."""
    codes, scale = rounded(vectors)
    near = codes * scale[:, np.newaxis].astype(np.float64)
    error, length = np.linalg.norm(vectors - near, axis=1), np.linalg.norm(near, axis=1)
    above = [np.nextafter(value.astype(np.float32), np.float32(np.inf)) for value in (error, length)]
    return codes, np.stack([scale, *above], axis=1)


def _ends(
    query: NDArray[np.float32], codes: NDArray[np.int8], facts: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n,) twice: what the products of the true vectors with the query are not below, and not above."""
    import numkong

    query_codes, query_facts = _with_facts(query[np.newaxis])
    query_scale, query_error, _ = query_facts[0]
    query_length = float(np.linalg.norm(query.astype(np.float64)))

    def part(rows: slice) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        scale, error, length = facts[rows].T
        products = np.asarray(numkong.cdist(query_codes, codes[rows], "dot"))[0]  # whole numbers, exact
        middle = products.astype(np.float32) * (scale * query_scale)
        doubt = error * np.float32(query_length * (1 + _FLOAT_SLACK))
        doubt += length * np.float32(query_error + _FLOAT_SLACK * query_length)
        return middle - doubt, middle + doubt

    parts = [slice(start, start + _PART) for start in range(0, len(codes), _PART)]
    with ThreadPoolExecutor(min(_THREADS, len(parts))) as pool:
        low, high = zip(*pool.map(part, parts), strict=True)
    return np.concatenate(low), np.concatenate(high)
