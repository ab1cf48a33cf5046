"""How every system is asked and timed, ours and the peers' alike; the standard library only, for both environments."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

TOP = 10  # papers that a ranking holds
WARM_UP = 20  # questions asked after the first one and before the timed ones

T = TypeVar("T")


def asked(name: str, search: Callable[[str], list[str]], questions: list[str], started: float) -> dict[str, Any]:
    """Asks each question once, after a warm-up: seconds to the first answer, milliseconds and ranking of each, memory.

    search: question -> paper ids, best first. started: `time.monotonic()` when this process was started. With a single
    question only the first answer is timed.
    """
    first = search(questions[0])
    cold = time.monotonic() - started
    if len(questions) == 1:
        return {"cold_seconds": cold, "milliseconds": [], "rankings": [first], "memory_mib": memory()}
    for question in questions[:WARM_UP]:
        search(question)
    milliseconds, rankings = [], []
    for question in progress(name, questions):
        before = time.perf_counter()
        ranking = search(question)
        milliseconds.append((time.perf_counter() - before) * 1000)
        rankings.append(ranking[:TOP])
    return {"cold_seconds": cold, "milliseconds": milliseconds, "rankings": rankings, "memory_mib": memory()}


def memory() -> float:
    """The most memory that this process has held, MiB."""
    try:  # On Linux ru_maxrss also counts the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, ValueError, IndexError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def progress(name: str, items: Iterable[T], total: int = 0) -> Iterator[T]:
    """The items, with a line on stderr every two seconds."""
    total = total or len(items)  # type: ignore[arg-type]
    shown = time.monotonic()
    for number, item in enumerate(items):
        if time.monotonic() - shown > 2:
            shown = time.monotonic()
            print(f"  {name}: {number} of {total}", file=sys.stderr, flush=True)
        yield item


def lines(path: Path) -> Iterator[Any]:
    """The JSON values of a file, one a line."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def best_of_each(papers: Iterable[str]) -> list[str]:
    """The papers of ranked chunks, each once."""
    return list(dict.fromkeys(papers))
