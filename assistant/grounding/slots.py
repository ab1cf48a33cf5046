"""Places in a text where a name or a number stands, and what stands in the same place of another text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")
_EDGE = "."
_RUN = 5
_ENOUGH = 3
_CLEAR = 4  # words that agree on one side alone: "6.90 pp on MMLU", whatever follows
_MOST = 40

Filler = tuple[int, int, str]
"""Where a filler starts and ends in its text, and the key under which it is the same as another."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The words around the fillers of a text: each filler is one "#" among `tokens`, at `at`."""

    tokens: tuple[str, ...]
    at: tuple[int, ...]
    fillers: tuple[Filler, ...]


@lru_cache(maxsize=4096)
def cut(text: str, fillers: tuple[Filler, ...]) -> Slots:
    """The text with its fillers, which are in order and disjoint, taken out."""
    tokens, at, done = [_EDGE], [], 0
    for start, end, _ in fillers:
        tokens += _tokens(text[done:start])
        at.append(len(tokens))
        tokens.append("#")
        done = end
    return Slots((*tokens, *_tokens(text[done:].rstrip(" .!")), _EDGE), tuple(at), fillers)


def _tokens(text: str) -> list[str]:
    return [token.lower() for token in _TOKEN.findall(text)]


def likeness(one: Slots, i: int, other: Slots, j: int) -> int:
    """How many words next to two places agree, on both sides together; 0 if one side has none."""
    left, right = _sides(one, i, other, j)
    return left + right if left and right else 0


def _sides(one: Slots, i: int, other: Slots, j: int) -> tuple[int, int]:
    left = _run(one.tokens, one.at[i], other.tokens, other.at[j], -1)
    return left, _run(one.tokens, one.at[i], other.tokens, other.at[j], 1)


def _run(one: Sequence[str], i: int, other: Sequence[str], j: int, step: int) -> int:
    for length in range(_RUN):
        i, j = i + step, j + step
        if not (0 <= i < len(one) and 0 <= j < len(other)) or one[i] != other[j]:
            return length
    return _RUN


def exchanged(one: Slots, others: Sequence[Slots]) -> Iterator[tuple[Filler, int, Filler, int]]:
    """The fillers of `one` in whose very place the others have another, and none has the same in a place as like.

    Yields the filler, the index of the other and its filler, and how many words around them agree.
    """
    for i, filler in enumerate(one.fillers[:_MOST]):
        same, best = 0, (0, -1, -1)
        for k, other in enumerate(others):
            for j, held in enumerate(other.fillers[:_MOST]):
                score = likeness(one, i, other, j)
                if held[2] == filler[2]:
                    same = max(same, score, _MOST if max(_sides(one, i, other, j)) >= _CLEAR else 0)
                elif score > best[0]:
                    best = (score, k, j)
        if best[0] >= _ENOUGH and best[0] > same + 1:
            yield filler, best[1], others[best[1]].fillers[best[2]], best[0]
