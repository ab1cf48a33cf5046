"""How far the scorer agrees with people, as measured elsewhere, and what that makes of the share it calls supported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..correction import corrected_rate
from .words import Figure, figure, number, percent, range_of

NOT_MEASURED = "This scorer's agreement with people: not measured."
_PLACE = Path(__file__).parents[1] / "data" / "scorer_agreement.json"


def agreement() -> dict[str, Any] | None:
    """What `assistant eval validate-scorer` found and the package ships; None where it ships none."""
    return json.loads(_PLACE.read_text(encoding="utf-8")) if _PLACE.is_file() else None


def told(known: Mapping[str, Any] | None) -> str:
    """One sentence on it for the foot of a report."""
    if known is None or not known["sensitivity"] or not known["specificity"]:
        return NOT_MEASURED
    passes, stops = (_share(known[name]) for name in ("sensitivity", "specificity"))
    shares = f"of the sentences that people call supported it passes {passes}, of the others it stops {stops}"
    ranks = [one["auroc"]["mean"] for one in known.get("sets", {}).values() if one["auroc"]["mean"] is not None]
    if not ranks:
        return f"This scorer's agreement with people: {shares}."
    ends = " to ".join(dict.fromkeys(number(end, "") for end in (min(ranks), max(ranks))))
    return f"This scorer's agreement with people: {shares}; AUROC {ends} on {len(ranks)} labelled sets."


def _share(one: Figure) -> str:
    return f"{percent(one['mean'])} ({range_of(one['low'], one['high'])})"


def by_set(known: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    """(name, AUROC, kappa) of each labelled set, with their intervals."""
    sets = (known or {}).get("sets", {})
    return [
        (name, *(figure(one[what]) if one.get(what) else "-" for what in ("auroc", "kappa")))
        for name, one in sets.items()
    ]


def calibration_of(known: Mapping[str, Any] | None) -> list[tuple[float, float, int]]:
    """(support stated, share that people call supported, pairs), where it was measured."""
    bins = ((known or {}).get("calibration") or {}).get("bins", [])
    return [(one["support"], one["supported"], one["n"]) for one in bins if one["n"]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The share of supported sentences as it would be without the scorer's errors, each 0..1, and what to know of it.

    `mean` is None where it cannot be known. The interval is that of the share alone; the scorer's figures are taken
    as exact.
    """

    mean: float | None
    low: float | None
    high: float | None
    caveat: str


def corrected(supported: Figure, known: Mapping[str, Any] | None) -> Estimate | None:
    """The share `supported` corrected; None where nothing is known of the scorer, or nothing was scored."""
    if known is None or supported["mean"] is None or not known["sensitivity"] or not known["specificity"]:
        return None
    sure, strict = known["sensitivity"]["mean"], known["specificity"]["mean"]
    mean, low, high = (corrected_rate(supported[name], sure, strict) for name in ("mean", "low", "high"))
    return Estimate(mean.rate, low.rate, high.rate, mean.caveat)
