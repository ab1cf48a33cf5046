"""Required facts within a word budget, so that a long answer cannot win by saying everything."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from ..dataset import Question
from .case import Case, Scored, Unscored

NAMES = ("required_facts", "required_facts_answered", "answer_words")

_WORDS = 60
_WORDS_A_PAPER, _MOST_WORDS = 40, 200
_MANY_PAPERS = ("list", "comparison", "synthesis")


def budget(question: Question) -> int:
    """How many words of an answer are read: 40 a gold paper (at most 200) where the question asks for several
    papers' facts (list, comparison, synthesis; one paper where it names no gold), else 60."""
    if question.type in _MANY_PAPERS:
        return min(_WORDS_A_PAPER * max(1, len(question.gold_papers)), _MOST_WORDS)
    return _WORDS


def words_of(answer: Mapping[str, Any]) -> list[str]:
    """The answer's words between blanks; citation marks are not among them."""
    return " ".join(sentence["text"] for sentence in answer["sentences"]).split()


def normal(text: str) -> str:
    """NFKC, casefolded, every run of blanks one blank."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def holds(text: str, wanted: str) -> bool:
    """Whether the text has `wanted` with no letter or digit adjoining. Both are `normal`."""
    start = text.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum():
            return True
        start = text.find(wanted, start + 1)
    return False


def found(text: str, facts: Sequence[Sequence[str]]) -> list[bool]:
    """For each fact, whether the text has one of its alternatives."""
    read = normal(text)
    return [any(holds(read, normal(alternative)) for alternative in fact) for fact in facts]


def score(case: Case) -> Scored:
    """`required_facts`: the share found, 0 for a declined answer, which gives none; `required_facts_answered` leaves
    declined answers out. `answer_words` counts the whole answer, before the cut."""
    words = words_of(case.answer)
    allowed = budget(case.question)
    declined = Unscored("declined")
    length: float | Unscored = declined if case.declined else len(words)
    if not case.question.must_include:
        none = Unscored("no required facts")
        return Scored({"required_facts": none, "required_facts_answered": none, "answer_words": length})
    hits = found(" ".join(words[:allowed]), case.question.must_include)
    said = found(" ".join(words), case.question.must_include)
    share = sum(hits) / len(hits)
    facts = [
        {"fact": list(fact), "found": hit, "past_budget": any_where and not hit}
        for fact, hit, any_where in zip(case.question.must_include, hits, said, strict=True)
    ]
    return Scored(
        {
            "required_facts": share,
            "required_facts_answered": declined if case.declined else share,
            "answer_words": length,
        },
        {"facts": facts, "word_budget": allowed},
    )
