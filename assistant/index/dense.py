"""Chroma behind our own nouns: one client a folder and process, reopened when another process has written.

Embedded Chroma belongs to one process at a time: a client that stays open beside a writer answers from an old graph for
ever and damages the index with its next write. So the client is shared by all threads behind a read/write lock, and
`reopen` (under the corpus's file lock) replaces it. It must never be used in a forked child.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..chunks import Chunk
from ..store.schema import disk_error
from ..vectors import Hit
from .locks import ReadWriteLock

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_COLLECTION = "chunks"
# Cosine, and a graph dense enough that no vector is unreachable (the defaults lose up to 0.08 % of them).
_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_construction": 200, "max_neighbors": 32, "ef_search": 100}}


@contextmanager
def disk_faults(path: Path) -> Iterator[None]:
    """Ends what a disk does to Chroma and to our own files in one sentence. Raises AssistantError."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (OSError, ChromaError) as error:
        raise disk_error(error, path) from error


class Dense:
    """The vector index of one build. `generation` is that of the corpus when the client was opened or last wrote."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._lock = ReadWriteLock()
        self._client: ClientAPI | None = None
        self._collection: Collection | None = None
        self.generation = -1

    def reopen(self, generation: int) -> None:
        """Drains the queries, opens a fresh client and loads its graph. The caller holds the corpus's file lock."""
        with self._lock.write():
            self._close()
            self._open()
            self.generation = generation

    def query(self, vector: NDArray[np.float32], k: int) -> list[Hit]:
        """The k nearest chunks of all papers, nearest first (approximate: HNSW)."""
        with self._lock.read():
            if self._collection is None:
                return []
            return self._query(vector, k)

    def upsert(self, numbers: Sequence[int], chunks: Sequence[Chunk], vectors: NDArray[np.float32]) -> None:
        """Writes chunks with their papers' numbers and vectors, all of one length. The caller holds the file lock."""
        assert self._client is not None and self._collection is not None, "reopen comes first"
        step = int(self._client.get_max_batch_size())
        for i in range(0, len(chunks), step):
            part, owners = chunks[i : i + step], numbers[i : i + step]
            self._collection.upsert(
                ids=[chunk_key(number, chunk.ordinal) for number, chunk in zip(owners, part, strict=True)],
                embeddings=np.asarray(vectors[i : i + step], np.float32),
                documents=[chunk.text for chunk in part],
                metadatas=[
                    {"number": number, "paper_id": chunk.paper_id, "start": chunk.start, "end": chunk.end}
                    for number, chunk in zip(owners, part, strict=True)
                ],
            )

    def delete(self, keys: Iterable[str]) -> None:
        """Takes chunks out by key; unknown ones are no error. The caller holds the file lock."""
        assert self._client is not None and self._collection is not None, "reopen comes first"
        wanted = list(keys)
        step = int(self._client.get_max_batch_size())
        for i in range(0, len(wanted), step):
            self._collection.delete(ids=wanted[i : i + step])

    def forget(self, numbers: Sequence[int]) -> None:
        """Takes out all chunks of these papers, also those that no row speaks of. The caller holds the file lock."""
        assert self._client is not None and self._collection is not None, "reopen comes first"
        step = int(self._client.get_max_batch_size())
        for i in range(0, len(numbers), step):
            where: Any = {"number": {"$in": list(numbers[i : i + step])}}
            self._collection.delete(where=where)

    def keys(self) -> set[str]:
        """The keys of all chunks held."""
        with self._lock.read():
            assert self._collection is not None, "reopen comes first"
            return set(self._collection.get(include=[])["ids"])

    def close(self) -> None:
        """Lets go of the folder."""
        with self._lock.write():
            self._close()

    def _open(self) -> None:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._client = chromadb.PersistentClient(str(self._folder), Settings(anonymized_telemetry=False))
        except BaseException:
            SharedSystemClient.clear_system_cache()  # or the half-made client is what the next opening gets
            raise
        # embedding_function=None each time, else Chroma attaches its own, which would download a model.
        self._collection = self._client.get_or_create_collection(
            _COLLECTION,
            embedding_function=None,
            configuration=_CONFIGURATION,  # type: ignore[arg-type]
        )
        self._query(np.ones(self._dimension, np.float32), 1)  # loads the graph while the file lock is held

    def _query(self, vector: NDArray[np.float32], k: int) -> list[Hit]:
        assert self._collection is not None
        if k < 1:
            return []
        found: Any = self._collection.query(query_embeddings=vector[np.newaxis], n_results=k, include=["distances"])
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [Hit(*_parts(key), 1.0 - float(distance)) for key, distance in pairs]

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()  # type: ignore[attr-defined]  # on the class, not on its interface
        self._client = self._collection = None
        self.generation = -1


def chunk_key(number: int, ordinal: int) -> str:
    """The id of a chunk in Chroma: a paper's number never changes, whatever ids it gains."""
    return f"{number}#{ordinal}"


def _parts(key: str) -> tuple[int, int]:
    number, _, ordinal = key.partition("#")
    return int(number), int(ordinal)


class _Shared:
    """The clients of this process, one a folder, each closed with its last user."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Path, tuple[Dense, int]] = {}

    def take(self, folder: Path, dimension: int) -> Dense:
        folder = folder.resolve()
        with self._lock:
            dense, users = self._open.get(folder, (None, 0))
            dense = dense or Dense(folder, dimension)
            self._open[folder] = (dense, users + 1)
            return dense

    def give_back(self, folder: Path) -> None:
        folder = folder.resolve()
        with self._lock:
            dense, users = self._open[folder]
            if users > 1:
                self._open[folder] = (dense, users - 1)
                return
            del self._open[folder]
            dense.close()  # before another can take the folder, or it would share the client that is closed here


shared = _Shared()
