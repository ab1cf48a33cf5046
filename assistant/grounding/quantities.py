"""The numbers that a text states, with their units, apart from the names that only contain digits."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def _spelled(units: str) -> dict[str, str]:
    """Unit by spelling, from "unit: spelling spelling, unit: ..."; "_" stands for a blank."""
    pairs = (entry.split(":") for entry in units.split(","))
    return {s.replace("_", " "): unit.strip() for unit, spellings in pairs for s in spellings.split()}


def _counted(words: str, start: int, step: int = 1) -> dict[str, int]:
    return {word: start + step * n for n, word in enumerate(words.split())}


_WORDS = _counted("zero one two three four five six seven eight nine ten eleven twelve thirteen", 0)
_WORDS |= _counted("fourteen fifteen sixteen seventeen eighteen nineteen twenty", 14)
_WORDS |= _counted("thirty forty fifty sixty seventy eighty ninety", 30, 10)
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SCALES |= {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "bn": 1e9, "mn": 1e6, "b": 1e9}
# Words that state a number only in passing: enough to support one in a sentence, too vague to demand one.
_HINTS = {
    "one": ((1.0, ""),),
    "both": ((2.0, ""),),
    "dual": ((2.0, ""),),
    "pair": ((2.0, ""),),
    "dozen": ((12.0, ""),),
    "twice": ((2.0, "x"),),
    "double": ((2.0, "x"),),
    "triple": ((3.0, "x"),),
    "quadruple": ((4.0, "x"),),
    "half": ((50.0, "%"), (0.5, "")),
    "halve": ((50.0, "%"), (2.0, "x")),
    "quarter": ((25.0, "%"), (0.25, "")),
}
_COUNTING = frozenset(word[:3] for word in (*_WORDS, *_HINTS))
"""How every word that states a number begins; most words do not and need no closer look."""
_UNITS = _spelled(
    r"%: \% % percent per_cent pct, pp: percentage_point percentage_points %-points points point pp pts,"
    "x: x X × times fold, $: dollar dollars usd USD, €: euro euros EUR, ms: ms millisecond milliseconds,"
    "s: s sec secs second seconds, min: min mins minute minutes, h: h hr hrs hour hours, d: d day days,"
    "wk: week weeks wk, month: month months, year: year years yr yrs, µg: µg μg ug, ml: ml mL, l: l L,"
    "KB: KB kB, MB: MB, GB: GB, TB: TB, Hz: Hz, kHz: kHz, MHz: MHz, GHz: GHz, fps: fps FPS, kg: kg, mg: mg,"
    "g: g, nm: nm, mm: mm, cm: cm, km: km, m: m, kcal: kcal, mmHg: mmHg"
)

_NUM = r"\d{1,3}(?:(?:,|\{,\}|[\u2009\u202f\u00a0])\d{3})+(?!\d)(?:[.·]\d+)?|\d+(?:[.·]\d+)?|(?<![\w.])\.\d+"
_TOKEN = re.compile(
    r"(?P<skip>(?:https?://|www\.)\S+|\(\d{1,2}\)|\b\d+(?:st|nd|rd|th)\b|(?:\\?sim|\\times|(?<=\d)x)(?=\d))"
    r"|(?P<name>[^\W\d_]\w*(?:[-‐‑/@^]\{?\w+\}?|(?<=\d)\.(?=\d)\w+)*|\d+(?:\.\d+){2,}|\d{16,}"
    r"|\d+D(?:-?\w+)*|(?!\d[\d.]*[eE]\d{1,2}\b)\d[\d.]*(?!x\d|(?:times|fold|percent)\b)[^\W\d_]+\d\w*(?:-\w+)*)"
    rf"|(?P<money>[$€£¥]\s?)?(?P<number>{_NUM})"
)
_FRACTION = re.compile(r"/(\d{1,3})(?![\d.,]*\d|\s?/)")
_POWER = re.compile(
    r"[eE]([-+]?\d{1,2})(?!\w)|\s?(?:[x×]|\\?times)\s?10\s?\^\s?\{?([-−+]?\d{1,2})(?!\d)\}?"
    r"|\^\{?([-−]?\d{1,2})(?!\d)\}?"
)
_SCALE = re.compile(
    r"([kKMBT]|bn|mn|b)(?![^\W\d_]|\d)|[\s-]{1,2}(hundred|thousand|million|billion|trillion|bn|[KMB](?=\s))(?!\w)"
)
_UNIT = re.compile(
    r"(?:\s|-(?!points))?("
    + "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
    + r")(?![^\W_])(?!(?<=[xX×])\s?\d)"
)
_DIGIT = re.compile(r"\d")
_NEXT = re.compile(r"[\s-]{0,2}([^\W\d_]{2,})")
_DASH = re.compile(r"\s[-–—−~]\s|[-–—−~]")
_LONGEST = 8  # parts of a name that are read as names of their own


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as the text states it at `start:end`, in code points.

    `unit` is "" where none is named; `following` is the next word in small letters, without a plural s. A
    `word` is a small count written out, a `hint` a word such as "both"; `scaled` says that a "million" was read.
    """

    value: float
    unit: str
    following: str
    start: int
    end: int
    kind: Literal["digits", "word", "hint"] = "digits"
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a text holds: quantities, the spans of names with digits (GPT-4), every form that names them."""

    quantities: tuple[Quantity, ...]
    names: tuple[tuple[int, int], ...]
    known: frozenset[str]


@lru_cache(maxsize=4096)
def read(text: str) -> Numbers:
    """The quantities and the names with digits in `text`, in order."""
    quantities: list[Quantity] = []
    names: list[tuple[int, int]] = []
    done = 0
    for match in _TOKEN.finditer(text):
        if match.start() < done:
            continue
        if match["number"]:
            quantities.append(_digits(text, match))
            done = quantities[-1].end
        elif match["name"] and _DIGIT.search(match["name"]):
            names.append(match.span())
        elif match["name"] and match["name"][:3].lower() in _COUNTING:
            quantities.extend(_written(text, match))
    ranged = _ranges(text, [q for q in quantities if not _is_marker(text, q)])
    return Numbers(tuple(ranged), tuple(names), frozenset(_spellings(text, ranged, names)))


def _digits(text: str, match: re.Match[str]) -> Quantity:
    value = float(re.sub(r"[^\d.]", "", match["number"].replace("·", ".")))
    value, end = _worked_out(text, value, match.end())
    found = Quantity(value, "", "", match.start(), end)
    if not match["money"]:
        return _measured(text, found)
    if text.startswith("m", end) and not text[end + 1 : end + 2].isalnum():
        found = replace(found, value=value * 1e6, end=end + 1, scaled=True)
    else:
        found = _measured(text, found)
    return replace(found, unit=match["money"].strip())


def _worked_out(text: str, value: float, end: int) -> tuple[float, int]:
    """The value and the end of "1/4", "2e5", "1.5 x 10^6" and "10^{-3}", whose first number ends at `end`."""
    if (part := _FRACTION.match(text, end)) and int(part[1]) and not value % 1:
        return value / int(part[1]), part.end()
    if not (power := _POWER.match(text, end)):
        return value, end
    exponent = int((power[1] or power[2] or power[3]).replace("−", "-"))
    if not power[3]:
        return value * 10.0**exponent, power.end()
    # Past 99 a power is no measurement, and floats would overflow.
    small = 0 < value < 1000 and abs(exponent) < 100
    return (value**exponent if small else value), power.end()


def _measured(text: str, quantity: Quantity) -> Quantity:
    """The quantity with the scale, unit and word that follow it in `text`."""
    value, end, scaled = quantity.value, quantity.end, False
    if scale := _SCALE.match(text, end):
        value, end, scaled = value * _SCALES[scale[1] or scale[2]], scale.end(), True
    unit = ""
    if found := _UNIT.match(text, end):
        unit, end = _UNITS[found[1]], found.end()
    following = _NEXT.match(text, end)
    word = following[1].lower().rstrip("s") if following else ""
    return replace(quantity, value=value, end=end, unit=unit, scaled=scaled, following=word)


def _written(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    """Number words: "two", "twenty-five", "two-stage", "threefold", and hints such as "both"."""
    first, *rest = re.split(r"[-‐‑]", match["name"].lower())
    start, end = match.start(), match.start() + len(first)
    if first.endswith("fold") and first[:-4] in _WORDS:
        yield Quantity(float(_WORDS[first[:-4]]), "x", "", start, end)
    for value, unit in _HINTS.get(re.sub(r"(?<=[le])[sd]$", "", first), ()):
        yield Quantity(value, unit, "", start, end, "hint")
    if first not in _WORDS:
        return
    total = _WORDS[first]
    if rest and total >= 20 and 0 < _WORDS.get(rest[0], 0) < 10:
        total, end = total + _WORDS[rest[0]], end + 1 + len(rest[0])
    found = _measured(text, Quantity(float(total), "", "", start, end, "word"))
    if total > 1 or found.scaled or found.unit == "%":
        yield replace(found, kind="digits" if found.scaled or found.unit or total > 20 else "word")


def _is_marker(text: str, quantity: Quantity) -> bool:
    """Whether the number only counts a list: "1) ..." outside parentheses."""
    before = text[max(0, quantity.start - 80) : quantity.start]
    return text.startswith(")", quantity.end) and before.rfind("(") <= before.rfind(")") and quantity.value < 100


def _ranges(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """In "10-20 million" and "10-20%" the first number has the scale and unit of the second."""
    for i in range(len(quantities) - 1, 0, -1):
        first, second = quantities[i - 1], quantities[i]
        if first.unit or first.scaled or not _DASH.fullmatch(text, first.end, second.start):
            continue
        scale = _SCALE.search(text, second.start, second.end) if second.scaled else None
        factor = _SCALES[scale[1] or scale[2]] if scale else 1.0
        quantities[i - 1] = replace(
            first,
            value=first.value * factor,
            unit=second.unit,
            following=second.following,
            scaled=second.scaled,
        )
    return quantities


def _spellings(text: str, quantities: Sequence[Quantity], names: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Every form that names something: "Llama-2-7B" is also "llama2" and "7b", "GPT 4" is "gpt4"."""
    for start, end in names:
        parts = name_parts(text[start:end])
        yield from parts
        for n in range(1, min(len(parts), _LONGEST) + 1):
            yield "".join(parts[:n])
        yield "".join(parts)
    for quantity in quantities:
        yield numbered_word(text, quantity)


def name_parts(name: str) -> list[str]:
    """The pieces of a name between its hyphens and slashes, case folded: "ViT-B/16" is vit, b, 16."""
    return re.split(r"[^\w.]+|_", name.casefold().removesuffix("'s"))


def numbered_word(text: str, quantity: Quantity) -> str:
    """A quantity with the word before it, as a name: "gpt4" for the 4 in "GPT 4"; "" if no word is there."""
    before = text[max(0, quantity.start - 30) : quantity.start].rstrip(" -").split()
    if not before or not any(c.isalpha() for c in before[-1]):
        return ""
    return "".join(name_parts(before[-1] + text[quantity.start : quantity.end].strip()))
