"""Cleaning: what is taken out of a text before it is indexed and quoted, and what is no abstract at all."""

from __future__ import annotations

import re
import unicodedata

SHORTEST_ABSTRACT = 20  # characters; below it there is nothing to cite
_LONGEST_NOTICE = 400  # characters; a longer text that speaks of a withdrawal is a real abstract

_SURROGATE = re.compile("[\ud800-\udfff]")
# Arabic and Syriac signs that are format characters to Unicode but are seen by the reader.
_VISIBLE = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_ESCAPED_PERCENT = re.compile(r"(?<!\\)\\%")  # "\\%" is a LaTeX line break and a comment: left alone
_NO_ABSTRACT = re.compile(
    r"\W*(?:abstract|summary)?\s*(?:is\s+)?(?:un|not\s+)available\W*"
    r"|\W*no\s+(?:abstract|summary)(?:\s+is)?(?:\s+(?:available|provided|given))?\W*",
    re.I,
)
_WITHDRAWN = re.compile(
    r"\W*(?:(?:the|this|our)\s+)?(?:paper|article|submission|manuscript|preprint|work|report)\s+"
    r"(?:has|have|is|was)\s+(?:\w+\s+){0,3}?(?:withdrawn|retracted)\b"
    r"|\W*(?:withdrawn|retracted)(?:\s+(?:by|due|because|paper|article|submission|at)\b|\W*\Z)",
    re.I,
)


def valid(text: str) -> str:
    """The text with lone surrogates, which no file or database can hold, replaced by U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def clean(text: str) -> str:
    r"""One line of visible text in NFC; idempotent.

    Control, zero-width and bidirectional characters and Unicode tags go; every run of blanks (no-break ones
    and line ends too) becomes one blank; ``\%`` becomes ``%``. Not NFKC: it turns x² into x2.
    """
    text = valid(text)
    if not (text.isascii() and text.isprintable()):
        text = "".join(character for character in text if not _invisible(character))
    text = unicodedata.normalize("NFC", _ESCAPED_PERCENT.sub("%", text))
    return " ".join(text.split())


def is_stub(abstract: str) -> str | None:
    """Why a cleaned text cannot serve as an abstract (a notice, or too short), or None if it can."""
    if is_notice(abstract):
        return f"is only a notice: '{abstract[:80]}'"
    if len(abstract) < SHORTEST_ABSTRACT:
        return f"is only {len(abstract)} characters long: '{abstract}'"
    return None


def is_notice(text: str) -> bool:
    """Whether a text stands where an abstract should and says that there is none, or none any more."""
    if len(text) > _LONGEST_NOTICE:
        return False
    return bool(_NO_ABSTRACT.fullmatch(text) or _WITHDRAWN.match(text))


def _invisible(character: str) -> bool:
    if character.isspace() or character in _VISIBLE:
        return False
    variant = "\U000e0100" <= character <= "\U000e01ef"  # can carry hidden text, changes only a glyph's shape
    return variant or unicodedata.category(character) in ("Cc", "Cf")
