"""Any LlamaIndex BaseEmbedding as an Embedder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .. import tokens
from .unit import unit

if TYPE_CHECKING:
    import numpy as np
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from numpy.typing import NDArray


class LlamaIndexEmbedder:
    """An `Embedder` over a LlamaIndex embedding. It has no tokenizer of its own, so tiktoken sizes the chunks."""

    max_tokens = 512

    def __init__(self, embedding: BaseEmbedding) -> None:
        self._embedding = embedding
        self.name = f"llama-index:{embedding.model_name}"
        self.dimension = len(embedding.get_text_embedding("dimension"))

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """(len(texts), dimension), L2-normalised."""
        rows = self._embedding.get_text_embedding_batch(list(texts)) if texts else []
        if on_progress:
            on_progress(len(texts))
        return unit(rows, self.dimension)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, by tiktoken."""
        return [len(self.tokenize(text)) for text in texts]

    def tokenize(self, text: str) -> list[int]:
        """The tokens of a text, by tiktoken."""
        return tokens.encode(text)
