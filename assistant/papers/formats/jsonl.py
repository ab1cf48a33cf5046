"""Reader of JSON: an object per line, arrays, and the answers of services, in every shape that is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..paper import Problem, Record
from .json_envelopes import values
from .json_shapes import SHAPES, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = f"JSON or JSON lines ({', '.join(shape.NAME for shape in SHAPES[:-1])}, or {SHAPES[-1].NAME})"

_OPENING = re.compile(r"""\s*(?:\{\s*(?:["}]|\Z)|\[\s*(?:[{\]]|null\b|\Z))""")
_OBJECT_LINE = re.compile(r'[ \t]*\{[ \t]*["}]')


def sniff(head: str) -> bool:
    """Whether it opens an object or an array of objects, or if its first line is damaged, most others do."""
    if _OPENING.match(head):
        return True
    lines = [line for line in head.split("\n")[1:] if line.strip()]
    return len(lines) > 0 and 2 * sum(bool(_OBJECT_LINE.match(line)) for line in lines) > len(lines)


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """The records of each object; anything else is a Problem, and reading goes on behind it where that is possible."""
    for found in values(lines):
        if isinstance(found, Problem):
            yield found
            continue
        line, value = found
        if isinstance(value, dict):
            yield from records(value, line, source)
        else:
            reason = "is null: there is no paper in its place" if value is None else "is not a JSON object"
            yield Problem(line, reason)
