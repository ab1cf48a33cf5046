"""Pairs: the same question in two runs, and what keeps others from being compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.errors import QuestionsError

from ..journal import Left

Outcome = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """The outcomes of one question in both runs."""

    id: str
    a: Outcome
    b: Outcome

    def scores(self, name: str) -> tuple[float | None, float | None]:
        """Of a measure in both runs; None where it was not scored."""
        return self.a["scores"].get(name), self.b["scores"].get(name)


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs compared: A as it was, B as it is now."""

    a: Left
    b: Left

    def described(self, which: Literal["a", "b"]) -> dict[str, Any]:
        """What a reader must know of one of them."""
        run: Left = getattr(self, which)
        return {
            "folder": str(run.folder),
            "date": run.run["date"],
            "asked": run.run["questions"]["n"],
            "finished": len(run.outcomes),
            "failed": sum(one["answer"] is None for one in run.outcomes),
        }


def common(runs: Runs) -> tuple[list[Pair], dict[str, Any]]:
    """The questions that both runs asked in the same words, and how many others there are, by name."""
    first, second = ({one["id"]: one for one in run.outcomes} for run in (runs.a, runs.b))
    both = [name for name in first if name in second]
    changed = [name for name in both if first[name]["question"] != second[name]["question"]]
    pairs = [Pair(name, first[name], second[name]) for name in both if name not in changed]
    if not pairs:
        told = f"{runs.a.folder} and {runs.b.folder} share no question."
        raise QuestionsError(told, cure="Compare two runs over the same questions.")
    return pairs, {
        "n": len(pairs),
        "changed": changed,
        "only_a": [name for name in first if name not in second],
        "only_b": [name for name in second if name not in first],
    }
