"""The chat page served: its API gives the same Answer as every door, its errors are sentences, it stays on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from doors import ROOT, run, small_home, validator
from pages import COMMAND, serving

from assistant import Assistant, Settings
from assistant.chat.turns import Meter, Turn, converse

QUESTION = "What efficiency does the zebra grating reach?"


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    with Assistant(Settings(home=small_home())) as opened:
        yield opened


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    with serving(small_home()) as url:
        yield url


@pytest.fixture(scope="module")
def client(page: str) -> Iterator[Any]:
    from gradio_client import Client

    opened = Client(page, verbose=False, analytics_enabled=False)
    yield opened
    opened.close()


def test_the_api_gives_the_answer_of_the_schema(client: Any) -> None:
    answer = client.predict(QUESTION, api_name="/ask")
    validator("answer").validate(answer)
    assert answer["state"] == "answered" and "31.4%" in answer["text"]


def test_the_api_takes_history_and_papers_keep_their_numbers(client: Any) -> None:
    said = {
        "role": "assistant",
        "content": "Owls. [4]",
        "citations": [{"number": 4, "paper_id": "doi:10.5555/zebra.1"}],
    }
    asked = [{"role": "user", "content": "Which grating?"}, said]
    answer = client.predict(QUESTION, asked, api_name="/ask")
    assert {paper["number"] for paper in answer["papers"]} == {4}


def test_an_error_is_one_sentence_with_its_cure(client: Any) -> None:
    with pytest.raises(Exception, match=r"^The question is empty\. Ask something") as caught:
        client.predict("  ", api_name="/ask")
    assert "Traceback" not in str(caught.value)


def test_the_api_has_one_endpoint(client: Any) -> None:
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask"]


def test_twenty_at_once_get_their_own_answers(client: Any) -> None:
    asked = [QUESTION, "How much quieter do the owl propellers make a drone?"] * 10
    with ThreadPoolExecutor(20) as pool:
        texts = list(pool.map(lambda question: client.predict(question, api_name="/ask")["text"], asked))
    assert all(("31.4%" in text) == (question == QUESTION) for question, text in zip(asked, texts, strict=True))


def test_the_page_forbids_every_other_host(page: str) -> None:
    with urllib.request.urlopen(page) as reply:
        assert "Content-Security-Policy" in reply.read().decode()


def test_a_port_in_use_is_a_sentence_with_its_cure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = run("-c", COMMAND, "chat", "--port", port, home=small_home())
    assert ended.returncode == 1 and b"Traceback" not in ended.stderr
    assert f"cannot be served on 127.0.0.1, port {port}. Another program may".encode() in ended.stderr


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


def test_importing_the_assistant_or_its_chat_loads_no_gradio() -> None:
    code = "import sys, assistant, assistant.chat, assistant.cli.chat; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
