"""Vectors kept on disk by the content of the text, so that a second validation embeds nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..kept import disk_faults

_AT_ONCE = 500  # keys in one query


class VectorCache:
    """Key -> matrix (rows, dimension), held in half precision, which moves a cosine by less than .001.

    One SQLite file below the home's `cache` folder, which may be deleted at any time; several processes may use it.
    Raises AssistantError where the disk refuses.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._dimension = dimension
        with disk_faults(self._path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=60)
            self._connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, rows BLOB NOT NULL)")

    def close(self) -> None:
        self._connection.close()

    def get(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """What is known of these keys."""
        found = {}
        with disk_faults(self._path):
            for start in range(0, len(keys), _AT_ONCE):
                part = keys[start : start + _AT_ONCE]
                query = f"SELECT key, rows FROM vectors WHERE key IN ({','.join('?' * len(part))})"
                for key, rows in self._connection.execute(query, part):
                    found[key] = np.frombuffer(rows, np.float16).reshape(-1, self._dimension).astype(np.float32)
        return found

    def put(self, matrices: dict[bytes, NDArray[np.float32]]) -> None:
        """Keeps these, all or none."""
        rows = [(key, matrix.astype(np.float16).tobytes()) for key, matrix in matrices.items()]
        with disk_faults(self._path), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
