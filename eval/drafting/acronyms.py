"""Acronyms that an abstract introduces, "a long form (LF)", by the rule of Schwartz and Hearst."""

from __future__ import annotations

import re
from collections.abc import Iterator

_IN_BRACKETS = re.compile(r"\(\s?([A-Za-z0-9][\w-]{1,9})\s?(?:[,;][^()]{0,40})?\)")
_UNSPOKEN = re.compile(r"\W+$")
_CAPITALS = re.compile(r"[A-Z].*[A-Z]")


def introduced(text: str) -> Iterator[tuple[str, str, int]]:
    """(short form, long form, where the long form begins), the long form word for word as it stands in the text.

    Schwartz and Hearst, A simple algorithm for identifying abbreviation definitions in biomedical text, PSB 2003:
    from right to left, every letter of the short form is found in the words before it, its first at a word's
    beginning. Stricter than they are: every capital begins a word, and there are two capitals and two words.
    """
    for found in _IN_BRACKETS.finditer(text):
        short = found[1].removesuffix("s") if found[1][-2:-1].isupper() else found[1]
        start = _begin(short, text[: found.start()].rstrip())
        if _CAPITALS.search(short) and start is not None:
            long = _UNSPOKEN.sub("", text[start : found.start()])
            if " " in long.replace("-", " ") and short not in long.split():
                yield short, long, start


def _begin(short: str, before: str) -> int | None:
    """Where the long form begins in what stands before the bracket; None where there is none."""
    words = min(len(short) + 5, 2 * len(short))
    places = [word.start() for word in re.finditer(r"\S+", before)]
    least = places[-words:][0] if places else 0
    end = max((before.rfind(sign) for sign in ".;:()"), default=-1)
    least = max(least, end + 1)
    at = len(before)
    for place, letter in enumerate(reversed(short), start=1):
        if not letter.isalnum():
            continue
        at -= 1
        begins = letter.isupper() or place == len(short)
        while at >= least and not (before[at].lower() == letter.lower() and not (begins and _inside(before, at))):
            at -= 1
        if at < least:
            return None
    return at


def _inside(text: str, at: int) -> bool:
    """Whether a letter stands inside a word."""
    return at > 0 and text[at - 1].isalnum()
