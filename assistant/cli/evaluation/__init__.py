"""The command `eval`: questions with known answers are asked, the answers measured, and the scorer with them."""

from __future__ import annotations

import click

from .retrieval import retrieval
from .run import run


@click.group("eval")
def evaluation() -> None:
    """Measure how good the answers are, on the bundled questions or your own."""


for command in (run, retrieval):
    evaluation.add_command(command)
