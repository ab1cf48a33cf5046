"""Swap a number: a quantity becomes another one, invented, or borrowed from elsewhere in the same abstract."""

from __future__ import annotations

import random
import re

_NUMBER = re.compile(
    r"(?<![\w.,/^_$\\{=+×–−<>≤≥~≈±)-])(?P<value>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?(?P<unit> ?%|x\b|×)?"
    r"(?![\w'’′/^_}\\=+×–−-]|[.,]\d|,? \d|st\b|nd\b|rd\b|th\b)"
)
"""A number that stands by itself: none in a name (GPT-4, IL-6), a range, a date, a formula or a fraction."""

_LABELLED = re.compile(
    r"(?:\b(?:phase|type|types|stage|grade|class|figure|[Ff]igs?\.?|table|section|equation|version|part|chapter|top|step|level"
    r"|task|day|week|month|year|page|vol\.?|no\.?|arXiv:?|chromosome|exon|factor|in|since|until|of|from|before|after"
    r"|during|helper|position|residue|aged?|p|P|n|N)|[A-Z][\w-]*|[([<>≤≥~≈±]|\b[pPnN] ?=|\d)\s?$"
)
"""What may come before a number that says how a thing is called, or is a year or a bound, rather than how much."""

_COUNTED = re.compile(
    r" (?!(?:and|or|to|in|of|vs|versus|for|with|is|are|was|were|at|on|by|from|as|but|the|that)\b)[a-z]{2,}"
)
"""What stands after a whole number that counts something: "arginase 1" and "(Fig. 1)" count nothing."""

_PERIOD = re.compile(r"(?:19|20)\d\d")


def _quantities(text: str) -> list[re.Match[str]]:
    return [found for found in _NUMBER.finditer(text) if found["unit"] or _is_quantity(found, text)]


def _is_quantity(found: re.Match[str], text: str) -> bool:
    if _LABELLED.search(text[: found.start()]) or _PERIOD.fullmatch(found["value"]):
        return False
    return bool(found["part"] or _COUNTED.match(text, found.end()))


def swap_number(sentence: str, abstract: str, dice: random.Random) -> str | None:
    """The sentence with one quantity changed by a tenth or more to a value that the abstract nowhere has."""
    found = _quantities(sentence)
    if not found:
        return None
    one = dice.choice(found)
    held = {float(_plain(other[0])) for other in re.finditer(r"\d[\d,]*(?:\.\d+)?", abstract) if _plain(other[0])}
    for _ in range(20):
        made = _other(one, dice)
        if float(_plain(made)) not in held:
            return _with(sentence, one, made)
    return None


def borrow_number(sentence: str, abstract: str, dice: random.Random) -> str | None:
    """The sentence with one quantity exchanged for another of its kind from another sentence of the abstract."""
    found = _quantities(sentence)
    said = {_plain(one["value"] + (one["part"] or "")) for one in _NUMBER.finditer(sentence)}
    outside = abstract.replace(sentence, " ")
    ways = [
        (one, other["value"] + (other["part"] or ""))
        for one in found
        for other in _quantities(outside)
        if (one["unit"] or "").strip() == (other["unit"] or "").strip()
        and bool(one["part"]) == bool(other["part"])
        and _plain(other["value"] + (other["part"] or "")) not in said
    ]
    if not ways:
        return None
    one, value = dice.choice(ways)
    return _with(sentence, one, value)


def _with(sentence: str, one: re.Match[str], value: str) -> str:
    return f"{sentence[: one.start()]}{value}{one['unit'] or ''}{sentence[one.end() :]}"


def _plain(number: str) -> str:
    return number.replace(",", "")


def _other(one: re.Match[str], dice: random.Random) -> str:
    """Another value with as many decimals, and with commas where this one has them; percent stay below 100."""
    places = len(one["part"] or ".") - 1
    value = float(_plain(one["value"]) + (one["part"] or ""))
    times = dice.choice([0.4, 0.55, 0.7, 0.85, 1.15, 1.3, 1.6, 2.0, 3.0])
    made = value * times if places or value >= 10 else value + dice.choice([-3, -2, -1, 1, 2, 3, 5])
    if made <= 0:
        made = value + 2
    if (one["unit"] or "").strip() == "%" and made >= 100 > value:
        made = value * 0.6
    return f"{made:,.{places}f}" if "," in one["value"] else f"{made:.{places}f}"
