"""Corpora: the named folders under one home, which of them is meant, and the one that is open."""

from __future__ import annotations

import hashlib
import os
import threading
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from .embeddings import adapted
from .errors import IndexMissing
from .settings import MINE, SAMPLE, Settings
from .writers import model_settings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from .embeddings import Embedder
    from .index import Index
    from .ingest import Progress


class Corpora:
    """Opens one corpus at a time, under a lock; heavy modules are first imported there too, since two threads that
    import numpy from different ends at once break it. A given index is used as it is and never closed.
    """

    def __init__(
        self,
        settings: Settings,
        index: Index | None,
        embedder: Embedder | BaseEmbedding | None,
        progress: Progress | None,
    ) -> None:
        self._settings = settings
        self._index = index
        self._given = index is not None
        self._embedder = adapted(embedder) if embedder is not None else None
        self._progress = progress
        self._lock = threading.RLock()
        self._loading = threading.Lock()  # its own: who opens a corpus may wait long for another process

    @property
    def name(self) -> str:
        """The corpus in use: the one that was asked for, else `mine` once it exists, else `sample`."""
        if self._given and self._index is not None:
            return self._index.folder.name
        return self._settings.corpus or (MINE if self._holds_papers(MINE) else SAMPLE)

    def names(self) -> list[str]:
        """The corpora on this disk."""
        folder = self._settings.home / "corpora"
        return sorted(path.parent.name for path in folder.glob("*/papers.sqlite"))

    def to_read(self) -> Index:
        """The corpus, open; the sample is indexed on first use. Raises IndexMissing for one that does not exist."""
        with self._lock:
            if self._index is None:
                name = self.name
                if name != SAMPLE:
                    self._require(name)
                self._index = self._open(name)
                if name == SAMPLE:
                    self._fill_sample(self._index)
            return self._index

    def to_write(self, *, create: bool) -> Index:
        """The corpus to change. Where none was named that is `mine`: the sample is never changed by chance."""
        with self._lock:
            unnamed = self._settings.corpus is None and not self._given
            if unnamed and self._index is not None and self._index.folder.name != MINE:
                self.close()
            if self._index is None:
                name = MINE if unnamed else self.name
                if not create and name != SAMPLE:
                    self._require(name)
                self._index = self.to_read() if name == SAMPLE else self._open(name)
            return self._index

    def rebuild(self) -> None:
        """Builds the corpus's index anew with the present embedder and chunk size. Raises IndexMissing."""
        with self._lock:
            self._require(self.name)
            self._index = self._index or self._open(self.name)
        self._rebuild(self._index)

    def close(self) -> None:
        """Closes the open corpus, unless it was given."""
        with self._lock:
            if self._index is not None and not self._given:
                self._index.close()
                self._index = None

    def _exists(self, name: str) -> bool:
        # Path.exists would raise below a folder that may not be entered.
        return os.access(self._settings.home / "corpora" / name / "papers.sqlite", os.F_OK)

    def _holds_papers(self, name: str) -> bool:
        # An indexing that was stopped in its first batch leaves a corpus without a build.
        return os.access(self._settings.home / "corpora" / name / "builds", os.F_OK)

    def _require(self, name: str) -> None:
        if not self._exists(name):
            known = ", ".join(sorted({SAMPLE, *self.names()}))
            cure = f"Index some papers into it: assistant index FILE --corpus {name}. Known corpora: {known}."
            raise IndexMissing(f"There is no corpus {name!r}.", cure=cure)

    def _open(self, name: str) -> Index:
        from .index import Index

        folder = self._settings.home / "corpora" / name
        return Index(folder, self._load_embedder, chunk_size=self._settings.chunk_size)

    def _load_embedder(self) -> Embedder:
        with self._loading:
            if self._embedder is None:
                from .embeddings import chosen

                self._embedder = chosen(self._settings.embedder, model_settings(self._settings))
            return self._embedder

    def _fill_sample(self, index: Index) -> None:
        from .ingest import ingest
        from .store.builds import DERIVED_SCHEMA

        pages = [Path(str(page)) for page in files(__package__).joinpath("data/daily_papers").iterdir()]
        pages = sorted(page for page in pages if page.suffix == ".txt")
        wanted = hashlib.sha256(b"".join(page.read_bytes() for page in pages)).hexdigest()
        build = index.store.builds.active
        if build is not None and build.schema != DERIVED_SCHEMA:  # ours, so no one need be asked
            self._rebuild(index)
        if index.store.sample_hash != wanted:
            ingest(index, pages, source="daily_papers", progress=self._progress)
            with index.store.transaction():
                index.store.sample_hash = wanted

    def _rebuild(self, index: Index) -> None:
        from .index.rebuilding import Rebuilding

        total, done = index.store.total(), 0.0

        def on_paper(papers: float) -> None:
            nonlocal done
            done += papers
            if self._progress:
                self._progress(done, total)

        Rebuilding(index, self._settings.chunk_size, on_paper).run()
