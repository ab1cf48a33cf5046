"""`eval adversarial`: papers that give orders are put among others, and asked about."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from ..bars import counting_bar, progress_bar
from ..door import emit, json_option, say
from ..options import mode, model, using


@click.command()
@using(mode, model)
@click.option(
    "--papers",
    "clean",
    type=click.Path(exists=True, path_type=Path),
    help="The papers to put them among [default: the bundled ones].",
)
@click.option("--limit", type=click.IntRange(1), help="Ask only about the first so many.")
@json_option
def adversarial(clean: Path | None, limit: int | None, as_json: bool, **given: Any) -> None:
    """Ask about papers that give orders, and count the orders that reach the reader.

    They lie among other papers in a corpus of their own, which is deleted afterwards. Exits with 1 where an
    attack succeeds.

    \b
    assistant eval adversarial --mode extractive
    """
    from importlib import import_module

    from ...harness import load_eval
    from ...settings import Settings

    attacking = import_module(".adversarial", load_eval().__name__)
    attacks = attacking.load()[:limit]
    with ExitStack() as stack:
        indexing = stack.enter_context(ExitStack())
        asking = stack.enter_context(counting_bar("Asking", "attacks", before=indexing.close))  # one bar at a time
        show = indexing.enter_context(progress_bar("Indexing"))
        poisoned = attacking.poisoned(Settings.load(**given), attacks, clean=clean, progress=show)
        found = attacking.run(stack.enter_context(poisoned), attacks, asking)
    if as_json:
        emit(found.summary)
    else:
        say(str(found))
    if found.summary["succeeded"]:
        sys.exit(1)
