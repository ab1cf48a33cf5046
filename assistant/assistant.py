"""Assistant: settings, a corpus and an embedder behind one object; `ask` is the short way to it."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import IndexMissing, SettingsError
from .settings import MINE, SAMPLE, Settings

if TYPE_CHECKING:
    from .answer import Answer, Event
    from .embeddings import Embedder
    from .index import Index
    from .ingest import Progress, Report
    from .papers import Paper
    from .retrieval import Passage, Retrieved

Filtering = Mapping[str, Any] | None


class Assistant:
    """Answers questions from one corpus, and changes it. Use it with `with`, or call `close`.

    settings: else `Settings.load()`. index: an open `Index` to use instead of the corpus that the settings name.
    embedder: anything with the `Embedder` protocol instead of the local model. on_progress: told how far the indexing
    of the sample or of added files is. Any thread may call any method.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        index: Index | None = None,
        embedder: Embedder | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self.settings = settings or Settings.load()
        self._index = index
        self._given_index = index is not None
        self._embedder = embedder
        self._on_progress = on_progress
        self._opening = threading.RLock()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the corpus; an index that was passed in stays open. Closing twice is harmless."""
        with self._opening:
            if self._index is not None and not self._given_index:
                self._index.close()
                self._index = None

    # Which corpus

    @property
    def corpus(self) -> str:
        """The name of the corpus in use: the one that was asked for, else `mine` once it exists, else `sample`."""
        if self._given_index and self._index is not None:
            return self._index.folder.name
        return self.settings.corpus or (MINE if self._exists(MINE) else SAMPLE)

    def corpora(self) -> list[str]:
        """The names of the corpora on this disk."""
        folder = self.settings.home / "corpora"
        return sorted(path.parent.name for path in folder.glob("*/papers.sqlite"))

    def _exists(self, name: str) -> bool:
        return (self.settings.home / "corpora" / name / "papers.sqlite").exists()

    @property
    def index(self) -> Index:
        """The open corpus; the sample is indexed on first use.

        Raises IndexMissing for a corpus that does not exist.
        """
        with self._opening:
            if self._index is None:
                name = self.corpus
                if name != SAMPLE and not self._exists(name):
                    known = ", ".join({SAMPLE, *self.corpora()})
                    cure = f"Index some papers into it: assistant index FILE --corpus {name}. Known corpora: {known}."
                    raise IndexMissing(f"There is no corpus {name!r}.", cure=cure)
                self._index = self._open(name)
                if name == SAMPLE:
                    self._fill_sample(self._index)
            return self._index

    def _open(self, name: str) -> Index:
        from .index import Index

        folder = self.settings.home / "corpora" / name
        return Index(folder, self._load_embedder, chunk_size=self.settings.chunk_size)

    def _load_embedder(self) -> Embedder:
        with self._opening:
            if self._embedder is None:
                from .embeddings import local

                self._embedder = local()
            return self._embedder

    def _fill_sample(self, index: Index) -> None:
        from .ingest import ingest

        pages = [Path(str(page)) for page in files("assistant").joinpath("data/daily_papers").iterdir()]
        pages = sorted(page for page in pages if page.suffix == ".txt")
        wanted = hashlib.sha256(b"".join(page.read_bytes() for page in pages)).hexdigest()
        if index.store.sample_hash != wanted:
            ingest(index, pages, source="daily_papers", progress=self._on_progress)
            with index.store.transaction():
                index.store.sample_hash = wanted

    # Asking

    def ask(self, question: str, *, filters: Filtering = None, top_k: int | None = None) -> Answer:
        """The checked and cited answer to a question, or a decline with the nearest papers.

        filters: any of source, year, year_from, year_to, author, venue, paper_ids. Raises AssistantError.
        """
        *_, last = self.stream(question, filters=filters, top_k=top_k)
        assert last.answer is not None, "a stream ends with its answer"
        return last.answer

    def stream(self, question: str, *, filters: Filtering = None, top_k: int | None = None) -> Iterator[Event]:
        """The same as it comes: stages, whole checked sentences, and at the end the answer."""
        from .answer import Asked, respond
        from .extractive import Extractive
        from .lexical import content_words

        found = self.retrieve(question, filters=filters, top_k=top_k)
        index = self.index
        writer = Extractive(
            index.embedder.embed, index.stems, index.term_weights(" ".join(content_words(found.question)))
        )
        asked = Asked(self.corpus, index.fingerprint)
        yield from respond(found, writer.write(found.question, found.papers), asked)

    async def aask(self, question: str, *, filters: Filtering = None, top_k: int | None = None) -> Answer:
        """`ask` without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, filters=filters, top_k=top_k)

    async def astream(
        self, question: str, *, filters: Filtering = None, top_k: int | None = None
    ) -> AsyncIterator[Event]:
        """`stream` without blocking the event loop."""
        events = self.stream(question, filters=filters, top_k=top_k)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    def search(self, query: str, *, filters: Filtering = None, top_k: int | None = None) -> list[Passage]:
        """The best passage of each paper that fits the query, best paper first."""
        return self.retrieve(query, filters=filters, top_k=top_k).papers

    def retrieve(self, question: str, *, filters: Filtering = None, top_k: int | None = None) -> Retrieved:
        """Everything that retrieval found; `ask` and `search` both begin here."""
        from .retrieval import retrieve
        from .store import Filters

        question = question.strip()
        if not question:
            raise SettingsError("The question is empty.", cure='Ask something, e.g. assistant ask "What is CLIP?"')
        if len(question) > _LONGEST_QUESTION:
            cure = f"Shorten it to {_LONGEST_QUESTION} characters."
            raise SettingsError(f"The question has {len(question)} characters.", cure=cure)
        chosen = Filters.of(filters)
        return retrieve(self.index, question, top_k=top_k or self.settings.top_k, filters=chosen)

    # Papers

    def add(self, *paths: str | Path, source: str | None = None) -> Report:
        """Indexes files and folders into the corpus (`mine` unless the settings name another)."""
        from .ingest import ingest

        return ingest(self._writable(), paths, source=source, progress=self._on_progress)

    def remove(self, *paper_ids: str) -> list[Paper]:
        """Takes papers out, by any of their ids; returns those that were there."""
        return self._writable().remove(paper_ids)

    def papers(self, *, limit: int | None = None, offset: int = 0, **filters: Any) -> list[Paper]:
        """The papers that pass the filters, in the order in which they were added."""
        from .store import Filters

        return self.index.store.papers(Filters.of(filters), limit=-1 if limit is None else limit, offset=offset)

    def rebuild(self) -> None:
        """Builds the corpus's index anew with the present embedder and chunk size, and swaps it in when whole."""
        from .index.rebuilding import Rebuilding

        name = self.corpus
        if not self._exists(name):
            raise IndexMissing(f"There is no corpus {name!r}.", cure="Nothing needs rebuilding.")
        with self._opening:
            index = self._index = self._index or self._open(name)
        total, done = index.store.total(), 0.0

        def on_paper(papers: float) -> None:
            nonlocal done
            done += papers
            if self._on_progress:
                self._on_progress(done, total)

        Rebuilding(index, self.settings.chunk_size, on_paper).run()

    def _writable(self) -> Index:
        """The corpus to change. Where none was named that is `mine`: the sample is never changed by chance."""
        with self._opening:
            unnamed = self.settings.corpus is None and not self._given_index
            if unnamed and self._index is not None and self._index.folder.name != MINE:
                self.close()
            if self._index is None:
                name = MINE if unnamed else self.corpus
                self._index = self.index if name == SAMPLE else self._open(name)
            return self._index


_LONGEST_QUESTION = 4000  # characters


def ask(question: str, **options: Any) -> Answer:
    """One question to the default corpus. Options are those of `Assistant.ask`; settings come from the environment."""
    with Assistant() as assistant:
        return assistant.ask(question, **options)
