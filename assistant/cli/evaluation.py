"""The command `eval`: questions with known answers are asked, and the answers measured."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from .door import emit, json_option, progress_bar, say

_INDEXING = "Indexing the bundled papers (once)"


@click.group("eval")
def evaluation() -> None:
    """Measure how good the answers are, on the bundled questions or your own."""


@evaluation.command()
@click.argument("questions")
@click.option("--out", required=True, metavar="DIR", help="Folder for the outcomes, the summary and the report.")
@click.option("--corpus", metavar="NAME", help="The corpus [default: mine once it exists, else sample].")
@click.option("--top-k", type=click.IntRange(1, 100), help="How many papers a question retrieves [default: 8].")
@click.option("--model", metavar="NAME", help="The model that writes the answers.")
@click.option("--limit", type=click.IntRange(1), help="Ask only the first so many questions.")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", help="Which half to ask.")
@click.option("--fresh", is_flag=True, help="Begin anew where DIR holds a run.")
@json_option
def run(questions: str, out: str, as_json: bool, **given: Any) -> None:
    """Ask all QUESTIONS (a JSONL file, or daily_papers) and measure the answers.

    Stopped at any point, the same command goes on with the questions that are left.

    \b
    assistant eval run daily_papers --corpus sample --out results
    """
    from ..assistant import Assistant
    from ..settings import Settings

    options = {name: given.pop(name) for name in ("split", "limit", "fresh")}
    chosen = Settings.load(**given)
    with (
        ExitStack() as indexing,
        _counting_bar("Asking", "questions", before=indexing.close) as asking,  # one bar at a time
        Assistant(chosen, on_progress=indexing.enter_context(progress_bar(_INDEXING))) as assistant,
    ):
        found = assistant.evaluate(questions, out, on_progress=asking, **options)
    if as_json:
        emit(found.summary)
    else:
        _show(found, out)
    _exit_if_all_failed(found)


def _show(found: Any, out: str) -> None:
    for name, one in found.summary["measures"].items():
        if one["mean"] is not None:
            say(f"{name:24} {one['mean']:10.3f}  [{one['low']:.3f}, {one['high']:.3f}]  n {one['n']}")
    say(f"\nThe report is {out}/report.md, each question's outcome in {out}/outcomes.jsonl.", err=True)


def _exit_if_all_failed(found: Any) -> None:
    errors = [outcome["error"] for outcome in found.outcomes if outcome["error"]]
    if errors:
        first = f"{errors[0]['message']} {errors[0]['cure']}".strip()
        say(f"{len(errors)} of {len(found.outcomes)} questions failed. The first: {first}", err=True)
    if len(errors) == len(found.outcomes):
        sys.exit(1)


@evaluation.command()
@click.option("--corpus", required=True, metavar="PATH|NAME", help="Papers to index, or the name of a corpus.")
@click.option("--queries", required=True, metavar="FILE", help="Queries with their papers: JSONL, or daily_papers.")
@click.option("--methods", metavar="NAME,...", help="What to compare [default: bm25,dense,rrf,assistant].")
@click.option("--limit", type=click.IntRange(1), help="Ask only the first so many queries.")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", help="Which half to ask.")
@json_option
def retrieval(corpus: str, queries: str, methods: str | None, as_json: bool, **options: Any) -> None:
    """Compare our ranking of papers with BM25 alone, dense alone and plain rank fusion.

    A line of the queries is {"query", "paper_id" or "paper_ids"}, a question with gold_papers, or a SciFact claim.
    Papers given by path are indexed once, into a cache.

    \b
    assistant eval retrieval --corpus papers.jsonl.gz --queries queries.jsonl
    """
    from importlib import import_module

    from ..harness import load_eval
    from ..settings import Settings

    compare = import_module(".retrieval", load_eval().__name__).compare_retrieval
    if methods is not None:
        options["methods"] = methods.replace(",", " ").split()
    with (
        ExitStack() as indexing,
        _counting_bar("Ranking", "rankings", before=indexing.close, after=2.0) as ranking,
    ):
        show = indexing.enter_context(progress_bar("Indexing"))
        found = compare(Settings.load(), corpus, queries, on_indexing=show, on_progress=ranking, **options)
    if as_json:
        emit(found.summary)
        return
    say(str(found))
    say("\n" + "\n".join(found.notes), err=True)


@contextmanager
def _counting_bar(
    label: str, unit: str, *, before: Callable[[], None], after: float = 0.0
) -> Iterator[Callable[[int, int], None]]:
    """Shows done and total, rate and time left on stderr: a bar on a terminal, else a line now and then.

    before: called once, before anything is shown. after: seconds from the first call in which nothing is shown.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn(label), BarColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(label, total=None, note="")
    begun: list[tuple[float, int]] = []

    def show(done: int, total: int) -> None:
        if not begun:
            before()
            begun.append((time.monotonic(), done))
        started, earlier = begun[0]
        passed = time.monotonic() - started
        if passed < after:
            return
        if console.is_terminal:
            bar.start()
        rate = (done - earlier) / max(passed, 0.001)
        note = f"{done}/{total} {unit}, {rate:.1f}/s"
        bar.update(task, completed=done, total=total, note=note)
        if not console.is_terminal and (done == earlier or done * 10 // total > (done - 1) * 10 // total):
            left = f", {(total - done) / rate:.0f} s left" if rate and done < total else ""
            say(f"{label}: {note if done > earlier else f'{done}/{total} {unit}'}{left}", err=True)

    try:
        yield show
    finally:
        if bar.live.is_started:  # else it would print a blank line
            bar.stop()
