"""The two locks: one between the threads of a process, one between processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import IndexBusy


class ReadWriteLock:
    """Many readers or one writer. A waiting writer goes before new readers."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0
        self._writing = False
        self._waiting = 0

    @contextmanager
    def read(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: not self._writing and not self._waiting)
            self._readers += 1
        try:
            yield
        finally:
            with self._condition:
                self._readers -= 1
                self._condition.notify_all()

    @contextmanager
    def write(self) -> Iterator[None]:
        with self._condition:
            self._waiting += 1
            self._condition.wait_for(lambda: not self._writing and not self._readers)
            self._waiting -= 1
            self._writing = True
        try:
            yield
        finally:
            with self._condition:
                self._writing = False
                self._condition.notify_all()


@contextmanager
def file_lock(path: Path, seconds: float, doing: str) -> Iterator[None]:
    """Holds a lock that other processes (and other users of it in this one) respect.

    Raises IndexBusy, "... is {doing}", when it is not free within `seconds`.
    """
    import filelock

    lock = filelock.FileLock(path, timeout=seconds, thread_local=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        message = f"The corpus {path.parent.name!r} is being {doing} by another process."
        raise IndexBusy(message, cure="Try again when it is done.", retryable=True) from None
    try:
        yield
    finally:
        lock.release()
