"""Texts to vectors: what an embedder is, and the local one that needs no key and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from ..errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from numpy.typing import NDArray

    from ..llm import ModelSettings

    Span = tuple[int, int]

__all__ = ["Embedder", "SpanEmbedder", "adapted", "chosen", "local", "with_spans"]


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


class SpanEmbedder(Embedder, Protocol):
    """An embedder that pools the vectors of a text's parts out of one reading of the whole."""

    def embed_spans(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]], on_progress: Callable[[int], None] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(len(texts), dimension), and (number of spans, dimension) in the order of texts and spans; L2-normalised.

        A span's vector is the mean over its own word pieces, which have seen the whole text ("late chunking", Guenther
        et al. 2024, arXiv 2409.04701); it costs nothing beyond the text's. A span past `max_tokens` gets zeros.
        """
        ...


def with_spans(
    embedder: Embedder,
    texts: Sequence[str],
    spans: Sequence[Sequence[Span]],
    on_progress: Callable[[int], None] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What `SpanEmbedder.embed_spans` gives; an embedder that cannot do it reads the spans as texts of their own."""
    if hasattr(embedder, "embed_spans"):
        return cast("SpanEmbedder", embedder).embed_spans(texts, spans, on_progress)
    parts = [text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own]
    return embedder.embed(texts, on_progress), embedder.embed(parts)


def local(cache: Path | None = None) -> Embedder:
    """all-MiniLM-L6-v2 on onnxruntime, its weights found and verified (weights.py says where).

    `cache` keeps what was verified or downloaded; default: the platform's cache folder. Raises ModelError
    when the weights are nowhere to be had or are not the official ones.
    """
    from . import minilm, weights

    return minilm.MiniLM(weights.find(cache))


def chosen(name: str, server: ModelSettings) -> Embedder:
    """The embedder that a setting names: `minilm`, or `openai:MODEL` on the server of `server`.

    Raises SettingsError for another name, ModelError where the model cannot be had.
    """
    if name == "minilm":
        return local()
    kind, _, model = name.partition(":")
    if kind != "openai" or not model:
        raise SettingsError(f"The embedder is {name!r}.", cure="Use minilm, or openai:MODEL.")
    from .served import ServedEmbedder

    return ServedEmbedder(model, server)


def adapted(embedder: Embedder | BaseEmbedding) -> Embedder:
    """The embedder itself, or the one that a LlamaIndex BaseEmbedding makes."""
    if not hasattr(embedder, "get_text_embedding_batch"):
        return embedder
    from .llama_index import LlamaIndexEmbedder

    return LlamaIndexEmbedder(cast("BaseEmbedding", embedder))
