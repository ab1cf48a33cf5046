"""Sentences that failed their check, as the repair prompt lists them, and its reply read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..drafts import Failed
from . import numbered

_NOTHING_NEW = re.compile(r"\W*(NONE|RIGHT)\W*$", re.IGNORECASE)


def statements(failed: Sequence[Failed]) -> str:
    """The sentences, numbered from 1, each with why it failed."""
    return numbered.fenced([f"{one.text}\n   Found: {'; '.join(one.reasons)}" for one in failed])


def corrected(reply: str, failed: Sequence[Failed]) -> Iterator[tuple[Failed, str]]:
    """Each sentence that the reply corrects, and its new text with marks, but for one given back as it was."""
    for place, text in numbered.read(reply):
        if place < len(failed) and not _NOTHING_NEW.match(text) and text != failed[place].text:
            yield failed[place], text
