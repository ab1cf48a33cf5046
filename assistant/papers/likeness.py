"""Likeness: papers whose abstracts are the same or nearly so under other titles, which are reported and not merged."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .identity import SAME_ABSTRACT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ANCHORS = 8  # of a text's words, the rarest that another text has too
_SHARED_ANCHORS = 3  # of texts that are compared; in 100,000 papers no near-duplicate shares fewer
_FEWEST_WORDS = 10  # different ones; shorter texts are alike by chance
_CROWD = 50  # papers found by one word; of a thousand that repeat one text not every pair is to be told


@dataclass(frozen=True, slots=True)
class Alike:
    """Two papers, in the order they were given, and the Jaccard similarity of their abstracts' word sets."""

    one: str
    other: str
    similarity: float


def abstract_key(abstract: str) -> str:
    """A hash of the words in order: equal keys are equal abstracts but for case, punctuation and blanks."""
    return hashlib.sha256(" ".join(_words(abstract)).encode()).hexdigest()[:16]


def near_duplicates(papers: Iterable[tuple[str, str]]) -> Iterator[Alike]:
    """Pairs of (id, abstract) whose word sets have a Jaccard similarity of at least `SAME_ABSTRACT`.

    Compares texts that share rare words, so 100,000 papers take half a minute and 200 MB. It finds every pair
    but those that differ in nearly all of their rare words, and some of those among many that repeat one text.
    """
    names, texts, spread = _word_sets(papers)
    found: dict[int, list[int]] = defaultdict(list)  # by word, the papers before this one that have it as an anchor
    for place, words in enumerate(texts):
        anchors = sorted((word for word in words if spread[word] > 1), key=spread.__getitem__)[:_ANCHORS]
        shared = Counter(earlier for word in anchors for earlier in found[word])
        for word in anchors:
            if len(found[word]) < _CROWD:
                found[word].append(place)
        for earlier, count in shared.items():
            if count >= min(_SHARED_ANCHORS, len(anchors)):
                similarity = _similarity(words, texts[earlier])
                if similarity >= SAME_ABSTRACT:
                    yield Alike(names[earlier], names[place], similarity)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _word_sets(papers: Iterable[tuple[str, str]]) -> tuple[list[str], list[array[int]], array[int]]:
    """Names, each text's set of word numbers (none for a short text), and in how many texts each word is."""
    numbers: dict[str, int] = {}
    spread = array("L")
    names: list[str] = []
    texts: list[array[int]] = []
    for name, abstract in papers:
        words = set(_words(abstract))
        known = array("L", (numbers.setdefault(word, len(numbers)) for word in words if len(words) >= _FEWEST_WORDS))
        spread.extend([0] * (len(numbers) - len(spread)))
        for number in known:
            spread[number] += 1
        names.append(name)
        texts.append(known)
    return names, texts, spread


def _similarity(one: array[int], other: array[int]) -> float:
    if min(len(one), len(other)) < SAME_ABSTRACT * max(len(one), len(other)):
        return 0.0
    common = len(set(one).intersection(other))
    return common / (len(one) + len(other) - common)
