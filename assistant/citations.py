"""Citations: the exact words of an abstract that support an answer sentence, found by us, never taken on trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .grounding import Judgement, Label, Source, check
from .papers import Paper
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


@dataclass(slots=True)
class Binder:
    """Turns the drafts of one answer into checked sentences; holds the numbers that its papers have been given.

    `numbers` may come filled from earlier turns of a conversation, in which a paper keeps its number.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    bound: int = 0

    def bind(self, draft: Draft) -> tuple[Sentence, tuple[Citation, ...]]:
        """Checks the draft against the abstracts it cites and cites the spans that support it."""
        judgement = check(draft.text, [source_of(paper) for paper in draft.papers])
        if draft.block == "heading":
            judgement = Judgement("not_checkable", 0.0, (), ())
        citations = tuple(self._cite(draft.papers, judgement))
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


def source_of(paper: Paper) -> Source:
    """A paper's abstract as a source of evidence."""
    return Source(paper.abstract, tuple(split(paper.abstract)))


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
