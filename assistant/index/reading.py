"""What a question asks of an open build: hits, similarities, words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from ..lexical import words
from ..store import Filters, Store
from ..vectors import Hit
from .files import BuildFiles
from .locks import ReadWriteLock

_SIMILAR = 30  # papers looked through for a misspelt word


class Reading:
    """The reading half of an Index. Where no build is open, nothing is found."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._files: BuildFiles | None = None
        self._guard = ReadWriteLock()  # readers: questions; writer: a change of build

    def steady(self) -> AbstractContextManager[None]:
        """While it is held, everything below is answered by one build: rows that one call gives fit the next call."""
        return self._guard.read()

    def dense(self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None) -> list[Hit]:
        """The k chunks nearest to a vector, nearest first: by Chroma, or exactly among the allowed papers."""
        with self._guard.read():
            if self._files is None:
                return []
            if allowed is None and not self._files.read_only:
                return self._files.dense.query(vector, k)
            if allowed is None:
                allowed = self.store.builds.allowed(self._files.build.id, Filters())
            return self._files.vectors.search(vector, allowed, k)

    def lexical(self, question: str, k: int, allowed: NDArray[np.int64] | None = None) -> list[tuple[int, float]]:
        """(paper number, BM25 score) of the k best papers."""
        with self._guard.read():
            if self._files is None:
                return []
            return self._files.lexical.search(question, k, None if allowed is None else allowed[:, 0])

    def allowed(self, filters: Filters) -> NDArray[np.int64] | None:
        """(papers, 3) of number, first row, row count that pass the filters; None where nothing is filtered."""
        with self._guard.read():
            if not filters or self._files is None:
                return None
            return self.store.builds.allowed(self._files.build.id, filters)

    def without_year(self, filters: Filters) -> int:
        """How many papers a year filter leaves out only because their year is unknown."""
        with self._guard.read():
            return self.store.builds.without_year(self._files.build.id, filters) if self._files is not None else 0

    def chunk_rows(self, numbers: Iterable[int]) -> dict[int, tuple[NDArray[np.float32], NDArray[np.int32]]]:
        """By paper number: its chunks' vectors (n, dimension) and rows (n, 4). Papers not whole are left out."""
        with self._guard.read():
            if self._files is None:
                return {}
            build = self._files.build.id
            found = self.store.builds.rows(build, numbers)
            return {rows.number: self._files.vectors.read(rows.first, rows.count) for rows in found}

    def sentence_vectors(self, numbers: Iterable[int]) -> dict[int, list[tuple[int, int, NDArray[np.float32]]]]:
        """By paper number: each chunk's start and end, and the vectors (sentences, dimension) of its sentences."""
        with self._guard.read():
            if self._files is None:
                return {}
            files = self._files
            found = self.store.builds.rows(files.build.id, numbers)
            places = {rows.number: files.vectors.read(rows.first, rows.count)[1][:, 2:].tolist() for rows in found}
            said = {rows.number: files.sentences.read(rows.first, rows.count) for rows in found}
            return {n: [(*span, own) for span, own in zip(places[n], said[n], strict=True)] for n in places}

    def similarities(
        self, vector: NDArray[np.float32], numbers: Sequence[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
        """(numbers, of the nearest chunk, of the nearest sentence) of those papers that are whole; (papers,) each."""
        with self._guard.read():
            rows = self.store.builds.rows(self._files.build.id, numbers) if self._files is not None else []
            found = [one for one in rows if one.count]
            if self._files is None or not found:
                return np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32)
            number, first, count = np.array([(one.number, one.first, one.count) for one in found]).T
            chunk = self._files.vectors.best(vector, first, count)
            return number, chunk, self._files.sentences.best(vector, first, count)

    def frequency(self, word: str) -> int:
        """In how many papers a word occurs, at most counted twice: once for titles and once for abstracts."""
        with self._guard.read():
            return self._files.lexical.frequency(word) if self._files is not None else 0

    def similar_words(self, word: str, faults: int, *, beginning: bool = False) -> set[str]:
        """Words, in lower case, of some papers that have a word with at most so many faults to this one.

        Stems are compared; with `beginning`, the first letters.
        """
        with self._guard.read():
            if self._files is None:
                return set()
            numbers = self._files.lexical.similar(word, faults, _SIMILAR, beginning=beginning)
        return {word for paper in self.store.by_numbers(numbers).values() for word in words(paper.abstract)}

    def term_weights(self, text: str) -> dict[str, float]:
        """The idf of each stem of a text in this corpus: ln((N + 1) / (df + 0.5)), at least 0."""
        with self._guard.read():
            if self._files is None:
                return {}
            lexical = self._files.lexical
            total = len(lexical) + 1
            # What was deleted counts until tantivy merges, so a word of all papers may seem to be in more than all.
            odds = {stem: total / (lexical.document_frequency(stem) + 0.5) for stem in lexical.stems(text)}
            return {stem: float(np.log(max(ratio, 1.0))) for stem, ratio in odds.items()}

    def stems(self, text: str) -> list[str]:
        """The terms that a text is indexed under, in order."""
        with self._guard.read():
            return self._files.lexical.stems(text) if self._files is not None else []
