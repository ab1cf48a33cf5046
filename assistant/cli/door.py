"""What every command shares: errors as sentences, JSON on stdout, one open assistant."""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..errors import AssistantError
from ..render import json_text, plain
from .bars import progress_bar

if TYPE_CHECKING:
    from ..assistant import Assistant
    from ..ingest import Progress


class Door(click.Group):
    """A group whose commands end with one sentence and exit code 1 where something went wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal that is not UTF-8 gets a question mark, no error
        try:
            return super().invoke(ctx)
        except AssistantError as error:
            _fail(ctx, error, error)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # the reader of our output has gone; click ends quietly
            place = f"{error.filename}: " if error.filename else ""
            cure = "Check the disk and its permissions; see `assistant doctor`."
            _fail(ctx, AssistantError(f"{place}{error.strerror or error}.", cure=cure), error)
        except KeyboardInterrupt:
            click.echo("\nInterrupted. What was reported is kept; the same command goes on from there.", err=True)
            ctx.exit(130)


def _fail(ctx: click.Context, shown: AssistantError, cause: Exception) -> None:
    if ctx.params.get("debug"):
        raise cause
    if ctx.find_root().meta.get("json"):
        emit({"error": shown.to_dict()})
    say(f"assistant: {shown}", err=True)
    ctx.exit(1)


def _remember(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.find_root().meta["json"] = value
    return value


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_remember, is_eager=True, help="Print one JSON object."
)


def emit(value: dict[str, Any]) -> None:
    """One JSON object on stdout, in UTF-8 whatever the terminal speaks."""
    click.echo(json_text(value).encode())


def say(text: str, *, err: bool = False) -> None:
    """A line for a person, whatever it was made from: nothing in it steers the terminal."""
    click.echo(plain(text), err=err)


@contextmanager
def session(
    corpus: str | None, show: Progress | None = None, *, writing: bool = False, **settings: Any
) -> Iterator[Assistant]:
    """An assistant for one command; the first use of the sample shows its own progress. Who writes and names no
    corpus means `mine`."""
    from ..assistant import Assistant
    from ..settings import MINE, Settings

    chosen = Settings.load(corpus=corpus, **settings)
    if writing and chosen.corpus is None:
        chosen = replace(chosen, corpus=MINE)
    if show is not None:
        with Assistant(chosen, on_progress=show) as assistant:
            yield assistant
        return
    with (
        progress_bar("Indexing the bundled papers (once)") as bar,
        Assistant(chosen, on_progress=bar) as assistant,
    ):
        yield assistant


def corpus_note(assistant: Assistant, *, answering: bool = False) -> None:
    """Says on stderr which corpus answered where the user did not choose it, and that no model is configured."""
    notes = []
    if assistant.settings.corpus is None:
        hint = " Index your own: assistant index FILE" if assistant.corpus == "sample" else ""
        notes.append(f"Corpus: {assistant.corpus}.{hint}")
    if answering and assistant.settings.mode == "auto" and assistant.llm is None:
        notes.append("Quoted, not written: for written answers set OPENAI_API_KEY or OPENAI_BASE_URL.")
    if notes:
        say("\n".join(notes) + "\n", err=True)


@contextmanager
def waiting(label: str) -> Iterator[None]:
    """A sign of life on a terminal's stderr for what may take seconds."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(label):
        yield
