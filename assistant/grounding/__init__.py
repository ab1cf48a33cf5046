"""Does this text support this sentence? Word overlap and a guard on numbers; pure functions, no I/O."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from . import numbers, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Evidence", "Judgement", "Label", "Source", "check"]

Span = tuple[int, int]
Label = Literal["supported", "partial", "unsupported", "contradicted", "not_checkable"]

SUPPORTED = 0.7
"""Least support of a supported sentence: 1 sentence in 100 has it against five abstracts not its own."""
PARTIAL = 0.5
"""Least support of a partial one, and of a contradiction: below it the texts speak of different things."""
_GAIN = 0.1
"""Least share of the sentence that a second piece of evidence must add."""


_CUT = re.compile(r"\w\n-?\w|\w-\n\w|\w\n%|\d[.,]\n\d|\d\n[.,]\d")


@dataclass(frozen=True, slots=True)
class Source:
    """An abstract and the spans of its sentences (code points); `vectors` is (len(sentences), dimension).

    The `title` only names what the abstract is about: words and names of it may be used, no quantity rests on it.
    """

    text: str
    sentences: tuple[Span, ...]
    title: str = ""
    vectors: NDArray[np.float32] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The part `start:end` (code points) of source `source`; `support`, 0..1, is what it covers alone."""

    source: int
    start: int
    end: int
    support: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check found; `reasons` are for a person, `evidence` is best first and empty below `PARTIAL`."""

    label: Label
    support: float
    reasons: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def check(sentence: str, sources: Sequence[Source], vector: NDArray[np.float32] | None = None) -> Judgement:
    """Whether the sources support the sentence, which carries no citation marks.

    `support` is the share of the sentence's weighted content words that the evidence holds. Evidence is one
    sentence of the best source, or two where the second adds words that the first lacks, and the same of every
    other source that holds at least half of the words alone, so that a comparison can rest on two papers. Text
    that occurs word for word is its own exact evidence. Numbers are guarded apart: one that no source states is
    never supported. `vector`, and the vectors of the sources, are for a scorer that reads meaning; this one
    does not.
    """
    asked = words.content(sentence)
    verbatim = _verbatim(sentence, sources, whole=not asked)
    if not verbatim and (reason := _not_checkable(sentence, asked)):
        return Judgement("not_checkable", 0.0, (reason,))
    if not sources:
        return Judgement("unsupported", 0.0, ("there is no source to check against",))
    evidence = verbatim or _overlap(asked, sources)
    held = _held(evidence, sources)
    titles = [sources[piece.source].title for piece in evidence]
    held |= {key for title in titles for key in words.content(title) if key[0] != "#"}
    support = 1.0 if verbatim else words.share(asked, held)
    stated = [_context(sources[piece.source], piece) for piece in evidence]
    found = numbers.guard(sentence, stated, [source.text for source in sources], titles)
    label, reasons = _label(support, found)
    lacking = [word.shown for key, word in asked.items() if key not in held and key[0] != "#"]
    if lacking and not verbatim and label != "contradicted":
        reasons.append("not in the evidence: " + ", ".join(lacking[:8]))
    return Judgement(label, round(support, 4), tuple(reasons), evidence if support >= PARTIAL else ())


def _not_checkable(sentence: str, asked: Mapping[str, words.Word]) -> str:
    """Why nothing in the sentence can be held against a source; "" if something can."""
    text = sentence.strip()
    if text.startswith("#"):
        return "a heading"
    if text.rstrip("\"'”’)*_ ").endswith("?"):
        return "a question"
    if not asked:
        return "states nothing that a source could support"
    if text.rstrip("*_ ").endswith(":") and len(asked) <= 2 and all(word.weight <= 1 for word in asked.values()):
        return "only leads to what follows"
    return ""


@lru_cache(maxsize=512)
def _prepared(text: str, sentences: tuple[Span, ...]) -> tuple[frozenset[str], ...]:
    """The content of each sentence of a source."""
    return tuple(frozenset(words.content(text[start:end])) for start, end in sentences)


def _overlap(asked: Mapping[str, words.Word], sources: Sequence[Source]) -> tuple[Evidence, ...]:
    """The best sentence, or two, of the best source, then of every other source that bears on the words."""
    found = [_best(asked, source, index) for index, source in enumerate(sources)]
    scored = sorted(((words.share(asked, _held(f, sources)), f) for f in found), key=lambda pair: -pair[0])
    kept = [f for i, (support, f) in enumerate(scored) if i == 0 or support >= PARTIAL]
    return tuple(piece for pieces in kept for piece in pieces)


def _best(asked: Mapping[str, words.Word], source: Source, index: int) -> tuple[Evidence, ...]:
    held = _prepared(source.text, source.sentences)
    alone = [words.share(asked, keys) for keys in held]
    if not any(alone):
        return ()
    first = max(range(len(held)), key=lambda i: alone[i])
    chosen = [first]
    lacking = {key: word for key, word in asked.items() if key not in held[first]}
    # A second sentence must speak of the same thing: one that adds nothing but a number proves nothing.
    helps = [i for i, keys in enumerate(held) if any(key in keys and key[0] != "#" for key in lacking)]
    if helps:
        gain, _, second = max((words.share(asked, held[i] & lacking.keys()), -abs(i - first), i) for i in helps)
        chosen += [second] if gain >= _GAIN else []
    return tuple(Evidence(index, *source.sentences[i], round(alone[i], 4)) for i in chosen)


def _held(evidence: Sequence[Evidence], sources: Sequence[Source]) -> set[str]:
    """The content that the pieces of evidence hold together."""
    return {key for e in evidence for key in words.content(sources[e.source].text[e.start : e.end])}


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


def _verbatim(sentence: str, sources: Sequence[Source], whole: bool) -> tuple[Evidence, ...]:
    """Where the sentence stands word for word, its last full stop aside; one place per source.

    With `whole` only as a whole sentence: "In short" says nothing because it occurs somewhere.
    """
    wanted = _normal(sentence.strip())[0]
    return tuple(
        Evidence(index, *span, 1.0)
        for index, source in enumerate(sources)
        if (span := _find(wanted, source.text) or _find(wanted.rstrip(".!"), source.text))
        and (not whole or span in source.sentences)
    )


def _find(wanted: str, text: str) -> Span | None:
    """The first place of `wanted` in `text` that cuts no word or number; None if there is none."""
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


def _context(source: Source, piece: Evidence) -> str:
    """The whole sentences that a piece of evidence lies in: a quote may cut "76 million" to "76"."""
    spans = [span for span in source.sentences if span[0] < piece.end and piece.start < span[1]]
    return source.text[spans[0][0] : spans[-1][1]] if spans else source.text[piece.start : piece.end]


def _label(support: float, found: Sequence[numbers.Finding]) -> tuple[Label, list[str]]:
    """The label that the overlap gives, lowered by numbers that the sources lack or state elsewhere."""
    label: Label = "supported" if support >= SUPPORTED else "partial" if support >= PARTIAL else "unsupported"
    absent = [f for f in found if f.where == "absent"]
    reasons = [f"{f.text} does not occur in the source" for f in absent if not f.instead]
    if support < PARTIAL:
        return label, reasons
    if rivals := [f for f in absent if f.instead]:
        said = [f"the source says {f.instead}, the answer says {f.text}" for f in rivals]
        return "contradicted", said + reasons
    elsewhere = [f for f in found if f.where == "source"]
    reasons += [f"{f.text} occurs in the source, but not beside the rest of the sentence" for f in elsewhere]
    if any(f.exact for f in absent):
        return "unsupported", reasons
    return ("partial" if absent or elsewhere else label), reasons
