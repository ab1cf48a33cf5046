"""What a guard found: one way in which a sentence says something else, or more, than its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "name", "negation", "direction", "comparative", "hedge", "scope"]
Severity = Literal["contradicted", "absent", "weaker"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The words on both sides ("" if there are none) and a sentence for a person.

    `contradicted`: the source says the opposite, or something else in the same place. `absent`: the sources do not
    state it. `weaker`: the source states less, under a condition, with a doubt, or in another place.
    """

    kind: Kind
    severity: Severity
    said: str
    source: str
    reason: str


def against(kind: Kind, said: str, source: str) -> Finding:
    """The finding that the two sides contradict each other."""
    return Finding(kind, "contradicted", said, source, f'the source says "{source}", the answer says "{said}"')
