"""Cuts a sentence down to the clauses that answer. What is left stands in the abstract word for word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ..grounding.verbatim import GAP
from ..sentences import Span

_LEAST = 4  # words of a clause that stands alone
_OPENER = re.compile(
    r"(?:in this (?:paper|work|article|study|report|context)|here|specifically|concretely|furthermore|moreover|"
    r"additionally|in addition|finally|lastly|also|besides|consequently|therefore|thus|hence|accordingly|overall|"
    r"notably|importantly|in particular|to th(?:is|ese) ends?|to (?:address|tackle|overcome|solve|mitigate|achieve|do) "
    r"(?:this|these|that|so|the)[^,]{0,70}|(?:motivated|inspired) by[^,]{0,60}|as a result|in summary|for this "
    r"purpose),\s+"
    r"|(?:through |our )?(?:extensive|comprehensive|thorough|experimental|empirical|numerical|our|the)?\s?"
    r"(?:experiments?|experimental|empirical|evaluations?|results?|experimentation)\b[^,]{0,110}?"
    r"\b(?:show|shows|demonstrate|demonstrates|indicate|verify|validate|reveal|confirm|suggest) that\s+"
    r"|(?:we|the authors) (?:\w+ )?(?:show|demonstrate|find|observe|prove|argue) that\s+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?<=[,;:])\s+(?!\d)|(?<=\))\s+(?=(?:and|which|that|while|by|for|to)\b)|\s+(?=\((?:[^\s)]+\s+){3})|\s+(?=[—–]\s)|"
    r"\s+(?=(?:while|whereas|which|by \w+ing|in order to|so that|such that|without \w+ing|and then|thereby|compared "
    r"(?:to|with)|and (?:we|it|they|is|are|can|achieves?|outperforms?|improves?|shows?)|but|because|"
    r"when|where|after|before)\b)"
)
_WORD = re.compile(r"\S+")
_EDGE = re.compile(r"[\s,;:–—]+$")


def trimmed(text: str, words: int, value: Callable[[str], float]) -> tuple[Span, ...]:
    """The pieces of a sentence, as places in it, that fit in so many words: all of it where it does.

    Else it loses the phrase that only opens it, then what is worth least: the run of clauses with the highest value is
    kept. A sentence without a place to cut is cut after its last word that fits.
    """
    if _count(text) <= words:
        return ((0, len(text)),)
    start = opener.end() if (opener := _OPENER.match(text)) else 0
    if _count(text[start:]) <= words:
        return ((start, len(text)),)
    return (_best_run(text, _clauses(text, start), words, value),)


def shown(text: str, pieces: Sequence[Span]) -> str:
    """The pieces of a text with a mark in the place of what was left out."""
    parts = [GAP] if pieces[0][0] > 0 else []
    for start, end in pieces:
        parts += [text[start:end], GAP]
    return " ".join(parts if pieces[-1][1] < len(text) else parts[:-1])


def _count(text: str) -> int:
    return len(text.split())


def _clauses(text: str, start: int) -> list[Span]:
    """The clauses from a place on; one that is too short to stand alone belongs to the one after it."""
    cuts = [found.end() for found in _CLAUSE.finditer(text, start)]
    spans: list[Span] = []
    first = start
    for cut in [*cuts, len(text)]:
        if _count(text[first:cut]) >= _LEAST or cut == len(text):
            spans.append((first, cut))
            first = cut
    if len(spans) > 1 and _count(text[slice(*spans[-1])]) < _LEAST:
        (start, _), (_, end) = spans[-2:]
        spans[-2:] = [(start, end)]
    return spans


def _best_run(text: str, clauses: Sequence[Span], words: int, value: Callable[[str], float]) -> Span:
    if runs := list(_runs(text, clauses, words)):
        start, end = max(runs, key=lambda run: (value(text[slice(*run)]), run[0] - run[1]))
        return start, end if end == len(text) else len(_EDGE.sub("", text[:end]))
    start, end = max(clauses, key=lambda run: value(text[slice(*run)]))
    kept = list(_WORD.finditer(text, start, end))[: max(words, 1)]
    return start, kept[-1].end()


def _runs(text: str, clauses: Sequence[Span], words: int) -> Iterator[Span]:
    """Neighbouring clauses that fit together."""
    for i, (start, _) in enumerate(clauses):
        for _, end in clauses[i:]:
            if _count(text[start:end]) > words:
                break
            yield start, end
