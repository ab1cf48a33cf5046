"""What goes wrong with a model: each fault is one sentence with its cure, and half an answer is never whole.

Needs no more than openai, llama-index-core, tiktoken and pytest, so that it also runs under the other openai major.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from model_server import ModelServer

from assistant.errors import ModelError
from assistant.llm import ModelSettings, Reply, astream, connect, stream

SECRET = "local-secret-7"
QUESTION = [("user", "What is it?")]

FAULTS = [
    # fault, pieces given before it, retryable, words of the sentence, words of the cure
    ("refused_key", 0, False, "refused the key", "OPENAI_API_KEY"),
    ("forbidden", 0, False, "does not allow this: Key *** is barred.", "key may use"),
    ("unknown_model", 0, False, "has no model test-model", "--model"),
    ("rate_limit", 0, True, "too many requests", "Wait"),
    ("rate_limit_long", 0, True, "asks to wait 3600 seconds", "Wait"),
    ("no_credit", 0, False, "no credit left", "Add credit"),
    ("broken", 0, True, "failed with status 500: boom [31m red.", "later"),
    ("overflow", 0, False, "longer than test-model reads", "--top-k"),
    ("filtered_prompt", 0, False, "content filter", "other words"),
    ("html", 0, False, "answered with text/html", "/v1"),
    ("silent", 0, True, "sent nothing for 0.25 seconds", "timeout"),
    ("cut_at_start", 0, True, "broke off before the answer was whole", "again"),
    ("cut", 3, True, "broke off before the answer was whole", "again"),
    ("error_event", 3, True, "reported an error in its answer: The engine stopped.", "again"),
    ("malformed", 3, True, "cannot be read", "again"),
    ("no_finish", 5, True, "answer of test-model broke off", "again"),
    ("content_filter", 3, False, "content filter", "other words"),
]


def read(server: ModelServer, way: str, **given: Any) -> tuple[list[str], Reply | ModelError]:
    """The pieces that were given, and how it ended."""
    choices: dict[str, Any] = {"timeout": 0.25, "deadline": 5, "retries": 0, "api_key": SECRET} | given
    llm = connect(ModelSettings("test-model", server.url, **choices))
    pieces: list[Any] = []

    async def gather() -> None:
        async for part in astream(llm, QUESTION):
            pieces.append(part)

    try:
        if way == "async":
            asyncio.run(gather())
        else:
            pieces.extend(stream(llm, QUESTION))
    except ModelError as error:
        return pieces, error
    return pieces[:-1], pieces[-1]


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize(("fault", "pieces", "retryable", "sentence", "cure"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_fault_is_one_sentence_with_its_cure(
    way: str, fault: str, pieces: int, retryable: bool, sentence: str, cure: str
) -> None:
    with ModelServer("One two three four five.", faults=fault) as server:
        given, error = read(server, way)
    assert isinstance(error, ModelError), "half an answer was shown as whole"
    assert (len(given), error.retryable) == (pieces, retryable)
    assert sentence in error.message and cure in error.cure
    assert "secret" not in str(error) and str(error).isprintable()


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("fault", ["no_done", "empty_choices", "cut_after_finish", "odd_shapes"])
def test_what_only_looks_broken_is_a_whole_answer(way: str, fault: str) -> None:
    with ModelServer("One two three.", faults=fault) as server:
        _, reply = read(server, way)
    assert isinstance(reply, Reply) and (reply.text, reply.finish) == ("One two three.", "stop")


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("fault", ["rate_limit", "broken", "cut_at_start"])
def test_a_passing_fault_is_tried_again(way: str, fault: str) -> None:
    with ModelServer("Fine.", faults=[fault]) as server:
        _, reply = read(server, way, retries=1)
        assert isinstance(reply, Reply) and reply.text == "Fine."
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("fault", "requests"), [("broken", 3), ("rate_limit", 3), ("refused_key", 1), ("no_credit", 1), ("cut", 1)]
)
def test_a_fault_is_tried_as_often_as_it_may_help(fault: str, requests: int) -> None:
    with ModelServer("One two three.", faults=fault) as server:
        _, error = read(server, "sync", retries=2)
        assert isinstance(error, ModelError)
        assert len(server.requests) == requests


def test_a_wait_longer_than_the_deadline_is_not_begun() -> None:
    with ModelServer(faults="rate_limit_long") as server:
        _, error = read(server, "sync", retries=2)
        assert isinstance(error, ModelError) and len(server.requests) == 1


@pytest.mark.parametrize("way", ["sync", "async"])
def test_the_deadline_ends_a_trickling_answer(way: str) -> None:
    with ModelServer("word " * 1000, pause=0.05) as server:
        given, error = read(server, way, timeout=5, deadline=0.4)
        assert (
            isinstance(error, ModelError) and "The model test-model did not finish within 0.4 seconds" in error.message
        )
        assert given and error.retryable and server.requests[0].disconnected.wait(5)


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("fault", ["comments", "silent"])
def test_the_deadline_ends_an_answer_without_words(way: str, fault: str) -> None:
    with ModelServer(faults=fault) as server:
        given, error = read(server, way, timeout=60, deadline=0.4)
        assert (
            isinstance(error, ModelError) and "The model test-model did not finish within 0.4 seconds" in error.message
        )
        assert not given and error.retryable


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize(
    ("fault", "option"), [("no_temperature", "temperature"), ("no_stream_options", "stream_options")]
)
def test_what_a_server_refuses_to_take_is_left_out(way: str, fault: str, option: str) -> None:
    with ModelServer("Fine.", faults=[fault]) as server:
        _, reply = read(server, way)
        assert isinstance(reply, Reply) and reply.text == "Fine."
        assert [option in request.body for request in server.requests] == [True, False]


def test_an_unreachable_server_is_named_with_its_cure() -> None:
    with ModelServer() as server:
        gone = server
    _, error = read(gone, "sync")
    assert isinstance(error, ModelError) and error.retryable
    assert "cannot be reached" in error.message and "refused" in error.message and "OPENAI_BASE_URL" in error.cure


def test_the_list_of_models_fails_in_sentences_too() -> None:
    with ModelServer() as server:
        gone = server.url
    with pytest.raises(ModelError, match="cannot be reached"):
        connect(ModelSettings(base_url=gone, retries=0))
