"""The runner: outcomes on disk as they come, resume, refusals, failures as outcomes, and the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from doors import checked, knock, small_home, validator
from evaluating import QUESTIONS, asked, indexed, run, scripted
from tiny import Tiny

from assistant import Assistant, ModelError, Settings
from assistant.errors import QuestionsError


class Failing(Assistant):
    """Fails at questions about owls, as a model out of reach would."""

    retryable = True

    def ask(self, question: str, **options: Any) -> Any:
        if "owl" in question:
            raise ModelError("The model is down.", cure="Wait.", retryable=self.retryable)
        return super().ask(question, **options)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return indexed(tmp_path)


@pytest.fixture
def assistant(settings: Settings) -> Iterator[Assistant]:
    with Assistant(settings, embedder=Tiny()) as opened:
        yield opened


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "outcomes.jsonl").read_text(encoding="utf-8").splitlines()]


def timeless(outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outcomes without what the clock put into them."""
    for one in outcomes:
        one["scores"].pop("seconds", None)
        one["details"].pop("stages", None)
        if one["answer"]:
            one["answer"].pop("timings")
    return sorted(outcomes, key=lambda one: one["id"])


def test_every_question_becomes_an_outcome_that_fits_the_schema(assistant: Assistant, tmp_path: Path):
    found = assistant.evaluate(QUESTIONS, tmp_path / "out")
    assert [one["id"] for one in found.outcomes] == ["zebra", "owl", "far"]
    assert lines(tmp_path / "out") == found.outcomes
    for one in found.outcomes:
        validator("outcome").validate(one)
        assert {name for name, score in one["scores"].items() if score is None} == one["reasons"].keys()
    validator("summary").validate(found.summary)
    assert json.loads((tmp_path / "out/summary.json").read_text()) == found.summary
    assert (tmp_path / "out/report.md").read_text() == found.markdown()


def test_the_figures_are_those_of_the_outcomes(assistant: Assistant):
    found = assistant.evaluate(QUESTIONS)
    figures = found.summary["measures"]
    assert figures["recall@5"]["mean"] == 1.0 and figures["recall@5"]["unscored"] == {"no gold papers": 1}
    assert figures["required_facts"]["mean"] == 1.0
    assert figures["declined_recall"] == {"mean": 1.0, "low": 1.0, "high": 1.0, "n": 1, "unscored": {"answerable": 2}}
    assert all(one["n"] + sum(one["unscored"].values()) == 3 for one in figures.values())
    assert found.summary["types"].keys() == {"factoid", "unanswerable_far"}


def test_a_second_start_asks_only_the_rest_and_ends_alike(assistant: Assistant, tmp_path: Path):
    whole = assistant.evaluate(QUESTIONS, tmp_path / "whole")
    assistant.evaluate(QUESTIONS, tmp_path / "out", limit=2)
    told: list[tuple[int, int]] = []
    resumed = assistant.evaluate(QUESTIONS, tmp_path / "out", on_progress=lambda *now: told.append(now))
    assert told == [(2, 3), (3, 3)]
    assert timeless(resumed.outcomes) == timeless(whole.outcomes)
    assert len(json.loads((tmp_path / "out/run.json").read_text())["resumed"]) == 1


def test_a_torn_last_line_is_asked_again(assistant: Assistant, tmp_path: Path):
    whole = assistant.evaluate(QUESTIONS, tmp_path)
    kept = (tmp_path / "outcomes.jsonl").read_bytes()
    (tmp_path / "outcomes.jsonl").write_bytes(kept[:-100])
    assert timeless(assistant.evaluate(QUESTIONS, tmp_path).outcomes) == timeless(whole.outcomes)
    assert len(lines(tmp_path)) == 3


def test_a_finished_run_is_not_asked_again(assistant: Assistant, tmp_path: Path):
    first = assistant.evaluate(QUESTIONS, tmp_path)
    assert assistant.evaluate(QUESTIONS, tmp_path).outcomes == first.outcomes
    again = assistant.evaluate(QUESTIONS, tmp_path, fresh=True)
    assert again.outcomes != first.outcomes and timeless(again.outcomes) == timeless(first.outcomes)


