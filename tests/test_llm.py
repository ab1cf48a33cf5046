"""The model's answers over real HTTP on loopback: text, usage, settings, cancelling, proxies, prices, other LLMs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.llms import ChatMessage, CompletionResponse, CustomLLM, LLMMetadata, MockLLM
from model_server import ModelServer, Script

from assistant.errors import ModelError
from assistant.llm import (
    DEFAULT_MODEL,
    ModelSettings,
    Reply,
    Usage,
    acomplete,
    astream,
    complete,
    connect,
    is_configured,
    price,
    stream,
)

ROOT = Path(__file__).parents[1]
QUESTION = [("system", "Answer briefly."), ("user", "What is it?")]


def settings(server: ModelServer, **given: Any) -> ModelSettings:
    return ModelSettings("test-model", server.url, **({"timeout": 5, "deadline": 20} | given))


def ask(reply: Script = "It is small.", **given: Any) -> tuple[Reply, dict[str, Any]]:
    """The whole answer, and the body of the last request."""
    with ModelServer(reply, **given) as server:
        return complete(connect(settings(server)), QUESTION), server.requests[-1].body


def test_text_comes_in_pieces_and_then_whole() -> None:
    with ModelServer("It is small.") as server:
        *pieces, last = stream(connect(settings(server)), QUESTION)
    assert pieces == ["It ", "is ", "small."]
    assert last == Reply("It is small.", Usage(5, 3, exact=True), "stop")


def test_the_messages_are_sent_as_given() -> None:
    _, body = ask()
    assert body["messages"] == [{"role": role, "content": text} for role, text in QUESTION]
    assert (body["model"], body["temperature"]) == ("test-model", 0.0)


def test_the_first_piece_is_given_before_the_last_is_written() -> None:
    with ModelServer("word " * 200, pause=0.02) as server:
        parts = stream(connect(settings(server)), QUESTION)
        assert next(parts) == "word "
        assert server.requests[0].sent < 200
        parts.close()


def test_tokens_are_counted_here_when_the_server_says_nothing() -> None:
    reply, _ = ask(usage=False)
    assert reply.usage == Usage(input_tokens=7, output_tokens=4, exact=False)


@pytest.mark.parametrize("text", ["", "naïve 漢字 🙂\n\n- [1] one"])
def test_any_text_comes_through_unchanged(text: str) -> None:
    assert ask(text)[0].text == text


def test_an_answer_cut_short_by_its_length_says_so() -> None:
    reply, _ = ask("one two three four", faults="length")
    assert (reply.text, reply.finish) == ("one two ", "length")


def test_asynchronous_answers_are_the_same() -> None:
    with ModelServer("It is small.") as server:
        llm = connect(settings(server))
        assert asyncio.run(acomplete(llm, QUESTION)) == complete(llm, QUESTION)


def test_one_object_serves_several_event_loops_and_threads() -> None:
    with ModelServer(lambda messages: messages[-1]["content"]) as server:
        llm = connect(settings(server))
        with ThreadPoolExecutor(8) as pool:
            threads = pool.map(lambda n: complete(llm, [("user", f"n {n}")]).text, range(24))
            assert list(threads) == [f"n {n}" for n in range(24)]
        loops = [asyncio.run(acomplete(llm, [("user", f"n {n}")])).text for n in range(3)]
        assert loops == ["n 0", "n 1", "n 2"]


def test_asynchronous_calls_wait_together() -> None:
    meeting = threading.Barrier(4, timeout=10)  # each request is answered once all four are there

    def reply(_: object) -> str:
        meeting.wait()
        return "met"

    async def four(llm: Any, method: str) -> list[str]:
        calls = [getattr(llm, method)([ChatMessage("hi")]) for _ in range(4)]
        return [answer.message.content for answer in await asyncio.gather(*calls)]

    with ModelServer(reply) as server:
        assert asyncio.run(four(connect(settings(server)), "achat")) == ["met"] * 4


def test_closing_the_answer_hangs_up() -> None:
    with ModelServer("word " * 200, pause=0.05) as server:
        parts = stream(connect(settings(server)), QUESTION)
        next(parts)
        parts.close()
        assert server.requests[0].disconnected.wait(5)


def test_cancelling_the_task_hangs_up() -> None:
    async def cancelled(llm: Any) -> None:
        parts = astream(llm, QUESTION)
        await anext(parts)
        task = asyncio.ensure_future(anext(parts))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with ModelServer("word " * 200, pause=0.3) as server:
        asyncio.run(cancelled(connect(settings(server))))
        assert server.requests[0].disconnected.wait(5)


def test_a_server_with_one_model_needs_no_name() -> None:
    with ModelServer(models=["only"]) as server:
        assert connect(ModelSettings(base_url=server.url)).metadata.model_name == "only"


@pytest.mark.parametrize(("models", "said"), [(["a", "b"], "2 models: a, b"), ([], "no model")])
def test_a_server_with_more_or_none_asks_for_a_name(models: list[str], said: str) -> None:
    with ModelServer(models=models) as server, pytest.raises(ModelError, match=said):
        connect(ModelSettings(base_url=server.url))


@pytest.mark.parametrize("path", ["", "/v2"])
def test_a_wrong_path_is_told_with_its_cure(path: str) -> None:
    with ModelServer() as server, pytest.raises(ModelError, match="mostly ends in /v1"):
        connect(ModelSettings(base_url=server.url.removesuffix("/v1") + path))


def test_openai_without_a_model_gets_the_default() -> None:
    llm = connect(ModelSettings(api_key="sk-test"))
    assert (llm.metadata.model_name, llm.metadata.context_window) == (DEFAULT_MODEL, 128_000)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "OPENAI_API_KEY.*OPENAI_BASE_URL"),
        ({"api_key": " ", "base_url": ""}, "No model is configured"),
        ({"base_url": "localhost:11434"}, "not a web address"),
        ({"api_key": "sk-a\nb"}, "characters that no key has"),
        ({"base_url": "https://api.openai.com/v1"}, "OpenAI needs a key"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        connect(ModelSettings(**given))


def test_configured_means_a_key_or_a_server() -> None:
    assert [is_configured(given) for given in (ModelSettings(), ModelSettings("m"))] == [False, False]
    assert is_configured(ModelSettings(api_key="k")) and is_configured(ModelSettings(base_url="http://x"))


def test_the_context_is_the_users_else_a_stated_one() -> None:
    sizes = [ModelSettings(model, "http://127.0.0.1:9/v1", context=size) for model, size in
             [("qwen3", None), ("openai/gpt-6-luna", None), ("qwen3", 32_000)]]  # fmt: skip
    assert [connect(each).metadata.context_window for each in sizes] == [8192, 128_000, 32_000]


def test_the_key_is_sent_and_never_shown() -> None:
    with ModelServer() as server:
        given = settings(server, api_key=" sk-secret ")
        llm = connect(given)
        complete(llm, QUESTION)
        assert server.requests[0].headers["authorization"] == "Bearer sk-secret"
    assert "secret" not in repr(given) + repr(llm) + str(llm.to_dict())


def test_a_server_without_a_key_is_asked_with_none() -> None:
    with ModelServer() as server:
        complete(connect(settings(server)), QUESTION)
        assert server.requests[0].headers["authorization"] == "Bearer none"


PROXIED = """
import asyncio, sys
from assistant.llm import ModelSettings, acomplete, complete, connect
for address in sys.argv[1:]:
    llm = connect(ModelSettings(base_url=address, timeout=5, retries=0))
    print(complete(llm, [("user", "hi")]).text, asyncio.run(acomplete(llm, [("user", "hi")])).text)
