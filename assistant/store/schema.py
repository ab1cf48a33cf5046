"""The tables of papers.sqlite, and opening it safely."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

from ..errors import AssistantError, IndexMismatch
from ..papers import abstract_key

SCHEMA_VERSION = 2

_LITTLE = 4_000_000  # bytes; a batch needs as much
_PATIENCE = 30.0  # seconds that a connection waits for another's lock

_TABLES = """
CREATE TABLE IF NOT EXISTS papers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,   -- small and never reused: the key of all derived data
    id TEXT NOT NULL UNIQUE,
    title_key TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    year INTEGER,
    venue TEXT,                                 -- case-folded, for the venue filter
    authors TEXT NOT NULL,                      -- case-folded, a line each, for the author filter
    abstract_key TEXT NOT NULL DEFAULT '',      -- equal where the abstracts are, word for word
    json TEXT NOT NULL                          -- the whole Paper
);
CREATE INDEX IF NOT EXISTS papers_by_title ON papers (title_key);
CREATE INDEX IF NOT EXISTS papers_by_year ON papers (year);
CREATE INDEX IF NOT EXISTS papers_by_abstract ON papers (abstract_key);
CREATE TABLE IF NOT EXISTS aliases (            -- every id a paper is known by
    alias TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES papers (number) ON DELETE CASCADE,
    PRIMARY KEY (alias, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS aliases_by_paper ON aliases (number);
CREATE TABLE IF NOT EXISTS sources (
    source TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES papers (number) ON DELETE CASCADE,
    PRIMARY KEY (source, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sources_by_paper ON sources (number);
CREATE TABLE IF NOT EXISTS builds (
    id TEXT PRIMARY KEY,
    embedder TEXT NOT NULL,
    dimension INTEGER NOT NULL,
    chunk_size INTEGER NOT NULL,
    schema INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('building', 'active', 'old')),
    vector_rows INTEGER NOT NULL DEFAULT 0      -- rows of vectors/ that are spoken for
);
CREATE TABLE IF NOT EXISTS indexed (            -- what each build holds of each paper
    build TEXT NOT NULL REFERENCES builds (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'removing')),
    first_row INTEGER NOT NULL DEFAULT 0,
    row_count INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (build, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS indexed_unfinished ON indexed (build, state) WHERE state <> 'done';
CREATE TABLE IF NOT EXISTS conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    updated TEXT NOT NULL,
    history TEXT NOT NULL                       -- JSON: history items with citations
);
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL,
    answer_json TEXT NOT NULL,                  -- the whole Answer that was voted on
    vote TEXT NOT NULL CHECK (vote IN ('up', 'down')),
    reason TEXT NOT NULL DEFAULT '',
    time TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS current (            -- one row: swapping builds is one transaction
    one INTEGER PRIMARY KEY CHECK (one = 1),
    active_build TEXT,
    generation INTEGER NOT NULL,
    sample_hash TEXT                            -- of the bundled pages that were indexed whole
);
INSERT OR IGNORE INTO current VALUES (1, NULL, 0, NULL);
"""
_SECOND = """
ALTER TABLE papers ADD COLUMN abstract_key TEXT NOT NULL DEFAULT '';
UPDATE papers SET abstract_key = abstract_key(json_extract(json, '$.abstract')) WHERE title_key <> '';
"""


def is_read_only(path: Path) -> bool:
    """Whether the file is there and neither it nor its folder can be written to."""
    return os.access(path, os.R_OK) and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, with the tables made, or one that only reads what cannot be written to.

    Raises one sentence for what a disk can do wrong.
    """
    try:
        if is_read_only(path):
            return _checked(_reading(path), path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # votes and conversations are their owner's alone; -wal and -shm inherit it
        connection = _checked(_opened(path), path)
        connection.execute("PRAGMA foreign_keys = ON")
        if _version(connection) < SCHEMA_VERSION:
            _make(connection)
    except (OSError, sqlite3.DatabaseError) as error:
        raise disk_error(error, path) from error
    return connection


def _opened(path: Path, how: str = "") -> sqlite3.Connection:
    name = f"{path.absolute().as_uri()}{how}" if how else path
    options: dict[str, Any] = {"timeout": _PATIENCE, "isolation_level": None, "check_same_thread": False}
    connection: sqlite3.Connection = sqlite3.connect(name, uri=bool(how), **options)
    connection.row_factory = sqlite3.Row
    return connection


def _reading(path: Path) -> sqlite3.Connection:
    """SQLite writes a file beside the database even to read it, unless there is one or nobody is at work there."""
    connection = _opened(path, "?mode=ro")
    try:
        _version(connection)
    except sqlite3.OperationalError:
        connection.close()
        left = path.with_name(f"{path.name}-wal")  # a dead writer's last work, which would not be seen
        if left.exists() and left.stat().st_size:
            raise
        connection = _opened(path, "?mode=ro&immutable=1")
    return connection


def _checked(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    version = _version(connection)
    if version > SCHEMA_VERSION:
        connection.close()
        raise IndexMismatch(
            f"{path} was written by a newer version of assistant (schema {version}, known {SCHEMA_VERSION}).",
            cure="Upgrade assistant, or point ASSISTANT_HOME at another folder.",
        )
    if version < SCHEMA_VERSION and is_read_only(path):
        connection.close()
        raise IndexMismatch(
            f"{path} was written by an older version of assistant and cannot be written to.",
            cure="Make it writable and run the command once: it is brought up to date where it lies.",
        )
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _make(connection: sqlite3.Connection) -> None:
    """Makes the tables, or brings those of an older version up to date where they lie: all of it or nothing."""
    _use_wal(connection)
    connection.create_function("abstract_key", 1, abstract_key, deterministic=True)
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # another process may have been quicker
        for statement in f"{_SECOND if version == 1 else ''}{_TABLES}".split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _use_wal(connection: sqlite3.Connection) -> None:
    # For this one statement SQLite ignores the timeout: two processes that open a fresh corpus would meet here.
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.02)


def disk_error(error: Exception, path: Path) -> AssistantError:
    """The sentence for an error of the file system or of SQLite."""
    text = str(error).lower()
    refused = isinstance(error, (PermissionError, NotADirectoryError, FileExistsError))
    if refused or "readonly" in text or "read-only" in text or "unable to open" in text:
        cure = "Make it writable, or set ASSISTANT_HOME to a folder that is."
        return AssistantError(f"{path.parent} cannot be written to.", cure=cure)
    if "full" in text or "no space" in text or _is_full(path):
        cure = "Free some space and run the command again: what was reported is kept."
        return AssistantError(f"The disk of {path.parent} is full.", cure=cure)
    if "malformed" in text or "not a database" in text:
        cure = "Move it away and index the papers again."
        return AssistantError(f"{path} is damaged ({error}).", cure=cure)
    cure = "Run the command again; if it stays, see `assistant doctor`."
    return AssistantError(f"{path} could not be used ({error}).", cure=cure)


def _is_full(path: Path) -> bool:
    """Whether hardly anything more can be written; not every library says so when that was its trouble."""
    try:
        return shutil.disk_usage(path.parent).free < _LITTLE
    except OSError:
        return False
