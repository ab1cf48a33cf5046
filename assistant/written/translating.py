"""Whether a translation may stand for the sentence that was checked."""

from __future__ import annotations

import re
from collections import Counter

from ..lexical import NAME

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def is_faithful(checked: str, translated: str) -> bool:
    """Whether both have the same figures, and the translation all names of the other: this shows in any language."""
    same = _figures(checked) == _figures(translated)
    return same and all(name.casefold() in translated.casefold() for name in NAME.findall(checked))


def _figures(text: str) -> Counter[str]:
    return Counter(figure.replace(",", ".") for figure in _FIGURE.findall(text))
