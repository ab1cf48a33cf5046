"""What is checked against what, and what comes of it: sources, evidence and judgements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Span = tuple[int, int]
Label = Literal["supported", "partial", "unsupported", "contradicted", "not_checkable"]


@dataclass(frozen=True, slots=True)
class Source:
    """An abstract and the spans of its sentences (code points); `vectors` is (len(sentences), dimension), of length 1.

    The `title` only names what the abstract is about: words and names of it may be used, no quantity rests on it.
    """

    text: str
    sentences: tuple[Span, ...]
    title: str = ""
    vectors: NDArray[np.float32] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The part `start:end` (code points) of source `source`; `support`, 0..1, is the share of words it holds alone."""

    source: int
    start: int
    end: int
    support: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check found. `support` is how likely a person would call the sentence supported, 0..1.

    `reasons` are for a person; `evidence` is best first, and empty where the sources do not state it.
    """

    label: Label
    support: float
    reasons: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
