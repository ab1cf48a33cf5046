"""Sentences that failed their check, as the repair prompt lists them, and its reply read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import prompts
from ..citations import Failed

_LINE = re.compile(r"\s*(?:[-*•]\s+)?\**(\d{1,3})\**\s*[:.)]\s*(.*)")
_NONE = re.compile(r"\W*NONE\W*$", re.IGNORECASE)


def statements(failed: Sequence[Failed]) -> str:
    """The sentences, numbered from 1, each with why it failed; fenced, since a model wrote them from hostile text."""
    told = [f"{n}: {one.text}\n   Found: {'; '.join(one.reasons)}" for n, one in enumerate(failed, start=1)]
    return prompts.fenced("STATEMENTS", "\n".join(told))


def read(reply: str, failed: Sequence[Failed]) -> Iterator[tuple[Failed, str]]:
    """Each sentence that the reply corrects, and its new text with marks; the first line for a number counts.

    Any other line is passed over, and so is a sentence that is given back as it was.
    """
    seen: set[int] = set()
    for line in reply.splitlines():
        found = _LINE.match(line)
        number = int(found[1]) if found else 0
        if found is None or number in seen or not 1 <= number <= len(failed):
            continue
        seen.add(number)
        text = found[2].strip()
        if text and not _NONE.match(text) and text != failed[number - 1].text:
            yield failed[number - 1], text
