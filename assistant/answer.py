"""Answer: what came of a question, the same at every door; Event: a step on the way to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from . import render
from .citations import Citation, Sentence

SCHEMA_VERSION = 1

State = Literal["answered", "partial", "not_in_corpus"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. `to_dict()` follows assistant/schemas/answer.schema.json.

    answerable: probability 0..1. timings: milliseconds by stage. Where `state` is `not_in_corpus`, sentences and
    citations are empty, `text` says so and `nearest` names papers; where it is `partial`, `missing` says what was
    asked and no retrieved abstract states.
    """

    question: str
    state: State
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    papers: tuple[dict[str, Any], ...]
    answerable: float
    checks: dict[str, int]
    passages: tuple[dict[str, Any], ...]
    nearest: tuple[dict[str, Any], ...]
    missing: str | None
    mode: Literal["extractive", "llm"]
    model: str | None
    usage: dict[str, Any]
    timings: dict[str, float]
    corpus: str
    index_fingerprint: str
    prompt_fingerprints: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable form, the same at every door."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        plain |= {name: list(plain[name]) for name in ("papers", "passages", "nearest", "warnings")}
        plain["sentences"] = [sentence.to_dict() for sentence in self.sentences]
        plain["citations"] = [citation.to_dict() for citation in self.citations]
        return {"schema_version": SCHEMA_VERSION, **plain}

    def turns(self) -> list[dict[str, Any]]:
        """The question and the answer as history items, for the next question of the conversation."""
        cited = [{"number": paper["number"], "paper_id": paper["paper_id"]} for paper in self.papers]
        return [
            {"role": "user", "content": self.question},
            {"role": "assistant", "content": self.text, "citations": cited},
        ]

    def markdown(self) -> str:
        """The answer with its references as Markdown."""
        return render.markdown(self.to_dict())

    def bibtex(self) -> str:
        """The cited papers as BibTeX."""
        return render.bibtex(self.to_dict())

    def __str__(self) -> str:
        return render.terminal(self.to_dict())


@dataclass(frozen=True, slots=True)
class Event:
    """One step of an answer on its way: what `kind` names is set, the rest is None. The last is always `answer`."""

    kind: Literal["stage", "sentence", "revised", "answer"]
    stage: dict[str, Any] | None = None
    sentence: Sentence | None = None
    citations: tuple[Citation, ...] = ()
    reason: str | None = None
    answer: Answer | None = None
