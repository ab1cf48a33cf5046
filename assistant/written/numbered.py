"""Numbered lines: how several texts go into one prompt and come out of its reply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import prompts

_LINE = re.compile(r"\s*(?:[-*•]\s+)?\**(\d{1,3})\**\s*[:.)]\s*(.*)")


def fenced(texts: Sequence[str]) -> str:
    """The texts numbered from 1; fenced, since a model wrote them from hostile text."""
    return prompts.fenced("STATEMENTS", "\n".join(f"{n}: {text}" for n, text in enumerate(texts, start=1)))


def read(reply: str) -> Iterator[tuple[int, str]]:
    """(place from 0, text) of each numbered line; the first line for a number counts, any other is passed over."""
    seen: set[int] = set()
    for line in reply.splitlines():
        if (found := _LINE.match(line)) and (number := int(found[1])) not in seen and number > 0:
            seen.add(number)
            if text := found[2].strip():
                yield number - 1, text
