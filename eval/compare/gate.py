"""Gate: is B worse? The answer reads the interval of a difference, not its mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.errors import QuestionsError

DEFAULTS = ("recall@5", "citation_precision", "supported", "required_facts", "declined_recall")


@dataclass(frozen=True, slots=True)
class Gate:
    """B may be worse in `measure` by up to `margin`, in the measure's own unit."""

    measure: str
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a gate said, and why, in a sentence."""

    gate: Gate
    worse: bool
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"measure": self.gate.measure, "margin": self.gate.margin, "worse": self.worse, "why": self.why}


def gate_of(spec: str) -> Gate:
    """`measure` or `measure=margin`. Raises QuestionsError for a margin that is no number of zero or more."""
    measure, sign, given = spec.partition("=")
    try:
        margin = float(given) if sign else 0.0
    except ValueError:
        margin = math.nan
    if not 0 <= margin < math.inf:
        raise QuestionsError(f"The margin of {spec!r} is {given!r}.", cure="Give a number of 0 or more: recall@5=0.02.")
    return Gate(measure.strip(), margin)


def ruled(gate: Gate, found: Mapping[str, Any]) -> Ruling:
    """Worse where the whole interval lies beyond the margin on the bad side, and where B has no score at all though A
    has some, since that is no pass."""
    if found["better_is"] == "neither":
        told = f"More or less {gate.measure!r} is neither better nor worse."
        raise QuestionsError(told, cure="Gate another measure.")
    if found["difference"] is None:
        lost = found["only_a"] > 0
        why = f"B has none, though A has {found['only_a']}" if lost else "no question has it in both runs"
        return Ruling(gate, lost, f"{gate.measure} could not be compared: {why}.")
    low, high = (found["low"], found["high"]) if found["better_is"] == "higher" else (-found["high"], -found["low"])
    worse = high < -gate.margin
    beyond = f" by more than {gate.margin:g}" if gate.margin else ""
    told = f"is worse{beyond}" if worse else f"is not surely worse{beyond}"
    shown = f"{found['difference']:+.3f} [{found['low']:+.3f}, {found['high']:+.3f}]"
    if not worse and low >= 0:
        told = "is not worse"
    return Ruling(gate, worse, f"{gate.measure} {told}: {shown}, n {found['n']}.")
