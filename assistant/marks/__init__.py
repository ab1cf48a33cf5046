"""Citation marks in an answer's text: read them, take them out cleanly, keep each with its own sentence."""

from __future__ import annotations

from dataclasses import dataclass

from .grammar import Scan
from .protected import protected
from .seams import groups, moved, without

__all__ = ["Marked", "move_marks_inside", "read_marks", "without_own_marks"]

_PASSES = 4
_ROUND = str.maketrans("[【［〔]】］〕", "(((())))")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its marks, the numbers that they named (in order, once each), how many named nothing."""

    text: str
    numbers: tuple[int, ...]
    invented: int


def read_marks(text: str, limit: int) -> Marked:
    """The text without its citation marks, and the papers, 1..limit, that they name.

    Marks in code and mathematics are left alone. A number or range that leaves 1..limit is invented: it is
    taken out and counted, and names nothing. What a mark leaves behind (brackets, "see", blanks before a full
    stop, the target of a Markdown link) goes with it. Never raises, takes time linear in the text, and reading
    the result again changes nothing.
    """
    numbers: dict[int, None] = {}
    invented = 0
    passes = 0
    while True:
        # Without its marks a text may hold code or mathematics elsewhere: read until no mark is left, and a text
        # that is made to shift for ever as if it held neither.
        scan = Scan(text, limit).walk(protected(text) if passes < _PASSES else [])
        if not scan.spans:
            return Marked(text, tuple(numbers), invented)
        numbers |= dict.fromkeys(scan.numbers)
        invented += scan.invented
        text = without(text, groups(text, scan.spans))
        passes += 1


def move_marks_inside(text: str) -> str:
    """Moves marks that follow the end of a sentence before it: "It works. [1] So", "It works [1]. So".

    A splitter then leaves each mark with its own sentence. A mark before a small letter opens the next
    sentence ("[1] shows ...") and stays, as does one after an abbreviation or a list's number. Linear in the
    text.
    """
    return moved(text, groups(text, Scan(text, 1).walk(protected(text)).spans))


def without_own_marks(text: str) -> str:
    """A quoted text whose own bracketed numbers stand in round brackets: "as in [3]" is "as in (3)".

    So that no reader takes them for marks of the answer. Those in code and mathematics stay, and so do intervals
    from zero. Linear in the text.
    """
    out: list[str] = []
    at = 0
    for start, end in Scan(text, 1).walk(protected(text)).spans:
        out += [text[at:start], text[start:end].translate(_ROUND)]
        at = end
    return "".join(out) + text[at:]
