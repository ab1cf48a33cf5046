"""Follow-ups are told from new questions, get what they lean on, and papers keep their numbers."""

from __future__ import annotations

import pytest

from assistant import SettingsError
from assistant.conversation import needs_rewriting, numbers, standalone, turns

HISTORY = [
    {"role": "user", "content": "What is Point-CMAE?"},
    {"role": "assistant", "content": "It is a method. [1]", "citations": [{"number": 1, "paper_id": "title:a"}]},
]
TITLES = {"title:a": "Contrastive Masked Autoencoders for Point Clouds"}


@pytest.mark.parametrize(
    "question",
    ["How many parameters does it use?", "And on ModelNet40?", "Does it beat LoRA?", "Why?", "What about FID?"],
)
def test_a_follow_up_leans_on_the_conversation(question: str) -> None:
    assert needs_rewriting(question, turns(HISTORY))
    assert standalone(question, turns(HISTORY), TITLES) == f"{TITLES['title:a']}: {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Which papers study LoRA fine-tuning?",
        "Does LoRA share its adapters?",
        "How are watermarks removed from images?",
    ],
)
def test_a_new_question_stays_as_it_is(question: str) -> None:
    assert standalone(question, turns(HISTORY), TITLES) == question


def test_nothing_leans_on_an_empty_conversation() -> None:
    assert standalone("And it?", [], {}) == "And it?"


def test_bare_history_gives_its_last_question_and_its_names() -> None:
    bare = turns(
        [{"role": "user", "content": "What is Point-CMAE?"}, {"role": "assistant", "content": "Like MaskPoint."}]
    )
    assert standalone("How fast is it?", bare, {}) == "What is Point-CMAE? MaskPoint: How fast is it?"


def test_a_paper_keeps_the_first_number_it_was_given() -> None:
    again = [
        *HISTORY,
        {
            "role": "assistant",
            "content": "More [2][1].",
            "citations": [{"number": 2, "paper_id": "title:b"}, {"number": 3, "paper_id": "title:a"}],
        },
    ]
    assert numbers(turns(again)) == {"title:a": 1, "title:b": 2}


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"role": "user"},
        {"role": "system", "content": "x"},
        {"role": "user", "content": [1]},
        "text",
        {"role": "user", "content": "x", "citations": [{"number": "one"}]},
    ],
)
def test_a_history_item_of_another_shape_is_one_sentence(item: object) -> None:
    with pytest.raises(SettingsError):
        turns([item])  # type: ignore[list-item]
