"""Index: one corpus opened for questions and for changes, safe beside other processes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embedder
from ..errors import IndexBusy, IndexMismatch
from ..lexical import words
from ..papers import Paper
from ..store import Filters, Store
from ..store.builds import DERIVED_SCHEMA
from ..vectors import Hit
from .files import BuildFiles, Prepared, Work, delete_old, prepare
from .locks import ReadWriteLock, file_lock

__all__ = ["Index"]

_WAIT_TO_WRITE = 300.0  # seconds; others hold the lock for one batch at a time
_SIMILAR = 30  # papers looked through for a misspelt word
_WAIT_TO_READ = 2.0  # seconds; after that a question is answered from the generation at hand


class Index:
    """A corpus: papers.sqlite and its active build. Share one between threads; close it, or use `with`.

    Raises IndexMismatch where the active build was made by another embedder, IndexBusy where another process holds the
    corpus for too long.
    """

    def __init__(self, folder: Path, embedder: Callable[[], Embedder], *, chunk_size: int = 128) -> None:
        self.folder = folder
        self.store = Store(folder / "papers.sqlite")
        self._embedder = embedder
        self._chunk_size = chunk_size
        self._files: BuildFiles | None = None
        self._generation = -1
        self._guard = ReadWriteLock()  # readers: questions; writer: a change of build

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of every file. Closing twice is harmless."""
        with self._guard.write():
            if self._files is not None:
                self._files.close()
            self._files = None
            self._generation = -1
        self.store.close()

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded when first needed."""
        return self._embedder()

    @property
    def fingerprint(self) -> str:
        """Names the build and its generation: equal fingerprints answer alike."""
        build = self.store.builds.active
        return f"{build.id}@{self.store.builds.generation}" if build else "empty"

    # Reading

    def refresh(self) -> None:
        """Sees what other processes have committed. With an index at hand it waits at most two seconds for them."""
        files, builds = self._files, self.store.builds
        if builds.active is None:
            return
        if files is not None and builds.generation == self._generation == files.dense.generation:
            return
        # A build that was swapped out may be deleted by now, and a reopening may have failed.
        usable = files is not None and files.dense.generation >= 0 and files.build.id in builds.ids()
        try:
            with self.locked(_WAIT_TO_READ if usable else _WAIT_TO_WRITE):
                pass
        except IndexBusy:
            if not usable:
                raise

    def steady(self) -> AbstractContextManager[None]:
        """While it is held, everything below is answered by one build: rows that one call gives fit the next call."""
        return self._guard.read()

    def dense(self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None = None) -> list[Hit]:
        """The k chunks nearest to a vector, nearest first: by Chroma, or exactly among the allowed papers."""
        with self._guard.read():
            if self._files is None:
                return []
            if allowed is None:
                return self._files.dense.query(vector, k)
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

    def chunk_rows(self, numbers: Iterable[int]) -> dict[int, tuple[NDArray[np.float32], NDArray[np.int32]]]:
        """By paper number: its chunks' vectors (n, dimension) and rows (n, 4). Papers not whole are left out."""
        with self._guard.read():
            if self._files is None:
                return {}
            build = self._files.build.id
            found = self.store.builds.rows(build, numbers)
            return {rows.number: self._files.vectors.read(rows.first, rows.count) for rows in found}

    def similarities(
        self, vector: NDArray[np.float32], numbers: Sequence[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
        """(numbers, of the nearest chunk, of the nearest sentence) of those papers that are whole; (papers,) each."""
        with self._guard.read():
            found = self.store.builds.rows(self._files.build.id, numbers) if self._files is not None else []
            if self._files is None or not found:
                return np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32)
            first, count = (np.array([getattr(rows, name) for rows in found]) for name in ("first", "count"))
            chunk = [(self._files.vectors.read(rows.first, rows.count)[0] @ vector).max() for rows in found]
            sentence = self._files.sentences.best(vector, first, count)
            return np.array([rows.number for rows in found]), np.array(chunk, np.float32), sentence

    def frequency(self, word: str) -> int:
        """In how many papers a word occurs, at most counted twice: once for titles and once for abstracts."""
        with self._guard.read():
            return self._files.lexical.frequency(word) if self._files is not None else 0

    def similar_words(self, word: str, faults: int) -> set[str]:
        """Words, in lower case, of some papers that have a word with at most so many faults to this one."""
        with self._guard.read():
            if self._files is None:
                return set()
            numbers = self._files.lexical.similar(word, faults, _SIMILAR)
        return {word for paper in self.store.by_numbers(numbers).values() for word in words(paper.abstract)}

    def term_weights(self, text: str) -> dict[str, float]:
        """The idf of each stem of a text in this corpus: ln((N + 1) / (df + 0.5))."""
        with self._guard.read():
            if self._files is None:
                return {}
            lexical = self._files.lexical
            total = len(lexical)
            return {s: float(np.log((total + 1) / (lexical.document_frequency(s) + 0.5))) for s in lexical.stems(text)}

    def stems(self, text: str) -> list[str]:
        """The terms that a text is indexed under, in order."""
        with self._guard.read():
            return self._files.lexical.stems(text) if self._files is not None else []

    # Holding the corpus

    @contextmanager
    def locked(self, seconds: float = _WAIT_TO_WRITE) -> Iterator[None]:
        """Holds the corpus's file lock, with dead writers' work repaired and this process caught up."""
        with file_lock(self.folder / "lock", seconds, "written"):
            self._repair()
            self._catch_up()
            yield

    def _repair(self) -> None:
        """Finishes what a dead writer announced. Under the file lock an unfinished row can be nobody else's."""
        build = self.store.builds.active
        if build is None:
            return
        work = Work(*self.store.builds.unfinished(build.id))
        if work:
            # The dead writer raised no generation: a client opened before it died looks fresh, and its next write
            # would damage the index.
            self._catch_up(reopen=True)
            assert self._files is not None, "there is an active build"
            self._files.dense.forget([*work.pending, *work.removing])
            self.write(work)

    def _catch_up(self, *, reopen: bool = False) -> None:
        build = self.store.builds.active
        if build is None:
            return
        files = self._files
        if files is None or files.build.id != build.id:
            self._check(build.embedder, build.schema)
            files = BuildFiles(self.folder / "builds" / build.id, build)
        generation = self.store.builds.generation
        try:
            if reopen or files.dense.generation != generation:
                files.dense.reopen(generation)
            files.lexical.reload()
        except BaseException:
            if files is not self._files:
                files.close()
            raise
        self._replace(files)  # other threads see it only now that it is whole
        self._generation = generation

    def _replace(self, files: BuildFiles) -> None:
        if files is not self._files:
            with self._guard.write():
                old, self._files = self._files, files
            if old is not None:
                old.close()

    def _check(self, embedder: str, schema: int) -> None:
        cure = f"Run: assistant index --rebuild --corpus {self.folder.name}"
        if embedder != self.embedder.name:
            raise IndexMismatch(
                f"The corpus {self.folder.name!r} was indexed with {embedder}, not with {self.embedder.name}.",
                cure=cure,
            )
        if schema != DERIVED_SCHEMA:
            raise IndexMismatch(
                f"The corpus {self.folder.name!r} was indexed by another version of assistant.", cure=cure
            )

    # Changing: under `locked()`

    def write(self, work: Work, prepared: Prepared | None = None) -> None:
        """Brings the active build up to `work`, which the store has marked. What `prepared` lacks is embedded here."""
        build = self.store.builds.active
        assert build is not None and self._files is not None, "locked() opens the active build"
        papers = self.store.by_numbers(work.pending).values()
        ready = dict(prepared or {})
        missing = [paper for paper in papers if paper.content_hash not in ready]
        if missing:
            ready |= prepare(missing, self.embedder, build.chunk_size, lambda _: None)
        self._files.write(self.store, work, ready)
        self._generation = self._files.dense.generation

    def chunk_size(self) -> int:
        """The chunk size of the active build, or the one that the first build will get."""
        build = self.store.builds.active
        return build.chunk_size if build else self._chunk_size

    def ensure_build(self) -> None:
        """Makes an empty active build in a corpus that has none."""
        if self.store.builds.active is None:
            embedder = self.embedder
            with self.store.transaction():
                build = self.store.builds.create(embedder.name, embedder.dimension, self._chunk_size)
                self.store.builds.activate(build.id)
            self._catch_up()
        delete_old(self.store, self.folder / "builds")

    def remove(self, paper_ids: Iterable[str]) -> list[Paper]:
        """Takes papers out, by any of their ids; returns those that were there."""
        with self.locked():
            numbers = self.store.numbers(paper_ids)
            papers = list(self.store.by_numbers(numbers).values())
            build = self.store.builds.active
            if build is not None and numbers:
                with self.store.transaction():
                    self.store.builds.mark_removing(build.id, numbers)
                self.write(Work((), numbers))
            return papers

    def delete(self) -> None:
        """Deletes the whole corpus from the disk."""
        self.close()
        shutil.rmtree(self.folder)
