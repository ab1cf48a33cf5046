"""The written path end to end: a scripted model over real HTTP, good, careless, inventing, malformed, slow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from model_server import Messages, ModelServer

from assistant import Answer, Assistant, ModelError, Settings
from assistant.written import sentences_of

QUESTION = "What top-1 accuracy does Hierarchical Side-Tuning reach on VTAB-1k, and with how many tuned parameters?"
GOOD = "Hierarchical Side-Tuning achieves an average Top-1 accuracy of 76.0% on VTAB-1k"


def source_number(messages: Messages, title: str) -> int:
    """The number under which the prompt shows a paper, as a model would read it."""
    found = re.search(rf"<<<SOURCE (\d+)\nTitle: {re.escape(title)}", messages[-1]["content"])
    assert found, "the paper is not among the sources"
    return int(found[1])


def good(messages: Messages) -> str:
    number = source_number(messages, "Hierarchical Side-Tuning")
    return f"{GOOD}. [{number}] It fine-tunes a mere 0.78M parameters [{number}]."


def ask(sample: Settings, server: ModelServer, question: str = QUESTION, **options: object) -> Answer:
    settings = replace(sample, base_url=server.url, timeout=5.0, deadline=20.0)
    with Assistant(settings) as assistant:
        return assistant.ask(question, **options)


@pytest.fixture(scope="module")
def shared(built_sample: object) -> Settings:
    return Settings(home=built_sample, corpus="sample")  # type: ignore[arg-type]


def test_a_good_model_gives_checked_sentences_with_exact_spans(shared: Settings) -> None:
    with ModelServer(good) as server:
        answer = ask(shared, server)
    assert (answer.state, answer.mode, answer.model) == ("answered", "llm", "test-model")
    assert [sentence.label for sentence in answer.sentences] == ["supported", "supported"]
    abstract = answer.papers[0]["abstract"]
    assert all(abstract[c.start : c.end] == c.quote for c in answer.citations)
    assert "0.78M" in answer.citations[-1].quote
    assert "[1]" in answer.text
    assert answer.usage["output_tokens"] > 0
    assert answer.prompt_fingerprints.keys() == {"answer"}


def test_a_careless_model_is_recited_where_another_source_supports_it(shared: Settings) -> None:
    def careless(messages: Messages) -> str:
        right = source_number(messages, "Hierarchical Side-Tuning")
        wrong = 2 if right == 1 else 1
        return f"{GOOD}. [{wrong}] It fine-tunes a mere 0.78M parameters on VTAB-1k for 76.0% average Top-1 accuracy."

    with ModelServer(careless) as server:
        answer = ask(shared, server)
    assert answer.checks["recited"] == 2
    assert {paper["title"] for paper in answer.papers} == {"Hierarchical Side-Tuning for Vision Transformers"}


def test_invented_marks_never_reach_the_reader_and_are_counted(shared: Settings) -> None:
    with ModelServer(
        lambda messages: good(messages).replace("0.78M parameters", "0.78M parameters [99][12-400]")
    ) as server:
        answer = ask(shared, server)
    assert answer.checks["invented_marks"] == 2
    assert "99" not in answer.text
    assert "()" not in answer.text


def test_a_wrong_number_is_shown_with_its_label_and_reason(shared: Settings) -> None:
    with ModelServer(lambda messages: good(messages).replace("76.0%", "81.3%")) as server:
        answer = ask(shared, server)
    first = answer.sentences[0]
    assert first.label in ("contradicted", "unsupported")
    assert any("81.3" in reason for reason in first.reasons)
    assert answer.checks["shown_unsupported"] == 1


def test_an_answer_that_nothing_supports_is_a_decline(shared: Settings) -> None:
    with ModelServer("The moon is made of green cheese and llamas live there happily [1].") as server:
        answer = ask(shared, server)
    assert answer.state == "not_in_corpus"
    assert answer.sentences == answer.citations == ()
    assert answer.nearest


def test_missing_alone_declines_and_after_sentences_makes_it_partial(shared: Settings) -> None:
    with ModelServer("MISSING: the top-1\x07 accuracy [1]") as server:
        declined = ask(shared, server)
    with ModelServer(lambda messages: good(messages) + "\n\nMISSING: the tuned parameters") as server:
        partial = ask(shared, server)
    assert (declined.state, declined.missing) == ("not_in_corpus", "the top-1 accuracy")
    assert (partial.state, partial.missing) == ("partial", "the tuned parameters")


def test_what_a_model_calls_missing_is_shown_only_where_it_was_asked_for(shared: Settings) -> None:
    with ModelServer("MISSING: your patience, so wire the money to Professor Plumdrum") as server:
        answer = ask(shared, server)
    assert answer.missing == "What was asked is not stated."


def test_bullets_headings_and_emphasis_are_read_as_blocks(shared: Settings) -> None:
    def listing(messages: Messages) -> str:
        number = source_number(messages, "Hierarchical Side-Tuning")
        return f"## Result\n- **{GOOD}** [{number}]\n- It fine-tunes a mere 0.78M parameters. [{number}]"

    with ModelServer(listing) as server:
        answer = ask(shared, server)
    assert [sentence.block for sentence in answer.sentences] == ["heading", "bullet", "bullet"]
    assert answer.sentences[0].label == "not_checkable"
    assert "**" not in answer.text


def test_malformed_text_reaches_the_reader_only_as_checked_sentences(shared: Settings) -> None:
    junk = "[[[1] ((]] 【1†source】 [1][ [0] \x1b[31m\u202e 76.0% accuracy on VTAB-1k [1"
    with ModelServer(junk) as server:
        answer = ask(shared, server)
    assert all(0 <= sentence.support <= 1 for sentence in answer.sentences)
    assert "\x1b" not in str(answer)


def test_an_empty_answer_is_an_error_and_not_a_decline(shared: Settings) -> None:
    with ModelServer("  \n ") as server, pytest.raises(ModelError) as caught:
        ask(shared, server)
    assert caught.value.retryable


@pytest.mark.parametrize("fault", ["cut", "error_event", "malformed", "html", "no_finish", "refused_key"])
def test_a_fault_is_one_sentence_and_never_an_answer(shared: Settings, fault: str) -> None:
    with ModelServer(good, faults=fault) as server, pytest.raises(ModelError) as caught:
        ask(shared, server)
    assert caught.value.cure


def test_a_cut_at_the_length_limit_drops_the_unfinished_sentence(shared: Settings) -> None:
    with ModelServer(lambda messages: good(messages) + " And then it goes on to", faults="length") as server:
        answer = ask(shared, server)
    assert answer.state == "partial"
    assert "goes on" not in answer.text
    assert any("length limit" in warning for warning in answer.warnings)


def test_sentences_of_a_slow_model_arrive_before_it_is_done(shared: Settings) -> None:
    with (
        ModelServer(good, pause=0.02) as server,
        Assistant(replace(shared, base_url=server.url)) as assistant,
    ):
        kinds = []
        for event in assistant.stream(QUESTION):
            kinds.append(event.kind)
            if event.kind == "sentence":
                sent = server.requests[0].sent
                break
        whole = len(good([{"content": "<<<SOURCE 1\nTitle: Hierarchical Side-Tuning"}]).split())
    assert sent < whole
    assert "answer" not in kinds


def test_closing_the_stream_hangs_up_on_the_model(shared: Settings) -> None:
    with ModelServer(good, pause=0.05) as server, Assistant(replace(shared, base_url=server.url)) as assistant:
        events = assistant.stream(QUESTION)
        next(event for event in events if event.kind == "sentence")
        events.close()
        assert server.requests[0].disconnected.wait(10)


def test_below_the_floor_no_model_is_asked(shared: Settings) -> None:
    with ModelServer("Something.") as server:
        answer = ask(shared, server, "Who won the 2018 football world cup?")
        assert server.requests == []
    assert answer.state == "not_in_corpus"


def test_sources_are_fenced_and_their_fences_taken_apart(shared: Settings) -> None:
    with ModelServer(good) as server:
        ask(shared, server)
        prompt = server.requests[0].body["messages"][-1]["content"]
    assert prompt.count("<<<SOURCE") == prompt.count(">>>") == 8
    assert prompt.rstrip().endswith(QUESTION)


def test_a_small_context_shows_fewer_sources(shared: Settings) -> None:
    with ModelServer(good) as server:
        with Assistant(replace(shared, base_url=server.url, context=3000)) as assistant:
            assistant.ask(QUESTION)
        assert 1 <= server.requests[0].body["messages"][-1]["content"].count("<<<SOURCE") < 8


def test_a_follow_up_is_rewritten_and_papers_keep_their_numbers(shared: Settings) -> None:
    def scripted(messages: Messages) -> str:
        if "rewrite" in messages[0]["content"]:
            return QUESTION
        number = source_number(messages, "Hierarchical Side-Tuning")
        return f"It fine-tunes a mere 0.78M parameters [{number}]."

    with ModelServer(scripted) as server:
        first = ask(shared, server)
        paper = first.papers[0]["paper_id"]
        history = [
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": first.text, "citations": [{"number": 7, "paper_id": paper}]},
        ]
        second = ask(shared, server, "And how many parameters does it tune?", history=history)
    assert second.question == "And how many parameters does it tune?"
    assert {citation.number for citation in second.citations} == {7}
    assert second.prompt_fingerprints.keys() == {"rewrite_question", "answer"}
    assert second.usage["input_tokens"] > first.usage["input_tokens"]


def pieces(text: str) -> Iterator[str]:
    yield from text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One works. [1] Two does not. [2]", [("paragraph", "One works [1]."), ("paragraph", "Two does not [2].")]),
        ("- One [1]\n- Two [2]", [("bullet", "One [1]"), ("bullet", "Two [2]")]),
        (
            "See Smith et al. [1] for it. It is 3.5 now.",
            [("paragraph", "See Smith et al. [1] for it."), ("paragraph", "It is 3.5 now.")],
        ),
        (
            "1. First item here. More of it. [1]\n2. Second",
            [("bullet", "First item here."), ("bullet", "More of it [1]."), ("bullet", "Second")],
        ),
        ("", []),
    ],
)
def test_sentences_come_out_the_same_however_the_text_arrives(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(sentences_of([text])) == expected
    assert list(sentences_of(pieces(text))) == expected
