"""`eval validate-scorer`: the scorer of groundedness beside people, baselines and probes."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from ...render import json_text
from ..bars import counting_bar
from ..door import emit, json_option, say


@click.command("validate-scorer")
@click.option("--data", required=True, multiple=True, metavar="DIR", help="A folder of labelled sets; may be repeated.")
@click.option(
    "--limit", type=click.IntRange(10), default=400, show_default=True, help="Pairs a set, drawn by the seed."
)
@click.option("--all", "whole", is_flag=True, help="Every labelled pair.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the samples, the probes and the intervals.")
@click.option(
    "--judge",
    is_flag=False,
    flag_value="-",
    metavar="[MODEL]",
    help="Measure a model as the judge instead (many calls).",
)
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False), help="Write the JSON object there too.")
@json_option
def validate_scorer(data: tuple[str, ...], judge: str | None, out: str | None, as_json: bool, **options: Any) -> None:
    """Measure how well the scorer that checks answers agrees with people, and what it finds in altered sentences.

    A folder may hold SciFact (corpus.jsonl and claims_*.jsonl), JSONL lines of {"claim", "source", "supported"} with
    "label" and "subset" if you like, and author_tldr*.jsonl beside a corpus.jsonl, plain or .gz. Vectors are kept, so
    that a second run, or one after an interruption, is fast.

    \b
    assistant eval validate-scorer --data groundedness --data scifact
    """
    from importlib import import_module

    from ...harness import load_eval
    from ...settings import Settings

    name = load_eval().__name__
    validate = import_module(".validate", name).validate_scorer
    with (
        ExitStack() as stack,
        ExitStack() as embedding,
        counting_bar("Judging", "pairs", before=embedding.close, after=2.0) as judging,  # one bar at a time
    ):
        made = None
        if judge is not None:
            judging_by = import_module(".judge", name).judging
            model = None if judge == "-" else judge
            made = stack.enter_context(judging_by(Settings.load(), model, seed=options["seed"]))
            options["scorer"] = import_module(".judge.scorer", name).JudgeScorer(made)
        show = embedding.enter_context(counting_bar("Embedding", "texts", before=_nothing, after=2.0))
        found = validate(Settings.load(), data, on_embedding=show, on_progress=judging, **options)
    if made is not None:
        found.summary["judge"] = made.told()
    if out is not None:
        Path(out).write_text(json_text(found.summary) + "\n", encoding="utf-8")
    if as_json:
        emit(found.summary)
        return
    say(str(found))
    say("\n" + "\n".join(found.notes), err=True)


def _nothing() -> None:
    """No other bar is shown."""
