"""The two locks: one between the threads of a process, one between processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import IndexBusy
from ..store.schema import disk_error


class ReadWriteLock:
    """Many readers or one writer. A waiting writer goes before new readers; a reader may read again inside."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._readers = 0
        self._writing = False
        self._waiting = 0
        self._own = threading.local()

    @contextmanager
    def read(self) -> Iterator[None]:
        if getattr(self._own, "reading", False):
            yield
            return
        with self._condition:
            self._condition.wait_for(lambda: not self._writing and not self._waiting)
            self._readers += 1
        self._own.reading = True
        try:
            yield
        finally:
            self._own.reading = False
            with self._condition:
                self._readers -= 1
                self._condition.notify_all()

    @contextmanager
    def write(self) -> Iterator[None]:
        with self._condition:
            self._waiting += 1
            try:
                self._condition.wait_for(lambda: not self._writing and not self._readers)
            finally:  # also when it is interrupted, or no reader would ever go on
                self._waiting -= 1
                self._condition.notify_all()
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

    lock = filelock.FileLock(path, timeout=seconds, thread_local=False, poll_interval=0.01)
    try:
        lock.acquire()
    except filelock.Timeout:
        message = f"The corpus {path.parent.name!r} is being {doing} by another process."
        raise IndexBusy(message, cure="Try again when it is done.", retryable=True) from None
    except OSError as error:
        raise disk_error(error, path) from error
    try:
        yield
    finally:
        lock.release()
