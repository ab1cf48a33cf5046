"""Several questions at once: equal outcomes in the order asked, failures as outcomes, an interrupt to go on from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from doors import knock, small_home
from evaluating import QUESTIONS, asked, indexed
from model_server import Messages, ModelServer
from tiny import Tiny

from assistant import Assistant, Settings

MANY: list[dict[str, Any]] = [
    {**question, "id": f"{question['id']}-{number}"} for number in range(6) for question in QUESTIONS
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return indexed(tmp_path)


def timeless(outcomes: list[dict[str, Any]]) -> str:
    """Outcomes in their order, without what the clock put into them."""
    plain = json.loads(json.dumps(outcomes))
    for one in plain:
        one["scores"].pop("seconds", None)
        one["details"].pop("stages", None)
        (one["answer"] or {}).pop("timings", None)
    return json.dumps(plain)


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "outcomes.jsonl").read_text(encoding="utf-8").splitlines()]


def test_outcomes_are_equal_however_many_are_asked_at_once(settings: Settings, tmp_path: Path):
    with Assistant(settings, embedder=Tiny()) as assistant:
        alone = assistant.evaluate(MANY, tmp_path / "1", workers=1)
        told: list[tuple[int, int]] = []
        many = assistant.evaluate(MANY, tmp_path / "8", workers=8, on_progress=lambda *now: told.append(now))
    assert timeless(many.outcomes) == timeless(alone.outcomes) == timeless(lines(tmp_path / "8"))
    assert told == [(number, len(MANY)) for number in range(len(MANY) + 1)]


def slow_first(messages: Messages) -> str:
    """Takes its time over zebras, so that what is asked later is done earlier."""
    if "zebra grating reach" in messages[-1]["content"].rsplit("Question:", 1)[-1]:
        time.sleep(0.4)
    return "MISSING: it is not stated."


def test_questions_wait_for_the_model_together_and_the_order_is_that_of_the_file(settings: Settings, tmp_path: Path):
    mine = [{**QUESTIONS[0], "id": f"slow-{number}"} for number in range(4)] + QUESTIONS[1:2]
    with ModelServer(slow_first) as server:
        served = Settings(home=settings.home, corpus="small", base_url=server.url)
        with Assistant(served, embedder=Tiny()) as assistant:
            order: list[str] = []
            found = assistant.evaluate(mine, tmp_path / "out")  # 4 at once is the default with a model
            spent = sum(one["scores"]["seconds"] for one in found.outcomes)
            assistant.evaluate(mine, tmp_path / "out2", on_progress=lambda *_: order.append(read(tmp_path / "out2")))
    assert [one["id"] for one in found.outcomes] == [one["id"] for one in lines(tmp_path / "out")]
    assert [one["id"] for one in mine] == [one["id"] for one in found.outcomes]
    assert spent > 1.5 and "owl" in order[2], "the quick one was on the disk before all slow ones were done"


def read(out: Path) -> str:
    path = out / "outcomes.jsonl"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_a_failing_question_is_an_outcome_and_the_others_go_on(settings: Settings, tmp_path: Path):
    with ModelServer("Nothing. [1]", faults=["no_credit", None, "cut"]) as server:
        served = Settings(home=settings.home, corpus="small", base_url=server.url)
        with Assistant(served, embedder=Tiny()) as assistant:
            found = assistant.evaluate(QUESTIONS[:2] * 1 + MANY[3:5], tmp_path / "out", workers=3)
    failures = [one["error"] for one in found.outcomes if one["error"]]
    assert failures and all(error["type"] == "ModelError" and error["message"] for error in failures)
    assert len(failures) < len(found.outcomes) == len(lines(tmp_path / "out")) == 4


def test_an_interrupt_keeps_what_is_done_and_the_next_start_goes_on(tmp_path: Path):
    questions, out = asked(tmp_path / "q.jsonl", MANY), tmp_path / "out"
    with ModelServer("MISSING: it is not stated.", pause=0.05) as server:
        command = [
            sys.executable,
            "-m",
            "assistant",
            "eval",
            "run",
            str(questions),
            "--out",
            str(out),
            "--workers",
            "3",
        ]
        variables = {**os.environ, "ASSISTANT_HOME": str(small_home()), "OPENAI_BASE_URL": server.url}
        process = subprocess.Popen(command, env=variables, stderr=subprocess.PIPE)
        while process.poll() is None and read(out).count("\n") < 3:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=60)[1]
        assert process.returncode == 130 and b"goes on from there" in told
        kept = lines(out)
        assert 3 <= len(kept) < len(MANY)
        calls = len(server.requests)
        found = knock(*command[3:], home=small_home(), OPENAI_BASE_URL=server.url)
        assert found.exit_code == 0, found.output
        assert len(server.requests) - calls <= len(MANY) - len(kept)
    assert [one["id"] for one in lines(out)] == [one["id"] for one in MANY]


def test_no_worker_is_refused(tmp_path: Path):
    found = knock("eval", "run", "q.jsonl", "--out", str(tmp_path), "--workers", "0", home=tmp_path)
    assert found.exit_code == 2 and "--workers" in found.output
