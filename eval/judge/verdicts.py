"""A judge's replies read strictly: one line of a fixed form, or no verdict and the reason why."""

from __future__ import annotations

import re
from dataclasses import dataclass

VERDICTS = ("supported", "partial", "contradicted", "not stated")
"""What a statement can be to the abstracts that it is held against."""

GRADES = {"0": 0.0, "1": 0.5, "2": 1.0}
"""What an answer can get beside the gold answer, and the score that it is worth."""

_SUPPORT = re.compile(rf"VERDICT: ({'|'.join(VERDICTS)})", re.IGNORECASE)
_CORRECTNESS = re.compile(r"GRADE: ([012])", re.IGNORECASE)
UNREADABLE, CUT = "the judge's reply cannot be read", "the judge's reply was cut off"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a judge said of one thing: `verdict` is one of VERDICTS or a key of GRADES, else None for the reason that
    `unscored` gives. `retryable`: waiting may cure it."""

    verdict: str | None = None
    unscored: str = ""
    retryable: bool = False


def support(text: str, finish: str) -> Ruling:
    """The verdict of a reply to prompts/judge_support.md."""
    return _read(_SUPPORT, text, finish)


def correctness(text: str, finish: str) -> Ruling:
    """The grade of a reply to prompts/judge_correctness.md."""
    return _read(_CORRECTNESS, text, finish)


def _read(form: re.Pattern[str], text: str, finish: str) -> Ruling:
    if finish == "length":
        return Ruling(unscored=CUT)
    found = form.fullmatch(text.strip())
    return Ruling(found[1].lower()) if found else Ruling(unscored=UNREADABLE)
