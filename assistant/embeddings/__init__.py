"""Texts to vectors: what an embedder is, and the local one that needs no key and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Embedder", "local"]


class Embedder(Protocol):
    """Turns texts into unit vectors; one instance may be shared by many threads."""

    name: str
    """Stored with an index: another name is another index."""
    dimension: int
    max_tokens: int
    """How many word pieces of a text are read, special tokens included; the rest is ignored."""

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """L2-normalised rows, (len(texts), dimension), in the order of `texts`.

        `on_progress` is called after each batch with the number of texts finished since its last call.
        """
        ...

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """The number of word pieces of each text, untruncated, without special tokens."""
        ...

    def tokenize(self, text: str) -> list[int]:
        """The ids of a text's word pieces, untruncated, without special tokens."""
        ...


def local(cache: Path | None = None) -> Embedder:
    """all-MiniLM-L6-v2 on onnxruntime, its weights found and verified (weights.py says where).

    `cache` keeps what was verified or downloaded; default: the platform's cache folder. Raises ModelError
    when the weights are nowhere to be had or are not the official ones.
    """
    from . import minilm, weights

    return minilm.MiniLM(weights.find(cache))
