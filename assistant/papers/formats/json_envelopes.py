"""Where the papers lie in a JSON file: on its lines, in an array, or in the list that an answer wraps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ..paper import Problem
from .json_shapes.guess import NESTS
from .json_text import LONGEST_VALUE, TOO_LONG, Broken, Text

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

Found: TypeAlias = tuple[int, Any] | Problem

# The names under which services and people wrap a list of papers, and what the list itself may lie in.
_LISTS = frozenset(
    """articles data docs documents entries entry hits items matches notes papers publications recommendedPapers
    records result results works""".split()
)
_WRAPPERS = frozenset("data feed hits message response result resultList".split())
_WRAPS = _LISTS | _WRAPPERS
_DEEPEST_WRAPPER = 3
_TITLES = ("title", "Title")
_ABSTRACTS = ("abstract", "Abstract", "summary", "abstractNote", "abstractText", "abstract_inverted_index")


def values(lines: Iterable[tuple[int, str]]) -> Iterator[Found]:
    """What may be a paper, with its first line, as the text streams by; a Problem for what is not JSON.

    Objects may stand on one line each or on several, in arrays, under the usual names of an answer, or in an
    object under their ids. Reading goes on behind a fault: at the next line, or behind an object of several
    lines at the next one that opens at the same indentation.
    """
    text = Text(lines)
    while text.next():
        line, indent = text.line, text.indent
        try:
            yield from _top(text)
        except Broken as broken:
            yield Problem(line, broken.reason(line))
            if broken.line == line and not broken.passed:
                text.skip_line()
            elif not broken.passed:
                text.resume(line, indent or "")
        text.take(",")


def _top(text: Text) -> Iterator[Found]:
    line = text.line
    if text.next() == "{":
        paper = text.whole(_is_plain_paper)
        if paper is None:
            yield from _object(text, 0)
        else:
            yield line, paper
    elif text.opens_objects():
        yield from _elements(text)
    else:
        yield line, text.value()


def _is_plain_paper(value: dict[str, Any]) -> bool:
    return "title" in value and _WRAPS.isdisjoint(value)


def _is_paper(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return any(name in value for name in _TITLES) and any(name in value for name in _ABSTRACTS)


def _elements(text: Text) -> Generator[Found, None, bool]:
    """The elements of the list that opens here; whether its end was reached."""
    opened = text.line
    text.take("[")
    while text.next() not in ("]", ""):
        line, indent = text.line, text.indent
        try:
            element = text.value()
        except Broken as broken:
            if not (broken.passed or text.resume(line, indent)):
                yield Problem(line, f"{broken.reason(line)}; what follows in the array was not read")
                _leave(text, opened)
                return False
            yield Problem(line, broken.reason(line))
        else:
            yield line, element
        text.take(",")
    if not text.take("]"):
        yield Problem(text.line, f"the file ends inside the array that opens on line {opened}")
        return False
    return True


def _leave(text: Text, opened: int) -> None:
    """Out of an array that cannot be read on: past its line, or if it has several, to the end of the file."""
    alone = text.line == opened
    while text.skip_line() and not alone:
        pass


def _object(text: Text, depth: int) -> Generator[Found, None, bool]:
    """The papers that the object that opens here wraps, or itself as the one; whether its end was reached."""
    line, holes, size = text.line, text.holes, 0
    fields: dict[str, Any] = {}
    wraps = ""  # "list": what it holds are papers; "object": it may be one beside them
    text.take("{")
    while not text.take("}"):
        name = _name(text)
        inside = None if _is_paper(fields) else _wrapped(text, name, depth)
        if inside:
            wraps = wraps or ("list" if text.next() == "[" else "object")
            if not (yield from inside):
                return False
        else:
            start, begin = text.line, text.offset
            value = text.value()
            size += text.offset - begin
            if not fields and name not in NESTS and _is_paper(value):
                wraps = "list"
                yield start, {"id": name, **value}
            else:
                fields[name] = value
        if not text.take(",") and text.next() != "}":
            raise text.broken("Expecting ',' delimiter")
        if size > LONGEST_VALUE:
            raise Broken(TOO_LONG, text.line)
    if _is_wanted(fields, wraps, depth):
        yield (line, fields) if text.holes == holes else Problem(line, "holds a line that cannot be read")
    return True


def _name(text: Text) -> str:
    name = text.value() if text.next() == '"' else None
    if not isinstance(name, str):
        raise text.broken("Expecting a name in double quotes")
    if not text.take(":"):
        raise text.broken("Expecting ':' delimiter")
    return name


def _wrapped(text: Text, name: str, depth: int) -> Generator[Found, None, bool] | None:
    """What is inside the value of a name that wraps papers; None if it does not."""
    if name in _LISTS and text.opens_objects():
        return _elements(text)
    if name in _WRAPPERS and text.next() == "{" and depth < _DEEPEST_WRAPPER:
        return _object(text, depth + 1)
    return None


def _is_wanted(fields: dict[str, Any], wraps: str, depth: int) -> bool:
    if wraps == "list":
        return _is_paper(fields)
    return "title" in fields or not (wraps or depth)
