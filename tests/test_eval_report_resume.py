"""A run goes on only as the run that it was: prompts, model, papers and settings that changed are refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from doors import RECORDS, written
from evaluating import QUESTIONS, scripted
from tiny import Tiny

from assistant import Assistant, Settings
from assistant.errors import QuestionsError

REPLY = "The zebra grating reaches an efficiency of 31.4% on the SunBench test [1]."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    chosen = Settings(home=tmp_path / "home", corpus="small")
    with Assistant(chosen, embedder=Tiny()) as assistant:
        assistant.add(written(tmp_path, RECORDS[:3]))
    return chosen


@pytest.fixture
def half_run(settings: Settings, tmp_path: Path) -> Path:
    """A run of which one question was asked, as a kill would leave it."""
    out = tmp_path / "out"
    with Assistant(settings, embedder=Tiny(), llm=scripted(REPLY)) as assistant:
        assistant.evaluate(QUESTIONS, out)
    first, *_ = (out / "outcomes.jsonl").read_text().splitlines(keepends=True)
    (out / "outcomes.jsonl").write_text(first)
    return out


def go_on(settings: Settings, out: Path, model: str = "scripted") -> Any:
    llm = scripted(REPLY)
    if model != "scripted":
        llm = type("Other", (type(llm),), {"metadata": property(lambda self: _named(model))})()
    with Assistant(settings, embedder=Tiny(), llm=llm) as assistant:
        return assistant.evaluate(QUESTIONS, out)


def _named(model: str) -> Any:
    from llama_index.core.llms import LLMMetadata

    return LLMMetadata(model_name=model)


def test_the_same_run_goes_on(settings: Settings, half_run: Path):
    assert len(go_on(settings, half_run).outcomes) == 3
    assert (half_run / "report.md").exists()


def reprompted(out: Path) -> None:
    """As if the prompt had read otherwise when the first question was asked."""
    path = out / "outcomes.jsonl"
    outcome = json.loads(path.read_text())
    assert outcome["answer"]["prompt_fingerprints"].keys() == {"answer"}
    outcome["answer"]["prompt_fingerprints"]["answer"] = "0123456789ab"
    path.write_text(json.dumps(outcome) + "\n")


def test_a_prompt_that_changed_is_named(settings: Settings, half_run: Path):
    reprompted(half_run)
    with pytest.raises(QuestionsError, match=r"the prompt answer was 0123456789ab and is now [0-9a-f]{12}") as refused:
        go_on(settings, half_run)
    assert "--out" in refused.value.cure and "--fresh" in refused.value.cure


def test_a_prompt_that_is_gone_is_named(settings: Settings, half_run: Path):
    path = half_run / "outcomes.jsonl"
    path.write_text(
        path.read_text().replace('"prompt_fingerprints": {"answer"', '"prompt_fingerprints": {"answer_old"')
    )
    with pytest.raises(QuestionsError, match=r"the prompt answer_old was [0-9a-f]{12} and is now gone"):
        go_on(settings, half_run)


def other_papers(settings: Settings, folder: Path) -> None:
    with Assistant(settings, embedder=Tiny()) as assistant:
        assistant.add(written(folder, RECORDS[3:], "more.jsonl"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda settings, out, folder: go_on(replace(settings, top_k=3), out), "top_k was 8 and is now 3"),
        (lambda settings, out, folder: go_on(settings, out, "other"), "model was 'scripted' and is now 'other'"),
        (
            lambda settings, out, folder: (other_papers(settings, folder), go_on(settings, out)),
            "index_fingerprint was .* and is now",
        ),
        (lambda settings, out, folder: go_on(replace(settings, context=9000), out), "context was None and is now 9000"),
    ],
    ids=["top-k", "model", "papers", "settings"],
)
def test_what_changed_is_named_and_nothing_is_lost(
    settings: Settings, half_run: Path, tmp_path: Path, change: Callable[..., Any], told: str
):
    before = (half_run / "outcomes.jsonl").read_bytes()
    with pytest.raises(QuestionsError, match=told):
        change(settings, half_run, tmp_path)
    assert (half_run / "outcomes.jsonl").read_bytes() == before


def test_all_that_changed_is_named_at_once(settings: Settings, half_run: Path):
    reprompted(half_run)
    with pytest.raises(QuestionsError, match=r"top_k was 8 and is now 3; model was .*; the prompt answer was"):
        go_on(replace(settings, top_k=3), half_run, "other")


def test_outcomes_of_an_unknown_run_are_not_thrown_away(settings: Settings, half_run: Path):
    (half_run / "run.json").unlink()
    before = (half_run / "outcomes.jsonl").read_bytes()
    with pytest.raises(QuestionsError, match=r"no run\.json"):
        go_on(settings, half_run)
    assert (half_run / "outcomes.jsonl").read_bytes() == before
