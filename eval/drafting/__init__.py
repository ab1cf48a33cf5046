"""Questions drafted from a user's own papers and readers' votes, for a person to look through before they are used."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import QuestionsError

from . import asked, everyday, feedback, rules
from .drafts import Draft

if TYPE_CHECKING:
    from assistant import Assistant
    from assistant.papers import Paper

__all__ = ["Drafted", "make_questions"]

Progress = Callable[[int, int], None]
"""Told (done, total) in papers that a model reads."""

_NEAR, _FAR = 5, 10  # one in five questions has its paper removed, one in ten is an everyday one
_LEAST_READ, _READ = 1000, 20  # papers that the rules read: so many at least, and for each question
_TRIED = 2  # papers that a model reads, for each question


@dataclass(frozen=True, slots=True)
class Drafted:
    """The questions as lines of a file, and `summary`: what `make-questions --json` prints."""

    questions: list[dict[str, Any]]
    summary: dict[str, Any]


def make_questions(
    assistant: Assistant,
    out: str | Path,
    *,
    n: int = 50,
    seed: int = 0,
    from_feedback: bool = False,
    on_progress: Progress | None = None,
) -> Drafted:
    """Writes drafts of at most n questions on the assistant's corpus into a new JSONL file.

    With a model it writes them, else rules do: seven in ten with their gold paper, two with it out of reach, one
    everyday question. from_feedback: readers' votes instead. Equal corpora, seeds and replies give equal files.

    Raises QuestionsError where the file exists, cannot be written, or there is nothing to ask about; IndexMissing.
    """
    path = Path(out)
    if path.exists():
        raise QuestionsError(f"{path} exists.", cure="Choose another --out: what a person edited is not written over.")
    dropped: Counter[str] = Counter()
    if from_feedback:
        questions = list(feedback.questions(assistant.index.store.feedback.each()))[:n]
        nothing, cure = "No answer was voted on", "Vote in the chat, or draft without --from-feedback."
    else:
        questions = _from_papers(assistant, n, seed, dropped, on_progress or _unseen)
        nothing, cure = "Nothing in these papers could be asked about", "Index more papers, or use a model."
    if not any(one["type"] != "unanswerable_far" for one in questions):
        raise QuestionsError(f"{nothing} in the corpus {assistant.corpus!r}.", cure=cure)
    _write(path, questions)
    return Drafted(questions, _summary(assistant.corpus, path, questions, dropped, seed))


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""


def _from_papers(
    assistant: Assistant, n: int, seed: int, dropped: Counter[str], on_progress: Progress
) -> list[dict[str, Any]]:
    far, near = n // _FAR, n // _NEAR
    known, removed = _parted(_drafts(assistant, n, seed, dropped, on_progress), n - far - near, near)
    lines = [*(one.answerable() for one in known), *(one.unanswerable() for one in removed)]
    return [*lines, *everyday.drawn(far, seed)]


def _drafts(assistant: Assistant, n: int, seed: int, dropped: Counter[str], on_progress: Progress) -> list[Draft]:
    """Drafts whose name is one paper's alone, best first; those of a model may have no name."""
    if (llm := assistant.llm) is None:
        papers = islice(_shuffled(assistant, seed), max(_LEAST_READ, _READ * n))
        drafts = sorted((draft for paper in papers for draft in rules.drafted(paper)), key=lambda draft: draft.rank)
        return rules.only_here(drafts, _papers(assistant))
    made: list[Draft] = []
    for done, draft in enumerate(asked.drafted(llm, islice(_shuffled(assistant, seed), _TRIED * n), dropped), start=1):
        made += [draft] if draft else []
        on_progress(min(len(made), n), n)
        if len(made) == n or done == _TRIED * n:
            break
    alone = {draft.question for draft in rules.only_here([one for one in made if one.name], _papers(assistant))}
    return [one if one.question in alone else replace(one, name="") for one in made]


def _papers(assistant: Assistant) -> Iterator[Paper]:
    return (paper for _, paper in assistant.index.store.each())


def _shuffled(assistant: Assistant, seed: int) -> Iterator[Paper]:
    """All papers, in an order drawn by seed, which one more paper does not turn over."""
    store = assistant.index.store
    ids = [row["id"] for row in store.sql.execute("SELECT id FROM papers")]
    ids.sort(key=lambda one: hashlib.sha256(f"{seed} {one}".encode()).digest())
    for name in ids:
        yield from store.by_ids([name])


def _parted(drafts: Sequence[Draft], known: int, near: int) -> tuple[list[Draft], list[Draft]]:
    """Drafts to be answered, and drafts whose paper is removed: of other papers, and only such as ask for a fact of
    what no other paper names; at most half of these, the best first."""
    removed = _one_a_paper([draft for draft in drafts if draft.name and draft.facts])[1::2][:near]
    out = {draft.paper.id for draft in removed}
    kept = rules.in_turn([draft for draft in drafts if draft.paper.id not in out])
    firsts = _one_a_paper(kept)
    asked_for = {draft.question for draft in firsts}
    more = {draft.question: draft for draft in kept if draft.question not in asked_for}
    return [*firsts, *more.values()][:known], removed


def _one_a_paper(drafts: Sequence[Draft]) -> list[Draft]:
    """The first of each paper, in their order."""
    first: dict[str, Draft] = {}
    for draft in drafts:
        first.setdefault(draft.paper.id, draft)
    return list(first.values())


def _write(path: Path, questions: Sequence[dict[str, Any]]) -> None:
    text = "".join(f"{json.dumps(question, ensure_ascii=False)}\n" for question in questions)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", errors="surrogatepass", newline="\n") as file:
            file.write(text)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or error}."
        raise QuestionsError(message, cure="Make room or rights there, or choose another --out.") from error


def _summary(
    corpus: str, path: Path, questions: Sequence[dict[str, Any]], dropped: Counter[str], seed: int
) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "corpus": corpus,
        "out": str(path),
        "seed": seed,
        "n": len(questions),
        "types": dict(Counter(one["type"] for one in questions)),
        "drafted_by": dict(Counter(one["drafted_by"] for one in questions)),
        "to_fill_in": sum(bool(one.get("to_fill_in")) for one in questions),
        "dropped": {reason: count for reason, count in sorted(dropped.items()) if count},
    }
