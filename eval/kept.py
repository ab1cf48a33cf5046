"""What is kept on disk to save work or money: SQLite files that may be deleted at any time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.errors import AssistantError
from assistant.store.schema import disk_error


@contextmanager
def disk_faults(path: Path) -> Iterator[None]:
    """Ends what a disk does to such a file in one sentence; a damaged one need only be deleted. AssistantError."""
    try:
        yield
    except (OSError, sqlite3.DatabaseError) as error:
        found = disk_error(error, path)
        cure = f"Delete {path} and run the command again." if "damaged" in found.message else found.cure
        raise AssistantError(found.message, cure=cure) from error
