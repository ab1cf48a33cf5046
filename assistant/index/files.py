"""The derived files of one build, opened together, and the one order in which they are written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from ..chunks import Chunk, cutter
from ..embeddings import Embedder, with_spans
from ..lexical import Document, Lexical
from ..papers import Paper
from ..store import Build, Rows, Store
from ..vectors import Vectors, rows_of
from ..vectors.sentences import SentenceVectors
from .dense import chunk_key, shared


@dataclass(frozen=True, slots=True)
class Cut:
    """A paper's chunks, and for each the spans of its sentences within it."""

    paper: Paper
    chunks: list[Chunk]

    @property
    def spans(self) -> list[list[tuple[int, int]]]:
        return [[(start - c.start, end - c.start) for start, end in c.sentences] for c in self.chunks]


@dataclass(frozen=True, slots=True)
class Embedded:
    """A paper's chunks with their vectors (chunks, dimension) and those of all their sentences, in order."""

    chunks: list[Chunk]
    vectors: NDArray[np.float32]
    sentences: NDArray[np.float32]


Prepared = dict[str, Embedded]  # by content hash


@dataclass(frozen=True, slots=True)
class Work:
    """Papers to write and papers to take out, by number."""

    pending: Sequence[int]
    removing: Sequence[int]

    def __bool__(self) -> bool:
        return bool(self.pending or self.removing)


class BuildFiles:
    """Chroma, vectors/ and tantivy of one build. Opened, and written, under the corpus's file lock.

    `read_only`: nothing is written and no lock is needed. Chroma, which writes when it is opened, then stays closed.
    """

    def __init__(self, folder: Path, build: Build, *, read_only: bool = False) -> None:
        self.build = build
        self.folder = folder
        self.read_only = read_only
        self._chroma = folder / "chroma"
        self._linked = TemporaryDirectory(prefix="assistant-") if read_only else None
        self.vectors = Vectors(folder / "vectors", build.dimension, read_only=read_only)
        self.sentences = SentenceVectors(folder / "vectors", build.dimension)
        self.lexical = Lexical(_linked(folder / "tantivy", self._linked.name) if self._linked else folder / "tantivy")
        self.dense = shared.take(self._chroma, build.dimension)

    def close(self) -> None:
        """Lets go of the files."""
        shared.give_back(self._chroma)
        if self._linked:
            self._linked.cleanup()

    def write(self, store: Store, work: Work, prepared: Prepared) -> None:
        """Chroma, then vectors, then tantivy, then the rows are done: a death in between leaves rows that say so.

        `work` is already marked in the store; every paper to write is in `prepared`. Doing it twice is harmless.
        """
        build = store.builds.get(self.build.id)
        papers = store.by_numbers(work.pending)
        before = {rows.number: rows.count for rows in store.builds.rows(build.id, _all(work), done=False)}
        ready = [prepared[paper.content_hash] for paper in papers.values()]
        chunks = {number: one.chunks for number, one in zip(papers, ready, strict=True)}
        matrix = _stacked([one.vectors for one in ready], build.dimension)
        self._write_dense(chunks, matrix, before)
        self.vectors.write(build.vector_rows, matrix, _row_table(chunks))
        counts = [len(chunk.sentences) for one in ready for chunk in one.chunks]
        sentences = _stacked([one.sentences for one in ready], build.dimension)
        self.sentences.write(build.vector_rows, sentences, np.array(counts, np.int64))
        self.lexical.replace((Document(n, p.title, p.abstract) for n, p in papers.items()), work.removing)
        written, end = _placed(chunks, build.vector_rows)
        with store.transaction():
            store.builds.finish(build.id, written, work.removing, end)
            store.forget(work.removing)
            generation = store.builds.generation
        self.dense.generation = generation

    def _write_dense(self, chunks: dict[int, list[Chunk]], matrix: NDArray[np.float32], before: dict[int, int]) -> None:
        # A paper that is not in `chunks` is being removed: all of its old keys go.
        gone = {n: range(len(chunks.get(n, ())), count) for n, count in before.items()}
        self.dense.delete(chunk_key(number, ordinal) for number, ordinals in gone.items() for ordinal in ordinals)
        owners = [number for number, part in chunks.items() for _ in part]
        self.dense.upsert(owners, [chunk for part in chunks.values() for chunk in part], matrix)


