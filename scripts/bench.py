"""Times whole commands and prints a Markdown table for docs/benchmarks.md: `make bench`."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "assistant" / "data" / "daily_papers"
QUESTION = "What top-1 accuracy does Hierarchical Side-Tuning reach on VTAB-1k, and with how many tuned parameters?"
PACKAGES = ("chromadb", "llama-index-core", "onnxruntime", "tantivy", "numpy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="how often each quick command runs [7]")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        print(f"{date.today()}, {machine()}\n")
        print("| command | runs | min s | median s | max s |\n|---|---|---|---|---|")
        row("index the 340 bundled papers into an empty home", index(home), 1)
        row("index them again (nothing changes)", index(home), runs)
        row("`ask` on a built index", assistant(home, "ask", "--corpus", "pages", QUESTION), runs)
        row("`ask` that declines", assistant(home, "ask", "--corpus", "pages", "Who won the 2018 world cup?"), runs)
        row("`search`", assistant(home, "search", "--corpus", "pages", "contrastive learning"), runs)
        row("`assistant --help`", assistant(home, "--help"), runs)
        row("`import assistant` (and Python itself)", command(home, sys.executable, "-c", "import assistant"), runs)
        row("Python itself", command(home, sys.executable, "-c", ""), runs)


def machine() -> str:
    """The machine and the versions that the figures belong to."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {system}, {versions}"


def assistant(home: str, *arguments: str) -> Callable[[], None]:
    return command(home, sys.executable, "-m", "assistant", *arguments)


def index(home: str) -> Callable[[], None]:
    return assistant(home, "index", "--corpus", "pages", *map(str, sorted(PAGES.glob("*.txt"))))


def command(home: str, *words: str) -> Callable[[], None]:
    def run() -> None:
        environment = {**os.environ, "ASSISTANT_HOME": home}
        subprocess.run(words, env=environment, cwd=ROOT, check=True, capture_output=True)

    return run


def row(name: str, run: Callable[[], None], runs: int) -> None:
    seconds = [timed(run) for _ in range(runs)]
    print(f"| {name} | {runs} | {' | '.join(f'{value:.2f}' for value in spread(seconds))} |", flush=True)


def timed(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def spread(seconds: Sequence[float]) -> tuple[float, float, float]:
    return min(seconds), statistics.median(seconds), max(seconds)


if __name__ == "__main__":
    main()
