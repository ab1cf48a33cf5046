"""The grammar of citation marks: which brackets of a text are marks, what they say, and what goes with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

Span = tuple[int, int]

_ROUND = "()（）"
_OPEN = "[【［〔(（"
_BRACKET = re.compile(r"[\[【［〔(（\]】］〕)）]")
_NAMED = r"(?:sources?|passages?|papers?|abstracts?|references?|refs?\.?|citations?|docs?|documents?)"
_ITEM = re.compile(rf"\s*(?:{_NAMED}[\s:]*)?[#№^]?\s?(\d+)(?::\d+(?=†))?(?:†[^,;]*)?", re.IGNORECASE)
_DASH = re.compile(r"\s*(?:[-‐‑‒–—−~]|\.\.+|to\b)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;，；、&|]*(?:and\b[\s,;]*)?", re.IGNORECASE)
_LEFTOVER = re.compile(
    r"(?:[\s,;:，；、&|.–—-]|\b(?:see|also|e\.g|i\.e|eg|cf|compare|and|or|as|in|from|per|via|by|both|cited|"
    rf"{_NAMED})\b)*+",
    re.IGNORECASE,
)
_TARGET = re.compile(r"(?:<[^>\n]*>|\S*)(?:\s+[\"'(].*[\"')])?", re.DOTALL)
_MOST = 100  # papers that one range may name


@dataclass(slots=True)
class _Frame:
    """A bracket still open at `start`; `plain` while what it holds may yet be a mark, or words left by marks."""

    start: int
    bracket: str
    link: bool = False
    plain: bool = True
    marked: bool = False
    prose: bool = False


class Scan:
    """One walk over a text: `spans` are to be taken out, in order; `numbers` and `invented` are what they say."""

    def __init__(self, text: str, limit: int) -> None:
        self.text = text
        self.limit = limit
        self.spans: list[Span] = []
        self.numbers: list[int] = []
        self.invented = 0
        self._stack: list[_Frame] = []
        self._open = {True: 0, False: 0}
        self._last: tuple[int, int] = (-1, 0)

    def walk(self, protected: list[Span]) -> Scan:
        """Reads every bracket outside the protected spans, each character a bounded number of times."""
        at = 0
        for start, end in [*protected, (len(self.text), len(self.text))]:
            for match in _BRACKET.finditer(self.text, at, start):
                self._bracket(match[0], match.start())
            if self._stack:
                self._stack[-1].plain = False
            at = end
        return self

    def _bracket(self, bracket: str, at: int) -> None:
        round_ = bracket in _ROUND
        if bracket in _OPEN:
            link = bracket == "(" and bool(self.spans) and self.spans[-1][1] == at
            self._stack.append(_Frame(at, bracket, link))
            self._open[round_] += 1
        elif self._open[round_]:
            frame = self._pop(round_)
            if not self._taken(frame, at) and self._stack:
                self._stack[-1].plain = False
                self._stack[-1].prose |= frame.prose
        elif self._stack:
            self._stack[-1].plain = False

    def _pop(self, round_: bool) -> _Frame:
        """The innermost open bracket of its kind; those opened inside it and never closed are no brackets."""
        unclosed = prose = False
        while True:
            frame = self._stack.pop()
            self._open[frame.bracket in _ROUND] -= 1
            prose |= frame.prose
            if (frame.bracket in _ROUND) == round_:
                frame.plain &= not unclosed
                frame.prose = prose
                return frame
            unclosed = True

    def _taken(self, frame: _Frame, end: int) -> bool:
        """Whether the bracket goes: a mark, a mark's link target, or nothing but marks and words such as "see"."""
        if not (frame.plain or (frame.link and not frame.prose)):
            return False
        first = len(self.spans)
        while first and self.spans[first - 1][0] > frame.start:
            first -= 1
        content = _rest(self.text, (frame.start + 1, end), self.spans[first:]).strip()
        start = frame.start
        if content.endswith("\\") and self.text.startswith("\\", start - 1) and start:
            start, content = start - 1, content[:-1]
        if not self._goes(frame, content, (start, end + 1)):
            frame.prose |= frame.link
            return False
        self.spans[first:] = [(start, end + 1)]
        if self._stack:
            self._stack[-1].marked = True
        return True

    def _goes(self, frame: _Frame, content: str, span: Span) -> bool:
        if frame.plain and frame.bracket not in _ROUND and self._read(content, span):
            return True
        if frame.plain and frame.marked and _LEFTOVER.fullmatch(content):
            return True
        return frame.link and bool(_TARGET.fullmatch(content))

    def _read(self, content: str, span: Span) -> bool:
        """Adds what a mark says; false if the content of a bracket is no mark."""
        if not (items := _items(content)):
            return False
        self._join(items[0][0], span[0])
        self._last = (span[1], items[-1][1])
        for first, last in items:
            if 1 <= first <= last <= self.limit and last - first < _MOST:
                self.numbers.extend(range(first, last + 1))
            else:
                self.invented += 1
        return True

    def _join(self, number: int, start: int) -> None:
        """In "[1]-[3]" the dash stands for what lies between."""
        end, before = self._last
        gap = self.text[end:start] if 0 <= end < start <= end + 3 else ""
        if gap.strip() and _DASH.fullmatch(gap) and 1 <= before < number <= min(self.limit, before + _MOST):
            self.numbers.extend(range(before + 1, number))


def _rest(text: str, span: Span, removed: list[Span]) -> str:
    """The text of `span` with a blank in the place of each removed span."""
    edges = [span[0], *(edge for one in removed for edge in one), span[1]]
    return " ".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def _items(content: str) -> list[Span]:
    """The numbers of a mark as (first, last) pairs, equal for a single one; empty if the content is no mark.

    Papers count from one: "[0, 1]" and "[0-255]" are intervals.
    """
    found: list[Span] = []
    start = _BETWEEN.match(content)
    at = start.end() if start else 0
    while at < len(content):
        if not (one := _ITEM.match(content, at)):
            return []
        at = one.end()
        last = one
        if (dash := _DASH.match(content, at)) and (other := _ITEM.match(content, dash.end())):
            last, at = other, other.end()
        found.append((_number(one[1]), _number(last[1])))
        between = _BETWEEN.match(content, at)
        at = between.end() if between else at
    return [] if found and found[0][0] == 0 and found != [(0, 0)] else found


def _number(digits: str) -> int:
    """The value of a run of digits; of a very long one only that it is large, since `int` refuses those."""
    return int(digits.lstrip("0")[:18] or "0")
