"""Votes on answers become questions; what a vote does not tell is named, for a person to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .drafts import identified

if TYPE_CHECKING:
    from assistant.store.feedback import Opinion

KIND = "feedback"
_UNKNOWN = ["answerable", "gold_papers", "gold_answer", "must_include"]


def questions(opinions: Iterable[Opinion]) -> Iterator[dict[str, Any]]:
    """One for each question that was voted on, by its last vote.

    Up: the cited papers are gold and the answer is the gold answer; a declined one says that the papers cannot answer.
    Down: what is right is unknown, and all of it is to be filled in; the answer and the reader's reason are kept beside
    it. Required facts are always to be filled in, as no vote names them.
    """
    last = {" ".join(one.question.split()).casefold(): one for one in opinions}
    for opinion in last.values():
        yield _voted_up(opinion) if opinion.vote == "up" else _question(opinion, _UNKNOWN)


def _voted_up(opinion: Opinion) -> dict[str, Any]:
    if opinion.answer.get("state") == "not_in_corpus":
        return _question(opinion, []) | {"answerable": False}
    gold = list(dict.fromkeys(paper["paper_id"] for paper in opinion.answer.get("papers", ())))
    said = " ".join(one["text"] for one in opinion.answer.get("sentences", ()))
    lacking = ["must_include"] if gold else ["gold_papers", "must_include"]
    return _question(opinion, lacking) | {"gold_papers": gold, "gold_answer": said}


def _question(opinion: Opinion, to_fill_in: list[str]) -> dict[str, Any]:
    answer = opinion.answer
    return {
        "id": identified(KIND, opinion.question),
        "type": KIND,
        "question": opinion.question,
        "answerable": True,
        "gold_papers": [],
        "gold_answer": "",
        "must_include": [],
        "to_fill_in": to_fill_in,
        "drafted_by": "a reader's vote",
        "reader": {
            "vote": opinion.vote,
            "reason": opinion.reason,
            "time": opinion.time,
            "answer": answer.get("text", ""),
            "cited": [{"paper_id": one["paper_id"], "title": one["title"]} for one in answer.get("papers", ())],
        },
    }
