"""What every command shares: errors as sentences, JSON on stdout, a progress bar on stderr, one open assistant."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ..errors import AssistantError

if TYPE_CHECKING:
    from ..assistant import Assistant
    from ..ingest import Progress


class Door(click.Group):
    """A group whose commands end with one sentence and exit code 1 where something went wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AssistantError as error:
            if ctx.params.get("debug"):
                raise
            if ctx.find_root().meta.get("json"):
                emit({"error": error.to_dict()})
            click.echo(f"assistant: {error}", err=True)
            ctx.exit(1)
        except KeyboardInterrupt:
            click.echo("\nInterrupted. What was reported is kept; the same command goes on from there.", err=True)
            ctx.exit(130)


def _remember(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.find_root().meta["json"] = value
    return value


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_remember, is_eager=True, help="Print one JSON object."
)


def emit(value: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def session(corpus: str | None, show: Progress | None = None) -> Iterator[Assistant]:
    """An assistant for one command; the first use of the sample shows its own progress."""
    from ..assistant import Assistant
    from ..settings import Settings

    settings = Settings.load(corpus=corpus)
    if show is not None:
        with Assistant(settings, on_progress=show) as assistant:
            yield assistant
        return
    with (
        progress_bar("Indexing the bundled papers (once)") as bar,
        Assistant(settings, on_progress=bar) as assistant,
    ):
        yield assistant


def corpus_note(assistant: Assistant) -> None:
    """Says on stderr which corpus answered, where the user did not choose it."""
    if assistant.settings.corpus is None:
        hint = " Index your own: assistant index FILE" if assistant.corpus == "sample" else ""
        click.echo(f"Corpus: {assistant.corpus}.{hint}\n", err=True)


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
        if not started:
            started.append(time.monotonic())
            bar.start()
        rate = done / max(time.monotonic() - started[0], 0.001)
        of = f"/{total}" if total else ""
        bar.update(task, completed=done, total=total, note=f"{done:.0f}{of} papers, {rate:.0f}/s")

    try:
        yield show
    finally:
        if started:
            bar.stop()
            if not sys.stderr.isatty():
                console.print(f"{label}: done in {time.monotonic() - started[0]:.1f} s", highlight=False)
