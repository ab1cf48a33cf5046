"""Pairs of claim and source as the scorer sees them: embedded, examined, and examined again with sources exchanged."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.embeddings import Embedder, with_spans
from assistant.grounding import Source
from assistant.grounding.examine import Examined, examine
from assistant.grounding.features import Features
from assistant.sentences import split

from .sets import Pair

Floats = NDArray[np.float64]
NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Examples:
    """A set: its pairs, what was found of each, and features (pairs, features) with the vectors and without; `shuffled`
    is the first with the sources dealt out anew among the pairs. The columns are `NAMES`."""

    pairs: Sequence[Pair]
    examined: Sequence[Examined | None]
    vectors: Floats
    words: Floats
    shuffled: Floats
    shuffled_words: Floats

    @property
    def supported(self) -> NDArray[np.bool_]:
        return np.array([pair.supported for pair in self.pairs])


def prepare(name: str, pairs: Sequence[Pair], embedder: Embedder, cache: Path | None) -> Examples:
    """Embeds and examines a set."""
    sources, claims = embedded(name, pairs, embedder, cache)
    dealt = list(pairs)
    random.Random(1).shuffle(dealt)  # noqa: S311 - no secret

    def examined(vectors: bool, whose: Sequence[Pair]) -> list[Examined | None]:
        both = zip(pairs, whose, strict=True)
        return [examine(own.claim, [sources[it]], claims[own.claim] if vectors else None) for own, it in both]

    found = examined(True, pairs)
    rest = [_rows(examined(vectors, whose)) for vectors, whose in ((False, pairs), (True, dealt), (False, dealt))]
    return Examples(pairs, found, _rows(found), *rest)


def _rows(found: Sequence[Examined | None]) -> Floats:
    nothing = [0.0] * len(NAMES)
    return np.array([list(asdict(one.features).values()) if one else nothing for one in found])


def embedded(
    name: str, pairs: Sequence[Pair], embedder: Embedder, cache: Path | None
) -> tuple[dict[Pair, Source], dict[str, NDArray[np.float32]]]:
    """The source of each pair with its sentences' vectors, and the vector of each claim; kept in the folder `cache`."""
    claims = sorted({pair.claim for pair in pairs})
    texts = sorted({pair.source for pair in pairs})
    spans = {text: tuple(split(text)) for text in texts}
    key = hashlib.sha256("\0".join([embedder.name, *claims, "", *texts]).encode()).hexdigest()[:16]
    file = cache / f"{name}-{key}.npz" if cache else None
    if file and file.is_file():
        held = np.load(file)
        own, parts = held["claims"], held["sentences"]
    else:
        own, parts = embedder.embed(claims), sentence_vectors(texts, [spans[text] for text in texts], embedder)
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(file, claims=own, sentences=parts)
    cuts = np.split(parts, np.cumsum([len(spans[text]) for text in texts])[:-1])
    vectors = dict(zip(texts, cuts, strict=True))
    sources = {pair: Source(pair.source, spans[pair.source], pair.title, vectors[pair.source]) for pair in pairs}
    return sources, dict(zip(claims, own, strict=True))


def sentence_vectors(
    texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]], embedder: Embedder
) -> NDArray[np.float32]:
    """(all sentences, dimension): as an index makes them, read in chunks; that of a sentence in two is their mean."""
    from assistant.chunks import cutter
    from assistant.settings import Settings

    cut = cutter(embedder.tokenize, Settings.load().chunk_size)
    chunks = [(at, chunk) for at, text in enumerate(texts) for chunk in cut("", text)]
    inside = [[(start - chunk.start, end - chunk.start) for start, end in chunk.sentences] for _, chunk in chunks]
    _, parts = with_spans(embedder, [chunk.text for _, chunk in chunks], inside)
    firsts = np.cumsum([0, *map(len, spans)])
    rows = [
        int(firsts[at]) + next(i for i, (first, last) in enumerate(spans[at]) if first < end and start < last)
        for at, chunk in chunks
        for start, end in chunk.sentences
    ]
    summed = np.zeros((int(firsts[-1]), embedder.dimension), np.float32)
    np.add.at(summed, rows, parts)
    lengths = np.linalg.norm(summed, axis=1, keepdims=True).astype(np.float32)
    vectors: NDArray[np.float32] = summed / np.maximum(lengths, 1e-9)
    return vectors
