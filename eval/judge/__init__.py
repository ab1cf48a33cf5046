"""The judge: a model asked for verdicts beside the scorer's, off unless wanted, and itself measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.llm import connect
from assistant.writers import model_settings

from .asking import ASKED_TWICE, Judge, Judged, cache_file
from .cache import ReplyCache
from .verdicts import GRADES, VERDICTS, Ruling

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from assistant import Settings

__all__ = ["ASKED_TWICE", "GRADES", "VERDICTS", "Judge", "Judged", "Ruling", "judging"]


@contextmanager
def judging(
    settings: Settings, model: str | None = None, *, llm: LLM | None = None, seed: int = 0, twice: float = ASKED_TWICE
) -> Iterator[Judge]:
    """A judge, closed at the end. model: its name on the server of the settings; None is `llm`, else the settings'
    own model. Raises ModelError where none can be had."""
    chosen = model_settings(settings)
    if model:
        chosen = replace(chosen, model=model)
    judge = Judge(
        llm if llm is not None and not model else connect(chosen),
        chosen,
        ReplyCache(cache_file(settings.home)),
        seed,
        twice,
    )
    try:
        yield judge
    finally:
        judge.close()
