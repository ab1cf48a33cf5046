"""Cleaning: a text as its reader would see it, without markup, and what is no abstract at all."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from .hypertext import strip_tags, unescape
from .joins import join_words
from .latex import plain
from .mojibake import mend

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST_ABSTRACT = 20  # characters; below it there is nothing to cite
_SHORTEST_FRAGMENT = 40  # characters; below it a text that does not end like a sentence was cut off
_LONGEST_NOTICE = 400  # characters; a longer text that speaks of a withdrawal is a real abstract
_ROUNDS = 8  # of cleaning; markup in markup needs two or three, and what needs more was made to

_SURROGATE = re.compile("[\ud800-\udfff]")
# Arabic and Syriac signs that are format characters to Unicode but are seen by the reader.
_VISIBLE = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_MARKUP = re.compile(r"[\\<~`]|&[#\w]|''|-\s|\(cid:|mph\{")  # a plain ASCII text without any of these is clean

_PREFIX = re.compile(
    r"""arXiv:\S+\s+Announce\s+Type:\s*[\w-]+\s*(?:Abstract:\s*)?
    |\W{0,3}(?:Abstract|ABSTRACT|abstract)(?:\s?[:.|—–―]\s*|\s?[-‐]+(?:\s+|(?=[A-Z]))
      |(?P<glued>(?=(?:[A-Z][a-z]+|A)\b))
      |\s+(?=(?:We|This|In|The|Our|These|There|With|For|To|As|It|Although|While|Given|Despite|Recent|Recently|Many|Most|Since|Here|When|During|Several
         |Background|Objectives?|Purpose|Introduction|Motivation|Aims?|Context|Methods?)\b))
    |ABSTRACT\s+(?=[A-Z][a-z])""",
    re.X,
)
_TITLE_PREFIX = re.compile(r"(?:\[(?:PDF|HTML|BOOK|CITATION)\]\s*)+")
_TITLE_SUFFIX = re.compile(r"\s*\(arXiv:[^()]{5,80}\)\s*\Z")
_PROTECTED = re.compile(r"\$[^$]+\$|(?<![_^\\])\{([^{},$]*)\}|\A\{([^{}]*)\}\Z")
_CODE_POINT = re.compile(r"(?<=[^\W\d_])U\+0([0-9A-F]{4})")

_NO_ABSTRACT = re.compile(
    r"\W*(?:(?:the\s+)?(?:abstract|summary)(?:\s+(?:for|of)\s+this\s+\w+)?)?\s*(?:is\s+)?"
    r"(?:unavailable|not\s+(?:available|provided|given|supplied))\W*"
    r"|\W*(?:\w+\s+){0,3}no\s+(?:abstract|summary)(?:\s+is)?(?:\s+(?:available|provided|given|supplied))?\W*"
    r"|\W*summary\s+form\s+only(?:\s+given)?\W*|part\s+of:?\s+(?:the\s+)?(?:advances|proceedings)\b.*",
    re.I,
)
_WITHDRAWN = re.compile(
    r"\W*(?:(?:the|this|our)\s+)?(?:paper|article|submission|manuscript|preprint|work|report)\s+"
    r"(?:has|have|is|was)\s+(?:\w+\s+){0,3}?(?:withdrawn|retracted)\b"
    r"|\W*(?:withdrawn|retracted)(?:\s+(?:by|due|because|paper|article|submission|at)\b|\W*\Z)",
    re.I,
)
# 'Discussion of "Feature Matching in Time Series Modeling" by Y. Xia and H. Tong [arXiv:1104.3073]'
_DISCUSSION = re.compile(
    r"""(?:discussion|rejoinder|comment|reply|correction)\s+(?:of|on|to|:):?\s*["“‘'«].{0,250}""", re.I
)
_SENTENCE_END = re.compile(r"[.!?…。！？:;][\W_]*\Z|[^\x00-\x7f]")


