"""Who writes the answers: the model that the settings name or that was passed in, else the extractive writer."""

from __future__ import annotations

import threading
from dataclasses import fields
from typing import TYPE_CHECKING

from .settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from .citations import Writer
    from .index import Index
    from .llm import ModelSettings


class Writers:
    """Connects the model once, when it is first needed."""

    def __init__(self, settings: Settings, llm: LLM | None) -> None:
        self._settings = settings
        self._llm = llm
        self._lock = threading.Lock()

    @property
    def llm(self) -> LLM | None:
        """The model that writes, or None where answers are extractive. Raises ModelError where none can be had."""
        if self._settings.mode == "extractive":
            return None
        with self._lock:
            if self._llm is None:
                from .llm import connect, is_configured

                if self._settings.mode == "llm" or is_configured(self._model_settings):
                    self._llm = connect(self._model_settings)
            return self._llm

    def writer(self, question: str, index: Index) -> Writer:
        """A writer for one answer."""
        if (llm := self.llm) is not None:
            from .written import Written

            return Written(llm, self._model_settings)
        from .extractive import Extractive
        from .lexical import content_words

        weights = index.term_weights(" ".join(content_words(question)))
        return Extractive(index.embedder.embed, index.stems, weights)

    @property
    def _model_settings(self) -> ModelSettings:
        from .llm import ModelSettings

        known = {one.name for one in fields(self._settings)}
        shared = [one.name for one in fields(ModelSettings) if one.name in known]
        return ModelSettings(**{name: getattr(self._settings, name) for name in shared})
