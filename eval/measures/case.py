"""Case: one answered question as the measures see it; and what they make of it, scores or reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..dataset import Question

if TYPE_CHECKING:
    from assistant.index import Index


@dataclass(frozen=True, slots=True)
class Unscored:
    """The item cannot be scored: that is not wrong, and it enters no mean."""

    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question, its answer (as `ask --json` prints it) and the wall-clock seconds it took.

    gold: each gold paper as the question names it -> the ids it has in the corpus, none where it is not there. index:
    what was asked, for the vectors of its sentences; without it the scorer reads words alone.
    """

    question: Question
    answer: Mapping[str, Any]
    gold: Mapping[str, tuple[str, ...]]
    seconds: float
    index: Index | None = None

    @property
    def declined(self) -> bool:
        return bool(self.answer["state"] == "not_in_corpus")


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores by name, and `details` for a reader who asks why."""

    scores: Mapping[str, float | Unscored]
    details: Mapping[str, Any] = field(default_factory=dict)
