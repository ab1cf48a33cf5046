"""Feedback: votes on answers are kept beside the papers, whole, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.store import Store

ANSWER = {"question": "What do owls eat?", "state": "answered", "text": "Mice, “mostly”. [1]"}


def test_votes_come_back_whole_and_in_order(tmp_path: Path):
    store = Store(tmp_path / "papers.sqlite")
    store.feedback.add(ANSWER, "down", "  It leaves out voles.  ")
    store.feedback.add({**ANSWER, "question": "Why?"}, "up")
    store.close()
    first, second = Store(tmp_path / "papers.sqlite").feedback.each()
    assert (first.question, first.vote, first.reason) == ("What do owls eat?", "down", "It leaves out voles.")
    assert first.answer == ANSWER
    assert (second.question, second.vote, second.reason) == ("Why?", "up", "")
    assert first.time <= second.time


def test_a_vote_changes_nothing_that_readers_of_papers_watch(tmp_path: Path):
    store = Store(tmp_path / "papers.sqlite")
    before = store.builds.generation
    store.feedback.add(ANSWER, "up")
    assert store.builds.generation == before
    store.close()


def test_another_vote_is_refused_and_a_long_reason_is_cut(tmp_path: Path):
    store = Store(tmp_path / "papers.sqlite")
    with pytest.raises(SettingsError, match="Vote up or down"):
        store.feedback.add(ANSWER, "sideways")  # type: ignore[arg-type]
    store.feedback.add(ANSWER, "down", "x" * 10_000)
    [kept] = store.feedback.each()
    assert len(kept.reason) == 2000
    store.close()
