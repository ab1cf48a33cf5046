"""Which builds exist, which one is active, and what each holds of each paper."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .catalogue import Catalogue

if TYPE_CHECKING:
    from . import Store
    from .filters import Filters

DERIVED_SCHEMA = 2  # raised when the derived files change shape; an older build is then rebuilt


@dataclass(frozen=True, slots=True)
class Build:
    """One set of derived indexes and what it was made with."""

    id: str
    embedder: str
    dimension: int
    chunk_size: int
    schema: int
    state: str
    vector_rows: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Where a paper's chunk vectors lie in vectors/: `count` rows from `first`."""

    number: int
    first: int
    count: int


class Builds:
    """The build tables of a store. Changes belong inside `store.transaction()`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._catalogue = Catalogue(store.path)

    @property
    def generation(self) -> int:
        """Rises with every committed change of what is indexed, and with every swap."""
        return int(self._store.sql.execute("SELECT generation FROM current").fetchone()[0])

    @property
    def active(self) -> Build | None:
        """The build that answers questions, or None in a corpus that never held a paper."""
        row = self._store.sql.execute("SELECT b.* FROM builds b JOIN current c ON b.id = c.active_build").fetchone()
        return Build(**row) if row else None

    def get(self, build_id: str) -> Build:
        """The build with this id, as it is now."""
        return Build(**self._store.sql.execute("SELECT * FROM builds WHERE id = ?", [build_id]).fetchone())

    def in_state(self, state: str) -> list[Build]:
        """The builds that are `building`, `active` or `old`."""
        return [Build(**row) for row in self._store.sql.execute("SELECT * FROM builds WHERE state = ?", [state])]

    def ids(self) -> set[str]:
        """The ids of all builds."""
        return {row["id"] for row in self._store.sql.execute("SELECT id FROM builds")}

    def create(self, embedder: str, dimension: int, chunk_size: int) -> Build:
        """Registers an empty build, not yet active."""
        build = Build(uuid.uuid4().hex[:12], embedder, dimension, chunk_size, DERIVED_SCHEMA, "building", 0)
        values = (build.id, embedder, dimension, chunk_size, DERIVED_SCHEMA, "building", 0)
        self._store.sql.execute("INSERT INTO builds VALUES (?,?,?,?,?,?,?)", values)
        return build

    def activate(self, build_id: str) -> None:
        """Makes a build the one that answers; the one before becomes `old`."""
        sql = self._store.sql
        sql.execute("UPDATE builds SET state = 'old' WHERE state = 'active'")
        sql.execute("UPDATE builds SET state = 'active' WHERE id = ?", [build_id])
        sql.execute("UPDATE current SET active_build = ?, generation = generation + 1", [build_id])

    def abandon(self, build_id: str) -> None:
        """Gives up a build that was never finished; the next writer deletes its folder."""
        self._store.sql.execute("UPDATE builds SET state = 'old' WHERE id = ?", [build_id])

    def drop(self, build_id: str) -> None:
        """Forgets a build and what it held."""
        self._store.sql.execute("DELETE FROM builds WHERE id = ?", [build_id])

    # What a build holds

    def mark_pending(self, build_id: str, numbers: Iterable[int]) -> None:
        """Says that these papers are about to be written. Their old rows stay known, for removal."""
        self._store.sql.executemany(
            "INSERT INTO indexed (build, number, content_hash, state) "
            "SELECT ?, number, content_hash, 'pending' FROM papers WHERE number = ? "
            "ON CONFLICT (build, number) DO UPDATE SET content_hash = excluded.content_hash, state = 'pending'",
            [(build_id, number) for number in numbers],
        )

    def mark_removing(self, build_id: str, numbers: Iterable[int]) -> None:
        """Says that these papers are about to be taken out."""
        # One that the build does not hold yet gets a row too, or nobody would finish its removal for a dead writer.
        self._store.sql.executemany(
            "INSERT INTO indexed (build, number, content_hash, state) VALUES (?, ?, '', 'removing') "
            "ON CONFLICT (build, number) DO UPDATE SET state = 'removing'",
            [(build_id, number) for number in numbers],
        )

    def finish(self, build_id: str, written: Sequence[Rows], removed: Sequence[int], vector_rows: int) -> None:
        """Says that the derived data is on disk: rows done, removed rows deleted, generation + 1."""
        sql = self._store.sql
        sql.executemany(
            "UPDATE indexed SET state = 'done', first_row = ?, row_count = ? WHERE build = ? AND number = ?",
            [(rows.first, rows.count, build_id, rows.number) for rows in written],
        )
        sql.executemany(
            "DELETE FROM indexed WHERE build = ? AND number = ?", [(build_id, number) for number in removed]
        )
        sql.execute("UPDATE builds SET vector_rows = ? WHERE id = ?", [vector_rows, build_id])
        sql.execute("UPDATE current SET generation = generation + 1 WHERE active_build = ?", [build_id])

    def unfinished(self, build_id: str) -> tuple[list[int], list[int]]:
        """(pending, removing): numbers that a writer announced and never finished."""
        rows = self._store.sql.execute(
            "SELECT number, state FROM indexed WHERE build = ? AND state <> 'done' ORDER BY number", [build_id]
        ).fetchall()
        pending = [row["number"] for row in rows if row["state"] == "pending"]
        return pending, [row["number"] for row in rows if row["state"] == "removing"]

    def outdated(self, build_id: str, limit: int) -> list[int]:
        """Papers that this build lacks or holds in an older form."""
        rows = self._store.sql.execute(
            "SELECT p.number FROM papers p LEFT JOIN indexed i ON i.build = ? AND i.number = p.number "
            "WHERE i.content_hash IS NOT p.content_hash OR i.state <> 'done' ORDER BY p.number LIMIT ?",
            [build_id, limit],
        )
        return [row["number"] for row in rows]

    def outdated_among(self, build_id: str, numbers: Iterable[int]) -> list[int]:
        """Those of these papers that the build lacks or holds in an older form."""
        rows = self._store.sql.execute(
            "SELECT p.number FROM papers p LEFT JOIN indexed i ON i.build = ? AND i.number = p.number "
            "WHERE p.number IN (SELECT value FROM json_each(?)) "
            "AND (i.content_hash IS NOT p.content_hash OR i.state <> 'done') ORDER BY p.number",
            [build_id, json.dumps([int(number) for number in numbers])],
        )
        return [row["number"] for row in rows]

    def orphaned(self, build_id: str) -> list[int]:
        """Papers that this build holds and the corpus no longer has."""
        rows = self._store.sql.execute(
            "SELECT number FROM indexed WHERE build = ? AND number NOT IN (SELECT number FROM papers)", [build_id]
        )
        return [row["number"] for row in rows]

    def rows(self, build_id: str, numbers: Iterable[int], *, done: bool = True) -> list[Rows]:
        """Where the vectors of these papers lie; with `done`, only of papers that are whole and as the corpus has them.

        The active build holds all done papers as they are; one that was swapped out may not.
        """
        found = self._store.sql.execute(
            "SELECT number, first_row, row_count FROM indexed i WHERE build = ? "
            "AND (NOT ? OR state = 'done' AND content_hash = "
            "(SELECT content_hash FROM papers WHERE number = i.number)) "
            "AND number IN (SELECT value FROM json_each(?))",
            [build_id, done, json.dumps([int(number) for number in numbers])],
        )
        return [Rows(row["number"], row["first_row"], row["row_count"]) for row in found]

    def allowed(self, build_id: str, filters: Filters) -> NDArray[np.int64]:
        """(papers, 3), read-only: number, first row and row count of every whole paper that passes, by number."""
        return self._catalogue.allowed(build_id, filters)

    def without_year(self, build_id: str, filters: Filters) -> int:
        """How many whole papers a year filter leaves out only because their year is unknown."""
        return self._catalogue.without_year(build_id, filters)

    def close(self) -> None:
        """Lets go of the file. It can be used again."""
        self._catalogue.close()

    def chunk_count(self, build_id: str) -> int:
        """How many chunks of whole papers the build holds."""
        sql = "SELECT coalesce(sum(row_count), 0) FROM indexed WHERE build = ? AND state = 'done'"
        return int(self._store.sql.execute(sql, [build_id]).fetchone()[0])
