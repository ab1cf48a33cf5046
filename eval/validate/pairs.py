"""Pair: a claim and the source it is held against; what people say of it, and what a scorer does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Progress = Callable[[int, int], None]
"""Told (done, total)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, the text that may support it, and the title of that text, which proves nothing by itself."""

    claim: str
    source: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair and what people say of it.

    fault: why it is not supported, one of FAULTS, "" where it is supported or nobody says. cluster: names what the
    claim was written about, which is the source unless it was swapped.
    """

    pair: Pair
    supported: bool
    fault: str
    subset: str
    cluster: str


def linked(items: Sequence[Labelled]) -> list[int]:
    """The group of each item: who shares a cluster or, letter case and blanks aside, a claim, is of one group.

    Groups are what the bootstrap draws and what no fold tears apart. A claim met with several sources would otherwise
    tell its label to a model that never sees a source.
    """
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for item in items:
        parent[root(("claim", " ".join(item.pair.claim.lower().split())))] = root(("cluster", item.cluster))
    numbers: dict[tuple[str, str], int] = {}
    return [numbers.setdefault(root(("cluster", item.cluster)), len(numbers)) for item in items]


FAULTS = ("not_in_source", "contradicted", "over_claimed")
"""The three abilities that are measured apart."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Pairs under a name. derived: made of another set's claims, so that pooled figures leave it out. unscored:
    records that make no pair, counted by reason."""

    name: str
    items: Sequence[Labelled]
    derived: bool = False
    unscored: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scorer says of a pair: supported or not, and how far (0..1); else `unscored` says why nothing.

    partial: neither; a reader is told so, and nothing is repaired.
    """

    supported: bool = False
    support: float = 0.0
    unscored: str = ""
    partial: bool = False


class Scorer(Protocol):
    """Something that scores (claim, source)."""

    name: str

    def judge(self, pairs: Sequence[Pair], on_progress: Progress) -> list[Verdict]:
        """A verdict a pair, in their order."""
        ...
