"""Reader of JSON records: one object per line, or one array of objects."""

from __future__ import annotations

import json
import math
import re
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from ..cleaning import valid
from ..paper import Problem, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

NAME = "JSON lines (an object with title and abstract on each line) or a JSON array of such objects"

_LONGEST_RECORD = 16_000_000  # characters
_DEEPEST = 50  # levels inside `extra`
_OBJECT_LINE = re.compile(r'^[ \t]*\{[ \t]*["}]', re.M)
_ARRAY = re.compile(r"\s*\[\s*(?:\{|\]|null\b|\Z)")
_SEPARATOR = re.compile(r"[\s,]*")
_TOO_DEEP = "is nested too deeply"
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)
_YEAR = re.compile(r"\s*((?:1[5-9]|20)\d\d)(?=[-/. ]|\Z)", re.A)

T = TypeVar("T")


class _BrokenArray(Exception):
    """An array that cannot be read on from the element that begins at `line`."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def sniff(head: str) -> bool:
    """Whether it opens an array of objects, or a line opens an object."""
    return bool(_ARRAY.match(head) or _OBJECT_LINE.search(head))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per object; any other line is a Problem. An array is read up to where it breaks."""
    stream = iter(lines)
    array_may_open = True
    for number, text in stream:
        if array_may_open and _ARRAY.match(text):
            opened = (number, text.replace("[", "", 1))
            try:
                for line, value in _elements(chain([opened], stream)):
                    yield _record(line, value, source)
            except _BrokenArray as broken:
                yield Problem(broken.line, f"{broken}; what follows in the array was not read")
                return
        elif text.strip():
            array_may_open = False
            yield _line(number, text, source)


def _line(number: int, text: str, source: str) -> Record | Problem:
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        return Problem(number, _fault(error))
    return _record(number, value, source)


def _fault(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON ({error.msg}, column {error.colno})"
    return "is not JSON (a number in it has too many digits)"


def _elements(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, object]]:
    """The first line and the value of each element of an opened array, as soon as it is complete."""
    held, line = "", 0
    enough = 0  # characters to wait for; doubled so that a long element is not parsed at each of its lines
    for number, text in chain(lines, [(0, "")]):  # the last asks for what is left, however little
        line = number if text and not held else line
        held += text
        if text and len(held) < enough:
            continue
        end = 0
        while (start := _next_element(held, end)) < len(held):
            line += held.count("\n", end, start)
            if held[start] == "]":
                return
            found = _element(held, start, line)
            if found is None:
                break
            value, end = found
            yield line, value
            line += held.count("\n", start, end)
        held = held[start:]
        enough = 2 * len(held)
    raise _BrokenArray(line, "the file ends inside the array")


def _next_element(held: str, end: int) -> int:
    found = _SEPARATOR.match(held, end)
    return found.end() if found else end


def _element(held: str, start: int, line: int) -> tuple[object, int] | None:
    """The value at `start` and where it ends; None if what is held stops inside it."""
    try:
        return _DECODER.raw_decode(held, start)
    except (ValueError, RecursionError) as error:
        unfinished = isinstance(error, json.JSONDecodeError) and error.pos >= len(held.rstrip())
        if unfinished and len(held) - start <= _LONGEST_RECORD:
            return None
        raise _BrokenArray(line, _fault(error)) from error


def _record(line: int, value: object, source: str) -> Record | Problem:
    if not isinstance(value, dict):
        return Problem(line, "is not a JSON object")
    rest: dict[str, Any] = dict(value)
    try:
        return Record(
            line,
            _take(rest, ("source",), _text) or source,
            _take(rest, ("title",), _text) or "",
            _take(rest, ("abstract", "summary", "text"), _text) or "",
            own_id=_take(rest, ("id", "doc_id", "_id", "paperId"), _id),
            authors=_take(rest, ("authors",), _authors) or (),
            year=_take(rest, ("year",), _year),
            listed=_take(rest, ("listed",), _text),
            venue=_take(rest, ("venue",), _text),
            url=_take(rest, ("url",), _text),
            doi=_take(rest, ("doi",), _text),
            arxiv_id=_take(rest, ("arxiv_id", "arxiv"), _text),
            pmid=_take(rest, ("pmid",), _id),
            extra={valid(key): _plain(left, 0) for key, left in rest.items()},
        )
    except RecursionError:
        return Problem(line, _TOO_DEEP)


def _take(rest: dict[str, Any], names: tuple[str, ...], understand: Callable[[Any], T | None]) -> T | None:
    """The first of the names whose value is understood, taken out of `rest`, as are empty values."""
    for name in names:
        if rest.get(name) in (None, "", []):
            rest.pop(name, None)
        elif (found := understand(rest[name])) is not None:
            del rest[name]
            return found
    return None


def _text(value: Any) -> str | None:
    """A text, or a list of sentences joined by blanks; None if it is neither or blank."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(value)
    return value if isinstance(value, str) and value.strip() else None


def _id(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def _year(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = _YEAR.match(str(value))
    return int(found[1]) if found else None


def _authors(value: Any) -> tuple[str, ...] | None:
    """Names from a list of strings or of {"name"}, or from one string with ";" or " and " between them."""
    if isinstance(value, str):
        value = value.split(";") if ";" in value else re.split(r"\s+and\s+", value)
    if not isinstance(value, list):
        return None
    names = [part.get("name") if isinstance(part, dict) else part for part in value]
    return tuple(name.strip() for name in names if isinstance(name, str) and name.strip()) or None


def _plain(value: Any, depth: int) -> Any:
    """A JSON value that can be written again: valid text, finite numbers, at most `_DEEPEST` levels."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {valid(key): _plain(left, depth + 1) for key, left in value.items()}
    if isinstance(value, list):
        return [_plain(left, depth + 1) for left in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return valid(value) if isinstance(value, str) else value