class Preparing:
    """Papers cut and embedded, which needs no lock. What is costly, the embedder and the cutter, waits for a paper."""

    def __init__(self, embedder: Callable[[], Embedder]) -> None:
        self._embedder = embedder
        self._cutter: tuple[int, Callable[[str, str], list[Chunk]]] | None = None  # with its chunk size

    def prepare(self, papers: Iterable[Paper], chunk_size: int, on_paper: Callable[[float], None]) -> Prepared:
        """Cuts and embeds papers; `on_paper` is told of finished papers, in fractions."""
        return self.embed(self.cut(papers, chunk_size), on_paper)

    def cut(self, papers: Iterable[Paper], chunk_size: int) -> list[Cut]:
        """The papers in chunks, equal ones once."""
        different = {paper.content_hash: paper for paper in papers}
        if not different:
            return []
        kept = self._cutter
        if kept is None or kept[0] != chunk_size:
            kept = self._cutter = chunk_size, cutter(self._embedder().tokenize, chunk_size)
        return [Cut(paper, kept[1](paper.id, paper.abstract)) for paper in different.values()]

    def embed(self, cuts: Sequence[Cut], on_paper: Callable[[float], None]) -> Prepared:
        """The vectors of cut papers; `on_paper` is told of finished papers, in fractions."""
        if not cuts:
            return {}
        texts = [chunk.text for one in cuts for chunk in one.chunks]
        spans = [own for one in cuts for own in one.spans]
        each = len(cuts) / max(len(texts), 1)
        vectors, sentences = with_spans(self._embedder(), texts, spans, lambda done: on_paper(done * each))
        ends = np.cumsum([len(one.chunks) for one in cuts])[:-1]
        last = np.cumsum([sum(map(len, one.spans)) for one in cuts])[:-1]
        parts = zip(cuts, np.split(vectors, ends), np.split(sentences, last), strict=True)
        return {one.paper.content_hash: Embedded(one.chunks, own, said) for one, own, said in parts}


def delete_old(store: Store, builds_folder: Path) -> None:
    """Deletes the builds that a swap left behind. The caller holds the file lock."""
    with store.transaction():
        for build in store.builds.in_state("old"):
            store.builds.drop(build.id)
    # Rows first: who still reads a build that has rows finds its files. A death in between leaves a nameless folder.
    known = store.builds.ids()
    for folder in builds_folder.iterdir():
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


def _linked(folder: Path, place: str) -> Path:
    """A folder with links to the same files: tantivy writes a lock beside what it reads."""
    for file in folder.iterdir():
        if not file.name.endswith(".lock"):
            Path(place, file.name).symlink_to(file.absolute())
    return Path(place)


def _all(work: Work) -> list[int]:
    return [*work.pending, *work.removing]


def _stacked(parts: list[NDArray[np.float32]], dimension: int) -> NDArray[np.float32]:
    return np.concatenate(parts) if parts else np.empty((0, dimension), np.float32)


def _row_table(chunks: dict[int, list[Chunk]]) -> NDArray[np.int32]:
    tables = [rows_of(number, [(chunk.start, chunk.end) for chunk in part]) for number, part in chunks.items()]
    return np.concatenate(tables) if tables else np.empty((0, 4), np.int32)


def _placed(chunks: dict[int, list[Chunk]], first: int) -> tuple[list[Rows], int]:
    """Where each paper's rows lie when all are laid down from `first`, and the row after the last."""
    placed = []
    for number, part in chunks.items():
        placed.append(Rows(number, first, len(part)))
        first += len(part)
    return placed, first
