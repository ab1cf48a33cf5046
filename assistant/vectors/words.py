"""Vectors of the words of papers, each read in its context; those of the papers read last are kept in memory."""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embedder, SpanEmbedder
from ..papers import Paper
from ..sentences import Span, split

_WORD = re.compile(r"\w(?:[\w.%^{}+-]{0,60}\w)?")
_TOGETHER = 120  # words that are read in one go, by whole sentences: about 200 word pieces
_MOST = 12  # such parts of an abstract: what is no abstract is not read to its end
_KEPT = 400  # papers in memory, of about 170 kB each


@dataclass(frozen=True, slots=True, eq=False)
class PaperWords:
    """vectors: (words, dimension), unit, float16. places: (words,), ascending: 0 for those of the title, n for those of
    the n-th sentence of the abstract."""

    vectors: NDArray[np.float16]
    places: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Part:
    """Some text of a paper that is read in one go; sentence `first` + i of its places begins at `starts[i]`."""

    text: str
    first: int
    starts: tuple[int, ...]

    def place(self, at: int) -> int:
        return self.first + bisect_right(self.starts, at) - 1


class WordVectors:
    """Reads texts word by word, and papers only once; safe to share between threads."""

    def __init__(self, embedder: Callable[[], Embedder]) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[tuple[str, str], PaperWords] = OrderedDict()
        self._guard = threading.Lock()

    @property
    def can_read(self) -> bool:
        """Whether the embedder tells the words of a text apart. One that would be asked for each word alone, and paid,
        does not."""
        return hasattr(self._embedder(), "embed_spans")

    def of_text(self, text: str) -> tuple[list[str], NDArray[np.float32]]:
        """The words of a text that is read in one go, and their vectors (words, dimension)."""
        spans = _spans(text)
        return [text[start:end] for start, end in spans], self._read([text], [spans])

    def of_papers(self, papers: Sequence[Paper]) -> list[PaperWords]:
        """Those of each paper, in order."""
        keys = [(paper.title, paper.abstract) for paper in papers]
        with self._guard:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        new = [key for key in dict.fromkeys(keys) if key not in found]
        found |= dict(zip(new, self._new(new), strict=True))
        with self._guard:
            for key in keys:
                self._kept[key] = found[key]
                self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return [found[key] for key in keys]

    def _new(self, papers: Sequence[tuple[str, str]]) -> Iterator[PaperWords]:
        """Those of (title, abstract) pairs, all read together."""
        parts = [[_Part(title, 0, (0,)), *_parts(abstract)] for title, abstract in papers]
        read = [part for own in parts for part in own]
        most = self._embedder().max_tokens  # of a longer text it reads no more words
        spans = [_spans(part.text)[:most] for part in read]
        vectors = self._read([part.text for part in read], spans).astype(np.float16)
        places = iter([[part.place(start) for start, _ in own] for part, own in zip(read, spans, strict=True)])
        done = 0
        for own in parts:
            placed = np.array([place for _ in own for place in next(places)], np.int32)
            yield PaperWords(vectors[done : done + len(placed)].copy(), placed)  # a view would keep all of them
            done += len(placed)

    def _read(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> NDArray[np.float32]:
        return cast("SpanEmbedder", self._embedder()).embed_spans(texts, spans)[1]


def _spans(text: str) -> list[Span]:
    return [found.span() for found in _WORD.finditer(text)]


def _parts(abstract: str) -> Iterator[_Part]:
    """Neighbouring sentences together, up to so many words."""
    first, words, starts = 1, 0, list[int]()
    parts, begin, last = 0, 0, 0
    for number, (start, end) in enumerate(split(abstract), start=1):
        own = len(abstract[start:end].split())
        if starts and words + own > _TOGETHER:
            yield _Part(abstract[begin:last], first, tuple(starts))
            starts, words, parts = [], 0, parts + 1
            if parts == _MOST:
                return
        if not starts:
            first, begin = number, start
        starts.append(start - begin)
        words, last = words + own, end
    if starts:
        yield _Part(abstract[begin:last], first, tuple(starts))
