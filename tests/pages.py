"""What the tests of the chat page share: the page served by a process of its own, as `assistant chat` serves it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = "from assistant.cli import main; main()"


@contextmanager
def serving(home: Path, *arguments: str, **environment: str) -> Iterator[str]:
    """The address of a page over a home, until the block ends; then Ctrl-C must end it with exit code 0."""
    command = [sys.executable, "-u", "-c", COMMAND, "chat", *arguments]
    variables = {**os.environ, "ASSISTANT_HOME": str(home), "PYTHONWARNINGS": "ignore", **environment}
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            url = process.stdout.readline().split()[-1]
            assert url.startswith("http://127.0.0.1:"), url
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(30)
    assert code == 0
