"""Times filtered queries on a made-up corpus: `python scripts/bench_filters.py [--papers 100000]`, as Markdown.

Papers, words (Zipf) and unit vectors come from a fixed seed, so no embedding model is needed; Chroma stays empty, for
it answers no filtered query. A query is timed from its filters to both retrievers' hits; embedding the question comes
on top. A row asks different filters in turn (more than the corpus remembers, where there are so many), `--rounds`
times, and takes the quickest time of each: other work on the machine makes a query slower, never quicker. `first` is
the slowest first asking.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.index import Index
from assistant.lexical import Document, Lexical
from assistant.papers import Paper
from assistant.store import Filters, Rows
from assistant.vectors import Vectors, rows_of

DIMENSION = 384
CHUNKS = 3  # a paper has CHUNKS - 1 .. CHUNKS + 1
HITS = 250  # asked of each retriever
BATCH = 10_000  # papers
YEARS = range(1990, 2026)
VENUES = 400
AUTHORS = 20_000
WORDS = np.array([f"w{number:x}" for number in range(30_000)])
SOURCES = ("all", "half", "tenth", "hundredth", "thousandth")  # paper n is from source i where 10**i or so divides n
SHARES = (1, 2, 10, 100, 1000)


class Unit:
    """Stands for an embedder: the index asks for its name and length only."""

    name = "unit"
    dimension = DIMENSION
    max_tokens = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--filters", type=int, default=20, help="different filters a row [20]")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is asked [5]")
    parser.add_argument("--folder", type=Path, help="keep the corpus here and use it again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.folder or Path(name)
        with Index(folder / "corpus", Unit) as index:  # type: ignore[arg-type]
            if index.store.builds.active is None:
                build(index, given.papers)
            index.refresh()
            report(index, given.filters, given.rounds)


def build(index: Index, papers: int) -> None:
    """Writes the corpus as the index would: rows, vectors and words of all papers, and no Chroma."""
    dice = np.random.default_rng(7)
    with index.store.transaction():
        made = index.store.builds.create(Unit.name, DIMENSION, 128)
        index.store.builds.activate(made.id)
    files = index.folder / "builds" / made.id
    vectors, lexical = Vectors(files / "vectors", DIMENSION), Lexical(files / "tantivy")
    row = 0
    for start in range(0, papers, BATCH):
        batch = [paper(number, dice) for number in range(start, min(start + BATCH, papers))]
        counts = dice.integers(CHUNKS - 1, CHUNKS + 2, len(batch))
        with index.store.transaction():
            numbers = [index.store.save(one) for one in batch]
            index.store.builds.mark_pending(made.id, numbers)
        placed = [Rows(number, row + end - count, count) for number, count, end in triples(numbers, counts)]
        table = np.concatenate([rows_of(rows.number, [(0, 1)] * rows.count) for rows in placed])
        vectors.write(row, units(dice, len(table)), table)
        lexical.replace((Document(n, p.title, p.abstract) for n, p in zip(numbers, batch, strict=True)), [])
        row += len(table)
        with index.store.transaction():
            index.store.builds.finish(made.id, placed, [], row)


def triples(numbers: Sequence[int], counts: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    return zip(numbers, counts.tolist(), np.cumsum(counts).tolist(), strict=True)


def paper(number: int, dice: np.random.Generator) -> Paper:
    year = None if number % 29 == 0 else YEARS[int(len(YEARS) * dice.random() ** 0.3)]  # most are late
    authors = tuple(f"Given{a % 977} Family{a}" for a in dice.integers(0, AUTHORS, int(dice.integers(1, 8))))
    sources = tuple(name for name, share in zip(SOURCES, SHARES, strict=True) if number % share == 0)
    venue = f"Venue {int(VENUES * dice.random() ** 3)}"
    text = words(dice, 150)
    known = (f"made:{number}",)
    return Paper(
        known[0], words(dice, 8), text, authors=authors, year=year, venue=venue, source_ids=known, sources=sources
    )


def words(dice: np.random.Generator, count: int) -> str:
    """So many words, each as frequent as its place in the list tells (Zipf)."""
    return " ".join(WORDS[(len(WORDS) ** dice.random(count)).astype(int) - 1])


def units(dice: np.random.Generator, count: int) -> NDArray[np.float32]:
    made = dice.standard_normal((count, DIMENSION), np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def rows_of_report(papers: int) -> Iterator[tuple[str, Callable[[int], Filters]]]:
    """The filters of the table, each made from the number of the query."""
    ids = [f"made:{number}" for number in np.random.default_rng(3).permutation(papers)]
    yield "1 paper (id)", lambda n: Filters(paper_ids=(ids[n],))
    for share in (0.001, 0.01, 0.1, 0.5):
        many = int(papers * share)
        yield f"{share:.1%} of all papers (ids)", lambda n, many=many: Filters(paper_ids=tuple(ids[n : n + many]))
    yield "all but one paper (ids)", lambda n: Filters(paper_ids=tuple(ids[:n] + ids[n + 1 :]))
    for name in reversed(SOURCES):
        yield f"source ({name})", lambda n, name=name: Filters(source=name)
    yield "one year", lambda n: Filters(year_from=YEARS[n % len(YEARS)], year_to=YEARS[n % len(YEARS)])
    yield "years from the last few on", lambda n: Filters(year_from=YEARS[-1 - n % 5])
    yield "years from the first few on", lambda n: Filters(year_from=YEARS[n % 5])
    yield "venue", lambda n: Filters(venue=f"venue {n}")
    yield "author, whole name", lambda n: Filters(author=f"family{AUTHORS // 2 + n}")
    yield "author, a few letters", lambda n: Filters(author=f"given{n % 9 + 1}")
    yield "author, a letter", lambda n: Filters(author="afgilmnvye"[n % 10])
    yield "year, source, venue and author", lambda n: Filters("half", YEARS[5], YEARS[-2], f"family{n % 9}", "venue 0")


def report(index: Index, filters: int, rounds: int) -> None:
    dice = np.random.default_rng(11)
    papers = index.store.count()
    asked = [(units(dice, 1)[0], words(dice, 8)) for _ in range(filters)]
    started = time.perf_counter()
    query(index, Filters(year_from=YEARS[0]), *asked[0])
    cold = (time.perf_counter() - started) * 1000
    print(f"{papers:,} papers; the first query of all took {cold:.0f} ms; milliseconds\n")
    print("| filter | papers | p50 | p99 | first | p50: allowed | dense | lexical |\n|" + "---|" * 8)
    for name, make in rows_of_report(papers):
        wanted = [make(n) for n in range(filters)]
        tries = np.array(
            [[query(index, one, *ask) for one, ask in zip(wanted, asked, strict=True)] for _ in range(rounds)]
        )
        whole = tries[..., 1:].sum(axis=2)  # (rounds, filters)
        best = tries[whole.argmin(axis=0), np.arange(filters), 1:]  # (filters, stages)
        median = [f"{value:.1f}" for value in (*np.percentile(whole.min(axis=0), [50, 99]), whole[0].max())]
        stages = [f"{statistics.median(stage):.1f}" for stage in best.T]
        print(f"| {name} | {int(np.median(tries[0, :, 0])):,} | {' | '.join([*median, *stages])} |", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{memory:,.0f} MB at most in memory, the mapped files among them")


def query(index: Index, filters: Filters, vector: NDArray[np.float32], question: str) -> tuple[float, ...]:
    """How many papers passed, and the milliseconds of: the filters, the dense hits, the keyword hits."""
    times = [time.perf_counter()]
    allowed = index.allowed(filters)
    index.without_year(filters)
    assert allowed is not None
    times.append(time.perf_counter())
    index.dense(vector, HITS, allowed)
    times.append(time.perf_counter())
    index.lexical(question, HITS, allowed)
    times.append(time.perf_counter())
    return len(allowed), *(1000 * np.diff(times)).tolist()


if __name__ == "__main__":
    main()
