"""Abstracts as sources of evidence: their sentences, with the vectors that the index holds of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .embeddings.weights import NAME as LOCAL
from .grounding import Source
from .hostile import harmless
from .index import Index
from .papers import Paper
from .sentences import Span, split

Places = Sequence[tuple[int, int, NDArray[np.float32]]]


class Sources:
    """Makes each abstract a source once, for the checks of one answer. Without an index, without vectors."""

    def __init__(self, index: Index | None = None) -> None:
        self._index = index
        self._made: dict[str, Source] = {}

    def of(self, papers: Iterable[Paper]) -> list[Source]:
        """The papers' abstracts, in order."""
        wanted = list(papers)
        new = {paper.id: paper for paper in wanted if paper.id not in self._made}
        held = self._held(list(new))
        for paper_id, paper in new.items():
            spans = tuple(split(paper.abstract))
            vectors = _aligned(spans, held.get(paper_id, ()))
            self._made[paper_id] = _source(paper, spans, vectors)
        return [self._made[paper.id] for paper in wanted]

    def vector(self, text: str) -> NDArray[np.float32] | None:
        """What a sentence of an answer says, to be held against the vectors of the sources; None if there are none."""
        return None if self._index is None or not self._is_read else self._index.embedder.embed([text])[0]

    @property
    def _is_read(self) -> bool:
        """Whether the scorer was fitted on vectors of this index's embedder; others mean nothing to it."""
        return self._index is not None and self._index.embedder.name == LOCAL

    def _held(self, paper_ids: Sequence[str]) -> dict[str, Places]:
        if self._index is None or not self._is_read:
            return {}
        numbers = {self._index.store.number(paper_id): paper_id for paper_id in paper_ids}
        return {numbers[number]: held for number, held in self._index.sentence_vectors(numbers).items()}


def _source(paper: Paper, spans: tuple[Span, ...], vectors: NDArray[np.float32] | None) -> Source:
    """The abstract as a source; a sentence that gives orders to a program proves nothing: blanks stand in its place."""
    fine = harmless(paper, spans)
    if all(fine):
        return Source(paper.abstract, spans, paper.title, vectors)
    text = paper.abstract
    for (start, end), keep in zip(spans, fine, strict=True):
        text = text if keep else text[:start] + " " * (end - start) + text[end:]
    kept = tuple(span for span, keep in zip(spans, fine, strict=True) if keep)
    return Source(text, kept, paper.title, None if vectors is None else vectors[fine])


def _aligned(sentences: Sequence[Span], places: Places) -> NDArray[np.float32] | None:
    """(sentences, dimension), unit: that of a sentence cut into several chunks is the mean of its pieces'.

    None where the index holds other sentences than these, as of a paper that has changed meanwhile.
    """
    pieces: list[list[NDArray[np.float32]]] = [[] for _ in sentences]
    for start, end, vectors in places:
        inside = [i for i, span in enumerate(sentences) if span[0] < end and start < span[1]]
        if len(inside) != len(vectors):
            return None
        for i, vector in zip(inside, vectors, strict=True):
            pieces[i].append(vector)
    if not all(pieces) or not pieces:
        return None
    means = np.array([np.mean(own, axis=0) for own in pieces], np.float32)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    unit: NDArray[np.float32] = means / np.maximum(lengths, 1e-9)
    return unit
