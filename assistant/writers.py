"""Who writes the answers: the model that the settings name or that was passed in, else the extractive writer."""

from __future__ import annotations

import threading
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

from .settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from .conversation import Rewritten
    from .drafts import Writer
    from .index import Index
    from .llm import ModelSettings
    from .sources import Sources


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

                if self._settings.mode == "llm" or is_configured(model_settings(self._settings)):
                    self._llm = connect(model_settings(self._settings))
            return self._llm

    def writer(self, asked: Rewritten, index: Index, sources: Sources) -> Writer:
        """A writer for one answer, whose sources it shares with the checks."""
        if (llm := self.llm) is not None:
            from .written import Written

            return Written(llm, model_settings(self._settings), asked)
        from .extractive import Extractive

        # A text is stemmed once an answer.
        return Extractive(index.embedder.embed, sources.of, cache(index.stems), index.term_weights)


def model_settings(settings: Settings) -> ModelSettings:
    """The part of the settings that is about the model and its server."""
    from .llm import ModelSettings

    known = {one.name for one in fields(settings)}
    shared = [one.name for one in fields(ModelSettings) if one.name in known]
    return ModelSettings(**{name: getattr(settings, name) for name in shared})
