"""Text in a paper that is meant for the program that reads it: found, so that it is told and proves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..papers import Paper
from .links import unlinked
from .reading import hidden, suspicious

__all__ = ["harmless", "suspicious", "unlinked", "warnings"]

Span = tuple[int, int]


def warnings(papers: Iterable[Paper]) -> list[str]:
    """A sentence for each paper that holds instructions, or held text that nobody sees before it was cleaned."""
    found = {paper.title: suspicious(_whole(paper)) or hidden(paper.raw_abstract) for paper in papers}
    return [
        f"The abstract of '{title}' contains text that reads like instructions ({why[0]}); it was treated as text."
        for title, why in found.items()
        if why
    ]


def harmless(paper: Paper, sentences: Sequence[Span]) -> list[bool]:
    """For each sentence of the abstract whether it may be quoted and prove something: it gives no orders.

    The first is read together with the title too, for an order may begin there.
    """
    if not suspicious(_whole(paper)):
        return [True] * len(sentences)
    texts = [paper.abstract[start:end] for start, end in sentences]
    fine = [not suspicious(f"\n{text}") for text in texts]
    if fine and fine[0] and not suspicious(paper.title):
        fine[0] = not suspicious(f"{paper.title}\n{texts[0]}")
    return fine


def _whole(paper: Paper) -> str:
    return f"{paper.title}\n{paper.abstract}"
