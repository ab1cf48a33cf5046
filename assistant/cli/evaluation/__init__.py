"""The command `eval`: questions with known answers are asked, the answers measured, and the scorer with them."""

from __future__ import annotations

import click

from .adversarial import adversarial
from .comparing import compare
from .drafting import make_questions
from .reporting import report
from .retrieval import retrieval
from .run import run
from .validating import validate_scorer


@click.group("eval")
def evaluation() -> None:
    """Measure how good the answers are, on the bundled questions or your own."""


for command in (run, report, compare, retrieval, validate_scorer, adversarial, make_questions):
    evaluation.add_command(command)
