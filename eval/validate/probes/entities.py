"""Swap an entity: a name that the sentence is about becomes the name of another thing of its kind."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

_NAME = re.compile(r"(?<![\w(\[/.$\\{-])[A-Za-z]*[A-Z][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)*(?![\w)\]/}$-])")
"""A word with a capital in it, or several joined: GPT-4, CheXpert, TNF, MS-COCO. Not one in brackets, which only
abbreviates what stands before it, nor a part of a longer word."""

_COMMON = {
    "DNA",
    "RNA",
    "AI",
    "USA",
    "US",
    "UK",
    "EU",
    "I",
    "II",
    "III",
    "IV",
    "CI",
    "OR",
    "RR",
    "HR",
    "SD",
    "SE",
    "AND",
}


def names(text: str) -> list[str]:
    """The names in a text, in order, each once: three letters or more, with a digit or a capital inside a word."""
    found = dict.fromkeys(one[0] for one in _NAME.finditer(text))
    return [
        one for one in found if len(one) > 2 and one not in _COMMON and re.search(r"[A-Za-z]-?\d|[A-Za-z][A-Z]", one)
    ]


class Names:
    """The names of many abstracts, by kind, to take strangers from."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._of_kind: dict[tuple[bool, bool], list[str]] = {}
        for name in dict.fromkeys(name for text in texts for name in names(text)):
            self._of_kind.setdefault(_kind(name), []).append(name)

    def stranger(self, name: str, abstract: str, dice: random.Random) -> str | None:
        """A name of the same kind that the abstract does not hold in any spelling."""
        known = self._of_kind.get(_kind(name), [])
        held = _bare(abstract)
        for _ in range(20 if known else 0):
            other = dice.choice(known)
            if _bare(other) not in held and _bare(other)[:4] != _bare(name)[:4]:
                return other
        return None


def swap_entity(sentence: str, abstract: str, pool: Names, dice: random.Random) -> str | None:
    """The sentence with one of its names, wherever it stands in it, exchanged for a stranger; None where there is none.

    A name that another of the sentence's names holds (CLIP and MetaCLIP), or that it defines, is left alone.
    """
    own = names(sentence)
    free = [name for name in own if sum(name in other for other in own) == 1 and f"({name}" not in sentence]
    if not free:
        return None
    name = dice.choice(free)
    other = pool.stranger(name, abstract, dice)
    return None if other is None else re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: other, sentence)


def _kind(name: str) -> tuple[bool, bool]:
    """Capitals only or mixed; with digits or without."""
    return name.upper() == name, any(letter.isdigit() for letter in name)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
