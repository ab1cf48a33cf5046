"""Embeddings from an OpenAI-compatible server: chosen by name, never by a key that happens to be there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .. import tokens
from ..errors import ModelError
from .unit import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..llm import ModelSettings

_BATCH = 128  # texts a request


class ServedEmbedder:
    """An `Embedder` over a server's embeddings endpoint. Its dimension is asked for when it is made.

    Raises ModelError, as the written answers do, for every fault of the server.
    """

    max_tokens = 8191

    def __init__(self, model: str, settings: ModelSettings) -> None:
        self._model = model
        self._settings = settings
        self.name = f"openai:{model}"
        self.dimension = self._request(["dimension"]).shape[1]

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """(len(texts), dimension), L2-normalised."""
        parts = []
        for i in range(0, len(texts), _BATCH):
            part = [tokens.trim(text, self.max_tokens, self._model) or " " for text in texts[i : i + _BATCH]]
            parts.append(self._request(part))
            if on_progress:
                on_progress(len(part))
        return np.concatenate(parts) if parts else np.empty((0, self.dimension), np.float32)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, by the model's vocabulary."""
        return [len(self.tokenize(text)) for text in texts]

    def tokenize(self, text: str) -> list[int]:
        """The tokens of a text, by the model's vocabulary."""
        return tokens.encode(text, self._model)

    def _request(self, texts: list[str]) -> NDArray[np.float32]:
        from ..llm.serving import embeddings

        rows = embeddings(self._model, texts, self._settings)
        if len(rows) != len(texts) or len({len(row) for row in rows}) != 1:
            cure = "Use a server that gives one vector for each text."
            raise ModelError(f"The server gave {len(rows)} vectors for {len(texts)} texts.", cure=cure)
        return unit(rows, len(rows[0]))
