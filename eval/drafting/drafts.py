"""Draft: a question made from a paper or a reader's vote, for a person to look at; and the line it becomes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from assistant.papers import Paper


@dataclass(frozen=True, slots=True)
class Draft:
    """A question about one paper. name: what it calls the paper's subject, which no other paper may have for the
    question to mean this one. facts: as in Question.must_include, each found word for word in the abstract. quote:
    the words of the abstract that answer it. rank: the lower, the more telling the question is.
    """

    paper: Paper
    type: str
    question: str
    answer: str
    name: str = ""
    facts: tuple[tuple[str, ...], ...] = ()
    quote: str = ""
    rank: int = 0
    drafted_by: str = "rules"
    extra: dict[str, Any] = field(default_factory=dict, hash=False)

    def answerable(self) -> dict[str, Any]:
        """A known item: the paper that it was made from is its gold paper."""
        return {
            "id": identified("known", self.question),
            "type": self.type,
            "question": self.question,
            "answerable": True,
            "gold_papers": [self.paper.id],
            "gold_answer": self.answer,
            "must_include": [list(fact) for fact in self.facts],
            "evidence": [{"title": self.paper.title, "quote": self.quote}],
            "drafted_by": self.drafted_by,
            **self.extra,
        }

    def unanswerable(self) -> dict[str, Any]:
        """The same question with its paper out of reach."""
        return {
            "id": identified("near", self.question),
            "type": "unanswerable_near",
            "question": self.question,
            "answerable": False,
            "exclude": [self.paper.id],
            "drafted_by": self.drafted_by,
            "removed": {"title": self.paper.title, "quote": self.quote},
            **self.extra,
        }


def identified(kind: str, text: str) -> str:
    """An id that a question keeps however often it is drafted."""
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
