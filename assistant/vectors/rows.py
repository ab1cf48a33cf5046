"""A file of rows of one width that only grows, mapped into memory when it is read; and ranges of row numbers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGEST = 127
_NOTHING = 1e-30  # in place of the largest number of a row of zeros


class RowFile:
    """Rows of `width` numbers, without a header. Safe for readers beside one writer."""

    def __init__(self, path: Path, dtype: type[np.generic], width: int) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._width = width
        self._map: NDArray[Any] | None = None

    def __len__(self) -> int:
        """The whole rows in the file: a writer that died may have left a part of one at its end."""
        size = self._path.stat().st_size if self._path.exists() else 0
        return size // (self._width * self._dtype.itemsize)

    def write(self, first: int, values: NDArray[Any]) -> None:
        """Puts rows from number `first`, over anything a dead writer left there. On disk when it returns."""
        with self._path.open("r+b" if self._path.exists() else "w+b") as file:
            file.seek(first * self._width * self._dtype.itemsize)
            file.write(np.ascontiguousarray(values, self._dtype).tobytes())
            file.flush()
            os.fsync(file.fileno())

    def read(self, needed: int) -> NDArray[Any]:
        """The rows (n, width), at least `needed` of them."""
        held = self._map
        if held is None or len(held) < needed:
            held = self._map = np.asarray(np.memmap(self._path, self._dtype, "r", shape=(len(self), self._width)))
        return held


def rounded(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers (n, dimension) from -127 to 127, and of what (n,) each row of them is multiples."""
    largest = np.abs(vectors).max(axis=1, initial=_NOTHING)
    scale = (largest / _LARGEST).astype(np.float32)
    codes = np.clip(np.rint(vectors / scale[:, np.newaxis]), -_LARGEST, _LARGEST)
    return codes.astype(np.int8), scale


def spread(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """All row numbers of the ranges `first .. first + count`, without a Python loop."""
    ends = np.cumsum(count)
    rows: NDArray[np.int64] = np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - count), count)
    return rows
