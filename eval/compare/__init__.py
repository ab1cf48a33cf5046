"""Two runs compared, question by question: how far apart, how surely, which questions flipped, and is one worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import QuestionsError

from ..journal import left
from ..summary import kinds
from .gate import DEFAULTS, Gate, Ruling, gate_of, ruled
from .page import page
from .pairs import Pair, Runs, common
from .scores import compared, flips, names
from .setup import differences_of_setup
from .text import text

__all__ = ["DEFAULTS", "Comparison", "Gate", "compare", "gate_of"]

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """A finished comparison. `summary` follows assistant/schemas/compare.schema.json; differences are B less A."""

    summary: dict[str, Any]
    pairs: tuple[Pair, ...]

    @property
    def worse(self) -> bool:
        """Whether a gate found B worse."""
        return any(ruling["worse"] for ruling in self.summary["gate"])

    def __str__(self) -> str:
        return text(self.summary, self.pairs)

    def html(self) -> str:
        """One page that asks for nothing."""
        return page(self.summary, self.pairs)


def compare(a: str | Path, b: str | Path, gates: Sequence[Gate] = (), seed: int = 0) -> Comparison:
    """Compares the runs in two folders on the questions that they share.

    gates: what B may not be worse in. seed: of the bootstrap and of the permutations. Raises QuestionsError where a
    folder holds no run, where the two share no question, and for a gate on what neither run measures.
    """
    runs = Runs(left(a), left(b))
    pairs, shared = common(runs)
    known = names(pairs)
    for gate in gates:
        if gate.measure not in known:
            cure = f"Choose among: {', '.join(known)}."
            raise QuestionsError(f"Neither run has the measure {gate.measure!r}.", cure=cure)
    measures = {name: compared(pairs, name, seed) for name in known}
    by_type = list(dict.fromkeys([*DEFAULTS, *(gate.measure for gate in gates)]))
    rulings: list[Ruling] = [ruled(gate, measures[gate.measure]) for gate in gates]
    summary = {
        "schema_version": SCHEMA_VERSION,
        "a": runs.described("a"),
        "b": runs.described("b"),
        **shared,
        "setup": differences_of_setup(runs),
        "measures": measures,
        "types": {
            kind: {name: compared(_of(pairs, kind), name, seed) for name in by_type if name in measures}
            for kind in kinds([pair.a for pair in pairs])
        },
        "flips": {name: flips(pairs, name) for name in measures if measures[name]["better_is"] != "neither"},
        "gate": [ruling.to_dict() for ruling in rulings],
    }
    return Comparison(summary, tuple(pairs))


def _of(pairs: Sequence[Pair], kind: str) -> list[Pair]:
    return [pair for pair in pairs if pair.a["type"] == kind]
