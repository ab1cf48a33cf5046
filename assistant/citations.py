"""Citations: the exact words of an abstract that support an answer sentence, found by us, never taken on trust."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from .grounding import Judgement, Label, Source, check
from .papers import Paper
from .retrieval import Passage
from .sentences import split

Block = Literal["paragraph", "bullet", "heading"]


@dataclass(frozen=True, slots=True)
class Citation:
    """One span: `quote` is `abstract[start:end]` of its paper, in code points. `number` names the paper within the
    answer, so several citations may share it. `support` (0..1) is how far the quote carries its sentence."""

    id: str
    number: int
    paper_id: str
    quote: str
    start: int
    end: int
    support: float

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A checked sentence of an answer: its text without marks, the ids of its citations, and the verdict."""

    index: int
    text: str
    block: Block
    citations: tuple[str, ...]
    label: Label
    support: float
    reasons: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value := getattr(self, name), tuple) else value for name in self.__slots__
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as a writer proposes it: what it says and which of the papers given to the writer it cites."""

    text: str
    block: Block
    papers: tuple[Paper, ...]


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


class Writer(Protocol):
    """What proposes an answer: with a model (`written`) or without (`extractive`)."""

    def write(self, question: str, papers: Sequence[Passage]) -> Generator[Draft]:
        """Drafts, in the order in which they are to be read. `papers`: the best passage of each, best first."""
        ...

    def outcome(self) -> Outcome:
        """What is known when the drafts are drawn dry."""
        ...


_WORTH = {"supported": 2, "partial": 1}


@dataclass(slots=True)
class Binder:
    """Turns the drafts of one answer into checked sentences; holds the numbers that its papers have been given.

    retrieved: every paper that the writer could have cited. numbers: of papers cited in earlier turns of the
    conversation, in which a paper keeps its number and new ones continue the count.
    """

    retrieved: Sequence[Paper] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    bound: int = 0
    recited: int = 0

    def bind(self, draft: Draft) -> tuple[Sentence, tuple[Citation, ...]]:
        """Checks the draft against the abstracts it cites, else against all retrieved, and cites what supports it."""
        papers, judgement = self._judge(draft)
        citations = tuple(self._cite(papers, judgement))
        sentence = Sentence(
            self.bound,
            draft.text,
            draft.block,
            tuple(citation.id for citation in citations),
            judgement.label,
            round(judgement.support, 4),
            judgement.reasons,
        )
        self.bound += 1
        return sentence, citations

    def _judge(self, draft: Draft) -> tuple[Sequence[Paper], Judgement]:
        """The verdict and the papers it rests on; a sentence that fails by what it cites may stand by another paper."""
        if draft.block == "heading":
            return (), Judgement("not_checkable", 0.0)
        judgement = check(draft.text, [source_of(paper) for paper in draft.papers])
        if judgement.label in ("supported", "not_checkable"):
            return draft.papers, judgement
        others = [paper for paper in self.retrieved if paper not in draft.papers]
        found = [(check(draft.text, [source_of(paper)]), paper) for paper in others]
        other, paper = max(found, key=lambda one: _rank(one[0]), default=(judgement, None))
        if paper is None or _WORTH.get(other.label, 0) <= _WORTH.get(judgement.label, 0):
            return draft.papers, judgement
        self.recited += 1
        return (paper,), other

    def _cite(self, papers: Sequence[Paper], judgement: Judgement) -> list[Citation]:
        citations = []
        for i, evidence in enumerate(judgement.evidence, start=1):
            paper = papers[evidence.source]
            number = self.numbers.setdefault(paper.id, max(self.numbers.values(), default=0) + 1)
            quote = paper.abstract[evidence.start : evidence.end]
            citations.append(
                Citation(
                    f"s{self.bound}c{i}",
                    number,
                    paper.id,
                    quote,
                    evidence.start,
                    evidence.end,
                    round(evidence.support, 4),
                )
            )
        return citations


def _rank(judgement: Judgement) -> tuple[int, float]:
    return _WORTH.get(judgement.label, 0), judgement.support


def source_of(paper: Paper) -> Source:
    """A paper's abstract as a source of evidence."""
    return Source(paper.abstract, tuple(split(paper.abstract)), paper.title)


def cited_papers(citations: Sequence[Citation], papers: Mapping[str, Paper]) -> list[dict[str, Any]]:
    """What a reader needs of each cited paper, in the order of the numbers."""
    numbers = {citation.paper_id: citation.number for citation in citations}
    return [
        {"paper_id": paper_id, "number": number, **_shown(papers[paper_id])}
        for paper_id, number in sorted(numbers.items(), key=lambda pair: pair[1])
    ]


def _shown(paper: Paper) -> dict[str, Any]:
    whole = paper.to_dict()
    return {name: whole[name] for name in ("title", "abstract", "url", "year", "authors", "venue", "doi", "arxiv_id")}
