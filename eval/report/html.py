"""Pages: one file that asks for nothing, whose only style and script are our own, known by their hashes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.render import plain

from .agreement import agreement, by_set, calibration_of, corrected, told
from .charts import charts
from .headline import headlines
from .marks import MARKS
from .questions import options, row, shown
from .words import figure, groups_of, percent, range_of

_FOLDER = Path(__file__).parent


def page(run: Mapping[str, Any], outcomes: Sequence[Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
    """The report as a whole HTML document. Texts of questions, papers and models are only text in it."""
    rows = [row(outcome, place) for place, outcome in enumerate(outcomes, start=1)]
    known = agreement()
    return rendered(
        "report.html.j2",
        {
            "run": run,
            "n": len(outcomes),
            "written": _written(outcomes),
            "failed": sum(one["state"] == "failed" for one in rows),
            "headlines": headlines(summary),
            "agreement": told(known),
            "corrected": corrected(summary["measures"]["supported"], known),
            "agreement_by_set": by_set(known),
            "charts": charts(outcomes, summary, calibration_of(known)),
            "groups": groups_of(summary["measures"]),
            "measures": summary["measures"],
            "rows": rows,
            "options": options(rows),
            "marks": MARKS,
        },
    )


def _written(outcomes: Sequence[Mapping[str, Any]]) -> str:
    """How the answers came about: quoted, or by which models."""
    answers = [one["answer"] for one in outcomes if one["answer"]]
    ways = {"quoted without a model" if a["mode"] == "extractive" else f"written by {a['model']}" for a in answers}
    return ", ".join(sorted(ways)) or "none"


def rendered(template: str, values: Mapping[str, Any]) -> str:
    """A template of this folder, filled; every value is escaped, and cleaned of what steers a reader's eye."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    def cleaned(value: Any) -> Any:
        return plain(value) if isinstance(value, str) and not hasattr(value, "__html__") else value

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=cleaned,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(figure=figure, percent=percent, range_of=range_of, shown=shown)
    style, script = (_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    # The templates call `safe` for these two files of ours, and for drawings, which escape what they are made from.
    own = {"style": style, "script": script, "policy": _policy(style, script)}
    return environment.get_template(template).render(**own, **values)


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy: nothing is loaded from anywhere, and no other style or script has effect."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
