"""Ways to say that something is left out, said one way: a guard that reads "without" reads them all."""

from __future__ import annotations

import re

_FREE = re.compile(r"\b([^\W\d_]{3,}(?:-[^\W\d_]{3,})?)-(?:free|less)\b")
_NEED = re.compile(
    r"\b(?:(?:eliminat|obviat|remov|avoid|bypass|circumvent)(?:e|es|ed|ing|s)?|without|do(?:es)? not have) "
    r"(?:the |any )?(?:need|requirement|necessity)s? (?:for|of|to have)\b|\bfree (?:of|from)\b",
    re.IGNORECASE,
)


def unwound(text: str) -> str:
    """The text, where "training-free" is "without-training" and to eliminate the need for training "without training".

    The hyphen says that it reaches no further: a reset-free system is a system.
    """
    if "-free" in text or "-less" in text:
        text = _FREE.sub(_bound, text)
    return _NEED.sub("without", text)


def _bound(match: re.Match[str]) -> str:
    return " ".join(f"without-{part}" for part in match[1].split("-"))
