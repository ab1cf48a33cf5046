"""Drafted questions: what the rules read, what is dropped of a model's, votes, removed papers, the whole sitting."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from doors import ROOT, checked, knock, written
from evaluating import QUESTIONS, answer, dataset, measures, summary
from model_server import Messages, ModelServer
from tiny import Tiny

from assistant import Assistant, Settings
from assistant.errors import ModelError, QuestionsError
from assistant.papers import Paper

drafting = import_module("assistant._eval.drafting")
acronyms, asked, feedback, figures, rules = (
    import_module(f"assistant._eval.drafting.{name}") for name in ("acronyms", "asked", "feedback", "figures", "rules")
)
MINE = [
    {
        "id": "f1",
        "title": "FrogNet: Hearing Frogs in the Rain",
        "abstract": "Frogs are hard to hear in rain. We propose FrogNet, a network of filters. FrogNet achieves an "
        "accuracy of 87.5% on the PondBench test. It is free.",
    },
    {
        "id": "f2",
        "title": "LeafSort: Sorting Leaves by Sound",
        "abstract": "We present LeafSort, which listens to leaves. LeafSort reduces the sorting time by 40% on oak "
        "leaves. It rests on adaptive rustle spectra (ARS).",
    },
    {
        "id": "f3",
        "title": "MudScan: A Data Set of Mud",
        "abstract": "Mud is seldom seen. We introduce MudScan. MudScan contains 12,500 labelled images. Deep learning "
        "(DL) reads them.",
    },
    {
        "id": "f4",
        "title": "On Deep Learning",
        "abstract": "Deep learning (DL) is a wide field of which little is known.",
    },
]


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(home=tmp_path / "home", corpus="small", mode="extractive")
    with Assistant(settings, embedder=Tiny()) as opened:
        opened.add(written(tmp_path, MINE))
        yield opened


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("sentence", "question", "fact"),
    [
        (
            "The zebra grating reaches an efficiency of 31.4% on the SunBench test.",
            "What efficiency does the zebra grating reach on the SunBench test?",
            ("31.4%", "31.4"),
        ),
        (
            "Our propellers lower the noise of a drone by 9 decibels and cost 3% of thrust.",
            "By how much does X lower the noise of a drone?",
            ("9 decibels",),
        ),
        (
            "It attains 90.94% top-1 accuracy on ImageNet.",
            "What top-1 accuracy does X attain on ImageNet?",
            ("90.94%", "90.94"),
        ),
        ("MudScan contains 12,500 labelled images.", "How many labelled images does MudScan contain?", ("12,500",)),
    ],
)
def test_a_stated_figure_is_asked_for(sentence: str, question: str, fact: tuple[str, ...]):
    [found] = figures.stated(sentence)
    assert (found.ask(found.subject or "X"), found.fact) == (question, fact)


@pytest.mark.parametrize(
    "sentence",
    [
        "We use 3 models and reach them by train.",
        "It achieves an improvement of 12%.",  # of what?
        "They reduce it by 40%.",
        "In 2021 we obtain results on 12 of them.",
        "Owls fly.",
    ],
)
def test_a_figure_that_would_leave_the_question_hanging_is_not_asked_for(sentence: str):
    assert [found.ask("X") for found in figures.stated(sentence)] == []


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We use low-rank adaptation (LoRA).", "LoRA", "low-rank adaptation"),
        ("One of the large language models (LLMs) is big.", "LLM", "large language models"),
        ("the distillers dried grains with solubles (DDGS)", "DDGS", "distillers dried grains with solubles"),
    ],
)
def test_an_introduced_acronym_is_read_with_its_long_form(text: str, short: str, long: str):
    assert [(one, other) for one, other, _ in acronyms.introduced(text)] == [(short, long)]


@pytest.mark.parametrize(
    "text", ["Owls (see Fig. 2)", "it is fast (FAST)", "grains with solubles (DDGS)", "(ABC)", "a (B)"]
)
def test_brackets_that_introduce_nothing_are_no_acronyms(text: str):
    assert list(acronyms.introduced(text)) == []


def test_every_fact_of_the_rules_stands_in_the_abstract_and_names_are_of_one_paper(
    assistant: Assistant, tmp_path: Path
):
    made = drafting.make_questions(assistant, tmp_path / "q.jsonl", n=20)
    abstracts = {paper.id: paper.abstract for paper in assistant.papers()}
    known = [one for one in made.questions if one["answerable"]]
    assert {one["type"] for one in known} >= {"factoid", "method"} and len(known) >= 4
    for one in known:
        abstract = abstracts[one["gold_papers"][0]]
        assert one["evidence"][0]["quote"] in abstract and one["drafted_by"] == "rules"
        assert all(spelling in abstract for fact in one["must_include"] for spelling in fact)
    assert "What does DL stand for?" not in [one["question"] for one in made.questions], "two papers introduce it"


def test_a_paper_whose_gold_is_removed_is_out_of_reach_and_only_for_its_own_question(
    assistant: Assistant, tmp_path: Path
):
    made = drafting.make_questions(assistant, tmp_path / "q.jsonl", n=10)
    near = [one for one in made.questions if one["type"] == "unanswerable_near"]
    assert near and not any(one.get("gold_papers") for one in near)
    alike = {**near[0], "id": "in reach", "exclude": []}
    found = assistant.evaluate([near[0], alike])
    away, there = ({one["paper_id"] for one in outcome["answer"]["passages"]} for outcome in found.outcomes)
    assert near[0]["exclude"][0] in there and near[0]["exclude"][0] not in away and len(away) == len(MINE) - 1
    by_title = {**near[0], "id": "by title", "exclude": [near[0]["removed"]["title"]]}
    [outcome] = assistant.evaluate([by_title]).outcomes
    assert {one["paper_id"] for one in outcome["answer"]["passages"]} == away


def test_equal_seeds_give_equal_files_and_no_file_is_written_over(assistant: Assistant, tmp_path: Path):
    one, two = (drafting.make_questions(assistant, tmp_path / name, n=8, seed=3) for name in ("1.jsonl", "2.jsonl"))
    assert one.questions == two.questions == lines(tmp_path / "1.jsonl")
    assert 3 < len(one.questions) == one.summary["n"] <= 8
    with pytest.raises(QuestionsError, match="exists") as refused:
        drafting.make_questions(assistant, tmp_path / "1.jsonl")
    assert "--out" in refused.value.cure


def test_a_corpus_that_gives_nothing_to_ask_is_told_so(tmp_path: Path):
    with Assistant(Settings(home=tmp_path, corpus="dull", mode="extractive"), embedder=Tiny()) as dull:
        dull.add(written(tmp_path, [MINE[3]]))
        with pytest.raises(QuestionsError, match="Nothing in these papers"):
            drafting.make_questions(dull, tmp_path / "q.jsonl")
    assert not (tmp_path / "q.jsonl").exists()


PAPER = Paper("p:1", "FrogNet: Hearing Frogs", MINE[0]["abstract"])


def test_of_a_models_question_only_facts_of_the_abstract_are_kept():
    dropped: Counter[str] = Counter()
    text = "QUESTION: How accurate is FrogNet?\nANSWER: It reaches 87.5%.\nFACT: 87.5%\nFACT: 99%\nFACT: pondbench"
    found = asked.read(text, PAPER, "m", dropped)
    assert found.facts == (("87.5%",), ("pondbench",)) and found.type == "factoid" and found.name == "FrogNet"
    assert dropped == {"a fact that the abstract does not hold": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NONE", "the model found nothing to ask"),
        ("Sure!\nQUESTION: a?\nANSWER: b\nFACT: rain", "the model's reply cannot be read"),
        ("QUESTION: a?\nANSWER: b", "the model's reply cannot be read"),
        ("QUESTION: a?\nANSWER: b\nFACT: 7.5%", "no fact that the abstract holds"),
    ],
)
def test_what_a_model_gets_wrong_is_dropped_and_counted(text: str, reason: str):
    dropped: Counter[str] = Counter()
    assert asked.read(text, PAPER, "m", dropped) is None and dropped[reason] == 1


def writing(messages: Messages) -> str:
    """Asks for the first figure of the abstract, and says what the paper is called."""
    text = messages[-1]["content"]
    title, figure = re.search(r"Title: (\w+)", text), re.search(r"\d[\d.,]*\d%?", text)
    return f"QUESTION: What does {title[1]} reach?\nANSWER: It is {figure[0]}.\nFACT: {figure[0]}" if figure else "NONE"  # type: ignore[index]


def test_a_model_drafts_from_the_papers_and_removed_ones_are_named(assistant: Assistant, tmp_path: Path):
    with ModelServer(writing) as server:
        served = Settings(home=assistant.settings.home, corpus="small", base_url=server.url)
        with Assistant(served, embedder=Tiny()) as written_by:
            made = drafting.make_questions(written_by, tmp_path / "q.jsonl", n=10)
        assert len(server.requests) == len(MINE) and "<<<ABSTRACT" in server.requests[0].body["messages"][-1]["content"]
    assert made.summary["dropped"] == {"the model found nothing to ask": 1}
    assert made.summary["types"] == {"factoid": 2, "unanswerable_near": 1, "unanswerable_far": 1}
    assert made.questions[0]["drafted_by"].startswith("test-model, make_questions ")
    with (
        ModelServer(faults="no_credit") as server,
        Assistant(
            Settings(home=assistant.settings.home, corpus="small", base_url=server.url), embedder=Tiny()
        ) as broken,
        pytest.raises(ModelError),
    ):
        drafting.make_questions(broken, tmp_path / "q2.jsonl")


def vote(assistant: Assistant, question: str, which: str, reason: str = "") -> dict[str, Any]:
    """A vote on a real answer, as the chat page keeps it."""
    given = assistant.ask(question).to_dict()
    assistant.index.store.feedback.add(given, which, reason)
    return given


def test_votes_become_questions_and_what_nobody_knows_is_to_be_filled_in(assistant: Assistant, tmp_path: Path):
    up = vote(assistant, "What accuracy does FrogNet achieve on PondBench?", "up")
    vote(assistant, "How many images does MudScan contain?", "up")
    vote(assistant, "how many images  does MudScan contain?", "down", "It is more.")
    vote(assistant, "Who won the cup in Montevideo?", "up")
    made = drafting.make_questions(assistant, tmp_path / "q.jsonl", from_feedback=True)
    first, second, third = made.questions
    assert first["gold_papers"] == [paper["paper_id"] for paper in up["papers"]] and "87.5%" in first["gold_answer"]
    assert second["to_fill_in"] == ["answerable", "gold_papers", "gold_answer", "must_include"]
    assert second["reader"]["reason"] == "It is more." and second["reader"]["vote"] == "down"
    assert not third["answerable"] and third["to_fill_in"] == []
    assert made.summary["to_fill_in"] == 2
    found = assistant.evaluate(tmp_path / "q.jsonl")
    assert found.run["to_fill_in"] == [first["id"], second["id"]]
    figures_of = found.summary["measures"]
    assert figures_of["recall@5"]["n"] == 1 and figures_of["coverage"]["n"] == 1
    assert figures_of["coverage"]["unscored"] == {"not answerable": 1, "to be filled in": 1}
    assert figures_of["answerable_auroc"]["unscored"] == {"to be filled in": 1}


def test_without_votes_there_is_nothing_to_draft(assistant: Assistant, tmp_path: Path):
    with pytest.raises(QuestionsError, match="No answer was voted on"):
        drafting.make_questions(assistant, tmp_path / "q.jsonl", from_feedback=True)


def test_what_is_excluded_or_open_is_read_and_refused_like_any_field():
    found = dataset.parse({"question": "a", "exclude": ["x", "x"], "to_fill_in": ["answerable"]}, "here")
    assert found.exclude == ("x",) and dataset.parse(found.to_dict(), "here") == found
    assert not {"exclude", "to_fill_in"} & dataset.parse({"question": "a"}, "here").to_dict().keys()
    with pytest.raises(QuestionsError, match="here: exclude holds 3"):
        dataset.parse({"question": "a", "exclude": [3]}, "here")


def test_the_sitting_of_the_documentation_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, MINE, "my-papers.jsonl")
    text = (ROOT / "docs/own_evaluation.md").read_text(encoding="utf-8")
    commands = [
        line.split("  #")[0].split()
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]
    ours = [
        words[1:] for words in commands if words[0] == "assistant" and not {"--judge", "--from-feedback"} & {*words}
    ]
    names = {words[1] for words in ours if words[0] == "eval"}
    assert names == {"make-questions", "run", "report", "compare"}
    for words in ours:
        found = knock(*words, home=tmp_path / "home")
        assert found.exit_code == (3 if "--fail-if-worse" in words else 0), (words, found.output)
    assert (tmp_path / "before/report.html").exists() and dataset.load(tmp_path / "questions.jsonl")


def test_the_command_prints_one_object(tmp_path: Path, assistant: Assistant):
    options = ("--corpus", "small", "--out", str(tmp_path / "q.jsonl"), "--json")
    found = knock("eval", "make-questions", *options, home=tmp_path / "nothing")
    assert found.exit_code == 1 and json.loads(found.stdout)["error"]["type"] == "IndexMissing"
    assert checked("make_questions", json.dumps(drafting.make_questions(assistant, tmp_path / "q.jsonl").summary))


def test_open_questions_are_left_out_of_the_table_of_declining():
    given = measures.Case(dataset.parse({**QUESTIONS[0], "to_fill_in": ["answerable"]}, "here"), answer(), {}, 1.0)
    scored = measures.declining.score(given).scores
    assert scored["declined"] == 0.0 and scored["coverage"].reason == "to be filled in"
    assert summary.SCHEMA_VERSION == 1
