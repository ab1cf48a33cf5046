"""Times retrieval over indexed corpora, ours beside its peers', and prints Markdown tables for docs/benchmarks.md.

    python scripts/bench_retrieval.py --corpus ../shared/data/papers_10k.jsonl.gz --corpus bench100k

A corpus is a name below --home, or a path to papers, which are indexed once. Exports, the peers' environment and their
indexes lie in --cache for the next run; only questions are timed anew. Every system is asked the same questions over
the same chunks and vectors, one at a time, each in a fresh process. Cold: from the start of the process to the first
ranking, the disk's cache being warm, median of three. Memory: the most the asking process held, which for ours includes
the embedding model. Build: without embedding; ours reads, merges, cuts and writes, the peers write what was cut.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shlex
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs
from peers.cases import Case, drawn, labelled
from peers.running import ROOT, built, environment, now, ours, peer, say

from assistant import Settings
from assistant.errors import AssistantError
from eval.measures.retrieval import measured

COLD_RUNS = 3  # fresh processes for the first question
PACKAGES = ("chromadb", "llama-index-core", "onnxruntime", "tantivy", "numpy")
METRICS = ("ndcg@10", "recall@10")
DENSE, SPARSE, ALONE = "chroma", "bm25-chunks", "bm25-papers"
PEERS = {  # what a table calls it: system, parts of the peers' index, whether it needs our vector of the question
    "LlamaIndex on Chroma, 10 chunks": ("llamaindex-10", (DENSE,), True),
    "LlamaIndex on Chroma, 100 chunks": ("llamaindex-100", (DENSE,), True),
    "QueryFusionRetriever, 10 chunks": ("fusion-10", (DENSE, SPARSE), True),
    "QueryFusionRetriever, 100 chunks": ("fusion-100", (DENSE, SPARSE), True),
    "bm25s, title and abstract": ("bm25s", (ALONE,), False),
}


@dataclass(slots=True)
class Row:
    """One system over one case. Times in milliseconds (cold and build: seconds)."""

    name: str
    cold: list[float]
    milliseconds: list[float]
    rankings: list[list[str]]
    memory: float
    disk: int
    build: float
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Embedding:
    """What ours took for the vector of each question, and to load the model and embed the first."""

    milliseconds: list[float]
    cold_seconds: float


@dataclass(frozen=True, slots=True)
class Bench:
    """One case being measured. `python` is the peers', None where only ours is measured."""

    case: Case
    python: Path | None
    export: Path
    questions: Path
    """A folder with the questions, and one below it, `first`, with the first of them alone."""

    def ours(self, command: str, *words: str | Path) -> dict[str, Any]:
        return ours(self.case.home, command, self.case.corpus, *words)

    def our_row(self) -> tuple[Row, Embedding]:
        """Ours, and how much of its times was our embedding."""
        say(f"{self.case.name}: ours")
        first = self.questions / "first"
        runs = [self.ours("ask", self.questions, now())]
        runs += [self.ours("ask", first, now()) for _ in range(COLD_RUNS - 1)]
        build = self.our_build() if self.python else math.nan  # only beside the peers' is it worth its minutes
        cold = statistics.median(run["embedding_cold_seconds"] for run in runs)
        return row("assistant", runs, sum(self.case.sizes().values()), build), Embedding(runs[0]["embedding"], cold)

    def our_build(self) -> float:
        """Seconds to build ours once more, without embedding; kept for the next run."""
        record = self.export / "our_build.json"
        if not record.exists():
            say("  building ours once more, without embedding")
            record.write_text(json.dumps(self.ours("build", self.export, self.export / "our_build")))
        return float(json.loads(record.read_text())["seconds"])

    def peer_row(self, name: str, embedding: Embedding) -> Row:
        """One peer, with the time that ours took for the same vector added where it needs one."""
        assert self.python is not None
        say(name)
        system, needed, dense = PEERS[name]
        parts = [built(self.python, part, self.export) for part in needed]
        runs = [peer(self.python, "ask", system, self.export, self.questions, now())]
        runs += [
            peer(self.python, "ask", system, self.export, self.questions / "first", now()) for _ in range(COLD_RUNS - 1)
        ]
        if dense:
            for run in runs:
                run["cold_seconds"] += embedding.cold_seconds
            pairs = zip(runs[0]["milliseconds"], embedding.milliseconds, strict=True)
            runs[0]["milliseconds"] = [searched + embedded for searched, embedded in pairs]
        return row(name, runs, sum(part["bytes"] for part in parts), sum(part["seconds"] for part in parts))


def opened(case: Case, cache: Path, python: Path | None) -> Bench:
    """The case with its questions written down and its corpus exported as it is now."""
    export = cache / "exports" / f"{case.corpus}-{'-'.join(case.build())}"
    if not (export / "count.json").exists():
        say(f"Exporting {case.name}")
        ours(case.home, "export", case.corpus, export)
    folder = cache / "questions"
    shutil.rmtree(folder, ignore_errors=True)
    for place, questions in ((folder, case.questions), (folder / "first", case.questions[:1])):
        place.mkdir(parents=True)
        lines = [json.dumps({"question": question}) + "\n" for question in questions]
        (place / "questions.jsonl").write_text("".join(lines), encoding="utf-8")
    return Bench(case, python, export, folder)


