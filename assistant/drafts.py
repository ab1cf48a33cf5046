"""Drafts: what a writer proposes before anything is checked, and what every writer can do."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from .papers import Paper
from .retrieval import Passage
from .sentences import Span

Block = Literal["paragraph", "bullet", "heading"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a writer proposes it: what it says and which of the papers given to the writer it cites.

    lead: shown in front of it, as the name of the paper; it claims nothing. quotes: where the text is made of stretches
    of the first paper's abstract, their spans in order, with `GAP` in the place of what was left out.
    """

    text: str
    block: Block
    papers: tuple[Paper, ...]
    lead: str = ""
    quotes: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a writer knows once its drafts are drawn dry.

    missing: what was asked and no source states, in the writer's words. invented: marks that named no source. cut:
    whether it ran out of room. usage: the Answer's `usage`.
    """

    missing: str | None = None
    invented: int = 0
    cut: bool = False
    usage: Mapping[str, Any] = field(
        default_factory=lambda: {"input_tokens": 0, "output_tokens": 0, "cost": None, "priced_as": None}
    )
    prompt_fingerprints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """A shown sentence that failed its check: `papers` are those its writer cited, `reasons` say why."""

    index: int
    text: str
    block: Block
    papers: tuple[Paper, ...]
    reasons: tuple[str, ...]


class Writer(Protocol):
    """What proposes an answer: with a model (`written`) or without (`extractive`)."""

    def write(self, question: str, papers: Sequence[Passage]) -> Generator[Draft]:
        """Drafts, in the order in which they are to be read. `papers`: the best passage of each, best first."""
        ...

    def repair(self, failed: Sequence[Failed]) -> Mapping[int, Draft]:
        """New drafts for sentences that failed, by index, as far as the writer has any. Raises ModelError."""
        ...

    def translate(self, texts: Sequence[str]) -> Mapping[int, str]:
        """Checked texts in the language of the question, by their place, as far as it is another. Raises ModelError."""
        ...

    def outcome(self) -> Outcome:
        """What is known when the drafts are drawn dry."""
        ...
