"""The number guard: which numbers a sentence states, and whether its sources state the same ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .quantities import name_parts, numbered_word, read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .quantities import Numbers, Quantity

Where = Literal["evidence", "source", "absent"]
_WORD = re.compile(r"[^\W\d_]{3,}")
_PASSING = frozenset(
    ("and", "are", "for", "from", "has", "its", "our", "over", "than", "that", "the", "was", "were", "with")
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One number of a sentence: where the sources state it, else what the evidence states in its place."""

    text: str
    where: Where
    instead: str
    exact: bool


def guard(
    sentence: str, evidence: Sequence[str], sources: Sequence[str], titles: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """For each number in the sentence, whether the evidence, or else any of the sources, states it.

    A number is the same if its value is (0.78M = 780K) and the units are equal or one names none; a name with
    digits (GPT-4) must occur as that name, and may also stand in the `titles` of the evidence. `instead` is the
    evidence's own number in the same place: the same unit, following word or a shared neighbour. `exact` is false
    for a small written count ("two"), which a writer may have counted.
    """
    claim = read(sentence)
    near, far = [(t, read(t)) for t in evidence], [read(t) for t in sources]
    found = [_quantity(sentence, q, near, far) for q in claim.quantities if q.kind != "hint"]
    named = [*near, *((title, read(title)) for title in titles)]
    return (*found, *(_name(sentence[start:end], named, far) for start, end in claim.names))


def _quantity(
    sentence: str, quantity: Quantity, near: Sequence[tuple[str, Numbers]], far: Sequence[Numbers]
) -> Finding:
    """Finds one quantity in the evidence or the sources."""
    shown = sentence[quantity.start : quantity.end].strip()
    name = numbered_word(sentence, quantity)

    def stated(numbers: Numbers) -> bool:
        return any(_same(quantity, q) for q in numbers.quantities) or bool(name and name in numbers.known)

    where = _place(stated, near, far)
    exact = quantity.kind == "digits"
    if where != "absent":
        return Finding(shown, where, "", exact)
    taken = read(sentence).quantities
    others = ((t, q) for t, n in near for q in n.quantities if q.kind != "hint" and not any(_same(c, q) for c in taken))
    rivals = [t[q.start : q.end].strip() for t, q in others if _in_place(sentence, quantity, t, q)]
    return Finding(shown, where, rivals[0] if rivals else "", exact)


def _name(shown: str, near: Sequence[tuple[str, Numbers]], far: Sequence[Numbers]) -> Finding:
    parts = name_parts(shown)
    whole = "".join(parts)
    # "anti-PD-1" is about PD-1, "two ResNet-50s" about ResNet-50, "text-to-3D" about 3D.
    tails = ("".join(parts[n:]) for n in range(1, min(len(parts), 4)) if parts[n][:1].isalpha())
    forms = {whole, whole.removesuffix("s"), *(tail for tail in tails if any(c.isdigit() for c in tail))}
    telling = [part for part in parts if any(c.isdigit() for c in part)]
    # The 7B of "Llama-2-7B" names no model, the 3D of "text-to-3D" stands for itself.
    apart = all(part[0].isalpha() or re.fullmatch(r"\dd", part) for part in telling)

    def stated(numbers: Numbers) -> bool:
        return not forms.isdisjoint(numbers.known) or (apart and numbers.known.issuperset(telling))

    where = _place(stated, near, far)
    rivals = (t[start:end] for t, n in near for start, end in n.names if _pattern(t[start:end]) == _pattern(shown))
    return Finding(shown, where, next(rivals, "") if where == "absent" else "", True)


def _place(stated: Callable[[Numbers], bool], near: Sequence[tuple[str, Numbers]], far: Sequence[Numbers]) -> Where:
    if any(stated(numbers) for _, numbers in near):
        return "evidence"
    return "source" if any(stated(numbers) for numbers in far) else "absent"


def _pattern(name: str) -> str:
    """A name with its numbers left out: GPT-3 and GPT-4 are alike."""
    return re.sub(r"[\d.]+", "#", "".join(name_parts(name)))


def _same(a: Quantity, b: Quantity) -> bool:
    units = {a.unit, b.unit}
    # "76" may stand for "76%", but "3 GPUs" says nothing of "3 times": a factor always has its unit.
    fits = len(units) == 1 or ("" in units and "x" not in units) or units == {"%", "pp"}
    return fits and abs(a.value - b.value) <= 1e-9 * max(abs(a.value), abs(b.value))


def _in_place(sentence: str, mine: Quantity, text: str, other: Quantity) -> bool:
    if mine.unit or other.unit:
        return mine.unit == other.unit
    if _form(mine) != _form(other):
        return False
    if mine.following and mine.following == other.following:
        return True
    return mine.kind == "digits" and not _near(sentence, mine).isdisjoint(_near(text, other))


def _form(quantity: Quantity) -> str:
    """Numbers of unlike form hardly stand for one another: a year is no count, a count no score."""
    if quantity.value % 1:
        return "decimal"
    return "year" if 1900 <= quantity.value <= 2100 else "whole"


def _near(text: str, quantity: Quantity) -> set[str]:
    around = text[max(0, quantity.start - 24) : quantity.start] + " " + text[quantity.end : quantity.end + 24]
    return {word.lower() for word in _WORD.findall(around)} - _PASSING