def row(name: str, runs: list[dict[str, Any]], disk: int, build: float) -> Row:
    full = runs[0]
    cold = [run["cold_seconds"] for run in runs]
    milliseconds, rankings = full["milliseconds"], full["rankings"]
    return Row(name, cold, milliseconds, rankings, full["memory_mib"], disk, build, full.get("versions", {}))


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that `percent` % of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def line(row: Row, case: Case) -> str:
    """One line of the table; `-` where the case has no labels or there is nothing to say."""
    quality = ["-", "-"]
    if case.gold:
        scores = [measured(*pair, METRICS) for pair in zip(row.rankings, case.gold, strict=True)]
        quality = [f"{statistics.mean(score[name] for score in scores):.3f}" for name in METRICS]
    times = [f"{percentile(row.milliseconds, percent):.1f}" for percent in (50, 95, 99)]
    rest = [f"{row.memory:.0f}", f"{row.disk / 1e6:.1f}", "-" if math.isnan(row.build) else f"{row.build:.1f}"]
    return "| " + " | ".join([row.name, *quality, f"{statistics.median(row.cold):.2f}", *times, *rest]) + " |"


HEAD = """
| system | nDCG@10 | recall@10 | cold s | p50 ms | p95 ms | p99 ms | memory MiB | disk MB | build s |
|---|---|---|---|---|---|---|---|---|---|"""


def report(bench: Bench) -> dict[str, str]:
    """Prints the tables of a case as they come; returns the versions of the peers."""
    case = bench.case
    count = json.loads((bench.export / "count.json").read_text())
    counts = f"{count['papers']:,} papers, {count['chunks']:,} chunks, {len(case.questions)} questions"
    load = f"{os.getloadavg()[0]:.1f}"  # of other work too: a table made on a busy machine says so
    print(f"\n### {case.name}: {counts} (load average before: {load})\n\n{HEAD.strip()}")
    ours_, embedding = bench.our_row()
    print(line(ours_, case), flush=True)
    versions: dict[str, str] = {}
    for name in PEERS if bench.python else ():
        one = bench.peer_row(name, embedding)
        print(line(one, case), flush=True)
        versions |= one.versions
    judged = bench.ours("passages", bench.questions, now())["milliseconds"]
    parts = ", ".join(f"{name} {bytes_ / 1e6:.1f}" for name, bytes_ in case.sizes().items())
    vector = spread(embedding.milliseconds)
    print(f"\nThe question's vector takes {vector} ms of ours; the same is added to each peer but bm25s.")
    print(f"Ours up to judged passages (`search`): {spread(judged)} ms. On disk, MB: {parts}.", flush=True)
    return versions


def spread(milliseconds: Sequence[float]) -> str:
    return ", ".join(f"p{percent} {percentile(milliseconds, percent):.1f}" for percent in (50, 95, 99))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cache = platformdirs.user_cache_path("assistant-bench")
    add = parser.add_argument
    add("--corpus", action="append", default=[], metavar="NAME|PATH", help="a corpus to time; may be repeated")
    add("--queries", type=Path, help="more questions for these corpora, as `assistant eval retrieval` takes them")
    add("--questions", type=int, default=500, help="how many are drawn from each corpus [500]")
    add("--data", type=Path, default=ROOT.parent / "shared" / "data", help="where the labelled sets lie")
    add("--no-labelled", action="store_true", help="leave the labelled sets out")
    add("--no-peers", action="store_true", help="measure ours alone")
    add("--limit", type=int, default=0, help="use so many questions only, and small labelled corpora")
    add("--home", type=Path, help="the home of the corpora [ASSISTANT_HOME, else CACHE/home]")
    add("--cache", type=Path, default=cache, help=f"[{cache}]")
    add("--venv", type=Path, help="the environment of the peers [CACHE/venv]")
    return parser.parse_args()


def cases(given: argparse.Namespace) -> Iterator[Case]:
    home = given.home or os.environ.get("ASSISTANT_HOME") or given.cache / "home"
    settings = Settings.load(home=home)
    for named in given.corpus:
        yield drawn(settings, named, given.limit or given.questions, given.queries)
    if not given.no_labelled:
        yield from labelled(settings, given.data, given.limit, given.cache)


def main() -> None:
    given = options()
    given.cache.mkdir(parents=True, exist_ok=True)
    python = None if given.no_peers else environment(given.venv or given.cache / "venv")
    system = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{date.today()}, {system}, {', '.join(f'{name} {version(name)}' for name in PACKAGES)}")
    print(f"\n`{shlex.join(['python', *sys.argv])}`")
    versions: dict[str, str] = {}
    try:
        for case in cases(given):
            versions |= report(opened(case, given.cache, python))
    except AssistantError as error:
        sys.exit(str(error))
    if versions:
        print(f"\nThe peers' environment: {', '.join(f'{name} {number}' for name, number in versions.items())}.")


if __name__ == "__main__":
    main()
