"""What becomes of the text around a citation mark that is taken out or moved."""

from __future__ import annotations

import re

Span = tuple[int, int]

_JOINER = re.compile(r"[ \t]*(?:[,;&|/+‐‑–—-]|and)?[ \t]*")
_URL = r"(?:[a-z]{2,12}://|www\.|mailto:|javascript:|data:)"
_DEFINITION = re.compile(rf":[ \t]*(?:<?{_URL}\S*)?", re.IGNORECASE)
_WRAPPERS = (
    ("***", "***"),
    ("**", "**"),
    ("__", "__"),
    ("*", "*"),
    ("_", "_"),
    ("^", "^"),
    ("<sup>", "</sup>"),
)
_BLANK = " \t\u00a0\u2009\u202f"
_AFTER = frozenset(".,;:!?)]}»”’…。，；：！？）】")
_INSIDE = frozenset("([{«“（【")
_ENDS = frozenset(".!?…。！？")
_CLOSERS = frozenset("\"'”’»)）*_")
_LIST_NUMBER = re.compile(r"\n[ \t]*\d{1,3}$")
_ABBREVIATION = re.compile(
    r"(?<![^\W_])(?:al|cf|e\.g|i\.e|vs|refs?|see|eqs?|figs?|secs?|tabs?|no|approx)$", re.IGNORECASE
)


def groups(text: str, spans: list[Span]) -> list[Span]:
    """The spans, with those joined that only a comma, a dash or "and" keeps apart."""
    joined: list[Span] = []
    for start, end in spans:
        last = joined[-1] if joined else (0, -99)
        if start - last[1] <= 9 and _JOINER.fullmatch(text, last[1], start):
            joined[-1] = (last[0], end)
        else:
            joined.append((start, end))
    return joined


def without(text: str, spans: list[Span]) -> str:
    """The text without the spans, and without the blanks and punctuation that only they made necessary."""
    out: list[str] = []
    at = 0
    for span in spans:
        start, end = _widened(text, span, at)
        kept = text[at:start].rstrip(_BLANK)
        left, right = at + len(kept), _skip(text, end)
        out.extend([kept] if kept else [])
        before = out[-1][-1] if out else ""
        after = text[right : right + 1]
        if before in "\n":
            right = _line_start(text, right)
            gone = right and text[right - 1] == "\n"
            gap = "" if gone else text[left:start]
        else:
            right += _repeats(before, after)
            gap = _gap(before, after, (left < start, end < right))
        out.extend([gap] if gap else [])
        at = right
    return "".join(out) + text[at:]


def _widened(text: str, span: Span, at: int) -> Span:
    """The span with the emphasis around it, which would be left empty: "**[1]**"."""
    start, end = span
    for before, after in _WRAPPERS:
        first, last = start - len(before), end + len(after)
        if first >= at and text.startswith(before, first) and text.startswith(after, end):
            alone = not text[first - 1 : first].isalnum() and not text[last : last + 1].isalnum()
            return (first, last) if alone else span
    return span


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _line_start(text: str, right: int) -> int:
    """Where a line goes on that began with a mark: "[1]: http://x" and "[1]. " leave no colon, target or stop.

    A line that held nothing else goes as a whole: then the place is the start of the next line.
    """
    if definition := _DEFINITION.match(text, right):
        right = _skip(text, definition.end())
    elif text[right : right + 1] in {".", ",", ";"}:
        right = _skip(text, right + 1)
    return right + 1 if text.startswith("\n", right) else right


def _repeats(before: str, after: str) -> bool:
    """Whether the second of two punctuation marks has become one too many: "It works. [1]."."""
    return (before in ".!?" and after == ".") or (before in ",;:" and after in {".", ",", ";", ":"})


def _gap(before: str, after: str, blanks: tuple[bool, bool]) -> str:
    """What to put between two characters where a mark stood, with or without blanks before and after it."""
    if after in "\n" or after in _AFTER:
        return ""
    if before in _INSIDE or (after in "\"'*_" and blanks == (True, False)):
        return ""
    if any(blanks):
        return " "
    return " " if all(c.isalnum() or c in "$`\\" for c in before + after) else ""


def moved(text: str, spans: list[Span]) -> str:
    """The text with each span that follows the end of a sentence put before the end."""
    out: list[str] = []
    at = 0
    for start, end in spans:
        stop = _sentence_end(text, (at, start), end)
        if stop is None:
            continue
        space = "" if text[stop - 1] in _BLANK else " "
        after = " " if text[end : end + 1].isalnum() else ""
        out.append(text[at:stop] + space + text[start:end] + text[stop:start].rstrip(_BLANK) + after)
        at = end
    return "".join(out) + text[at:]


def _sentence_end(text: str, span: Span, end: int) -> int | None:
    """Where the sentence ends that a mark at `span[1]:end` follows, looking back no further than `span[0]`."""
    at, start = span
    after = text[_skip(text, end) : _skip(text, end) + 1]
    if after.islower() or after in _AFTER:
        return None
    last = start
    while last > at and text[last - 1] in _BLANK:
        last -= 1
    first = last
    while first > at and (text[first - 1] in _ENDS or text[first - 1] in _CLOSERS):
        first -= 1
    stop = next((i for i in range(first, last) if text[i] in _ENDS), None)
    if stop is None or stop == at or text[stop - 1].isspace():
        return None
    before = text[max(at, stop - 12) : stop]
    numbered = _LIST_NUMBER.search(("\n" if stop <= 12 else "") + before)
    return None if text[stop] == "." and (numbered or _ABBREVIATION.search(before)) else stop
