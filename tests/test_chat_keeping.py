"""Conversations that come back from a browser, files to take along, and questions to begin with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from doors import small_home
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Settings
from assistant.chat import cards, show
from assistant.chat.examples import OF_THE_SAMPLE, examples
from assistant.chat.exporting import exported
from assistant.chat.keeping import recalled, record
from assistant.chat.turns import Turn, converse, history, stopped
from assistant.errors import AssistantError, IndexMissing, SettingsError

ZEBRA = "What efficiency does the zebra grating reach?"
BREAD = "What is the best recipe for sourdough bread?"


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    with Assistant(Settings(home=small_home())) as opened:
        yield opened


@pytest.fixture(scope="module")
def turns(assistant: Assistant) -> list[Turn]:
    """An answer, a decline, an error and a question that was stopped."""
    settled = [list(converse(assistant, question))[-1] for question in (ZEBRA, BREAD, "x" * 5000)]
    return [*settled, stopped(Turn("How quiet are owls?"))]


def test_a_conversation_comes_back_as_it_was_shown(turns: list[Turn]) -> None:
    id, corpus, back = recalled(record("c1", "mine", turns))
    assert (id, corpus) == ("c1", "mine")
    assert show.conversation(back) == show.conversation(turns)
    assert cards.sources(back) == cards.sources(turns)
    assert history(back) == history(turns)
    assert all(turn.kept for turn in back)


def test_a_record_is_small_and_has_no_turn_that_is_not_settled(turns: list[Turn]) -> None:
    text = record("c1", "mine", [*turns, Turn("Not yet")])
    assert "Not yet" not in text and len(text) < 40_000
    assert record("c1", "mine", [Turn("Not yet")]) == ""


@given(st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)))
def test_a_record_of_any_other_shape_is_refused_with_a_sentence(value: object) -> None:
    for text in (json.dumps(value), json.dumps({"id": "c", "corpus": "mine", "turns": [value]})):
        with pytest.raises(SettingsError, match="cannot be opened again"):
            recalled(text)


def test_a_record_with_a_part_spoilt_is_shown_or_refused(turns: list[Turn]) -> None:
    whole = json.loads(record("c1", "mine", turns))
    for name in whole["turns"][0]:
        for spoilt in (None, 7, "x", [None], {"a": 1}):
            given = {**whole, "turns": [{**whole["turns"][0], name: spoilt}]}
            try:
                _, _, back = recalled(json.dumps(given))
            except AssistantError:
                continue
            show.conversation(back), exported(back, "answer") if back[0].answer else None


def test_an_export_holds_answers_references_and_bibtex(turns: list[Turn]) -> None:
    name, text = exported(turns, "conversation")
    assert name == "what-efficiency-does-the-zebra-grating-reach.md"
    for words in ("31.4%", "[1]", "> ", "The nearest papers:", "```bibtex", "Left out: 2 of the questions"):
        assert words in text
    assert exported(turns[:1], "bibtex")[1].startswith("@article{paper1,")
    assert exported(turns, "answer")[0].startswith("what-is-the-best-recipe")


@pytest.mark.parametrize("what", ["answer", "conversation", "bibtex"])
def test_nothing_to_export_is_a_sentence(what: str, turns: list[Turn]) -> None:
    with pytest.raises(SettingsError, match="yet"):
        exported([] if what != "bibtex" else turns[1:2], what)


def test_the_examples_come_from_the_newest_papers(assistant: Assistant) -> None:
    offered = examples(assistant)
    assert len(offered) == 4 and all(question.endswith("?") for question in offered)
    assert "What is known about “Grafted Tomatoes Survive Salty Soil”?" in offered
    assert not re.search("[\x00-\x1f\u202e\u200b]", "".join(offered))


def test_the_sample_has_its_own_examples_and_what_is_not_there_has_none() -> None:
    with Assistant(Settings(home=small_home(), corpus="sample")) as sample:
        assert examples(sample) == list(OF_THE_SAMPLE)
    with Assistant(Settings(home=small_home(), corpus="nowhere")) as none, pytest.raises(IndexMissing):
        examples(none)
