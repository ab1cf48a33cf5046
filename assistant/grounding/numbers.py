"""The number guard: which numbers a sentence states, and whether its sources state the same ones."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from . import slots, words
from .quantities import name_parts, numbered_word, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .quantities import Numbers, Quantity

Where = Literal["evidence", "source", "absent"]
Beside = tuple[str, frozenset[str], frozenset[str]]
_SIDES: tuple[Literal[1], Literal[2]] = (1, 2)
_PAIRS = 8
_MOST = 200  # numbers and names that are looked at: a sentence has fewer, a table is none
_SURE = 5
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
    near = [(t, read(t)) for t in evidence]
    mine = [q for q in claim.quantities if q.kind != "hint"][:_MOST]
    taken = {(q.value, q.unit): q for q in claim.quantities}.values()
    theirs = ((t, q) for t, n in near for q in n.quantities[:_MOST] if q.kind != "hint")
    free = [(t, q) for t, q in theirs if not any(_same(c, q) for c in taken)] if mine else []
    found = [_quantity(sentence, q, (near, free), sources) for q in mine]
    named = [*near, *((title, read(title)) for title in titles)]
    return (*found, *(_name(sentence[start:end], named, sources) for start, end in claim.names[:_MOST]))


def misplaced(sentence: str, evidence: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Numbers in whose very place the evidence has another, and pairs that have changed places, with that other."""
    said, there = _slots(sentence), [_slots(text) for text in evidence]
    found = {
        sentence[filler[0] : filler[1]].strip(): evidence[at][rival[0] : rival[1]].strip()
        for filler, at, rival, likeness in slots.exchanged(said, there)
        if (likeness >= _SURE or ("." in filler[2]) == ("." in rival[2]))
        and float(filler[2]) not in (round(float(rival[2])), round(float(rival[2]), 1))
    }
    mine = _beside(sentence)
    for text in evidence:
        theirs = _beside(text)
        both = [value for value in mine if value in theirs][:_PAIRS]
        for one, two in combinations(both, 2):
            if any(_crossed(mine, theirs, (one, two), side) for side in _SIDES):
                found |= {mine[one][0]: theirs[two][0], mine[two][0]: theirs[one][0]}
    yield from found.items()


def _slots(text: str) -> slots.Slots:
    return slots.cut(text, tuple((q.start, q.end, f"{q.value:g}") for q in _stated(text)))


def _stated(text: str) -> list[Quantity]:
    """The numbers of a text in order; of two that overlap the first."""
    found: list[Quantity] = []
    for q in read(text).quantities:
        if q.kind != "hint" and (not found or q.start >= found[-1].end):
            found.append(q)
    return found


@lru_cache(maxsize=4096)
def _beside(text: str) -> Mapping[float, Beside]:
    """Each number that a text states once: as it is written, the words since the last one, those up to the next."""
    stated = _stated(text)
    times = Counter(q.value for q in stated)
    edges = [0, *(edge for q in stated for edge in (q.start, q.end)), len(text)]
    between = [frozenset(words.content(text[a:b])) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return {
        q.value: (text[q.start : q.end].strip(), between[i], between[i + 1])
        for i, q in enumerate(stated)
        if times[q.value] == 1
    }


def _crossed(
    mine: Mapping[float, Beside], theirs: Mapping[float, Beside], pair: tuple[float, float], side: Literal[1, 2]
) -> bool:
    """Whether each of two numbers stands beside the words of the other, and neither beside any of its own."""
    one, two = pair
    a, b = mine[one][side] - mine[two][side], mine[two][side] - mine[one][side]
    c, d = theirs[one][side] - theirs[two][side], theirs[two][side] - theirs[one][side]
    other: Literal[1, 2] = 2 if side == 1 else 1
    own = (mine[one][other] & theirs[one][other]) | (mine[two][other] & theirs[two][other])
    return bool(a & d and b & c) and not (a & c or b & d) and not own - mine[one][side] - mine[two][side]


def _quantity(
    sentence: str,
    quantity: Quantity,
    evidence: tuple[Sequence[tuple[str, Numbers]], Sequence[tuple[str, Quantity]]],
    far: Sequence[str],
) -> Finding:
    """Finds one quantity in the evidence, which comes with its numbers that the sentence lacks, or in `far`."""
    near, free = evidence
    shown = sentence[quantity.start : quantity.end].strip()
    name = numbered_word(sentence, quantity)

    def stated(numbers: Numbers) -> bool:
        same = any(_same(quantity, q) or _rounded(quantity, q) for q in numbers.quantities)
        return same or bool(name and name in numbers.known)

    where = _place(stated, near, far)
    exact = quantity.kind == "digits"
    if where != "absent":
        return Finding(shown, where, "", exact)
    rivals = [t[q.start : q.end].strip() for t, q in free if _in_place(sentence, quantity, t, q)]
    return Finding(shown, where, rivals[0] if rivals else "", exact)


def _name(shown: str, near: Sequence[tuple[str, Numbers]], far: Sequence[str]) -> Finding:
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


def _place(stated: Callable[[Numbers], bool], near: Sequence[tuple[str, Numbers]], far: Sequence[str]) -> Where:
    if any(stated(numbers) for _, numbers in near):
        return "evidence"
    return "source" if any(stated(read(text)) for text in far) else "absent"


def _pattern(name: str) -> str:
    """A name with its numbers left out: GPT-3 and GPT-4 are alike."""
    return re.sub(r"[\d.]+", "#", "".join(name_parts(name)))


def _rounded(said: Quantity, stated: Quantity) -> bool:
    """Whether a number is the other one with fewer decimals, within a twentieth of it."""
    near = abs(said.value - stated.value) <= 0.05 * abs(stated.value)
    plain = not (said.scaled or stated.scaled) and said.unit == stated.unit
    return plain and near and any(said.value == round(stated.value, n) for n in (0, 1) if stated.value % 1)


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
