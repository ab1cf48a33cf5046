"""A scripted model (good, careless, inventing, malformed, slow) behind all three doors: they give the same Answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from doors import knock, small_home, validator
from model_server import Messages, ModelServer
from pages import serving

from assistant import Assistant, Settings

QUESTION = "What efficiency does the zebra grating reach on SunBench?"
FACT = "The zebra grating reaches an efficiency of 31.4% on the SunBench test"
PAPER = "Zebra Gratings for Brighter Solar Cells"


def number(messages: Messages) -> int:
    found = re.search(rf"<<<SOURCE (\d+)\nTitle: {PAPER}", messages[-1]["content"])
    assert found
    return int(found[1])


def good(messages: Messages) -> str:
    return f"{FACT}. [{number(messages)}]"


def careless(messages: Messages) -> str:
    """The right sentence with another paper's number, and once without any."""
    wrong = 1 if number(messages) != 1 else 2
    return f"{FACT}. [{wrong}] The zebra grating bends light into the cell."


def inventing(messages: Messages) -> str:
    return (
        f"{FACT} [{number(messages)}][77], as others found [12-99]. It reaches 99.9% on MoonBench. [{number(messages)}]"
    )


def malformed(messages: Messages) -> str:
    return f"- {FACT} [{number(messages)}\n\n[[【1†x】]] (see [ ]) \x1b]0;x\x07\u202e<script>alert(1)</script> ]1[ $"


SCRIPTS: dict[str, tuple[Callable[[Messages], str], float]] = {
    "good": (good, 0.0),
    "careless": (careless, 0.0),
    "inventing": (inventing, 0.0),
    "malformed": (malformed, 0.0),
    "slow": (good, 0.05),
}


def by_python(url: str) -> dict[str, Any]:
    with Assistant(Settings(home=small_home(), base_url=url)) as assistant:
        return json.loads(json.dumps(assistant.ask(QUESTION).to_dict()))


def by_command_line(url: str) -> dict[str, Any]:
    result = knock("ask", QUESTION, "--json", home=small_home(), OPENAI_BASE_URL=url)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as opened:
        yield opened


@pytest.fixture(scope="module")
def by_chat(server: ModelServer) -> Iterator[Callable[[str], dict[str, Any]]]:
    from gradio_client import Client

    with serving(small_home(), OPENAI_BASE_URL=server.url) as page:
        client = Client(page, verbose=False, analytics_enabled=False)
        yield lambda _: dict(client.predict(QUESTION, api_name="/ask"))
        client.close()


@pytest.fixture(scope="module", params=SCRIPTS)
def answers(request: pytest.FixtureRequest, server: ModelServer, by_chat: Any) -> tuple[str, list[dict[str, Any]]]:
    """The name of a script and its Answer at each door."""
    server.reply, server.pause = SCRIPTS[request.param]
    return request.param, [door(server.url) for door in (by_python, by_command_line, by_chat)]


def test_all_doors_give_the_same_answer(answers: tuple[str, list[dict[str, Any]]]) -> None:
    python, *others = [{**answer, "timings": {}} for answer in answers[1]]
    assert all(other == python for other in others)
    assert python["mode"] == "llm"


def test_the_answer_follows_the_schema_and_quotes_exactly(answers: tuple[str, list[dict[str, Any]]]) -> None:
    answer = answers[1][0]
    validator("answer").validate(answer)
    abstracts = {paper["paper_id"]: paper["abstract"] for paper in answer["papers"]}
    assert all(abstracts[c["paper_id"]][c["start"] : c["end"]] == c["quote"] for c in answer["citations"])


def test_the_right_paper_is_cited_whatever_the_model_wrote(answers: tuple[str, list[dict[str, Any]]]) -> None:
    name, (answer, *_) = answers
    assert [paper["title"] for paper in answer["papers"]] == [PAPER]
    assert answer["checks"]["invented_marks"] >= (2 if name == "inventing" else 0)
    assert answer["checks"]["recited"] == {"careless": 2, "malformed": 1}.get(name, 0)
    shown = [s["label"] for s in answer["sentences"] if "99.9" in s["text"]]
    assert set(shown) <= {"unsupported", "contradicted"} and len(shown) == (name == "inventing")
    assert not re.search(r"[\x1b\x07\u202e]|\[\s*\]|\(\s*\)|\[(?!1\])\d", answer["text"])
