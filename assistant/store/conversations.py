"""The last conversation of a corpus, which `assistant ask -c` goes on with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import Store

_KEPT = 50  # conversations; older ones are deleted


class Conversations:
    """The conversation table of a store. SQLite's own lock guards it; the index's generation stays as it is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def last(self) -> list[dict[str, Any]]:
        """The history items of the conversation that was saved last; empty where there is none."""
        row = self._store.sql.execute("SELECT history FROM conversations ORDER BY id DESC LIMIT 1").fetchone()
        return list(json.loads(row["history"])) if row else []

    def save(self, history: Sequence[Mapping[str, Any]], *, replacing_last: bool) -> None:
        """Keeps a conversation, in the place of the last one if it goes on with that."""
        text = json.dumps(list(history), ensure_ascii=False)
        with self._store.transaction():
            sql = self._store.sql
            if replacing_last:
                sql.execute("DELETE FROM conversations WHERE id = (SELECT max(id) FROM conversations)")
            sql.execute("INSERT INTO conversations (history, updated) VALUES (?, datetime('now'))", [text])
            sql.execute("DELETE FROM conversations WHERE id <= (SELECT max(id) FROM conversations) - ?", [_KEPT])
