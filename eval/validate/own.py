"""The scorer under test: `assistant.grounding.check`, given the vectors that it gets in use."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.chunks import Chunk, cutter
from assistant.embeddings import Embedder, with_spans
from assistant.grounding import Source, check
from assistant.sentences import Span, split

from .cache import VectorCache
from .pairs import Pair, Progress, Verdict

_BATCH = 50_000  # characters that are embedded, and kept, together

Vectors = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Own:
    """Our scorer as `Scorer`. Embeds each claim, and each source cut into chunks as the index cuts abstracts."""

    embedder: Embedder
    chunk_size: int
    cache: Path
    on_embedding: Progress
    name: str = "assistant"

    def judge(self, pairs: Sequence[Pair], on_progress: Progress) -> list[Verdict]:
        """See `Scorer.judge`. Not checkable is not scored: the scorer says nothing of such a sentence."""
        claims, sources = self._vectors(pairs)
        verdicts: list[Verdict | None] = [None] * len(pairs)
        # By source, so that what the scorer prepares of a source is prepared once.
        order = sorted(range(len(pairs)), key=lambda i: (pairs[i].source, pairs[i].title))
        on_progress(0, len(pairs))
        held: Source | None = None
        for done, i in enumerate(order, start=1):
            pair = pairs[i]
            if held is None or (held.text, held.title) != (pair.source, pair.title):
                held = Source(pair.source, tuple(split(pair.source)), pair.title, sources[pair.source])
            found = check(pair.claim, [held], claims[pair.claim][0])
            unscored = "not checkable" if found.label == "not_checkable" else ""
            verdicts[i] = Verdict(found.label == "supported", found.support, unscored, found.label == "partial")
            on_progress(done, len(pairs))
        return [one for one in verdicts if one is not None]

    def _vectors(self, pairs: Sequence[Pair]) -> tuple[Vectors, Vectors]:
        """Claim -> (1, dimension) and source -> (sentences, dimension)."""
        claims = list(dict.fromkeys(pair.claim for pair in pairs))
        sources = list(dict.fromkeys(pair.source for pair in pairs))
        total = len(claims) + len(sources)
        cache = VectorCache(self.cache / f"validation-{self._key('')[:8].hex()}.sqlite", self.embedder.dimension)
        try:
            said = self._held(cache, claims, self._embed_claims, lambda done: self.on_embedding(done, total))
            stated = self._held(
                cache, sources, self._embed_sources, lambda done: self.on_embedding(len(claims) + done, total)
            )
            return said, stated
        finally:
            cache.close()

    def _held(
        self,
        cache: VectorCache,
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], list[NDArray[np.float32]]],
        on_done: Callable[[int], None],
    ) -> Vectors:
        """The vectors of texts, those that the cache lacks embedded in batches, each kept before the next."""
        keys = {self._key(f"{embed.__name__} {text}"): text for text in texts}
        found = cache.get(list(keys))
        new = sorted((key for key in keys if key not in found), key=lambda key: len(keys[key]))
        before = itertools.accumulate((len(keys[key]) for key in new), initial=0)
        for _, group in itertools.groupby(zip(before, new, strict=False), lambda one: one[0] // _BATCH):
            part = [key for _, key in group]
            made = dict(zip(part, embed([keys[key] for key in part]), strict=True))
            cache.put(made)
            found |= made
            on_done(len(found))
        return {text: found[key] for key, text in keys.items()}

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(json.dumps([self.embedder.name, self.chunk_size, text]).encode()).digest()

    @cached_property
    def _cut(self) -> Callable[[str, str], list[Chunk]]:
        return cutter(self.embedder.tokenize, self.chunk_size)

    def _embed_claims(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        return list(self.embedder.embed(texts)[:, None, :])

    def _embed_sources(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """The sentences of each text, read within their chunk, as in the index."""
        chunks = [self._cut("", text) for text in texts]
        spans = [[(a - one.start, b - one.start) for a, b in one.sentences] for part in chunks for one in part]
        pieces = with_spans(self.embedder, [one.text for part in chunks for one in part], spans)[1]
        ends = np.cumsum([sum(len(one.sentences) for one in part) for part in chunks])[:-1]
        parts = zip(texts, chunks, np.split(pieces, ends), strict=True)
        return [_whole(split(text), own, said) for text, own, said in parts]


def _whole(sentences: Sequence[Span], chunks: Sequence[Chunk], pieces: NDArray[np.float32]) -> NDArray[np.float32]:
    """(sentences, dimension), unit: a sentence that is cut into several chunks has the mean of its pieces."""
    sums = np.zeros((len(sentences), pieces.shape[1]), np.float32)
    places = [span for one in chunks for span in one.sentences]
    at = 0
    for (start, _), piece in zip(places, pieces, strict=True):
        while sentences[at][1] <= start:
            at += 1
        sums[at] += piece
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    sums /= np.maximum(lengths, 1e-9)
    return sums
