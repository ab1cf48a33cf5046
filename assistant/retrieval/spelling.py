"""Spelling repair: a misspelt word of a question is read as the corpus's nearest one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from ..index import Index
from ..lexical import NAME, content_words
from .glossary import glossed

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 40  # bytes; tantivy keeps no longer word
_SHORTEST = 5  # letters; shorter words have too many neighbours
_TWO_FAULTS = 8  # letters from which two faults are allowed
_MOST = 6  # words repaired in one question
_LOOKED_AT = 24  # words of a question, so that a pasted page costs no more


def understood(index: Index, question: str) -> tuple[str, dict[str, str]]:
    """(the question as it is searched, what was typed -> what is read): in English, with misspelt words repaired."""
    return repaired(index, glossed(question) or question)


def repaired(index: Index, question: str) -> tuple[str, dict[str, str]]:
    """(the question as read, what was typed -> what is read). Names, and words that the corpus knows, stay.

    A word that the embedder has as one piece is a word, whether or not the corpus holds it: only others are taken for
    misspelt. The nearest word of the corpus by optimal string alignment distance (1, or 2 from 8 letters on) is read.
    """
    replaced: dict[str, str] = {}
    for word in _doubtful(question):
        if len(replaced) < _MOST and not index.frequency(word) and not _is_word(index, word):
            nearest = _nearest(index, word.lower())
            if nearest:
                replaced[word] = nearest
    return read_as(question, replaced), replaced


def read_as(question: str, replaced: Mapping[str, str]) -> str:
    """The question with its misspelt words replaced."""
    return _WORD.sub(lambda found: replaced.get(found[0], found[0]), question) if replaced else question


def _doubtful(question: str) -> list[str]:
    """The words that may be misspelt: neither short, nor part of a name, nor words that only make it a question."""
    names = {part for name in NAME.findall(question) for part in _WORD.findall(name)}
    words = [word for word in dict.fromkeys(_WORD.findall(question)) if _SHORTEST <= len(word) <= _LONGEST]
    meant = {*content_words(question)}
    return [word for word in words if word.lower() in meant and word not in names][:_LOOKED_AT]


def _is_word(index: Index, word: str) -> bool:
    forms = {word.lower(), *index.stems(word)}
    return any(len(index.embedder.tokenize(form)) == 1 for form in forms)


def _nearest(index: Index, word: str) -> str | None:
    """The word of the corpus that `word` most likely stands for: fewest faults, then the most papers."""
    from rapidfuzz.distance import OSA

    most = 2 if len(word) >= _TWO_FAULTS else 1
    for faults, beginning in itertools.product(range(1, most + 1), (False, True)):
        # The first letter is rarely wrong, and words that differ in it differ in meaning: dispensable, indispensable.
        others = [o for o in index.similar_words(word, faults, beginning=beginning) if o[0] == word[0]]
        near = [other for other in others if OSA.distance(word, other, score_cutoff=faults) <= faults]
        if near:
            return max(near, key=lambda other: (index.frequency(other), other))
    return None
