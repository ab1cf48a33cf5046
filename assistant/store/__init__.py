"""papers.sqlite: the truth about a corpus, from which everything else can be rebuilt."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..papers import Paper, abstract_key, title_key
from .builds import Build, Builds, Rows
from .conversations import Conversations
from .feedback import Feedback
from .filters import Filters
from .schema import connect, disk_error, is_read_only

__all__ = ["Build", "Filters", "Rows", "Store"]


class Store:
    """One corpus's papers, and (as `builds`) what the derived indexes hold of them.

    Any thread may use it: each gets a connection of its own. Readers see committed work only. `read_only`: it could not
    be written to when it was opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read_only = is_read_only(path)
        self._local = threading.local()
        self._opened: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._opening = threading.Lock()
        self.builds = Builds(self)
        self.conversations = Conversations(self)
        self.feedback = Feedback(self)

    @property
    def sql(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with self._opening:
                self._close_of_dead_threads()
                connection = self._local.connection = connect(self.path)
                self._opened.append((threading.current_thread(), connection))
        return connection

    def close(self) -> None:
        """Closes the connections of all threads."""
        self.builds.close()
        with self._opening:
            for _, connection in self._opened:
                connection.close()
            self._opened.clear()
            self._local = threading.local()

    def _close_of_dead_threads(self) -> None:
        # A server may start a thread a question; their connections would use up the files a process may open.
        for thread, connection in self._opened:
            if not thread.is_alive():
                connection.close()
        self._opened = [(thread, connection) for thread, connection in self._opened if thread.is_alive()]

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[None]:
        """All or nothing. With `keep=False` it is a rehearsal: everything is undone at the end."""
        try:
            if self.read_only:
                raise PermissionError
            self.sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.sql.execute("COMMIT" if keep else "ROLLBACK")
            except BaseException:
                if self.sql.in_transaction:  # SQLite itself ends one that the disk had no room for
                    self.sql.execute("ROLLBACK")
                raise
        except (OSError, sqlite3.DatabaseError) as error:
            raise disk_error(error, self.path) from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Look-ups inside see one state of the corpus, whatever is committed meanwhile."""
        self.sql.execute("BEGIN")
        try:
            yield
        finally:
            self.sql.execute("COMMIT")

    # Look-ups (the two that papers.resolve needs come first)

    def by_ids(self, ids: Sequence[str]) -> list[Paper]:
        """The papers known by any of these ids, oldest first."""
        known = "SELECT number FROM aliases WHERE alias IN (SELECT value FROM json_each(?))"
        return self._papers(f"number IN ({known}) ORDER BY number", json.dumps(list(ids)))

    def by_title(self, key: str) -> list[Paper]:
        """The papers whose title has this key (`papers.title_key`), oldest first."""
        return self._papers("title_key = ? ORDER BY number", key)

    def by_abstract(self, key: str) -> list[tuple[str, str]]:
        """(id, title) of the papers whose abstract has this key (`papers.abstract_key`)."""
        query = "SELECT id, json_extract(json, '$.title') FROM papers WHERE abstract_key = ?"
        return [tuple(row) for row in self.sql.execute(query, [key])]

    def abstracts(self) -> Iterator[tuple[str, str]]:
        """(id, abstract) of every paper, oldest first, one at a time."""
        query = "SELECT id, json_extract(json, '$.abstract') FROM papers WHERE title_key <> '' ORDER BY number"
        return (tuple(row) for row in self.sql.execute(query))

    def by_numbers(self, numbers: Iterable[int]) -> dict[int, Paper]:
        """The papers with these numbers; one that is gone is left out."""
        rows = self.sql.execute(
            "SELECT number, json FROM papers WHERE number IN (SELECT value FROM json_each(?))",
            [json.dumps(list(numbers))],
        )
        return {row["number"]: _paper(row["json"]) for row in rows}

    def numbers(self, ids: Iterable[str]) -> list[int]:
        """The numbers of the papers known by any of these ids."""
        rows = self.sql.execute(
            "SELECT DISTINCT number FROM aliases WHERE alias IN (SELECT value FROM json_each(?)) ORDER BY number",
            [json.dumps(list(ids))],
        )
        return [row["number"] for row in rows]

    def number(self, paper_id: str) -> int:
        """The number of the paper with this very id. KeyError if there is none."""
        row = self.sql.execute("SELECT number FROM papers WHERE id = ?", [paper_id]).fetchone()
        if row is None:
            raise KeyError(paper_id)
        return int(row["number"])

    def papers(self, filters: Filters, *, limit: int = -1, offset: int = 0) -> list[Paper]:
        """The indexed papers that pass the filters, in the order they were added."""
        return [paper for _, paper in self.each(filters, limit=limit, offset=offset)]

    def each(
        self,
        filters: Filters | None = None,
        *,
        title: str | None = None,
        limit: int | None = None,
        offset: int = 0,
        **more: Any,
    ) -> Iterator[tuple[int, Paper]]:
        """(number, paper) of the same, one at a time, and only those with all words of `title` in their titles.

        The filters may be named one by one.
        """
        where, values = (filters or Filters.of(more)).where()
        titled = "NOT EXISTS (SELECT 1 FROM json_each(?) WHERE instr(title_key, value) = 0)"
        sql = f"SELECT number, json FROM papers WHERE {where} AND {titled} AND {_DONE} ORDER BY number LIMIT ? OFFSET ?"
        words, most = title_key(title or "").split(), -1 if limit is None else limit
        for row in self.sql.execute(sql, [*values, json.dumps(words), most, offset]):
            yield row["number"], _paper(row["json"])

    def of_source(self, source: str) -> dict[int, str]:
        """Number and id of every paper that this source gave, the oldest first."""
        rows = self.sql.execute(
            "SELECT p.number, p.id FROM papers p JOIN sources s ON s.number = p.number "
            "WHERE s.source = ? ORDER BY p.number",
            [source],
        )
        return {row["number"]: row["id"] for row in rows}

    def count(self, filters: Filters | None = None) -> int:
        """How many indexed papers pass the filters."""
        where, values = (filters or Filters()).where()
        row = self.sql.execute(f"SELECT count(*) FROM papers WHERE {where} AND {_DONE}", values).fetchone()
        return int(row[0])

    def total(self) -> int:
        """How many papers there are, indexed or not yet."""
        return int(self.sql.execute("SELECT count(*) FROM papers").fetchone()[0])

    def _papers(self, condition: str, *values: object) -> list[Paper]:
        rows = self.sql.execute(f"SELECT json FROM papers WHERE {condition}", values)
        return [_paper(row["json"]) for row in rows]

    # Changes: call them inside a transaction

    def save(self, paper: Paper) -> int:
        """Inserts or replaces a paper by its id and returns its number."""
        values = (
            title_key(paper.title),
            paper.content_hash,
            paper.year,
            paper.venue.casefold() if paper.venue else None,
            "\n".join(paper.authors).casefold(),
            abstract_key(paper.abstract),
            json.dumps(paper.to_dict(), ensure_ascii=False),
        )
        number = self.sql.execute(
            "INSERT INTO papers (id, title_key, content_hash, year, venue, authors, abstract_key, json) "
            "VALUES (?,?,?,?,?,?,?,?) "
            "ON CONFLICT (id) DO UPDATE SET title_key = excluded.title_key, content_hash = excluded.content_hash, "
            "year = excluded.year, venue = excluded.venue, authors = excluded.authors, "
            "abstract_key = excluded.abstract_key, json = excluded.json RETURNING number",
            (paper.id, *values),
        ).fetchone()["number"]
        self.sql.execute("DELETE FROM aliases WHERE number = ?", [number])
        self.sql.execute("DELETE FROM sources WHERE number = ?", [number])
        self.sql.executemany(
            "INSERT OR IGNORE INTO aliases VALUES (?, ?)", [(one, number) for one in {paper.id, *paper.source_ids}]
        )
        self.sql.executemany("INSERT OR IGNORE INTO sources VALUES (?, ?)", [(s, number) for s in paper.sources])
        return int(number)

    def forget(self, numbers: Iterable[int]) -> None:
        """Deletes papers whose derived data is gone."""
        self.sql.executemany("DELETE FROM papers WHERE number = ?", [(number,) for number in numbers])

    def disown(self, paper_ids: Iterable[str]) -> list[int]:
        """Takes the ids away from papers that were absorbed by another; returns their numbers."""
        numbers = []
        for paper_id in paper_ids:
            row = self.sql.execute("SELECT number FROM papers WHERE id = ?", [paper_id]).fetchone()
            if row is not None:
                numbers.append(int(row["number"]))
                self.sql.execute("DELETE FROM aliases WHERE number = ?", [row["number"]])
                sql = "UPDATE papers SET title_key = '', abstract_key = '' WHERE number = ?"
                self.sql.execute(sql, [row["number"]])
        return numbers

    # The bundled sample

    @property
    def sample_hash(self) -> str | None:
        """The hash of the bundled pages that this corpus holds whole, if it is the sample."""
        value = self.sql.execute("SELECT sample_hash FROM current").fetchone()["sample_hash"]
        return None if value is None else str(value)

    @sample_hash.setter
    def sample_hash(self, value: str) -> None:
        self.sql.execute("UPDATE current SET sample_hash = ?", [value])


_DONE = "number IN (SELECT i.number FROM indexed i, current c WHERE i.build = c.active_build AND i.state = 'done')"


def _paper(text: str) -> Paper:
    return Paper.from_dict(json.loads(text))
