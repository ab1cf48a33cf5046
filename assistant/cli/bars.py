"""Progress on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..ingest import Progress


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A function that shows done and total on stderr; nothing appears before it is called."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (TextColumn(label), BarColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn())
    bar = Bar(*columns, console=console, transient=True)
    task = bar.add_task(label, total=None, note="")
    started: list[float] = []

    def show(done: float, total: int | None) -> None:
        if not started and total and done >= total:
            return  # it has been told to be done already
        if not started:
            started.append(time.monotonic())
            bar.start()
        rate = done / max(time.monotonic() - started[0], 0.001)
        of = f"/{total}" if total else ""
        bar.update(task, completed=done, total=total, note=f"{done:.0f}{of} papers, {rate:.0f}/s")
        if total and done >= total:
            finish()

    def finish() -> None:
        bar.stop()
        if not console.is_terminal:
            console.print(f"{label}: done in {time.monotonic() - started[0]:.1f} s", highlight=False)
        started.clear()

    try:
        yield show
    finally:
        if started:
            finish()


@contextmanager
def counting_bar(
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
            click.echo(f"{label}: {note if done > earlier else f'{done}/{total} {unit}'}{left}", err=True)

    try:
        yield show
    finally:
        if bar.live.is_started:  # else it would print a blank line
            bar.stop()
