"""Turns of the chat page: they grow by whole sentences, end with the answer, and hold what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import small_home

from assistant import Assistant, Settings
from assistant.chat.turns import Meter, Turn, converse

QUESTION = "What efficiency does the zebra grating reach?"


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    with Assistant(Settings(home=small_home())) as opened:
        yield opened


def test_a_turn_grows_by_whole_sentences_and_ends_with_its_answer(assistant: Assistant) -> None:
    turns = list(converse(assistant, QUESTION))
    counts = [len(turn.sentences) for turn in turns]
    assert counts == sorted(counts) and turns[0].doing and turns[-1].doing is None
    growing = [turn for turn in turns if turn.sentences and turn.doing]
    assert growing and {paper["title"] for paper in growing[-1].papers} >= {"Zebra Gratings for Brighter Solar Cells"}
    assert turns[-1].answer == {**assistant.ask(QUESTION).to_dict(), "timings": turns[-1].answer["timings"]}


def test_an_error_becomes_part_of_the_turn(assistant: Assistant) -> None:
    *_, last = converse(assistant, "x" * 5000)
    assert isinstance(last, Turn) and last.error and last.error["type"] == "SettingsError" and last.doing is None


@pytest.mark.slow
def test_a_first_use_shows_how_far_the_indexing_is(tmp_path: Path) -> None:
    meter = Meter()
    with Assistant(Settings(home=tmp_path, corpus="sample"), on_progress=meter) as fresh:
        seen = [turn.done for turn in converse(fresh, "What is CLIP used for?", meter=meter)]
    assert any(done and 0 < done[0] <= done[1] for done in seen)
