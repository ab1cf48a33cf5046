"""The words of a text that carry content, with their weights, and how much of one text another holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from . import quantities

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .quantities import Quantity


def _set(lines: str) -> frozenset[str]:
    return frozenset(lines.split())


_STOP = _set(
    """
    a about above across after again against all almost along already also although always am among an
    and another any are around as at away be became because become becomes been before being below
    between both but by can cannot could did do does doing done down due during each either else enough
    etc even ever every few for from further furthermore had has have having he hence her here hers him
    his how however i if in indeed instead into is it its itself just least less let like likely made
    make makes making many may me might more moreover most much must my namely near neither never
    nevertheless no nor not now of off often on once one only onto or other others our ours out over own
    per perhaps quite rather really same several she should since so some such than that the their
    theirs them then there thereby therefore these they this those though through thus to together too
    toward towards under until up upon us use used uses using usually very via was we well were what
    when where whereas whether which while who whom whose why will with within without would yet you
    your yours
    """
)
"""Words that carry no content."""
_FRAME = _set(
    """
    abstract according answer answers argue article author authors conclude conclusion conclusions
    demonstrate demonstrates demonstrated describe describes described discuss discusses example find
    finds finding findings found following follows introduce introduces introduced note noted overall
    paper papers passage passages present presents presented propose proposes proposed proposing
    provided question report reports reported result results retrieved say says short show shows showed
    shown showing source sources state states stated studies study suggest suggests suggested summary
    summarize summarise work works brief briefly addition additionally finally first second third lastly
    mention mentions mentioned relevant
    """
)
"""How a text speaks of itself, not of what it found: "the authors propose", "in summary"."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PREFIX = re.compile(r"\b(pre|re|non|un|co|sub|multi|semi|anti|inter|intra|over|fine)[-‐‑](?=[a-z])", re.IGNORECASE)
_TEX = re.compile(r"\\[a-zA-Z]+|[_^{}$\\]")
_ENDING = re.compile(r"(?:ations?|ated|ating|ates?|ions?|ings?|edly|ed|ers?|ely|ly|es|e|s)$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was written and what it weighs."""

    shown: str
    weight: float


@lru_cache(maxsize=4096)
def content(text: str) -> Mapping[str, Word]:
    """The content words of `text` by stem, numbers first as "#value"; stop words and framing are left out.

    Acronyms, names and numbers weigh 2, other capitalised words inside a sentence 1.5, all others 1.
    """
    stated = [q for q in quantities.read(text).quantities if q.kind != "hint"]
    found = {f"#{q.value:g}": Word(text[q.start : q.end].strip(), 2.0) for q in stated}
    plain = _without(text, stated)
    plain = _PREFIX.sub(r"\1", _TEX.sub(" ", plain))
    start = True
    for match in _WORD.finditer(plain):
        word = match[0]
        key = word.casefold().removesuffix("'s").removesuffix("’s")
        if key not in _STOP and key not in _FRAME and (len(key) > 1 or key.isdigit() or not key.isascii()):
            found.setdefault(stem(key), Word(word, _weight(word, start)))
        start = plain[match.end() : match.end() + 1] in {".", "?", "!"}
    return found


@lru_cache(maxsize=4096)
def sequence(text: str) -> tuple[str, ...]:
    """The stems of the content words of `text` in order, with repeats; a number is read as a word."""
    found = (match[0].casefold().removesuffix("'s") for match in _WORD.finditer(_PREFIX.sub(r"\1", text)))
    return tuple(stem(word) for word in found if word not in _STOP and word not in _FRAME)


def _without(text: str, stated: Sequence[Quantity]) -> str:
    """The text with a mark in the place of each quantity."""
    edges = [0, *(edge for q in stated for edge in (q.start, q.end)), len(text)]
    return " # ".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def _weight(word: str, first: bool) -> float:
    if any(c.isdigit() for c in word) or sum(c.isupper() for c in word) > 1:
        return 2.0
    return 1.5 if word[0].isupper() and not first else 1.0


def stem(word: str) -> str:
    """A word in small letters without its inflection, so that "pretraining" and "pretrained" share a stem."""
    if len(word) < 4 or not word.isascii() or any(c.isdigit() for c in word):
        return word.removesuffix("s") if len(word) > 2 else word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    short = word if word.endswith(("ss", "us", "is")) else _ENDING.sub("", word)
    if len(short) < 3:
        short = word.removesuffix("s")
    if len(short) > 3 and short[-1] == short[-2]:
        short = short[:-1]
    return short[:-1] + "i" if short.endswith("y") else short.replace("isat", "izat")


def share(words: Mapping[str, Word], held: Collection[str]) -> float:
    """The share, 0..1, of the words' weight that lies in `held`; 0 where there are no words."""
    total = sum(word.weight for word in words.values())
    return sum(word.weight for key, word in words.items() if key in held) / total if total else 0.0
