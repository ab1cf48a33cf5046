"""The questions asked, one after another or several at once: each becomes an outcome, whatever happens to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError
from assistant.papers import title_key

from .dataset import Question
from .dataset import split as split_of
from .gold import Gold
from .measures import Case, Scored, Unscored, failed, score

if TYPE_CHECKING:
    from assistant import Assistant

    from .judge import Judge

SCHEMA_VERSION = 1

Outcome = dict[str, Any]


@dataclass(slots=True)
class Asking:
    """Asks questions; any thread may. keep: given each outcome as it is done, never two at once."""

    assistant: Assistant
    gold: Gold
    judge: Judge | None
    keep: Callable[[Outcome], None]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def each(self, questions: Sequence[Question], workers: int) -> Generator[Outcome]:
        """The outcomes, as they are done. An interrupt stops it: no further question is begun, and those that are under
        way with several workers are finished and kept."""
        if not questions:
            return
        # The first question would otherwise pay for loading the embedder and the index.
        self.assistant.retrieve("warm up", top_k=1)
        if workers == 1:
            for question in questions:
                yield self._kept(question)
            return
        pool = ThreadPoolExecutor(workers)
        try:
            for done in as_completed([pool.submit(self._kept, question) for question in questions]):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _kept(self, question: Question) -> Outcome:
        outcome = self.ask(question)
        with self._lock:
            self.keep(outcome)
        return outcome

    def ask(self, question: Question) -> Outcome:
        """One question's outcome, as assistant/schemas/outcome.schema.json has it."""
        answer: dict[str, Any] | None = None
        error: AssistantError | None = None
        try:
            filters = {"paper_ids": self._within_reach(question)} if question.exclude else None
            started = perf_counter()
            found = self.assistant.ask(question.question, history=question.history or None, filters=filters)
            seconds = perf_counter() - started
            answer = plain(found.to_dict())
            named = {name: self.gold[name] for name in question.gold_papers}
            scored = score(Case(question, answer, named, seconds, self.assistant.index), self.judge)
        except AssistantError as raised:
            error = raised
            scored = failed(f"failed: {type(raised).__name__}", judged=self.judge is not None)
        return _outcome(question, answer, error, scored)

    def _within_reach(self, question: Question) -> list[str]:
        """The ids of all papers but those that the question excludes."""
        store = self.assistant.index.store
        out = {
            paper.id for name in question.exclude for paper in store.by_ids([name]) or store.by_title(title_key(name))
        }
        return [row["id"] for row in store.sql.execute("SELECT id FROM papers") if row["id"] not in out]


def _outcome(
    question: Question, answer: dict[str, Any] | None, error: AssistantError | None, scored: Scored
) -> Outcome:
    scores = scored.scores.items()
    return {
        "schema_version": SCHEMA_VERSION,
        "id": question.id,
        "type": question.type,
        "split": split_of(question),
        "question": plain(question.to_dict()),
        "answer": answer,
        "error": None if error is None else error.to_dict(),
        "scores": {name: None if isinstance(one, Unscored) else round(one, 6) for name, one in scores},
        "reasons": {name: one.reason for name, one in scores if isinstance(one, Unscored)},
        "details": plain(scored.details),
    }


def to_judge_again(outcome: Outcome) -> bool:
    """Whether the judge failed at it for a reason that waiting could cure."""
    return bool((outcome["details"].get("judge") or {}).get("retryable"))


def plain(value: Any) -> Any:
    """As it will be read back: an outcome is the same whether it comes from the disk or not."""
    return json.loads(json.dumps(value))
