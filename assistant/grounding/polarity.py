"""The words of a sentence as the guards read them: what is negated, and what points up or down."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import words
from .phrases import unwound
from .reach import NEGATORS, Reach, Spared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Senses = tuple[tuple[str, int], ...]

_WORD = re.compile(r"(?:(?:up|down|over|under|non|without)[-‐‑])?[^\W_]+(?:['’][^\W_]+)*|[,;:.()!?–—]", re.IGNORECASE)
_BREAKS = frozenset(
    "but however although though while whereas which because yet unless if when since whether who where and".split()
)
"""Words that end what a negator reaches, as punctuation does."""
_LIGHT = frozenset(
    """
    significant significantly statistically substantial substantially clear clearly evidence indication sign show shown
    find found observe observed detect detected see seen appear appears seem seems able necessarily always fully
    entirely yet strong strongly directly simply well very any been longer demonstrate demonstrated suggest known
    present
    """.split()
)
"""Words that a negator goes through to reach what it denies."""
_AS_IF_PLAIN = re.compile(
    r"\b(?:not\s+(?:only|just|merely|solely|simply|to\s+mention|least)|no\s+(?:doubt|matter|less|fewer|more)"
    r"|whether\s+or\s+not|or\s+not|if\s+not|cannot\s+but|nothing\s+but|without\s+(?:doubt|loss)|No\.\s*\d)\b",
)
_ALIKE = {
    word: group.split()[0]
    for group in (
        "associat correlat relat link connect relationship associ correl",
        "effect affect influenc impact",
        "requir need necessari necess depend",
        "differ difference different differenc",
        "chang alter alterat unchang",
    )
    for word in group.split()
}
"""Stems that say the same when they are denied."""
_OWN = re.compile(r"non(?=\w{4})|without(?=\w)")
"""Prefixes that deny the word they stand before and no other."""
_DENYING = re.compile(r"(?:un|dis|ir(?=r)|im(?=[mpb])|il(?=l)|in(?![gd]))(\w{5,})")
_NOT_DENYING = frozenset(
    """
    understand understanding underlying under interest interests international internal intervention interventions
    individual individuals industry information intensity intention integration introduction invention investment
    inference invariant distribution distributions discover discovery discussion disease diseases display district
    dispersion discourse discipline inhibition inclusion inform increase increases increased infection instance
    instances instruction implant import important impress impression imprint impact improve improved improves improving
    improvement improvements illustrate illumination uniform
    union universal university unit intense inverse inspection institution innovation inflation
    """.split()
)
MOVES, NOTHING = "=moves", "=nothing"
"""Keys of words that say something goes up or down, and of words that say nothing happens."""
_MOVING = frozenset(("amount", "quality", "safety", "speed"))
_NOTHING = frozenset("ineffective unrelated unchanged unaffected uncorrelated".split())
_MAY_BE_NOTHING = frozenset(("effect", "associat", "differ", "chang"))
_AFTER = re.compile(r"[\s-]+([^\W\d_]+)")
_THINGS = frozenset("function functions gene genes receptor receptors body factor factors hormone".split())
_OF = frozenset("loss losses gain gains gradient light lead".split())
"""Words that point somewhere only with an "of": the loss of cells, not the training loss."""
_PLAIN = str.maketrans({"-": "", "‐": "", "‑": "", "’": "'"})
_NEAR = 4
_stem = lru_cache(maxsize=50_000)(words.stem)
_PLACES = 8


@dataclass(frozen=True, slots=True)
class Unit:
    """A word that carries content or a direction; `negated` is the parity of the negators that reach it.

    `senses` are (sense, sign) of a word of direction, `head` is 1 where a negator lands on this very word, 2 where
    it only says that a thing is left out ("without X"), else 0. `bare` is what an un-, in- or dis- may deny. `spared`
    says that the text does away with it without a negator: it is a problem that is solved, or not needed.
    """

    shown: str
    key: str
    start: int
    end: int
    clause: int
    negated: bool
    head: int
    senses: Senses
    bare: str
    spared: bool


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The units of a text in order, and where each key and each sense occurs (the first few places)."""

    text: str
    units: tuple[Unit, ...]
    places: Mapping[str, tuple[int, ...]]
    around: tuple[frozenset[str], ...]


