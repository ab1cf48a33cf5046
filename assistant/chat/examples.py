"""Questions to begin with, that fit the corpus at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..render import plain
from ..settings import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..assistant import Assistant
    from ..papers import Paper

OF_THE_SAMPLE = (
    "How does Point-CMAE bring contrastive learning into masked autoencoders?",
    "What do the abstracts say about catastrophic forgetting?",
    "Which methods adapt large models with few trainable parameters?",
    "What is CLIP used for?",
)
_LONGEST = 90  # characters of a title that a question can hold
_LOOKED_AT = 40  # of the newest papers


def examples(assistant: Assistant) -> list[str]:
    """Those of the sample, else one for each of the newest papers whose titles lend themselves to it, at most four.

    Empty for a corpus without papers. Raises IndexMissing for one that does not exist.
    """
    if assistant.corpus == SAMPLE:
        return list(OF_THE_SAMPLE)
    total = assistant.index.store.count()
    newest = assistant.papers(limit=_LOOKED_AT, offset=max(0, total - _LOOKED_AT))
    return _questions(newest[::-1])


def _questions(papers: Sequence[Paper]) -> list[str]:
    """A paper that names its subject before a colon is asked what that does; another, what it says."""
    asked: list[str] = []
    for paper in papers:
        title = " ".join(plain(paper.title).split()).rstrip(".")
        name, colon, _ = title.partition(": ")
        if colon and 1 <= len(name.split()) <= 4:
            asked.append(f"What does {name} propose?")
        elif 0 < len(title) <= _LONGEST and not title.endswith("?"):
            asked.append(f"What is known about “{title}”?")
    return list(dict.fromkeys(asked))[:4]
