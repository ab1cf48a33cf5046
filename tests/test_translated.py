"""Questions in other languages: searched and answered in English, checked, then told in the asker's language."""

from __future__ import annotations

from dataclasses import replace

import pytest
from doors import validator
from model_server import Messages, ModelServer

from assistant import Answer, Assistant, Event, Settings
from assistant.written.translating import is_faithful

QUESTION = "Welche Genauigkeit erreicht Hierarchical Side-Tuning auf VTAB-1k und mit wie vielen Parametern?"
ENGLISH = "Which accuracy does Hierarchical Side-Tuning reach on VTAB-1k, and with how many parameters?"
RIGHT = "Hierarchical Side-Tuning achieves an average Top-1 accuracy of 76.0% on VTAB-1k."
GERMAN = "Hierarchical Side-Tuning erreicht im Mittel eine Top-1-Genauigkeit von 76.0% auf VTAB-1k."
TITLE = "Title: Hierarchical Side-Tuning for Vision Transformers"


@pytest.fixture(scope="module")
def shared(built_sample: object) -> Settings:
    return Settings(home=built_sample, corpus="sample")  # type: ignore[arg-type]


class Polyglot:
    """A model that translates: `told` is what it makes of the answer."""

    def __init__(self, told: str, english: str = ENGLISH) -> None:
        self.told, self.english = told, english

    def __call__(self, messages: Messages) -> str:
        asked = messages[-1]["content"]
        if "STATEMENTS" in asked:
            return self.told
        if "<<<SOURCE" not in asked:
            return self.english
        before, _, _ = asked.partition(TITLE)
        return f"{RIGHT[:-1]} [{int(before.rpartition('<<<SOURCE ')[2])}]."


def events(settings: Settings, server: ModelServer, question: str = QUESTION) -> list[Event]:
    with Assistant(replace(settings, base_url=server.url, timeout=5.0, deadline=20.0)) as assistant:
        return list(assistant.stream(question))


def answered(came: list[Event]) -> Answer:
    answer = came[-1].answer
    assert answer is not None
    validator("answer").validate(answer.to_dict())
    return answer


def test_it_is_searched_in_english_and_answered_in_the_askers_language(shared: Settings) -> None:
    with ModelServer(Polyglot(f"1: {GERMAN}")) as server:
        came = events(shared, server)
        prompts = [request.body["messages"][-1]["content"] for request in server.requests]
    answer = answered(came)
    [sentence] = answer.sentences
    assert (sentence.text, sentence.original, sentence.label) == (GERMAN, RIGHT, "supported")
    assert answer.question == QUESTION
    assert answer.papers[0]["title"].startswith("Hierarchical Side-Tuning")
    assert GERMAN in answer.text
    assert f"Question: {ENGLISH}" in prompts[1]
    assert [event.reason for event in came if event.kind == "revised"] == ["translated"]
    assert answer.prompt_fingerprints.keys() == {"translate_question", "answer", "translate_answer"}
    assert not any("English" in warning for warning in answer.warnings)


@pytest.mark.parametrize("told", [f"1: {GERMAN.replace('76.0', '67.0')}", "1: Es ist gut.", "Gern!", "2: x", ""])
def test_a_translation_that_tells_other_figures_or_names_is_not_taken(shared: Settings, told: str) -> None:
    with ModelServer(Polyglot(told or " ")) as server:
        answer = answered(events(shared, server))
    assert [(one.text, one.original) for one in answer.sentences] == [(RIGHT, None)]


def test_an_english_question_is_not_translated(shared: Settings) -> None:
    with ModelServer(Polyglot("1: never")) as server:
        events(shared, server, ENGLISH)
        assert len(server.requests) == 1


def test_a_server_that_fails_at_the_translation_leaves_the_checked_english(shared: Settings) -> None:
    with ModelServer(Polyglot(f"1: {GERMAN}"), faults=[None, None, *["broken"] * 9]) as server:
        answer = answered(events(shared, server))
    assert answer.sentences[0].text == RIGHT
    assert any("could not be translated" in warning for warning in answer.warnings)


@pytest.mark.parametrize(
    ("checked", "told", "faithful"),
    [
        ("It reaches 28.4 BLEU.", "Es erreicht 28,4 BLEU.", True),
        ("It reaches 28.4 BLEU.", "Es erreicht 41,8 BLEU.", False),
        ("GPT-4 wins.", "GPT-4 gewinnt.", True),
        ("GPT-4 wins.", "GPT-3 gewinnt.", False),
        ("GPT-4 wins 2 of 3.", "GPT-4 gewinnt 2 von 3 und 5.", False),
        ("It is robust.", "Es ist robust.", True),
    ],
)
def test_figures_and_names_tell_a_faithful_translation(checked: str, told: str, faithful: bool) -> None:
    assert is_faithful(checked, told) is faithful
