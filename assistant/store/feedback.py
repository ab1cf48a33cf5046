"""What readers thought of answers: kept beside the papers, and made into questions for the evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..errors import SettingsError

if TYPE_CHECKING:
    from . import Store

Vote = Literal["up", "down"]

_LONGEST = 2000  # characters of a reason


@dataclass(frozen=True, slots=True)
class Opinion:
    """A vote on an answer. `answer` is what `Answer.to_dict()` gave, `time` UTC as `2026-11-22 10:00:00`."""

    id: int
    question: str
    answer: dict[str, Any]
    vote: Vote
    reason: str
    time: str


class Feedback:
    """The feedback table of a store. SQLite's own lock guards it; the index's generation stays as it is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, answer: Mapping[str, Any], vote: Vote, reason: str = "") -> int:
        """Keeps a vote and returns its id. Raises SettingsError for another vote than up or down."""
        if vote not in ("up", "down"):
            raise SettingsError(f"There is no vote {vote!r}.", cure="Vote up or down.")
        values = (answer["question"], json.dumps(dict(answer), ensure_ascii=False), vote, reason.strip()[:_LONGEST])
        row = self._store.sql.execute(
            "INSERT INTO feedback (question, answer_json, vote, reason, time) "
            "VALUES (?, ?, ?, ?, datetime('now')) RETURNING id",
            values,
        ).fetchone()
        return int(row["id"])

    def each(self) -> Iterator[Opinion]:
        """All of it, oldest first."""
        rows = self._store.sql.execute("SELECT id, question, answer_json, vote, reason, time FROM feedback ORDER BY id")
        for row in rows:
            answer = json.loads(row["answer_json"])
            yield Opinion(row["id"], row["question"], answer, row["vote"], row["reason"], row["time"])
