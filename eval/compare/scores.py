"""How far apart two runs are in one measure: difference, interval, p, what could be seen at all, and the flips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ..measures import NAMES
from ..paired import Paired, apart, minimum_detectable, paired
from .pairs import Pair

Side = Literal["higher", "lower", "neither"]

LOWER_IS_BETTER = {
    *("contradicted", "not_stated", "mis_citation", "uncited", "no_citations", "partial_rate"),
    *("recited", "repaired", "dropped_marks"),
    *("judged_partial", "judged_contradicted", "judged_not_stated", "judge_unscored", "judge_flip"),
    *("answer_words", "seconds", "input_tokens", "output_tokens", "cost", "failed"),
}
_NEITHER = {"declined"}  # good or bad by what was asked
_OWN_QUESTIONS = {"declined_precision"}  # each run is measured on the questions that it declined itself
_SAME = 1e-9


def better_is(name: str) -> Side:
    """On which side of zero a difference is good."""
    if name in _NEITHER:
        return "neither"
    return "lower" if name in LOWER_IS_BETTER or name.endswith(("_seconds", "_tokens", "_cost")) else "higher"


def names(pairs: Sequence[Pair]) -> list[str]:
    """The measures of these runs, in the order of a report."""
    found = {name for pair in pairs for one in (pair.a, pair.b) for name in one["scores"]}
    return [name for name in NAMES if name in found] + sorted(found - {*NAMES})


def compared(pairs: Sequence[Pair], name: str, seed: int) -> dict[str, Any]:
    """`a` and `b` are the means over the questions compared, `n` of them; `difference` is b less a. `only_a` and
    `only_b` count the questions that have a score in one run only, which are left out."""
    scores = [(pair.id, *pair.scores(name)) for pair in pairs]
    both = [(question, a, b) for question, a, b in scores if a is not None and b is not None]
    if name in _OWN_QUESTIONS:
        found, detectable = apart([(a, b) for _, a, b in scores], seed), None
        first, second = ([s[side] for s in scores if s[side] is not None] for side in (1, 2))
        n = sum(a is not None or b is not None for _, a, b in scores)
    else:
        differences = [(question, b - a) for question, a, b in both]
        found, detectable = paired(differences, seed), minimum_detectable(differences)
        first, second, n = [a for _, a, _ in both], [b for _, _, b in both], len(both)
    return {
        "a": _mean(first),
        "b": _mean(second),
        **found.to_dict(),
        "minimum_detectable": None if detectable is None else round(detectable, 6),
        "n": n,
        "only_a": sum(a is not None and b is None for _, a, b in scores),
        "only_b": sum(a is None and b is not None for _, a, b in scores),
        "better_is": better_is(name),
        "verdict": verdict(found, better_is(name)),
    }


def _mean(values: Sequence[Any]) -> float | None:
    return round(sum(values) / len(values), 6) if values else None


def verdict(found: Paired, side: Side) -> str:
    """better, worse or unclear, by whether the interval leaves zero out; equal where nothing differs."""
    if found.low is None or found.high is None:
        return "not compared"
    if max(abs(found.low), abs(found.high)) < _SAME:
        return "equal"
    if found.low <= 0 <= found.high:
        return "unclear"
    if side == "neither":
        return "differs"
    return "better" if (found.low > 0) == (side == "higher") else "worse"


def flips(pairs: Sequence[Pair], name: str) -> dict[str, list[str]]:
    """The questions whose score got better and worse, by id."""
    found: dict[str, list[str]] = {"better": [], "worse": []}
    for pair in pairs:
        a, b = pair.scores(name)
        if a is not None and b is not None and abs(b - a) > _SAME:
            found["better" if (b > a) == (better_is(name) == "higher") else "worse"].append(pair.id)
    return found