def test_another_run_in_the_folder_is_refused(assistant: Assistant, settings: Settings, tmp_path: Path):
    assistant.evaluate(QUESTIONS, tmp_path)
    changed = [{**QUESTIONS[0], "question": "What is a zebra grating?"}, *QUESTIONS[1:]]
    with pytest.raises(QuestionsError, match="'zebra', which has changed") as refused:
        assistant.evaluate(changed, tmp_path)
    assert "--fresh" in refused.value.cure and "--out" in refused.value.cure
    with pytest.raises(QuestionsError, match="'far', which is not among"):
        assistant.evaluate(QUESTIONS, tmp_path, limit=2)
    fewer = Settings(home=settings.home, corpus="small", mode="extractive", top_k=2)
    with (
        Assistant(fewer, embedder=Tiny()) as other,
        pytest.raises(QuestionsError, match="top_k was 8 and is now 2"),
    ):
        other.evaluate(QUESTIONS, tmp_path)


def test_a_garbled_outcome_is_refused_with_its_line(assistant: Assistant, tmp_path: Path):
    assistant.evaluate(QUESTIONS, tmp_path)
    first, *rest = (tmp_path / "outcomes.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "outcomes.jsonl").write_text("".join([first, "spoilt\n", *rest]))
    with pytest.raises(QuestionsError, match=r"line 2 of outcomes\.jsonl"):
        assistant.evaluate(QUESTIONS, tmp_path)


def test_a_failure_is_an_outcome_and_a_passing_one_is_asked_again(
    assistant: Assistant, settings: Settings, tmp_path: Path
):
    with Failing(settings, embedder=Tiny()) as failing:
        found = failing.evaluate(QUESTIONS, tmp_path)
    figures = found.summary["measures"]
    assert figures["supported"]["unscored"] == {"declined": 1, "failed: ModelError": 1}
    assert figures["failed"]["mean"] == pytest.approx(1 / 3, abs=1e-6)
    assert [one["error"]["message"] for one in found.outcomes if one["error"]] == ["The model is down."]
    validator("outcome").validate(found.outcomes[1])
    assert "### Failed: 1" in found.markdown()
    assert assistant.evaluate(QUESTIONS, tmp_path).summary["measures"]["failed"]["mean"] == 0.0


def test_a_failure_that_waiting_does_not_cure_is_kept(assistant: Assistant, settings: Settings, tmp_path: Path):
    with Failing(settings, embedder=Tiny()) as failing:
        failing.retryable = False
        failing.evaluate(QUESTIONS, tmp_path)
        assert assistant.evaluate(QUESTIONS, tmp_path).summary["measures"]["failed"]["n"] == 3
        failing.evaluate(QUESTIONS[1:2], tmp_path / "all")
    assert lines(tmp_path)[1]["error"]
    found = assistant.evaluate(QUESTIONS[1:2], tmp_path / "all")
    assert found.summary["measures"]["failed"]["mean"] == 0.0


def test_the_wrong_corpus_is_refused(assistant: Assistant, tmp_path: Path):
    with pytest.raises(QuestionsError, match="Of the 334 gold papers of these questions the corpus 'small' has 0"):
        assistant.evaluate("daily_papers", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    half = [{**QUESTIONS[0], "gold_papers": ["small:a1", "Unknown"]}]
    found = assistant.evaluate(half)
    assert found.summary["measures"]["recall@5"]["mean"] == 0.5 and "not in the corpus" in found.markdown()


def test_history_reaches_the_assistant(assistant: Assistant):
    turns = [
        {"role": "user", "content": "What does the zebra grating do?"},
        {"role": "assistant", "content": "It bends light (Zebra Gratings for Brighter Solar Cells)."},
    ]
    question = {"id": "f", "type": "followup", "question": "And its efficiency?", "gold_papers": ["small:a1"]}
    found = assistant.evaluate([{**question, "history": turns}])
    assert found.summary["measures"]["recall@1"]["mean"] == 1.0


def test_a_careless_model_is_measured_as_it_was_shown(settings: Settings):
    model = scripted("The zebra grating reaches 31.4% on the SunBench test [7]. Submarines sing arias underwater [1].")
    with Assistant(replace(settings, mode="auto"), embedder=Tiny(), llm=model) as assistant:
        found = assistant.evaluate(QUESTIONS[:1])
    figures = {name: one["mean"] for name, one in found.summary["measures"].items()}
    assert found.run["identity"]["model"] == "scripted" and found.outcomes[0]["answer"]["mode"] == "llm"
    assert figures["supported"] == figures["citation_recall"] == figures["not_stated"] == 0.5
    assert figures["citation_precision"] == 0.5 and figures["uncited"] == 0.5  # one invented, one right, found by us
    assert figures["input_tokens"] > 100 and found.summary["measures"]["cost"]["unscored"] == {"unpriced": 1}


def test_splits_and_limits_choose_and_an_empty_choice_is_refused(assistant: Assistant):
    parts = [[one["id"] for one in assistant.evaluate(QUESTIONS, split=part).outcomes] for part in ("dev", "test")]
    assert sorted(parts[0] + parts[1]) == ["far", "owl", "zebra"] and all(parts)
    with pytest.raises(QuestionsError, match="None of the 1 questions"):
        assistant.evaluate([{"id": parts[0][0], "question": "a"}], split="test")


def test_keys_and_passwords_stay_out_of_run_json():
    settings = Settings(home=Path(), api_key="sk-secret", base_url="http://me:hush@localhost:1/v1")
    shown = json.dumps(run.public_settings(settings))
    assert "secret" not in shown and "hush" not in shown and "http://localhost:1/v1" in shown


def test_hostile_text_is_only_text_in_the_report(assistant: Assistant):
    hostile = {
        "id": "`|<x>",
        "type": "a|b",
        "question": "<script>|[x](javascript:1)\n# no \x1b[31m",
        "answerable": True,
        "gold_papers": [QUESTIONS[0]["gold_papers"][0]],
    }
    report = assistant.evaluate([hostile, *QUESTIONS]).markdown()
    assert r"\<script\>\|\[x\]\(javascript:1\) \# no" in report
    assert "\x1b" not in report and "](" not in report and "\n# no" not in report


def test_the_command_prints_the_summary_and_writes_the_report(tmp_path: Path):
    questions = asked(tmp_path / "q.jsonl")
    found = knock("eval", "run", str(questions), "--out", str(tmp_path / "out"), "--json", home=small_home())
    assert found.exit_code == 0, found.output
    assert checked("summary", found.stdout)["n"] == 3
    assert "3/3 questions" in found.stderr
    assert (tmp_path / "out/report.md").read_text().startswith("# Evaluation")


def test_the_command_limits_and_prints_figures(tmp_path: Path):
    questions = asked(tmp_path / "q.jsonl")
    options = ("--out", str(tmp_path / "out"), "--limit", "1", "--top-k", "2")
    found = knock("eval", "run", str(questions), *options, home=small_home())
    assert found.exit_code == 0, found.output
    assert "recall@5" in found.stdout and "report.html" in found.stderr
    assert len(lines(tmp_path / "out")) == 1


def test_the_command_refuses_with_a_sentence(tmp_path: Path):
    found = knock("eval", "run", "daily_papers", "--out", str(tmp_path / "out"), "--json", home=small_home())
    assert found.exit_code == 1
    assert json.loads(found.stdout)["error"]["type"] == "QuestionsError"


def start(home: Path, out: Path) -> subprocess.Popen[bytes]:
    """A run of its own over 12 bundled questions."""
    command = [sys.executable, "-m", "assistant", "eval", "run", "daily_papers", "--limit", "12", "--out", str(out)]
    variables = {**os.environ, "ASSISTANT_HOME": str(home), "ASSISTANT_CORPUS": "sample"}
    return subprocess.Popen(command, env=variables, stderr=subprocess.PIPE)


def stop_after(process: subprocess.Popen[bytes], out: Path, number: int, how: int) -> bytes:
    """Sends the signal once so many outcomes are on the disk; returns what the process said."""
    path = out / "outcomes.jsonl"
    while process.poll() is None and not (path.exists() and path.read_bytes().count(b"\n") >= number):
        time.sleep(0.02)
    process.send_signal(how)
    return process.communicate(timeout=60)[1]


@pytest.mark.slow
def test_killed_and_started_again_it_ends_with_equal_answers_and_scores(built_sample: Path, tmp_path: Path):
    for name, number in (("out", 2), ("out", 7)):
        stop_after(start(built_sample, tmp_path / name), tmp_path / name, number, signal.SIGKILL)
    assert 7 <= (tmp_path / "out/outcomes.jsonl").read_bytes().count(b"\n") < 12
    for name in ("out", "whole"):
        process = start(built_sample, tmp_path / name)
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert timeless(lines(tmp_path / "out")) == timeless(lines(tmp_path / "whole"))


@pytest.mark.slow
def test_an_interrupt_leaves_whole_lines_and_a_sentence(built_sample: Path, tmp_path: Path):
    process = start(built_sample, tmp_path)
    told = stop_after(process, tmp_path, 3, signal.SIGINT)
    assert process.returncode == 130 and b"goes on from there" in told
    assert (tmp_path / "outcomes.jsonl").read_bytes().endswith(b"\n") and len(lines(tmp_path)) >= 3


def test_a_decoy_eval_package_in_the_working_folder_is_not_taken(tmp_path: Path):
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval/__init__.py").write_text("raise SystemExit('decoy')")
    code = "from assistant.harness import load_eval; print(load_eval().evaluate.__module__)"
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout == "assistant._eval.run\n"
