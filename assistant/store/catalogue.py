"""What filters look at, kept in memory as columns: which of 100,000 papers are allowed, in milliseconds."""

from __future__ import annotations

import json
import operator
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain, compress, repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .filters import Filters
from .schema import connect

_ANSWERS = 8  # kept: a conversation goes on with the filters that it began with
_NO_YEAR = np.iinfo(np.int64).min
_FEW_IDS = 1_000  # that SQL looks up at once more quickly than all ids are read
_BY_ID = "SELECT number FROM json_each(?) CROSS JOIN aliases ON alias = value"


class Columns:
    """The whole papers of a build in one state of the tables. A column is read when a filter first asks for it."""

    def __init__(self, sql: sqlite3.Connection, build_id: str) -> None:
        self._sql = sql
        self._build = build_id

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """(papers, 3): number, first row, row count, by number."""
        query = "SELECT number, first_row, row_count FROM indexed WHERE build = ? AND state = 'done' ORDER BY number"
        found = _table(self._sql.execute(query, [self._build]), 3)
        return found[np.isin(found[:, 0], self._dated[:, 0])]  # a build that was swapped out may hold more

    def passing(self, filters: Filters) -> NDArray[np.bool_]:
        """(papers,): whether each paper passes, as `Filters.where` says in SQL."""
        passing = np.ones(len(self.rows), np.bool_)
        if filters.year_from is not None:
            passing &= self._years >= filters.year_from
        if filters.year_to is not None:
            passing &= (self._years <= filters.year_to) & ~self.undated
        if filters.source is not None:
            passing &= self._among(self._sources.get(filters.source))
        if filters.venue is not None:
            passing &= self._among(self._venues.get(filters.venue.casefold()))
        if filters.paper_ids is not None:
            passing &= self._among(self._known_by(filters.paper_ids))
        if filters.author is not None:  # the slowest: only those that are left are looked at
            left = compress(self._authors, passing.tolist())
            passing[passing] = np.fromiter(map(operator.contains, left, repeat(filters.author.casefold())), np.bool_)
        return passing

    @property
    def undated(self) -> NDArray[np.bool_]:
        """(papers,): whether a paper's year is unknown."""
        unknown: NDArray[np.bool_] = self._years == _NO_YEAR
        return unknown

    def _among(self, numbers: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        return np.isin(self.rows[:, 0], [] if numbers is None else numbers)

    def _known_by(self, ids: Sequence[str]) -> NDArray[np.int64]:
        if len(ids) > _FEW_IDS:
            return np.fromiter(chain.from_iterable(map(self._aliases.get, ids, repeat(()))), np.int64)
        return np.fromiter((number for (number,) in self._sql.execute(_BY_ID, [json.dumps(ids)])), np.int64)

    @cached_property
    def _dated(self) -> NDArray[np.int64]:
        """(all papers, 2): number and year, by number."""
        found = _table(self._sql.execute("SELECT number, coalesce(year, ?) FROM papers", [_NO_YEAR]), 2)
        return found[np.argsort(found[:, 0])]

    @cached_property
    def _years(self) -> NDArray[np.int64]:
        years: NDArray[np.int64] = self._dated[np.searchsorted(self._dated[:, 0], self.rows[:, 0]), 1]
        return years

    @cached_property
    def _authors(self) -> list[str]:
        authors = dict(self._sql.execute("SELECT number, authors FROM papers"))
        return [authors[number] for number in self.rows[:, 0].tolist()]

    @cached_property
    def _aliases(self) -> dict[str, list[int]]:
        return _grouped(self._sql.execute("SELECT alias, number FROM aliases"))

    @cached_property
    def _sources(self) -> dict[str, NDArray[np.int64]]:
        return _arrays(_grouped(self._sql.execute("SELECT source, number FROM sources")))

    @cached_property
    def _venues(self) -> dict[str, NDArray[np.int64]]:
        return _arrays(_grouped(self._sql.execute("SELECT venue, number FROM papers WHERE venue IS NOT NULL")))


class Catalogue:
    """The columns as they stand now: read anew after anybody has committed anything. Any thread may use it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        # SQLite tells a connection what others have committed, not what it has itself: so this one only reads.
        self._sql: sqlite3.Connection | None = None
        self._state: tuple[str, int] | None = None
        self._columns: Columns | None = None
        self._answers: dict[Filters, NDArray[np.int64]] = {}

    def close(self) -> None:
        """Lets go of the file and the columns. It can be used again."""
        with self._lock:
            if self._sql is not None:
                self._sql.close()
            self._sql = self._state = self._columns = None

    def allowed(self, build_id: str, filters: Filters) -> NDArray[np.int64]:
        """(papers, 3), read-only: number, first row and row count of every whole paper that passes, by number."""
        with self._steady(build_id) as columns:
            found = self._answers.pop(filters, None)
            if found is None:
                found = columns.rows[columns.passing(filters)]
                found.setflags(write=False)
            self._answers[filters] = found  # last, for the first is the next to go
            if len(self._answers) > _ANSWERS:
                del self._answers[next(iter(self._answers))]
            return found

    def without_year(self, build_id: str, filters: Filters) -> int:
        """How many whole papers a year filter leaves out only because their year is unknown."""
        if filters.year_from is None and filters.year_to is None:
            return 0
        with self._steady(build_id) as columns:
            return int(np.count_nonzero(columns.passing(filters.of_any_year()) & columns.undated))

    @contextmanager
    def _steady(self, build_id: str) -> Iterator[Columns]:
        """The columns of one state of the tables, which stays as it is while one of them is read."""
        with self._lock:
            sql = self._sql = self._sql or connect(self._path)
            sql.row_factory = None
            sql.execute("BEGIN")
            try:
                state = (build_id, int(sql.execute("PRAGMA data_version").fetchone()[0]))
                if self._columns is None or state != self._state:
                    self._columns = Columns(sql, build_id)
                    self._state = state
                    self._answers.clear()
                yield self._columns
            finally:
                sql.execute("ROLLBACK")


def _table(rows: Iterable[tuple[int, ...]], width: int) -> NDArray[np.int64]:
    dtype: Any = (np.int64, width)
    table: NDArray[np.int64] = np.fromiter(rows, dtype)
    return table


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for value, number in pairs:
        groups[value].append(number)
    return groups


def _arrays(groups: dict[str, list[int]]) -> dict[str, NDArray[np.int64]]:
    return {value: np.array(numbers, np.int64) for value, numbers in groups.items()}