"""


def test_a_proxy_in_the_environment_does_not_stand_before_loopback() -> None:
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"), "http://127.0.0.1:9")
    with ModelServer("Hello.") as server:
        addresses = [server.url, server.url.replace("127.0.0.1", "localhost")]
        command = [sys.executable, "-c", PROXIED, *addresses]
        ran = subprocess.run(command, env=os.environ | proxies, cwd=ROOT, capture_output=True, text=True)
        assert ran.stdout.split() == ["Hello."] * 4, ran.stderr


def test_importing_the_package_loads_no_vendor() -> None:
    code = "import sys, assistant.llm; print({'openai', 'llama_index', 'tiktoken', 'httpx2'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_a_model_that_only_completes_gets_one_prompt() -> None:
    reply = complete(MockLLM(), [("user", "Echo this.")])  # it answers with its prompt
    assert reply.text == "user: Echo this.\nassistant: " and reply.finish == "stop" and not reply.usage.exact
    assert asyncio.run(acomplete(MockLLM(), [("user", "Echo this.")])) == reply


class Failing(CustomLLM):
    """A model from outside that fails after its first word."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="failing")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        raise RuntimeError("out of memory")

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        yield CompletionResponse(text="One", delta="One")
        raise RuntimeError("out of memory")


def test_a_foreign_models_failure_is_one_sentence() -> None:
    with pytest.raises(ModelError, match=r"model failing failed: RuntimeError: out of memory\."):
        complete(Failing(), QUESTION)


