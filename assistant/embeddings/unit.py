"""Vectors of any origin as an index wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def unit(rows: Sequence[Sequence[float]], dimension: int) -> NDArray[np.float32]:
    """(len(rows), dimension), L2-normalised; a vector of zeros stays one."""
    matrix = np.asarray(rows, np.float32).reshape(-1, dimension)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (matrix / np.maximum(lengths, 1e-12)).astype(np.float32, copy=False)
    return scaled