def marks(unit: Unit) -> Iterator[str]:
    """Under which keys a unit is found: its word, what an un- of it denies, its senses, whether anything moves."""
    yield unit.key
    yield f"'{unit.shown.lower()}"
    if unit.bare:
        yield f"~{unit.bare}"
    for sense, _ in unit.senses:
        yield f"={sense}"
    if not unit.negated and any(sense in _MOVING for sense, _ in unit.senses):
        yield MOVES
    if unit.shown.lower() in _NOTHING or (unit.negated and unit.key in _MAY_BE_NOTHING):
        yield NOTHING


@lru_cache(maxsize=1)
def _opposites() -> tuple[Mapping[str, Senses], Mapping[str, Senses]]:
    """The senses of a word by its exact form, and by its stem where the list allows inflection."""
    listed = json.loads((Path(__file__).parent / "opposites.json").read_text("utf-8"))["senses"]
    exact: dict[str, Senses] = {}
    stems: dict[str, Senses] = {}
    for sense, sides in listed.items():
        for sign, entries in zip((1, -1), sides, strict=True):
            for entry in entries.split():
                word = entry.rstrip("*")
                exact[word] = (*exact.get(word, ()), (sense, sign))
                if entry.endswith("*"):
                    key = _stem(word)
                    stems[key] = (*stems.get(key, ()), (sense, sign))
    return exact, stems


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """The units of a text with their polarity."""
    text = unwound(text)
    units = tuple(_units(text))
    places: dict[str, list[int]] = {}
    for i, unit in enumerate(units):
        for key in marks(unit):
            places.setdefault(key, []).append(i)
    kept = {key: tuple(found[:_PLACES]) for key, found in places.items()}
    keys = [unit.key for unit in units]
    around = tuple(frozenset(keys[max(0, i - _NEAR) : i] + keys[i + 1 : i + _NEAR + 1]) for i in range(len(keys)))
    return Reading(text, units, kept, around)


def _units(text: str) -> Iterator[Unit]:
    """Walks through the words of a text with what the negators reach."""
    telling = words.content(text)
    plain = {at for found in _AS_IF_PLAIN.finditer(text) for at in range(*found.span())}
    clause, reach, spared = 0, Reach(), Spared()
    for match in _WORD.finditer(text):
        word = match[0].lower().replace("’", "'")
        if not word[0].isalnum() or word in _BREAKS:
            clause, reach, spared = clause + 1, Reach(), Spared()
            continue
        unit = _unit(match, clause, (reach, spared), telling)
        if unit:
            yield unit
            spared.meet(unit.key, unit.negated)
        else:
            spared.pass_by(word)
        if (word in NEGATORS or word.endswith("n't")) and match.start() not in plain:
            after = _AFTER.match(text, match.end())
            reach.deny(word, after[1].lower() if after else "")
        elif unit is None:
            reach.pass_by(word)
        elif unit.head and reach.parity is not None:
            reach.meet()


def _unit(
    match: re.Match[str], clause: int, reached: tuple[Reach, Spared], telling: Mapping[str, words.Word]
) -> Unit | None:
    """The unit that a word makes; None for one without content or direction, and for a bare number."""
    reach, spared = reached
    word = match[0].lower().translate(_PLAIN).removesuffix("'s")
    exact, stems = _opposites()
    key = _stem(word)
    senses = exact.get(word) or stems.get(key, ())
    own = _OWN.match(word)
    if own:
        key, senses = _stem(word[own.end() :]), ()
    elif not senses and (key not in telling or word.isdigit() or len(word) < 2 or word.endswith("n't")):
        return None
    if senses and _names(match, word):
        senses = ()
    denied = _DENYING.fullmatch(word) if word not in _NOT_DENYING else None
    key = _ALIKE.get(key, key)
    head = (2 if own[0] == "without" else 1) if own else 0
    if reach.parity is not None and word not in _LIGHT:
        head = 1 if senses or key in _MAY_BE_NOTHING else reach.weight
    negated, bare = bool(reach.parity) ^ bool(own), denied[1] if denied else ""
    shown = match[0].removeprefix("without-")
    return Unit(shown, key, *match.span(), clause, negated, head, senses, bare, spared.left > 0)


def _names(match: re.Match[str], word: str) -> bool:
    """Whether a word of direction only names something: "NK-induced", "loss function", "suppressor gene"."""
    before = match.string[max(0, match.start() - 1) : match.start()]
    if before in ("-", "‐", "‑") and word.endswith(("ed", "ing")):
        return True
    after = _AFTER.match(match.string, match.end())
    following = after[1].lower() if after else ""
    return following in _THINGS or (word in _OF and following != "of")
