"""assistant: questions answered from paper abstracts, every sentence cited and checked.

    from assistant import ask
    print(ask("How does Point-CMAE bring contrastive learning into masked autoencoders?"))

Importing this loads no heavy library: each name is fetched when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answer import Answer, Event
    from .assistant import Assistant, ask
    from .citations import Citation, Sentence
    from .errors import (
        AssistantError,
        IndexBusy,
        IndexMismatch,
        IndexMissing,
        ModelError,
        PapersError,
        PromptError,
        QuestionsError,
        SettingsError,
    )
    from .papers import Paper
    from .retrieval import Passage
    from .settings import Settings

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Citation",
    "Event",
    "IndexBusy",
    "IndexMismatch",
    "IndexMissing",
    "ModelError",
    "Paper",
    "PapersError",
    "Passage",
    "PromptError",
    "QuestionsError",
    "Sentence",
    "Settings",
    "SettingsError",
    "ask",
]

_HOMES = {
    "Answer": "answer",
    "Event": "answer",
    "ask": "assistant",
    "Assistant": "assistant",
    "Citation": "citations",
    "Sentence": "citations",
    "Paper": "papers",
    "Passage": "retrieval",
    "Settings": "settings",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES.get(name, 'errors')}", __name__), name)
