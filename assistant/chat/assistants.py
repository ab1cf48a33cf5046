"""One assistant for each corpus that visitors ask, made when first asked for; they share one embedder."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from ..assistant import Assistant
from ..errors import AssistantError
from ..settings import SAMPLE, check_corpus_name
from .log import own

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from ..embeddings import Embedder
    from .turns import Meter


class Assistants:
    """`first` is the caller's and stays open; `close` closes the others. Any thread may call any method."""

    def __init__(self, first: Assistant, meter: Meter | None = None) -> None:
        self.first = first
        self.meter = meter
        self._lock = threading.Lock()
        self._open = {first.corpus: first}

    def of(self, corpus: str | None = None, *, new: bool = False) -> Assistant:
        """The assistant of a corpus, by default the first. new: papers are to be added, so it need not exist yet.

        Its papers.sqlite, which holds what readers thought of answers, becomes its owner's alone. Raises SettingsError
        for what cannot be a corpus's name and IndexMissing for one that does not exist.
        """
        name = self.first.corpus if corpus is None else check_corpus_name(corpus)
        folder = self.first.settings.home / "corpora" / name
        own(*(folder / f"papers.sqlite{end}" for end in ("", "-wal", "-shm")))
        if (known := self._open.get(name)) is not None:
            return known
        if not new and name not in (SAMPLE, *self.first.corpora()):
            self._made(name, None, None).index  # noqa: B018  # raises the sentence that names those that there are
        embedder, llm = self._embedder(), self._llm()
        with self._lock:
            return self._open.setdefault(name, self._made(name, embedder, llm))

    def close(self) -> None:
        """Closes all but the first."""
        with self._lock:
            others = [one for one in self._open.values() if one is not self.first]
            self._open = {self.first.corpus: self.first}
        for one in others:
            one.close()

    def _made(self, name: str, embedder: Embedder | None, llm: LLM | None) -> Assistant:
        settings = replace(self.first.settings, corpus=name)
        return Assistant(settings, embedder=embedder, llm=llm, on_progress=self.meter)

    def _embedder(self) -> Embedder | None:
        """The first's, so that its weights lie in memory once; None where the first's corpus cannot be opened."""
        try:
            return self.first.index.embedder
        except AssistantError:
            return None

    def _llm(self) -> LLM | None:
        try:
            return self.first.llm
        except AssistantError:  # who asks is told; who only searches needs no model
            return None
