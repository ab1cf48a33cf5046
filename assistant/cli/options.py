"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

corpus = click.option("--corpus", metavar="NAME", help="The corpus [default: mine once it exists, else sample].")
top_k = click.option("--top-k", type=click.IntRange(1, 100), help="How many papers to retrieve [default: 8].")
mode = click.option(
    "--mode",
    type=click.Choice(["auto", "extractive", "llm"]),
    help="Who answers: quotes or a model [default: auto, a model where one is configured].",
)
model = click.option("--model", metavar="NAME", help="The model that writes the answers.")
filters = (
    click.option("--source", help="Only papers from this source."),
    click.option("--year-from", type=int, help="Only papers of this year or later."),
    click.option("--year-to", type=int, help="Only papers of this year or earlier."),
    click.option("--author", help="Only papers with this in an author's name."),
    click.option("--venue", help="Only papers of this venue."),
)
title = click.option("--title", metavar="WORDS", help="Only papers with all these words in their titles.")
page = (
    click.option("--limit", type=click.IntRange(0, 10**9), help="At most so many."),
    click.option("--offset", type=click.IntRange(0, 10**9), default=0, help="Leave out so many at the beginning."),
)


def using(*decorators: Callable[..., Any]) -> Callable[..., Any]:
    """One decorator from several, in the order in which the help is to show them."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate
