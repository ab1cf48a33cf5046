"""Small real parts for tests: an embedder of hashed words, papers without end, and an audit of a corpus's files."""

from __future__ import annotations

import json
import random
import re
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.index import Index
from assistant.index.adding import Adding
from assistant.index.dense import chunk_key
from assistant.index.files import BuildFiles
from assistant.papers import Decision, Record
from assistant.sentences import Span
from assistant.store import Store

WORDS = (
    "point cloud masked autoencoder contrastive learning diffusion model image text transformer attention graph "
    "retrieval question answer robot policy reward speech video token layer gradient sparse dense kernel protein "
    "segmentation depth camera pose scene language corpus benchmark accuracy noise latent sampling prompt agent"
).split()


class Tiny:
    """An `Embedder`: the hashed words of a text, counted. `embedded` says how many texts it was given."""

    max_tokens = 256

    def __init__(self, name: str = "tiny", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension
        self.embedded = 0
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        with self._lock:
            self.embedded += len(texts)
        if on_progress:
            on_progress(len(texts))
        return self._vectors(texts)

    def embed_spans(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]], on_progress: Callable[[int], None] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        parts = [text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own]
        return self.embed(texts, on_progress), self._vectors(parts)

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.full((len(texts), self.dimension), 1e-3, np.float32)
        for row, text in zip(vectors, texts, strict=True):
            np.add.at(row, [token % self.dimension for token in self.tokenize(text)], 1.0)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [len(self.tokenize(text)) for text in texts]

    def tokenize(self, text: str) -> list[int]:
        return [zlib.crc32(word.encode()) for word in re.findall(r"\w+|[^\w\s]", text.lower())]


def paper(number: int, **fields: Any) -> dict[str, Any]:
    """A line of JSONL: a paper whose words depend on its number alone, one or several chunks long."""
    dice = random.Random(number)
    sentences = [
        f"{dice.choice(WORDS).capitalize()} {' '.join(dice.choices(WORDS, k=dice.randint(6, 16)))}."
        for _ in range(dice.randint(2, 7))
    ]
    named = f"Paper number{number} is on {dice.choice(WORDS)} and {dice.choice(WORDS)}."
    return {"id": f"p{number}", "title": f"Study {number}", "abstract": " ".join([named, *sentences]), **fields}


def record(number: int, **fields: Any) -> Record:
    """The same as a Record of the source `made`."""
    given = paper(number)
    known = {"title": given["title"], "abstract": given["abstract"], "own_id": given["id"], **fields}
    return Record(**{"line": number, "source": "made", **known})


def add(index: Index, records: Iterable[Record]) -> list[Decision]:
    """Adds records and returns what became of each."""
    decisions: list[Decision] = []
    Adding(index, lambda _, decision: decisions.append(decision), lambda _: None).run(records)
    return decisions


def write_papers(path: Path, numbers: Iterable[int]) -> Path:
    """A JSONL file with these papers."""
    path.write_text("".join(json.dumps(paper(number)) + "\n" for number in numbers))
    return path


def opened(folder: Path, embedder: Tiny | None = None, chunk_size: int = 32) -> Index:
    """The corpus in a folder, with a tiny embedder."""
    made = embedder or Tiny()
    return Index(folder, lambda: made, chunk_size=chunk_size)


def parts(store: Store) -> BuildFiles:
    """The files of the active build, opened from the disk; no one else may have the corpus open."""
    build = store.builds.active
    assert build is not None
    files = BuildFiles(store.path.parent / "builds" / build.id, build)
    files.dense.reopen(0)
    return files


def audit(folder: Path) -> set[str]:
    """Checks a closed corpus: sqlite, Chroma, vectors and tantivy hold the same papers. Returns their ids."""
    store = Store(folder / "papers.sqlite")
    files = parts(store)
    try:
        build = files.build
        assert store.builds.unfinished(build.id) == ([], [])
        rows = store.builds.rows(build.id, range(100_000))
        numbers = [row.number for row in rows]
        papers = store.by_numbers(numbers)
        assert set(numbers) == papers.keys() and len(papers) == store.total()
        keys = {chunk_key(row.number, ordinal) for row in rows for ordinal in range(row.count)}
        assert files.dense.keys() == keys
        assert len(files.lexical) == len(papers)
        for row in rows:
            _check_vectors(files, row.number, *files.vectors.read(row.first, row.count))
            found = files.lexical.search(papers[row.number].title, 1, [row.number])
            assert [number for number, _ in found] == [row.number]
        return {paper.id for paper in papers.values()}
    finally:
        files.close()
        store.close()


def _check_vectors(files: BuildFiles, number: int, vectors: NDArray[np.float32], rows: NDArray[np.int32]) -> None:
    assert rows[:, 0].tolist() == [number] * len(rows)
    assert rows[:, 1].tolist() == list(range(len(rows)))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    held: Any = files.dense._collection  # asked by key: the graph is approximate and may miss one
    stored = held.get(ids=[chunk_key(number, ordinal) for ordinal in range(len(rows))], include=["embeddings"])
    at = dict(zip(stored["ids"], stored["embeddings"], strict=True))
    for ordinal, vector in enumerate(vectors):
        assert np.allclose(at[chunk_key(number, ordinal)], vector, atol=1e-3)


def batches(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """The numbers, so many at a time."""
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
