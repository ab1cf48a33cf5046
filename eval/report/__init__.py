"""The report of a run: one page, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..journal import Journal
from .agreement import agreement
from .headline import headlines
from .html import page
from .text import markdown

__all__ = ["REPORTS", "markdown", "page", "report_json", "write_report"]

REPORTS = ("report.html", "report.md", "report.json")
SCHEMA_VERSION = 1


def write_report(
    journal: Journal, run: Mapping[str, Any], outcomes: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]
) -> None:
    """Puts the REPORTS into the folder of the run."""
    journal.write("report.html", page(run, outcomes, summary))
    journal.write("report.md", markdown(run, outcomes, summary))
    journal.write_json("report.json", report_json(run, summary))


def report_json(run: Mapping[str, Any], summary: Mapping[str, Any]) -> dict[str, Any]:
    """The run and its summary in one object, with the figures that a reader sees first and the scorer's agreement."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run": dict(run),
        "summary": dict(summary),
        "headlines": [
            {"measure": one.name, "title": one.title, "value": one.value, "says": one.says}
            for one in headlines(summary)
        ],
        "scorer_agreement": agreement(),
    }
