"""The errors that a user can meet: each says what happened, names the value and gives the cure.

AssistantError
├── SettingsError    a setting that cannot be used
├── PapersError      a file or folder that cannot be read, or that held no papers
├── IndexMissing     the corpus asked for does not exist
├── IndexMismatch    the index was built by another embedding model or by a newer version
├── IndexBusy        another process holds the index and did not let go in time
├── PromptError      a prompt file that is missing or does not fit its call
├── ModelError       a model that is missing, refused or failed (`retryable` says whether waiting helps)
└── QuestionsError   questions, or the results of an earlier evaluation, that cannot be used
"""

from __future__ import annotations


class AssistantError(Exception):
    """What happened in one sentence (`message`) and what to do about it (`cure`)."""

    def __init__(self, message: str, *, cure: str = "", retryable: bool = False) -> None:
        super().__init__(f"{message} {cure}".strip())
        self.message = message
        self.cure = cure
        self.retryable = retryable

    def to_dict(self) -> dict[str, object]:
        """The machine-readable form that `--json` prints under `error`."""
        return {
            "type": type(self).__name__,
            "message": self.message,
            "cure": self.cure,
            "retryable": self.retryable,
        }


class SettingsError(AssistantError):
    """A setting that cannot be used."""


class PapersError(AssistantError):
    """A file or folder that cannot be read, or that held no papers."""


class IndexMissing(AssistantError):
    """The corpus asked for does not exist."""


class IndexMismatch(AssistantError):
    """The index was built by another embedding model or by a newer version."""


class IndexBusy(AssistantError):
    """Another process holds the index and did not let go in time."""


class PromptError(AssistantError):
    """A prompt file that is missing or does not fit its call."""


class ModelError(AssistantError):
    """A model that is missing, refused or failed."""


class QuestionsError(AssistantError):
    """Questions, or the results of an earlier evaluation, that cannot be used."""
