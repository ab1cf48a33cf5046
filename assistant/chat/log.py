"""The log of a page: one line of JSON for each question, in a file that its owner alone can read."""

from __future__ import annotations

import json
import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Log:
    """Lines at the end of a file. A disk that takes no more ends the log, with one warning, and nothing else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._works = True

    def write(self, **fields: Any) -> None:
        """Adds a line with the time (UTC) and what is given."""
        time = datetime.now(UTC).isoformat(timespec="seconds")
        line = json.dumps({"time": time, **fields}, ensure_ascii=False)
        with self._lock:
            if self._works:
                try:
                    self._append(line.encode("utf-8", "replace") + b"\n")
                except OSError as error:
                    self._works = False
                    logging.getLogger(__name__).warning("The log %s cannot be written: %s", self.path, error.strerror)

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            own(self.path)
            file.write(line)


def own(*paths: Path) -> None:
    """Takes from everyone but its owner what they may do with a file; one that is not there or not ours stays."""
    for path in paths:
        try:
            if path.stat().st_mode & 0o077:
                path.chmod(path.stat().st_mode & 0o700)
        except OSError:
            continue
