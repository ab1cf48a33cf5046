"""`eval compare`: two runs beside each other, and a gate for a team's own checks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from ..door import emit, json_option, say

WORSE = 3
_GATE = "--fail-if-worse"
_SPEC = re.compile(r"[a-z_@0-9]+(=.*)?")


class Gated(click.Command):
    """Lets one `--fail-if-worse` take no measure, or several: those that follow it until something else does."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's own, after the option is written out once for each measure."""
        return super().parse_args(ctx, _spelt_out(args, _measures()) if _GATE in args else args)


def _spelt_out(args: list[str], measures: set[str]) -> list[str]:
    spelt: list[str] = []
    rest = list(args)
    while rest:
        token = rest.pop(0)
        if token != _GATE:
            spelt.append(token)
            continue
        given = []
        while rest and _is_measure(rest[0], measures):
            given.append(rest.pop(0))
        spelt += [f"{_GATE}={one}" for one in given or [""]]
    return spelt


def _is_measure(token: str, measures: set[str]) -> bool:
    return token.partition("=")[0] in measures or (bool(_SPEC.fullmatch(token)) and "=" in token)


def _measures() -> set[str]:
    from importlib import import_module

    from ...harness import load_eval

    return set(import_module(".measures", load_eval().__name__).NAMES)


@click.command(cls=Gated)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    _GATE,
    "gates",
    multiple=True,
    metavar="[MEASURE[=MARGIN]]...",
    help="Exit with 3 where B is worse beyond the margin [default: recall@5 citation_precision supported "
    "required_facts declined_recall, each =0].",
)
@click.option("--html", "page", type=click.Path(dir_okay=False, writable=True), help="Write the comparison as a page.")
@json_option
def compare(a: str, b: str, gates: tuple[str, ...], page: str | None, as_json: bool) -> None:
    """Compare the runs in folders A (before) and B (now), question by question.

    A measure is worse where the whole 95 % interval of the difference is on its bad side, beyond the margin.

    \b
    assistant eval compare before now --fail-if-worse
    assistant eval compare before now --fail-if-worse recall@5=0.02 supported
    """
    from importlib import import_module

    from ...harness import load_eval

    comparing = import_module(".compare", load_eval().__name__)
    specs = [name for spec in gates for name in ([spec] if spec else comparing.DEFAULTS)]
    found: Any = comparing.compare(a, b, [comparing.gate_of(spec) for spec in dict.fromkeys(specs)])
    if page is not None:
        Path(page).write_text(found.html(), encoding="utf-8")
        say(f"The comparison is {Path(page).absolute()}.", err=True)
    if as_json:
        emit(found.summary)
    else:
        say(str(found))
    if found.worse:
        sys.exit(WORSE)