def valid(text: str) -> str:
    """The text with lone surrogates, which no file or database can hold, replaced by U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """One line of visible text in NFC, for what is no prose: an id, an address, a date. Idempotent.

    Control, zero-width and bidirectional characters and Unicode tags go; every run of blanks (no-break ones
    and line ends too) becomes one blank. Not NFKC: it turns x² into x2.
    """
    text = valid(text)
    if not (text.isascii() and text.isprintable()):
        unseen = [character for character in set(text) if _invisible(character)]
        if unseen:
            text = text.translate(dict.fromkeys(map(ord, unseen)))
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def clean(text: str) -> str:
    r"""One line of prose as a reader sees it; idempotent, linear in time.

    Mojibake is mended; HTML, JATS and LaTeX go (`&lt;` is <, `\textbf{x}` is x, `\%` is %), mathematics stays;
    words that a line end or a ligature cut are whole; then as `one_line`. A bare %, $, <, &, ~, _ or { stays.
    """
    return _settled(text, _cleaned)


def clean_abstract(text: str) -> str:
    """`clean`, and without what feeds and pages put before it ("arXiv:... Announce Type: new  Abstract: ")."""
    return _settled(text, lambda given: _without_prefix(_cleaned(given)))


def clean_title(text: str) -> str:
    """`clean`, and without "[PDF]", a feed's "(arXiv:2403.02936v1 [cs.CL])" and BibTeX's protecting braces."""
    return _settled(text, _clean_title)


def clean_name(text: str) -> str:
    """`clean`, for a person's name: BibTeX's braces go, and KU+000E4stner is Kästner."""
    return _settled(
        _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), text), lambda given: _unbraced(_cleaned(given))
    )


def is_stub(abstract: str) -> str | None:
    """Why a cleaned text cannot serve as an abstract (a notice, or too short), or None if it can."""
    if is_notice(abstract):
        return f"is only a notice: '{abstract[:80]}'"
    if len(abstract) < SHORTEST_ABSTRACT:
        return f"is only {len(abstract)} characters long: '{abstract}'"
    if len(abstract) < _SHORTEST_FRAGMENT and not _SENTENCE_END.search(abstract):
        return f"is only a fragment: '{abstract}'"
    return None


def is_notice(text: str) -> bool:
    """Whether a text stands where an abstract should and says that there is none, or none any more."""
    if len(text) > _LONGEST_NOTICE:
        return False
    return bool(_NO_ABSTRACT.fullmatch(text) or _WITHDRAWN.match(text) or _DISCUSSION.fullmatch(text))


def _settled(text: str, step: Callable[[str], str]) -> str:
    """The text after as many steps as change it; so a second cleaning changes nothing.

    A text that does not come to rest was made so on purpose, and only loses what cannot be seen.
    """
    for start in (text, one_line(text)):
        before = start
        for _ in range(_ROUNDS):
            after = step(before)
            if after == before:
                return after
            before = after
    return one_line(text)


def _cleaned(text: str) -> str:
    if text.isascii() and not _MARKUP.search(text):
        return one_line(text)
    text = one_line(join_words(strip_tags(unescape(mend(valid(text))))))
    return one_line(plain(text))


def _without_prefix(text: str) -> str:
    found = _PREFIX.match(text)
    if not found:
        return text
    rest = text[found.end() :]
    if found["glued"] is not None and text.count(f"Abstract{rest.split(maxsplit=1)[0]}") > 1:
        return text  # a name: "AbstractBeam searches ... AbstractBeam"
    return rest


def _clean_title(text: str) -> str:
    text = _TITLE_SUFFIX.sub("", _cleaned(text))
    return _unbraced(_TITLE_PREFIX.sub("", text, count=1) if text.startswith("[") else text)


def _unbraced(text: str) -> str:
    """Without braces around a word or the whole; `{Your, My}`, x_{i} and mathematics keep theirs."""
    if "{" not in text:
        return text
    return _PROTECTED.sub(lambda found: found[0] if found[0][0] == "$" else (found[1] or found[2] or ""), text)


def _invisible(character: str) -> bool:
    if character.isspace() or character in _VISIBLE:
        return False
    variant = "\U000e0100" <= character <= "\U000e01ef"  # can carry hidden text, changes only a glyph's shape
    return variant or unicodedata.category(character) in ("Cc", "Cf")
