"""`eval run`: asks all questions and measures the answers."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import Any

import click

from ..bars import counting_bar, progress_bar
from ..door import emit, json_option, say

_INDEXING = "Indexing the bundled papers (once)"
_OWN = "-"  # --judge without a name


@click.command()
@click.argument("questions")
@click.option("--out", required=True, metavar="DIR", help="Folder for the outcomes, the summary and the report.")
@click.option("--corpus", metavar="NAME", help="The corpus [default: mine once it exists, else sample].")
@click.option("--top-k", type=click.IntRange(1, 100), help="How many papers a question retrieves [default: 8].")
@click.option("--model", metavar="NAME", help="The model that writes the answers.")
@click.option("--limit", type=click.IntRange(1), help="Ask only the first so many questions.")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", help="Which half to ask.")
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Questions asked at once [default: 4 with a model, else 1]."
)
@click.option(
    "--judge",
    is_flag=False,
    flag_value=_OWN,
    metavar="[MODEL]",
    help="Ask a model for verdicts besides [default: the model that writes, or the server's].",
)
@click.option("--fresh", is_flag=True, help="Begin anew where DIR holds a run.")
@json_option
def run(questions: str, out: str, judge: str | None, as_json: bool, **given: Any) -> None:
    """Ask all QUESTIONS (a JSONL file, or daily_papers) and measure the answers.

    Stopped at any point, the same command goes on with the questions that are left. A judge is asked on the server
    that is configured; its replies are kept, so that nothing is paid for twice.

    \b
    assistant eval run daily_papers --corpus sample --out results
    assistant eval run daily_papers --corpus sample --out results --judge=gpt-6-luna
    """
    from ...assistant import Assistant
    from ...settings import Settings

    options = {name: given.pop(name) for name in ("split", "limit", "fresh", "workers")}
    options["judge"] = True if judge == _OWN else judge or False
    chosen = Settings.load(**given)
    with (
        ExitStack() as indexing,
        counting_bar("Asking", "questions", before=indexing.close) as asking,  # one bar at a time
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
    if judge := found.run.get("judge"):
        say("\n" + _judged(judge), err=True)
    say(
        f"\nThe report is {out}/report.html (and .md, .json), each question's outcome in {out}/outcomes.jsonl.",
        err=True,
    )


def _exit_if_all_failed(found: Any) -> None:
    errors = [outcome["error"] for outcome in found.outcomes if outcome["error"]]
    if errors:
        first = f"{errors[0]['message']} {errors[0]['cure']}".strip()
        say(f"{len(errors)} of {len(found.outcomes)} questions failed. The first: {first}", err=True)
    if len(errors) == len(found.outcomes):
        sys.exit(1)


def _judged(told: dict[str, Any]) -> str:
    """What the judge did and cost, and how often it wavered."""
    cost = "unpriced" if told["cost"] is None else f"${told['cost']:.4f}"
    tokens = told["input_tokens"] + told["output_tokens"]
    given = told["items"] - told["unscored"]
    flips = f"{told['changed']} of {told['asked_twice']} verdicts changed when asked again in reverse order"
    return (
        f"The judge {told['model']} gave {given} of {told['items']} verdicts: {told['calls']} calls "
        f"({tokens:,} tokens, {cost}), {told['from_cache']} replies from the cache. "
        f"{flips if told['asked_twice'] else 'None was asked twice'}."
    )
