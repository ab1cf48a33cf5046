"""Citations: the exact words of an abstract that support an answer sentence, found by us, never taken on trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .drafts import Block, Draft, Failed
from .grounding import Evidence, Judgement, Label, check
from .grounding.verbatim import GAP
from .papers import Paper
from .sources import Sources


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
    """A checked sentence of an answer: its text without marks, the ids of its citations, and the verdict.

    original: what was checked, in English, where `text` is a translation of it.
    """

    index: int
    text: str
    block: Block
    citations: tuple[str, ...]
    label: Label
    support: float
    reasons: tuple[str, ...] = ()
    original: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            name: list(value) if isinstance(value := getattr(self, name), tuple) else value for name in self.__slots__
        }


_SHORT_HEADING = 2  # words, such as "Main results"
_WORTH = {"supported": 2, "partial": 1}


@dataclass(slots=True)
class Binder:
    """Turns the drafts of one answer into checked sentences; holds the numbers that its papers have been given.

    sources: makes papers sources. retrieved: every paper that the writer could have cited. numbers: of papers cited
    in earlier turns of the conversation, in which a paper keeps its number and new ones continue the count. recited
    and repaired: sentences whose citations were replaced, and that were written anew.
    """

    sources: Sources = field(default_factory=Sources)
    retrieved: Sequence[Paper] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    recited: int = 0
    repaired: int = 0
    _drafts: list[Draft] = field(default_factory=list)
    _dropped: dict[int, int] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        """How many papers the writer cited for sentences that they do not support; those are not shown."""
        return sum(self._dropped.values())

    def bind(self, draft: Draft) -> tuple[Sentence, tuple[Citation, ...]]:
        """Checks the draft against the abstracts it cites, else against all retrieved, and cites what supports it."""
        judged = self._judge(draft)
        self._drafts.append(draft)
        self.recited += judged.recited
        return self._bound(len(self._drafts) - 1, draft, judged)

    def failed(self, sentences: Sequence[Sentence]) -> list[Failed]:
        """Those of the sentences bound here that nothing supports, for the writer to repair."""
        return [
            Failed(one.index, one.text, one.block, self._drafts[one.index].papers, one.reasons)
            for one in sentences
            if one.label in ("unsupported", "contradicted")
        ]

    def rebind(self, index: int, draft: Draft) -> tuple[Sentence, tuple[Citation, ...]] | None:
        """The sentence `index` by a new draft; None where the new one fails too."""
        judged = self._judge(draft)
        if judged.verdict.label not in _WORTH:
            return None
        self._drafts[index] = draft
        self.repaired += 1
        return self._bound(index, draft, judged)

    def _judge(self, draft: Draft) -> _Judged:
        """The verdict and the papers it rests on; a sentence that fails by what it cites may stand by another paper."""
        if draft.block == "heading":
            return _Judged((), self._heading(draft.text))
        if _is_quoted(draft):
            return _Judged(draft.papers, Judgement("supported", 1.0, (), _evidence(draft)))
        vector = self.sources.vector(draft.text)
        judgement = check(draft.text, self.sources.of(draft.papers), vector)
        if judgement.label in ("supported", "not_checkable"):
            return _Judged(draft.papers, judgement)
        others = [paper for paper in self.retrieved if paper not in draft.papers]
        sources = self.sources.of(others)
        found = [(check(draft.text, [one], vector), paper) for one, paper in zip(sources, others, strict=True)]
        other, paper = max(found, key=lambda one: _rank(one[0]), default=(judgement, None))
        if paper is None or _WORTH.get(other.label, 0) <= _WORTH.get(judgement.label, 0):
            return _Judged(draft.papers, judgement)
        return _Judged((paper,), other, recited=True)

    def _heading(self, text: str) -> Judgement:
        """A heading cites nothing; one that says more than two words must say what the sources speak of."""
        unchecked = Judgement("not_checkable", 0.0)
        if len(text.split()) <= _SHORT_HEADING:
            return unchecked
        found = check(text, self.sources.of(self.retrieved))
        return replace(found, evidence=()) if found.label == "unsupported" else unchecked

    def _bound(self, index: int, draft: Draft, judged: _Judged) -> tuple[Sentence, tuple[Citation, ...]]:
        verdict = judged.verdict
        citations = tuple(self._cite(index, judged))
        cited = {citation.paper_id for citation in citations}
        checkable = verdict.label != "not_checkable"
        self._dropped[index] = sum(checkable and paper.id not in cited for paper in draft.papers)
        ids = tuple(citation.id for citation in citations)
        support = round(verdict.support, 4)
        return Sentence(
            index, draft.lead + draft.text, draft.block, ids, verdict.label, support, verdict.reasons
        ), citations

    def _cite(self, index: int, judged: _Judged) -> list[Citation]:
        citations = []
        for i, evidence in enumerate(judged.verdict.evidence, start=1):
            paper = judged.papers[evidence.source]
            number = self.numbers.setdefault(paper.id, max(self.numbers.values(), default=0) + 1)
            quote = paper.abstract[evidence.start : evidence.end]
            support = round(evidence.support, 4)
            citations.append(Citation(f"s{index}c{i}", number, paper.id, quote, evidence.start, evidence.end, support))
        return citations


@dataclass(frozen=True, slots=True)
class _Judged:
    """A verdict, and the papers that its evidence counts through."""

    papers: Sequence[Paper]
    verdict: Judgement
    recited: bool = False


def _is_quoted(draft: Draft) -> bool:
    """Whether the text is its quotes and nothing else, gaps aside."""
    if not draft.quotes:
        return False
    said = " ".join(draft.papers[0].abstract[start:end] for start, end in draft.quotes)
    return said.replace(GAP, " ").split() == draft.text.replace(GAP, " ").split()


def _evidence(draft: Draft) -> tuple[Evidence, ...]:
    return tuple(Evidence(0, start, end, 1.0) for start, end in draft.quotes)


def _rank(judgement: Judgement) -> tuple[int, float]:
    return _WORTH.get(judgement.label, 0), judgement.support


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
