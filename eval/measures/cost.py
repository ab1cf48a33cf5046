"""Cost: seconds, tokens and money."""

from __future__ import annotations

from .case import Case, Scored, Unscored

NAMES = ("seconds", "input_tokens", "output_tokens", "cost")


def score(case: Case) -> Scored:
    """`seconds` is wall-clock time from the question to the answer; `cost` is in the currency of the price list."""
    usage = case.answer["usage"]
    unpriced = Unscored("no model" if case.answer["mode"] == "extractive" else "unpriced")
    return Scored(
        {
            "seconds": case.seconds,
            "input_tokens": usage["input_tokens"],
            "output_tokens": usage["output_tokens"],
            "cost": unpriced if usage["cost"] is None else usage["cost"],
        },
        {"stages": {name: ms / 1000 for name, ms in case.answer["timings"].items() if name != "total"}},
    )
