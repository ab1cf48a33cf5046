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
        _questions_bar(indexing.close) as asking,  # one bar at a time
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


@contextmanager
def _questions_bar(before: Callable[[], None]) -> Iterator[Callable[[int, int], None]]:
    """Shows done and total, rate and time left on stderr: a bar on a terminal, else a line now and then.

    before: called once, before anything is shown.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("Asking"), BarColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task("Asking", total=None, note="")
    begun: list[tuple[float, int]] = []

    def show(done: int, total: int) -> None:
        if not begun:
            before()
            begun.append((time.monotonic(), done))
            bar.start()
        started, earlier = begun[0]
        rate = (done - earlier) / max(time.monotonic() - started, 0.001)
        note = f"{done}/{total} questions, {rate:.1f}/s"
        bar.update(task, completed=done, total=total, note=note)
        if not console.is_terminal and (done == earlier or done * 10 // total > (done - 1) * 10 // total):
            left = f", {(total - done) / rate:.0f} s left" if rate and done < total else ""
            say(f"Asking: {note if done > earlier else f'{done}/{total} questions'}{left}", err=True)

    try:
        yield show
    finally:
        if begun:
            bar.stop()