def test_llamaindex_calls_the_model_by_its_own_methods() -> None:
    with ModelServer("It is small.") as server:
        llm = connect(settings(server))
        assert llm.complete("What?").text == "It is small."
        assert [part.delta for part in llm.stream_complete("What?")] == ["It ", "is ", "small.", ""]
        assert llm.chat([ChatMessage("What?")], max_tokens=7).raw["usage"]["completion_tokens"] == 3  # type: ignore[index]
        assert asyncio.run(llm.acomplete("What?")).text == "It is small."
    assert server.requests[2].body["max_tokens"] == 7


USED = Usage(1_000_000, 100_000, exact=True)
SMALL = Usage(10_000, 1_000, exact=True)


@pytest.mark.parametrize(
    ("model", "usage", "given", "expected"),
    [
        ("gpt-6-luna", SMALL, {}, 0.0015),
        ("gpt-6-luna-2026-09-22", SMALL, {}, 0.0015),
        ("gpt-6-luna", USED, {}, None),  # over 272,000 tokens other rates hold
        ("gpt-6-luna", SMALL, {"base_url": "http://localhost:1/v1"}, None),
        ("llama-4", SMALL, {}, None),
        ("llama-4", USED, {"price_in": 2.0, "price_out": 10.0}, 3.0),
        ("llama-4", USED, {"price_in": 2.0}, None),
    ],
)
def test_a_price_is_known_or_none(model: str, usage: Usage, given: dict[str, Any], expected: float | None) -> None:
    cost, whose = price(model, usage, ModelSettings(**given))
    assert cost == (None if expected is None else pytest.approx(expected))
    assert (whose is None) == (cost is None)


def test_a_price_says_whose_it_is() -> None:
    _, table = price("gpt-6-luna", SMALL, ModelSettings())
    assert table == "prices.json 2026-11-22 developers.openai.com/api/docs/models/gpt-6-luna"
    assert price("m", SMALL, ModelSettings(price_in=0.0, price_out=0.0)) == (0.0, "yours")


def test_the_server_stand_in_gives_embeddings_both_ways() -> None:
    import openai

    def embed(client: Callable[..., Any], how: str) -> Any:
        return client(model="e", input=["a", "b"], encoding_format=how).data[1].embedding

    with ModelServer() as server, openai.OpenAI(base_url=server.url, api_key="none") as client:
        as_floats, packed = (embed(client.embeddings.create, how) for how in ("float", "base64"))
        assert embed(client.embeddings.create, "float") == pytest.approx(as_floats)
    assert len(as_floats) == 8 and isinstance(packed, str)
