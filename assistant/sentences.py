"""Where sentences begin and end: the one splitter for abstracts, answers and claims, by rule, in linear time.

A full stop ends a sentence unless something says otherwise: the word before it (an abbreviation, an initial,
the number of an item) or what follows it (a small letter, an operator). Words that may stand on either side,
as "al." and "U.S.", end a sentence only before a word that usually opens one. When in doubt the text is left
whole: a quote that is a little too long still holds its proof, one that is cut short may not.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Span = tuple[int, int]


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_TITLES = _words("Dr Prof Mr Mrs Ms Messrs St Mt")
_NEVER = _words("e.g i.e eg ie cf viz vs approx ca incl excl ssp subsp")
"""What follows belongs to it: these end no sentence."""

_POINTERS = _words(
    "fig figs eq eqs eqn eqns sec secs sect tab tabs tbl ref refs no nos nr res vol vols ch chap chaps pp p"
    " pt art alg algs thm lem prop def cor app appx suppl ex ver v jan feb mar apr jun jul aug sep sept oct"
    " nov dec"
)
"""Abbreviations only before what they point to ("Fig. 3", "Eq. (2)"): "No. We" is two sentences."""

_EITHER = _words(
    "al resp inc ltd co corp llc jr sr ph.d phd w.r.t a.k.a et int j proc conf trans univ dept acad natl"
    " assoc ed eds var sp spp syn dist misc seq lit orig"
)
"""Abbreviations that may also be the last word: an end only before a word that usually opens a sentence."""

_GLUED = "We|Our|The|This|These|In|It|To|However|Here|For|Moreover|Furthermore|Experiments|Extensive|Code"
_STARTERS = _words(
    _GLUED.replace("|", " ")
    + " A Accordingly Across Additionally After Again All Although Among An And Another As At Based Because"
    " Before Besides Between Beyond Both Building But By Central Collectively Combined Combining Compared"
    " Conclusion Conclusions Concretely Consequently Considering Conventional Conversely Crucially Current"
    " Currently Data Despite Different Drawing Due During Each Early Empirical Empirically Especially"
    " Evaluated Evaluating Evaluation Evaluations Even Existing Experiment Experimental Finally Findings"
    " First Firstly Following From Further Future Given Hence Herein How If Importantly Indeed Inspired"
    " Instead Interestingly Its Key Large Lastly Later Leveraging Like Many Meanwhile Methodologically"
    " Methods More Most Motivated Multiple My Neither Nevertheless Next No Nonetheless Not Notably Now"
    " Numerical Of On Once One Only Other Over Overall Participants Particularly Patients Performance"
    " Preliminary Previous Prior Project Qualitative Quantitative Rather Real Recent Recently Remarkably"
    " Second Secondly Several Similar Similarly Simulation Simulations Since So Some Specifically Standard"
    " Starting State Studies Subsequently Such Surprisingly Taken That Their Then Theoretically There"
    " Therefore They Third Those Though Three Through Thus Today Together Traditional Traditionally"
    " Training Two Typically Ultimately Under Unfortunately Unlike Until Upon Using Various What When"
    " Where Whereas Whether Which While Who Why With Within Without Yet You Results"
)
"""Words with which sentences usually open, by count over 10,000 abstracts."""

_CLOSERS = r"[\"'”’»›)\]}*_`]"
_STOP = re.compile(
    rf"(?P<wide>[。！？｡]++[\"'”’」』）】》]*+)"
    rf"|(?<![.!?…])(?P<run>[.!?…]++){_CLOSERS}*+"
    r"(?P<marks>(?:[ ]?(?:\[\d[\d,; –-]{0,40}+\]|【[^】\n]{0,40}+】)(?=[\s\[【]|$))*+)(?=\s|$)"
    rf"|(?<=[a-z)\]%][.!?])(?=(?:{_GLUED})\b[ ,])"
)
"""A candidate: stops, closing quotes and brackets, citation marks, then a blank ("done.[1] We"). Wide stops
need no blank, nor does a stop that lost its blank before a common opening word ("results.We show")."""

_BREAK = re.compile(r"\n(?:[^\S\n]*\n)+|\u2029|(?<=\n)(?=[^\S\n]*(?:[-*+•‣◦▪–—]|\(?\d{1,2}[.)]|#{1,6})[^\S\n]+\S)")
"""A blank line, or the start of a line that is a bullet, a numbered item or a heading."""
_HEADING = re.compile(r"\s*#{1,6}[^\S\n][^\n]*")
_MATH = re.compile(r"\$\$?(?=\S)[^$]{1,400}+(?<=\S)\$\$?(?!\d)")
_PROSE = re.compile(r"[a-z]{3}[.!?]\s")
_NEXT = re.compile(r"\s*([\"'“‘«‹„(\[{*_`¿¡]{0,6})(\S[^\s,;:.!?)\]]{0,30})")
_WORD = re.compile(r"[\s(\[{\"“‘'*_`,;:/=]")
_DOTTED = re.compile(r"(?:[a-z]{1,3}\.-?)+[a-z]{1,3}")
_ITEM = re.compile(r"\d{1,2}|[a-z]|[ivx]{1,4}", re.IGNORECASE)
_POINTED = re.compile(r"[A-Z]?\d|[A-Z]{1,2}$|[IVX]+$")
_NUMBER = re.compile(r"[\d.%–-]+")
_SMALL_NAME = re.compile(r"[a-z]{1,8}-?[A-Z\d]|[α-ω]")
_DASHES = frozenset({"-", "–", "—", "%", "#", "##", "###", "####"})
_SMALL_STARTERS = frozenset({"we", "our", "these", "this", "however"})


def split(text: str) -> list[Span]:
    """The sentences of a text as (start, end) in code points: ordered, disjoint, trimmed of outer blanks.

    Every character that is not blank lies in exactly one span. A blank line, a bullet and a heading always
    part sentences; any other line break counts as a blank.
    """
    spans: list[Span] = []
    for start, end in _blocks(text):
        cuts = [*_cuts(text, start, end), end]
        for first, last in zip([start, *cuts], cuts, strict=False):
            spans.extend(_trimmed(text, first, last))
    return spans


def clip(spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """The parts of ordered, disjoint spans that lie between two places; those outside are left out."""
    first = bisect.bisect_right(spans, start, key=lambda span: span[1])
    last = bisect.bisect_left(spans, end, key=lambda span: span[0])
    return tuple((max(left, start), min(right, end)) for left, right in spans[first:last])


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    if bare := piece.strip():
        first = start + len(piece) - len(piece.lstrip())
        yield first, first + len(bare)


def _blocks(text: str) -> Iterator[Span]:
    """The stretches between blank lines, bullets and headings; a heading ends with its line."""
    start = 0
    for stop in [*(found.end() for found in _BREAK.finditer(text)), len(text)]:
        if heading := _HEADING.match(text, start, stop):
            yield start, heading.end()
            start = heading.end()
        yield start, stop
        start = stop


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """The places inside a block where one sentence ends and another begins."""
    masks = _formulas(text, start, end)
    mask = next(masks, (end, end))
    sentence = start
    for found in _STOP.finditer(text, start, end):
        while mask[1] <= found.start():
            mask = next(masks, (end, end))
        if mask[0] <= found.start():
            continue
        cut = _cut(text, found, _first_of(text, sentence))
        if cut is not None:
            yield cut
            sentence = cut


def _formulas(text: str, start: int, end: int) -> Iterator[Span]:
    """The $...$ of a block; two prices with a sentence between them are none."""
    for found in _MATH.finditer(text, start, end):
        if not _PROSE.search(found[0]):
            yield found.span()


def _first_of(text: str, start: int) -> int:
    """The first character of a sentence that is neither blank nor a bullet (looked for in 16 characters)."""
    window = text[start : start + 16]
    return start + len(window) - len(window.lstrip(" \t\r\n-*+•(["))


def _cut(text: str, found: re.Match[str], sentence: int) -> int | None:
    """Where the candidate parts two sentences, or None when it does not."""
    if found["wide"]:
        return found.end()
    run = found["run"] or text[found.start() - 1]
    stop = found.start() if found["run"] else found.start() - 1
    following = _NEXT.match(text, found.end())
    if following is None:
        return None
    word, (opener, token) = _word_before(text, stop), following.groups()
    if run == "." and (_is_item(text, word, stop, sentence) or _is_later_item(text, word, stop, token)):
        return None
    marks = found["marks"] or ""
    if marks.startswith(" ") and token[0].islower() and not opener:  # "... done. [12] showed that"
        cut = found.end() - len(marks)
        return cut if _ends(word, run, "[", marks.strip(" []")) else None
    return found.end() if _ends(word, run, opener, token) else None


def _word_before(text: str, stop: int) -> str:
    """The word that a stop follows, "" after a bracket, a quote or a blank (32 characters are looked at)."""
    return _WORD.split(text[max(0, stop - 32) : stop])[-1]


def _is_item(text: str, word: str, stop: int, sentence: int) -> bool:
    """Is the word the number of a list item: "1. We", "as follows: a. We"?"""
    if not _ITEM.fullmatch(word):
        return False
    first = stop - len(word)
    return first <= sentence or text[max(0, first - 2) : first] in (": ", "; ")


def _is_later_item(text: str, word: str, stop: int, token: str) -> bool:
    """Is it a further item, "..., and 2. Training-free"? A usual opening word says no: "for 1 and 2. We"."""
    lead = text[max(0, stop - len(word) - 5) : stop - len(word)]
    return len(word) == 1 and word.isdigit() and token not in _STARTERS and lead.endswith((", ", " and ", " or "))


def _ends(word: str, run: str, opener: str, token: str) -> bool:
    """Does the stop `run` after `word` end a sentence, when `opener` + `token` follow?"""
    if run != ".":
        return _other_stop_ends(word, run, token)
    low = word if word.isupper() and "." not in word and len(word) > 1 else word.lower()  # "MS." is not "Ms."
    if low in _NEVER or word in _TITLES:
        return False
    if low in _POINTERS and (opener or token[0] == "$" or _POINTED.match(token)):
        return False
    if low == "etc":
        return _is_capital(token)
    if low in _EITHER or _DOTTED.fullmatch(low) or (len(word) == 1 and word.isupper()):
        return token in _STARTERS
    return _opens(word, opener, token)


def _other_stop_ends(word: str, run: str, token: str) -> bool:
    """Question marks, exclamation marks and ellipses: an end before all that can open a sentence."""
    if "!" in run or "?" in run:
        return word != "Yahoo" and (_is_capital(token) or token[0].isdigit() or token[0] == "$")
    return bool(word) and _is_capital(token)


def _opens(word: str, opener: str, token: str) -> bool:
    """Can `opener` + `token` open a sentence after a stop that is not an abbreviation's?"""
    first = token[0]
    if _is_capital(token):
        return True
    if first.isdigit():
        return not _broken_number(word, token)
    if first.islower():
        if opener[:1] in ("(", "["):
            return True
        known = not word or len(word) > 2
        return known and (token in _SMALL_STARTERS or _SMALL_NAME.match(token) is not None)
    return token in _DASHES or first in "$\\" or unicodedata.category(first) == "So"


def _broken_number(word: str, token: str) -> bool:
    """ "0. 24" and "c. 5261" are one thing each; "in 2019. 3" and "a rise. 3D" are not."""
    if len(word) == 1 and word.islower():
        return True
    return word.isdigit() and len(word) != 4 and _NUMBER.fullmatch(token) is not None


def _is_capital(token: str) -> bool:
    """A letter that is not a small one: scripts without case count as capitals."""
    return token[0].isalpha() and not token[0].islower()
