"""What is asked of the values in a record: a text, an id, a year, names; None or nothing where they are not that."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from ...cleaning import valid

if TYPE_CHECKING:
    from collections.abc import Iterable

_DEEPEST = 50  # levels inside `extra`
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b", re.A)
_NAMES = ("name", "full_name", "fullName", "display_name", "literal")
_GIVEN = ("given", "firstName", "first_name", "first", "forename", "initials")
_FAMILY = ("family", "lastName", "last_name", "last", "surname")


def at(value: Any, *path: str) -> Any:
    """What lies in dictionaries of dictionaries under the names; None if there is no such place."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def listed(value: Any) -> list[Any]:
    """A list as it is; anything else is no list, so nothing."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """A text; or of a list of sentences or of labelled sections, the texts joined by blanks."""
    if isinstance(value, list):
        parts = [_section(part) for part in value]
        return text(" ".join(part for part in parts if part)) if None not in parts else None
    value = _section(value)
    return value if value is not None and value.strip() else None


def _section(value: Any) -> str | None:
    """A text, or one in a box: {"value"}, {"text"} or {"label", "text"}."""
    if isinstance(value, dict):
        label, value = value.get("label"), value.get("value", value.get("text", value.get("#text")))
        if isinstance(label, str) and label.strip() and isinstance(value, str):
            value = f"{label.strip()}: {value}"
    return value if isinstance(value, str) else None


def first(value: Any) -> str | None:
    """A text, or the first one of a list of several that say the same, as titles in other languages do."""
    return next(filter(None, map(text, value)), None) if isinstance(value, list) else text(value)


def ident(value: Any) -> str | None:
    """An id: a text or a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def year(value: Any) -> int | None:
    """The first year from 1500 to 2099 in a number, a date, or {"date-parts"}, {"year"} or {"raw"}."""
    if isinstance(value, dict):
        parts = value.get("date-parts")
        if value.get("circa") and len(listed(parts)) > 1:
            return None  # "19xx" is written as a range
        while isinstance(parts, list):
            parts = parts[0] if parts else None
        return year(parts) or year(value.get("year")) or year(value.get("raw") or value.get("literal"))
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = _YEAR.search(str(value))
    return int(found[1]) if found and not str(value).lstrip().startswith("-") else None  # "-2012" is before Christ


def names(value: Any) -> tuple[str, ...]:
    """The authors of a list of names or of {"name"}, {"given", "family"} and the like, or of one text."""
    if isinstance(value, dict):
        value = value.get("value", value.get("authors", value.get("author")))
    parts = _split(value) if isinstance(value, str) else listed(value)
    found = (_name(part) if isinstance(part, dict) else text(part) for part in parts)
    return tuple(name.strip() for name in found if name)


def _split(value: str) -> list[str]:
    """Authors with ";" or " and " between them, or commas if none of them can be "Last, First"."""
    if ";" in value:
        return value.split(";")
    parts = re.split(",? and ", " ".join(value.split()))
    pieces = [piece for part in parts for piece in part.split(",")]
    plain = all(" " in piece.strip() for piece in pieces)
    return pieces if plain and len(parts) <= 2 else parts


def _name(value: dict[str, Any]) -> str:
    whole = _told(value, _NAMES)
    if whole:
        return whole
    particles = (_told(value, [key]) for key in ("dropping-particle", "non-dropping-particle"))
    parts = (_told(value, _GIVEN), *particles, _told(value, _FAMILY), _told(value, ["suffix"]))
    return " ".join(filter(None, parts))


def _told(value: dict[str, Any], keys: Iterable[str]) -> str | None:
    return next(filter(None, (text(value.get(key)) for key in keys)), None)


def kept(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Those of the keys that hold something, as `plain` values."""
    return {key: plain(value[key]) for key in keys if value.get(key) not in (None, "", [], {})}


def plain(value: Any, depth: int = 0) -> Any:
    """A JSON value that can be written again: valid text, finite numbers. RecursionError past 50 levels."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {valid(key): plain(left, depth + 1) for key, left in value.items()}
    if isinstance(value, list):
        return [plain(left, depth + 1) for left in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return valid(value) if isinstance(value, str) else value
