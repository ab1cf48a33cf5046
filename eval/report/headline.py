"""The four figures that a reader sees first, each with a sentence that says what it is a share of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .words import Figure, percent, range_of


@dataclass(frozen=True, slots=True)
class Headline:
    """`value` and `range` are written out (`36%`, `30% to 45%`); `says` is a whole sentence."""

    name: str
    title: str
    figure: Figure
    value: str
    range: str
    says: str


_FIGURES = (
    ("required_facts", "Answers right", "Of the facts that a good answer holds, {share} are in the answers"),
    ("supported", "Sentences supported", "Of the sentences that can be checked, the abstracts support {share}"),
    ("citation_precision", "Citations right", "Of the citations, {share} help to support their sentence"),
    ("declined_recall", "Declines right", "Of the questions that the papers cannot answer, {share} are declined"),
)


def headlines(summary: Mapping[str, Any]) -> list[Headline]:
    """In the order of a report; a figure that nothing was scored for says so."""
    figures = summary["measures"]
    return [_headline(name, title, says, figures) for name, title, says in _FIGURES]


def _headline(name: str, title: str, says: str, figures: Mapping[str, Figure]) -> Headline:
    figure = figures[name]
    if figure["mean"] is None:
        why = ", ".join(f"{reason}: {n}" for reason, n in figure["unscored"].items())
        return Headline(name, title, figure, "-", "", f"Nothing to go by ({why}).")
    share = percent(figure["mean"])
    ends = range_of(figure["low"], figure["high"])
    return Headline(name, title, figure, share, ends, says.format(share=share) + _more(name, figures) + ".")


def _more(name: str, figures: Mapping[str, Figure]) -> str:
    """The other side of the figure, so that it cannot be read too well."""
    n = figures[name]["n"]
    right, covered = figures["declined_precision"], figures["coverage"]
    if name == "declined_recall" and right["mean"] is not None:
        return f" ({n} questions); of the {right['n']} declined, {percent(right['mean'])} were rightly so"
    if name == "required_facts" and covered["mean"] is not None:
        return f" ({n} questions); {percent(covered['mean'])} of the answerable ones get an answer at all"
    return f" ({n} answers)" if name in ("supported", "citation_precision") else f" ({n} questions)"
