"""A run's report made again, from what the run left in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..journal import SUMMARY, Journal, Left, left
from ..measures import NAMES
from ..summary import summarise
from . import report_json, write_report


def report_again(folder: str | Path) -> dict[str, Any]:
    """Writes the reports of the run in a folder and returns report.json. Raises QuestionsError where there is none.

    A run cut short has a report too, of the questions that it came to.
    """
    found = left(folder)
    summary = _finished(found) or summarise([_whole(one) for one in found.outcomes], found.run["bootstrap"]["seed"])
    write_report(Journal(found.folder), found.run, found.outcomes, summary)
    return report_json(found.run, summary)


def _finished(found: Left) -> dict[str, Any] | None:
    """The summary that the run itself made, where it is there and of all these outcomes."""
    try:
        summary = json.loads((found.folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return summary if isinstance(summary, dict) and summary.get("n") == len(found.outcomes) else None


def _whole(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """With every measure of today: an older version may have known fewer."""
    lacking = [name for name in NAMES if name not in outcome["scores"]]
    reasons = dict.fromkeys(lacking, "not measured in this run")
    return {
        **outcome,
        "scores": {**outcome["scores"], **dict.fromkeys(lacking)},
        "reasons": {**outcome["reasons"], **reasons},
    }
