"""Where a text is code or mathematics, so that a bracket in it is no citation mark."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict

Span = tuple[int, int]

_FENCE = re.compile(r"`+|\\[()\[\]$\\]|\$\$?|\n[ \t]*\n")
_ESCAPED_MARK = re.compile(r"\\\[[\s\d,;–-]*\\\]")
_TEX = re.compile(r"[\\^_={}<>]")


def protected(text: str) -> list[Span]:
    r"""The spans of code (`x`, ```x```) and mathematics ($x$, $$x$$, \(x\), \[x\]), ordered and disjoint.

    A fence of three or more back-quotes that is never closed runs to the end; everything else ends with its
    paragraph, and a dollar before an amount of money opens nothing. Linear in the text.
    """
    places: dict[str, list[Span]] = defaultdict(list)
    order: list[tuple[str, Span]] = []
    for match in _FENCE.finditer(text):
        kind = "\n" if match[0][0] == "\n" else match[0]
        places[kind].append(match.span())
        order.append((kind, match.span()))
    found: list[Span] = []
    done = 0
    for kind, (start, end) in order:
        if start >= done and (close := _close(text, kind, (start, end), places)):
            found.append((start, close))
            done = close
    return found


def _close(text: str, kind: str, opened: Span, places: dict[str, list[Span]]) -> int | None:
    """Where the span ends that `opened` opens; None if it opens nothing."""
    if kind.startswith("`"):
        close = _next(places[kind], opened[1])
        if len(kind) >= 3:
            return close[1] if close else len(text)
        return _same_paragraph(close, opened, places)
    if kind == "$":
        close = _next(places[kind], opened[1])
        return _same_paragraph(close, opened, places) if close and _is_tex(text, opened[1], close[0]) else None
    closing = {"$$": "$$", r"\(": r"\)", r"\[": r"\]"}.get(kind)
    if not closing or (kind == r"\[" and _ESCAPED_MARK.match(text, opened[0])):
        return None
    return _same_paragraph(_next(places[closing], opened[1]), opened, places)


def _next(spans: list[Span], at: int) -> Span | None:
    index = bisect_left(spans, (at, at))
    return spans[index] if index < len(spans) else None


def _same_paragraph(close: Span | None, opened: Span, places: dict[str, list[Span]]) -> int | None:
    breaks = places["\n"]
    if not close or bisect_left(breaks, opened) != bisect_right(breaks, close):
        return None
    return close[1]


def _is_tex(text: str, start: int, end: int) -> bool:
    """Pandoc's rule for $...$, and no prose between two amounts: "$5 and 6$" is money."""
    inside = text[start:end]
    if not inside or inside[0].isspace() or inside[-1].isspace() or text[end + 1 : end + 2].isdigit():
        return False
    return not re.search(r"\s", inside) or bool(_TEX.search(inside))
