"""The text of an XML element with markup inside: nothing a reader sees is lost, and no number becomes another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_BREAKS = frozenset({"br", "p", "par"})
_UNSEEN = frozenset({"annotation", "annotation-xml"})  # MathML: the same formula once more, in another notation
_NUMBER = re.compile(r"\s*[-+−–]?\d")


def text_of(element: _Element | None) -> str:
    """All text inside, in order; "" of None.

    10<sup>6</sup> becomes 10^6 and not 106, a MathML fraction a/b and not ab; <tex-math> gets its dollar signs.
    """
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += (_shown(child, before=next((part for part in reversed(parts) if part), "")), child.tail or "")
    return "".join(parts)


def name_of(element: _Element) -> str:
    """The element's name without namespace or undeclared prefix; "" of what has none, as a comment."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _shown(element: _Element, before: str) -> str:
    name = name_of(element)
    if name == "math":
        return _formula(element)
    text = text_of(element) if name else ""
    if name in ("sup", "sub"):
        return _script("^" if name == "sup" else "_", before, text)
    if name == "tex-math":
        return text if text.startswith("$") else f"${text}$"
    return f"\n{text}" if name in _BREAKS else text


def _formula(element: _Element) -> str:
    """MathML on one line; blanks around its parts are layout of the file."""
    children = [(name_of(child), _formula(child)) for child in element]
    names, parts = [name for name, _ in children], [part for _, part in children]
    name = name_of(element)
    if name in _UNSEEN:
        return ""
    if name == "mfrac":
        return "/".join(parts)
    if name in ("msub", "msup", "msubsup") and len(parts) > 1:
        base = parts[0] if name == "msup" else parts[0] + _script("_", parts[0], parts[1])
        return base if name == "msub" else f"{base}^{parts[-1]}"
    if "mprescripts" in names:  # what follows it stands before the base
        cut = names.index("mprescripts")
        return "".join([*parts[cut:], *parts[:cut]])
    return (element.text or "").strip(" \t\r\n") + "".join(parts)


def _script(sign: str, before: str, text: str) -> str:
    """A raised or lowered text, with a sign only where it would be read as more digits of a number."""
    return f"{sign}{text.lstrip()}" if before[-1:].isdigit() and _NUMBER.match(text) else text
