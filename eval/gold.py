"""Gold papers: which papers of the corpus the questions mean, and whether it is the right corpus at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.errors import QuestionsError
from assistant.papers import title_key

from .dataset import Question

if TYPE_CHECKING:
    from assistant import Assistant

Gold = dict[str, tuple[str, ...]]
"""Each gold paper as a question names it -> the ids it has in the corpus (several where papers share the title)."""


def match(assistant: Assistant, questions: Sequence[Question]) -> Gold:
    """Every gold paper, by any of its ids, else by its title.

    Raises QuestionsError where the corpus lacks more than half of them: its scores would say nothing.
    """
    store = assistant.index.store
    named = dict.fromkeys(name for question in questions for name in question.gold_papers)
    gold = {
        name: tuple(paper.id for paper in store.by_ids([name]) or store.by_title(title_key(name))) for name in named
    }
    found = sum(map(bool, gold.values()))
    if 2 * found < len(gold):
        message = f"Of the {len(gold)} gold papers of these questions the corpus {assistant.corpus!r} has {found}."
        raise QuestionsError(message, cure="Name the corpus they are about with --corpus, or index its papers first.")
    return gold
