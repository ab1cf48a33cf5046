"""Where a sentence stands word for word in a text, through other blanks and other forms of the same letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

Span = tuple[int, int]

GAP = "…"
"""Stands in an answer where words of a quoted sentence were left out."""

_CUT = re.compile(r"\w\n-?\w|\w-\n\w|\w\n%|\d[.,]\n\d|\d\n[.,]\d")


def place(sentence: str, text: str) -> Span | None:
    """The span of the sentence in `text` (code points), its last full stop aside; None if it is not there.

    A place that cuts a word, a number or a name is none: "7" is not stated by "76%".
    """
    wanted = _normal(sentence.strip())[0]
    return _find(wanted, text) or _find(wanted.rstrip(".!"), text)


def pieces(sentence: str, text: str, title: str) -> tuple[Span, ...]:
    """The spans in `text` of a sentence that is visibly cut from it ("A … B …"), in order; none if it is not.

    A name that the text or its title holds may lead it, with a colon.
    """
    lead, colon, rest = sentence.partition(": ")
    named = bool(colon) and lead.rstrip(f" {GAP}").casefold() in f"{title} {text}".casefold()
    for candidate in (sentence, rest) if named else (sentence,):
        parts = [part.strip() for part in candidate.split(GAP) if part.strip()]
        found = [span for part in parts if (span := place(part, text))]
        if found and len(found) == len(parts) and found == sorted(found):
            return tuple(found)
    return ()


@lru_cache(maxsize=512)
def _normal(text: str) -> tuple[str, tuple[int, ...]]:
    """The text in NFC with its blanks collapsed, and for each character of it where it stood in `text`."""
    out: list[str] = []
    at: list[int] = []
    for match in re.finditer(r"\s+|\S[\u0300-\u036f]*", text):
        piece = " " if match[0][0].isspace() else unicodedata.normalize("NFC", match[0])
        out.append(piece)
        at.extend([match.start()] * len(piece))
    return "".join(out), (*at, len(text))


def _find(wanted: str, text: str) -> Span | None:
    normal, at = _normal(text)
    start = normal.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        if not _cuts(normal, start) and not _cuts(normal, end):
            return at[start], at[end]
        start = normal.find(wanted, start + 1)
    return None


def _cuts(text: str, at: int) -> bool:
    """Whether a cut at `at` goes through a word, a number or a name: through 28.4, 76% or GPT-4."""
    return bool(_CUT.search(f"{text[max(0, at - 2) : at]}\n{text[at : at + 2]}"))
