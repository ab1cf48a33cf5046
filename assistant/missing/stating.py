"""Whether a text states a detail that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .details import Detail
from .vocabulary import ALIKE, GENERIC, LOOSE, NUMBER, ONE, ROLES, TERMS

_TOKEN = re.compile(r"\d[\d.,]*%?|(?:(?:sub|multi|pre|co)-)?[^\W\d_]+", re.IGNORECASE)
_IN_A_NAME = re.compile(r"\b[^\W\d_]+(?:\d|-\d(?![\d.,]*%))[\w.]*|\b\d[Dd]\b|\(\d\)")
_CLAUSE = re.compile(r"[;:]\s|(?<![\dKMB]),\s")
_PIXELS = re.compile(r"\d+\s?[x×]\s?\d+")
_VALUE = re.compile(r"(?<![\w-])[\d.]*\d")
_NEAR = 80  # letters between a measure and its value
_PREFIX, _LONGEST_ENDING = 4, 4  # letters that two forms of a word share, and in which longer ones may differ
_ENDINGS = frozenset(("", "d", "e", "ed", "er", "es", "ing", "ion", "or"))
_SMALL = frozenset("of the and for in with".split())


def states(detail: Detail, sentences: Sequence[str]) -> bool:
    """Whether a sentence states the detail, or comes near enough to doing so."""
    if detail.kind == "term":
        term = next(term for term in TERMS if term.shown == detail.heads[0])
        return any(term.stated.search(sentence) for sentence in sentences)
    if detail.kind == "letters":
        return any(_spelt_out(detail.heads[0], sentence) for sentence in sentences)
    if detail.kind == "measure":
        return any(_measured(detail, sentence) for sentence in sentences)
    if detail.kind == "extent":
        return any(_counted(word, sentence) for sentence in sentences for word in detail.heads)
    if detail.kind == "count":
        return all(_any_counted(head, detail, sentences) for head in detail.heads)
    heads = [head for head in detail.heads if singular(head) not in GENERIC]
    heads += [word for word in detail.around if word in ROLES]
    words = {word for sentence in sentences for word in _words(sentence)}
    return all(any(alike(head, word) for word in words) for head in heads)


def _measured(detail: Detail, sentence: str) -> bool:
    loose = any(LOOSE.search(head) for head in detail.heads)
    wanted = detail.around if loose and len(detail.around) > 1 else detail.heads
    for word in wanted:
        named = re.escape(word.rstrip("s")).replace(r"\-", "[- ]?")
        for match in re.finditer(rf"(?<![\w-]){named}", sentence, re.IGNORECASE):
            around = sentence[max(0, match.start() - _NEAR) : match.start()] + "|" + sentence[match.end() :][:_NEAR]
            if _VALUE.search(_PIXELS.sub("x", around)):
                return True
    return False


def _any_counted(head: str, detail: Detail, sentences: Sequence[str]) -> bool:
    """Whether a sentence counts what a noun names; where none has it, what the words before it name."""
    known = any(alike(head, word) for sentence in sentences for word in _words(sentence))
    words = [head] if known or len(detail.heads) > 1 else [*detail.around]
    return any(_counted(word, sentence) for sentence in sentences for word in words)


def _counted(head: str, sentence: str) -> bool:
    """Whether a number stands up to seven words before the noun, "one" up to three, or any up to three after it.

    The digits of a name (GPT-4, 2D) count nothing, and a number counts nothing beyond its clause.
    """
    plain = _IN_A_NAME.sub(lambda match: re.sub(r"[\d.()]+", " ", match[0]), sentence)
    tokens, clauses = [], []
    for clause, part in enumerate(_CLAUSE.split(plain)):
        found = [token.rstrip("%.,") for token in _TOKEN.findall(part)]
        tokens += found
        clauses += [clause] * len(found)
    nouns = {place for place, token in enumerate(tokens) if alike(head, token)}
    for place, token in enumerate(tokens):
        before = 7 if NUMBER.fullmatch(token) else 3 if ONE.fullmatch(token) else 0
        ahead = nouns.intersection(range(place, place + before + 1)) if before else ()
        behind = nouns.intersection(range(place - 3, place)) if before > 3 else ()
        if behind or any(clauses[noun] == clauses[place] for noun in ahead):
            return True
    return False


def _spelt_out(letters: str, sentence: str) -> bool:
    """Whether brackets explain the letters, or words begin with them: capitalised ones, or beside the letters."""
    if re.search(rf"\({re.escape(letters)}\w?[,;)]|\b{re.escape(letters)}\s\(\w", sentence):
        return True
    initials = "".join(word[0] for word in _TOKEN.findall(sentence) if word.lower() not in _SMALL)
    named = re.search(rf"\b{re.escape(letters)}\b", sentence)
    return letters.upper() in initials or bool(named and letters.lower() in initials.lower())


def _words(text: str) -> Iterator[str]:
    return (token.lower() for token in _TOKEN.findall(text))


def singular(word: str) -> str:
    """The word in lower case, without a plural s."""
    word = word.lower().replace("-", "")
    if word in ("gpus", "tpus", "cpus"):
        return word[:-1]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")) else word


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one another, or stand for each other where things are counted."""
    a, b = singular(one), singular(other)
    if a == b or any(a in group and b in group for group in ALIKE):
        return True
    shared = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    endings = {a[shared:], b[shared:]}
    return shared >= _PREFIX and (
        endings <= _ENDINGS or (shared > _PREFIX and max(len(ending) for ending in endings) <= _LONGEST_ENDING)
    )
