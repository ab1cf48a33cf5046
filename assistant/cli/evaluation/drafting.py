"""`eval make-questions`: drafts from a user's own papers, or from readers' votes."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from ..bars import counting_bar
from ..door import emit, json_option, say, session
from ..options import mode, model, using


@click.command("make-questions")
@click.option("--corpus", required=True, metavar="NAME", help="The corpus to ask about.")
@click.option("--out", required=True, metavar="FILE", type=click.Path(dir_okay=False), help="A new JSONL file.")
@click.option("--n", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the papers.")
@click.option("--from-feedback", is_flag=True, help="From readers' votes instead of from papers.")
@using(mode, model)
@json_option
def make_questions(corpus: str, out: str, as_json: bool, **given: Any) -> None:
    """Draft questions with known answers on your own papers, to be looked through and then asked with `eval run`.

    A model writes them where one is configured; else they follow rules: figures that abstracts state, acronyms that
    they introduce, what their methods are. Some have their paper put out of reach, so that they must be declined.

    \b
    assistant eval make-questions --corpus mine --out questions.jsonl
    """
    from importlib import import_module

    from ...harness import load_eval

    options = {name: given.pop(name) for name in ("n", "seed", "from_feedback")}
    drafting = import_module(".drafting", load_eval().__name__)
    with (
        ExitStack() as nothing,
        counting_bar("Drafting", "questions", before=nothing.close, after=2.0) as show,
        session(corpus, **given) as assistant,
    ):
        made = drafting.make_questions(assistant, out, on_progress=show, **options)
    if as_json:
        emit(made.summary)
        return
    _show(made.summary)


def _show(summary: dict[str, Any]) -> None:
    for kind, count in summary["types"].items():
        say(f"{kind:20} {count:4}")
    by = ", ".join(f"{who}: {count}" for who, count in summary["drafted_by"].items())
    say(f"\n{summary['n']} questions are in {summary['out']} (drafted by {by}).", err=True)
    for reason, count in summary["dropped"].items():
        say(f"Dropped: {reason} ({count}).", err=True)
    if summary["to_fill_in"]:
        say(f"{summary['to_fill_in']} wait for a person: their line names what, under to_fill_in.", err=True)
    say(
        "They are drafts: read them, correct or delete lines, and then run `assistant eval run` with the file.",
        err=True,
    )
