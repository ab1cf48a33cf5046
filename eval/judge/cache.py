"""Replies of judges kept on disk by model and prompt, so that nothing is asked and paid for twice."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from assistant.llm import Reply, Usage

from ..kept import disk_faults


class ReplyCache:
    """Key -> whole reply. One SQLite file, which may be deleted at any time; any thread and process may use it.

    Raises AssistantError where the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        with disk_faults(self._path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._sql = sqlite3.connect(path, timeout=60, check_same_thread=False)
            self._sql.execute(
                "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, text TEXT NOT NULL, finish TEXT NOT NULL, "
                "input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, exact INTEGER NOT NULL)"
            )

    def close(self) -> None:
        with self._lock:
            self._sql.close()

    def get(self, key: str) -> Reply | None:
        with self._lock, disk_faults(self._path):
            query = "SELECT text, finish, input_tokens, output_tokens, exact FROM replies WHERE key = ?"
            row = self._sql.execute(query, [key]).fetchone()
        return None if row is None else Reply(row[0], Usage(row[2], row[3], bool(row[4])), row[1])

    def put(self, key: str, reply: Reply) -> None:
        used = reply.usage
        text = reply.text.encode("utf-8", "replace").decode()  # half of a surrogate pair is no text to SQLite
        row = (key, text, reply.finish, used.input_tokens, used.output_tokens, used.exact)
        with self._lock, disk_faults(self._path), self._sql:
            self._sql.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?)", row)
