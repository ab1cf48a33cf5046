"""Reader of Python dictionaries, one printed on each line: it looks like JSON lines and is not."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING, Any

from ..paper import Problem, Record
from .json_shapes import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = "Python dictionaries, one printed on each line"

_LONGEST_LINE = 200_000  # characters; Python needs a thousand times the memory for what they hold
_OPENING = re.compile(r"\s*\{\s*'")


def sniff(head: str) -> bool:
    """Whether it opens a dictionary with a name in single quotes, which JSON does not have."""
    return bool(_OPENING.match(head))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per line. Only literals are read: nothing that stands in the file is ever run."""
    for number, text in lines:
        if not text.strip():
            continue
        value = _literal(text.strip())
        if isinstance(value, dict):
            yield from records(value, number, source)
        elif len(text) > _LONGEST_LINE:
            yield Problem(number, "is longer than 200,000 characters; save the records as JSON")
        else:
            yield Problem(number, "is not a Python dictionary of texts, numbers and lists")


def _literal(text: str) -> Any:
    if len(text) > _LONGEST_LINE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's about odd escapes
            return _json(ast.literal_eval(_Missing().visit(ast.parse(text, mode="eval"))))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):  # all that literal_eval may raise
        return None


class _Missing(ast.NodeTransformer):
    """Reads nan and inf, which tables print for what is missing, as None: they are no literals."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(None) if node.id in ("nan", "inf") else node


def _json(value: Any) -> Any:
    """As JSON would give it: lists for tuples and sets, text for other keys, null for what it cannot hold."""
    if isinstance(value, dict):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_json(inner) for inner in value]
    return value if isinstance(value, str | int | float) else None
