"""The writer that needs no model: it picks the sentences of the abstracts that answer, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .citations import Draft, Failed, Outcome
from .papers import Paper
from .retrieval import Passage
from .sentences import split

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Stems = Callable[[str], Sequence[str]]

_FACT_PAPERS, _LIST_PAPERS = 4, 8
_REDUNDANT = 0.9  # cosine at which a second sentence says the same
_WORTH_ADDING = 0.75  # of the first sentence's score
_LINK = re.compile(
    r"https?:|github|\bcode\b.*\bavailable\b|\bavailable at\b|\brelease\w* (our|the|all)\b.*\b(code|models?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d")
_WORD = re.compile(r"[\w-]+")
_CLAUSE = re.compile(
    r"(?:,|;|[.?]|,? and|,? or)\s+(?=(?:(?:by|in|at|on|to|with|for|from|about)\s)?(?:how|what|which|"
    r"when|where|why|who|does|do|is|are)\b)",
    re.IGNORECASE,
)
_ASKS_NUMBER = re.compile(
    r"\b(how (many|much|few|little|large|big|fast|long|often|far|well|accurate)|what (\S+ ){0,2}?(accuracy|score|rate|"
    r"number|percentage|speed-?up|size|improvement|gain|reduction|bleu|fid|map|f1|auc)|by how much|when|which year)\b",
    re.IGNORECASE,
)
_ASKS_LIST = re.compile(
    r"\b(which (\w+ ){0,3}?(papers|works|methods|approaches|models|datasets|benchmarks|studies|techniques)|list\b|name "
    r"(some|all|several|the)|what (are|papers|methods|approaches|works|datasets|benchmarks)|papers (that|which|about|"
    r"on)|overview|survey of|different ways)\b",
    re.IGNORECASE,
)
_ASKS_COMPARISON = re.compile(
    r"\b(compar\w*|versus|vs\.?|differ\w*|in contrast|both|better than|rather than|on the one hand)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of an abstract: `score` is how well it answers the question, `parts` each clause of it."""

    paper: Paper
    text: str
    score: float
    parts: tuple[float, ...]
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Extractive:
    """Writes drafts from passages. `weights` gives the idf of the question's stems."""

    embed: Embed
    stems: Stems
    weights: Mapping[str, float]

    def write(self, question: str, papers: Sequence[Passage]) -> Generator[Draft]:
        """Drafts that answer, shaped by the question: one or two sentences, or a bullet for each paper.

        `papers` holds the best passage of each retrieved paper, in rank order.
        """
        shape = shape_of(question)
        candidates = self._candidates(question, papers[: _FACT_PAPERS if shape == "fact" else _LIST_PAPERS])
        if shape == "fact":
            yield from _paragraph(candidates)
        else:
            yield from _bullets(candidates, two=shape == "comparison")

    def repair(self, failed: Sequence[Failed]) -> Mapping[int, Draft]:
        """None: what is quoted word for word does not fail."""
        return {}

    def outcome(self) -> Outcome:
        """Nothing that the drafts do not say."""
        return Outcome()

    def _candidates(self, question: str, papers: Sequence[Passage]) -> list[Candidate]:
        """All sentences of the papers, best first."""
        sentences = [
            (passage, passage.paper.abstract[start:end])
            for passage in papers
            for start, end in split(passage.paper.abstract)
        ]
        asked = [question, *clauses(question)]
        vectors = self.embed([*asked, *(text for _, text in sentences)])
        best = max((passage.score for passage in papers), default=1.0)
        similarities = (vectors[len(asked) :] @ vectors[: len(asked)].T).tolist()
        candidates = []
        for (passage, text), vector, near in zip(sentences, vectors[len(asked) :], similarities, strict=True):
            whole, *parts = (self._fit(one, text, passage) + n for one, n in zip(asked, near, strict=True))
            candidates.append(Candidate(passage.paper, text, whole + passage.score / best, tuple(parts), vector))
        return sorted(candidates, key=lambda candidate: -candidate.score)

    def _fit(self, question: str, text: str, passage: Passage) -> float:
        """What speaks for a sentence besides its vector: the question's words, numbers where they are asked for, an
        introduced name; a link speaks against it."""
        asked = {*self.stems(question)} & {*self.weights}
        inside = {*self.stems(text)} & asked
        title = {*self.stems(passage.paper.title)} & asked - inside
        total = sum(self.weights[stem] for stem in asked) or 1.0
        words = sum(self.weights[stem] for stem in inside) + 0.5 * sum(self.weights[stem] for stem in title)
        number = 0.2 * bool(_ASKS_NUMBER.search(question) and _NUMBER.search(text))
        name = 0.2 * any(f"({name})" in text for name in _WORD.findall(question))
        link = 0.4 * bool(_LINK.search(text) and not _LINK.search(question))
        return words / total + number + name - link


def shape_of(question: str) -> str:
    """`fact`, `list` or `comparison`."""
    if _ASKS_NUMBER.search(question):
        return "fact"
    if _ASKS_COMPARISON.search(question):
        return "comparison"
    return "list" if _ASKS_LIST.search(question) else "fact"


def clauses(question: str) -> list[str]:
    """The parts of a question that asks for several things; nothing where it asks for one."""
    parts = [part.strip() for part in _CLAUSE.split(question) if part and part.strip()]
    return parts if len(parts) > 1 else []


def _same(a: Candidate, b: Candidate) -> bool:
    return float(a.vector @ b.vector) > _REDUNDANT


def _paragraph(candidates: Sequence[Candidate]) -> Iterator[Draft]:
    """One or two sentences of the paper that has the best one, in the paper's order."""
    if not candidates:
        return
    first = candidates[0]
    paper = [candidate for candidate in candidates if candidate.paper.id == first.paper.id]
    if first.parts:
        chosen = [max(paper, key=lambda c: c.parts[i]) for i in range(len(first.parts))]
    else:
        chosen = [first, *(c for c in paper[1:2] if c.score > _WORTH_ADDING * first.score and not _same(first, c))]
    unique = {candidate.text: candidate for candidate in chosen}
    for candidate in sorted(unique.values(), key=lambda one: first.paper.abstract.find(one.text)):
        yield Draft(candidate.text, "paragraph", (candidate.paper,))


def _bullets(candidates: Sequence[Candidate], *, two: bool) -> Iterator[Draft]:
    """The best sentence of each paper that comes near the best one; for a comparison the first two papers."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.paper.id, candidate)
    ranked = sorted(best.values(), key=lambda candidate: -candidate.score)
    if two:
        ranked = ranked[:2]
    for candidate in ranked:
        if candidate.score >= 0.75 * ranked[0].score:
            yield Draft(candidate.text, "bullet", (candidate.paper,))
