"""Two runs compared: differences with their intervals, flips, what is set otherwise, and the gate's exit code."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from doors import checked, knock, small_home, validator
from evaluating import asked
from lxml import html as parser
from report_runs import answer, comparing, mixed, outcome, paired, run_of, stored

from assistant.errors import QuestionsError


def many(n: int = 60, **scores: Any) -> list[dict[str, Any]]:
    """Answered questions; each score is one number for all, or a list to go round in."""
    cycles = {name: given if isinstance(given, list) else [given] for name, given in scores.items()}
    return [
        outcome(
            f"q{i:02}",
            answer("Said."),
            type="factoid" if i % 2 else "list",
            scores={name: values[i % len(values)] for name, values in cycles.items()},
        )
        for i in range(n)
    ]


def compared(folder: Path, a: list[dict[str, Any]], b: list[dict[str, Any]], *gates: str, **setup: Any) -> Any:
    """The comparison of two such runs; `setup` is of the second."""
    places = stored(folder / "a", a), stored(folder / "b", b, **setup)
    found = comparing.compare(*places, [comparing.gate_of(gate) for gate in gates])
    validator("compare").validate(found.summary)
    return found


def test_a_run_compared_with_itself_shows_zero(tmp_path: Path):
    found = compared(tmp_path, mixed(), mixed(), *comparing.DEFAULTS)
    for name, one in found.summary["measures"].items():
        assert one["difference"] in (0.0, None) and one["verdict"] in ("equal", "not compared"), name
        assert (one["low"], one["high"], one["p"]) in ((0.0, 0.0, 1.0), (None, None, None))
    assert found.summary["flips"]["supported"] == {"better": [], "worse": []}
    assert not found.worse and "alike in every measure" in found.html() and "WORSE" not in str(found)


def test_a_loss_has_its_interval_its_flips_and_its_p(tmp_path: Path):
    before, after = many(supported=[1.0, 1.0, 1.0, 0.5]), many(supported=[1.0, 0.5, 0.5, 0.5])
    found = compared(tmp_path, before, after, "supported")
    one = found.summary["measures"]["supported"]
    assert (one["a"], one["b"], one["difference"], one["n"]) == (0.875, 0.625, -0.25, 60)
    assert -0.33 < one["low"] < -0.25 < one["high"] < -0.17 and one["p"] < 0.001
    assert one["verdict"] == "worse" and found.worse
    assert found.summary["flips"]["supported"] == {
        "better": [],
        "worse": [f"q{i:02}" for i in range(60) if i % 4 in (1, 2)],
    }
    assert "WORSE  supported is worse: -0.250" in str(found) and "- q01: What of q01?" in str(found)
    assert {kind: one["supported"]["n"] for kind, one in found.summary["types"].items()} == {"factoid": 30, "list": 30}


def test_where_less_is_better_a_fall_is_no_loss(tmp_path: Path):
    before = many(mis_citation=[0.5, 0.4], seconds=[2.0, 3.0], supported=[0.5, 0.6])
    after = many(mis_citation=[0.1, 0.2], seconds=[4.0, 5.5], supported=[0.5, 0.6])
    gates = ("mis_citation", "seconds", "seconds=3")
    found = compared(tmp_path, before, after, *gates)
    measures = found.summary["measures"]
    assert measures["mis_citation"]["difference"] < 0 and measures["mis_citation"]["verdict"] == "better"
    assert measures["seconds"]["difference"] > 0 and measures["seconds"]["verdict"] == "worse"
    assert [ruling["worse"] for ruling in found.summary["gate"]] == [False, True, False]
    assert len(found.summary["flips"]["mis_citation"]["better"]) == 60


def test_the_gate_reads_the_interval_and_the_margin(tmp_path: Path):
    before, after = many(required_facts=1.0), many(required_facts=[0.9] * 9 + [1.0])
    gates = ("required_facts", "required_facts=0.05", "required_facts=0.1")
    found = compared(tmp_path, before, after, *gates)
    assert [ruling["worse"] for ruling in found.summary["gate"]] == [True, True, False]


def test_a_loss_that_may_be_chance_passes(tmp_path: Path):
    found = compared(tmp_path, many(4, supported=1.0), many(4, supported=[0.5, 1.0]), "supported")
    assert found.summary["measures"]["supported"]["difference"] == -0.25
    assert not found.worse and "is not surely worse" in found.summary["gate"][0]["why"]


def test_a_measure_that_b_lost_altogether_does_not_pass(tmp_path: Path):
    found = compared(tmp_path, many(supported=1.0), many(), "supported", "near_handled")
    assert [ruling["worse"] for ruling in found.summary["gate"]] == [True, False]
    assert "B has none, though A has 60" in found.summary["gate"][0]["why"]


def test_precision_of_declining_is_compared_though_each_run_declined_other_questions(tmp_path: Path):
    before = many(declined_precision=[1.0, None, 1.0, None])
    after = many(declined_precision=[None, 0.0, 1.0, 0.0])
    one = compared(tmp_path, before, after).summary["measures"]["declined_precision"]
    assert (one["a"], one["b"], one["n"]) == (1.0, pytest.approx(1 / 3, abs=1e-6), 60)
    assert one["high"] < 0 and one["verdict"] == "worse" and one["p"] < 0.01


def test_runs_over_other_questions_are_compared_on_the_common_ones_and_say_so(tmp_path: Path):
    before, after = many(10, supported=1.0), many(12, supported=1.0)[2:]
    after[0]["question"]["question"] = "Another?"
    found = compared(tmp_path, before, after)
    told = {name: found.summary[name] for name in ("n", "only_a", "only_b", "changed")}
    assert told == {"n": 7, "only_a": ["q00", "q01"], "only_b": ["q10", "q11"], "changed": ["q02"]}
    assert "Left out, since only A has them: 2 (q00, q01)." in str(found) and "read otherwise in B" in found.html()
    other = stored(tmp_path / "other", [outcome("other", answer("Said."))])
    with pytest.raises(QuestionsError, match="share no question"):
        comparing.compare(tmp_path / "a", other)


def test_what_is_set_otherwise_is_said(tmp_path: Path):
    changed = many(4)
    for one in changed:
        one["answer"]["prompt_fingerprints"] = {"answer": "beef"}
    setup = {"settings": {"top_k": 1}, "identity": {"model": "other", "index_fingerprint": "abc@2"}}
    found = compared(tmp_path, many(4), changed, **setup)
    assert found.summary["setup"] == [
        {"what": "top_k", "a": "8", "b": "1"},
        {"what": "index_fingerprint", "a": "abc@1", "b": "abc@2"},
        {"what": "model", "a": "scripted", "b": "other"},
        {"what": "prompt answer", "a": "none", "b": "beef"},
    ]
    assert "Set otherwise: top_k was 8 in A and is 1 in B." in str(found)


def test_the_minimum_detectable_difference_is_found_in_four_of_five_comparisons():
    dice = np.random.default_rng(3)
    spread = dice.normal(0, 0.3, 200)
    detectable = paired.minimum_detectable([(str(i), value) for i, value in enumerate(spread)])
    assert detectable == pytest.approx(2.8 * spread.std(ddof=1) / np.sqrt(200))
    means = dice.normal(detectable, 0.3, (4000, 200)).mean(axis=1)
    assert np.mean(means / (0.3 / np.sqrt(200)) > 1.96) == pytest.approx(0.8, abs=0.05)
    assert paired.minimum_detectable([("one", 1.0)]) is None
    doubled = [(str(i // 2), value) for i, value in enumerate(np.repeat(spread, 2))]  # twice the items, not the facts
    assert paired.minimum_detectable(doubled) == pytest.approx(detectable)


def test_means_apart_agree_with_paired_differences_where_both_are_defined():
    dice = random.Random(1)
    scores = [(dice.random(), dice.random()) for _ in range(40)]
    one, other = paired.apart(scores), paired.paired([(str(i), b - a) for i, (a, b) in enumerate(scores)])
    assert one.difference == pytest.approx(other.difference)
    assert (one.low, one.high) == (pytest.approx(other.low, abs=0.02), pytest.approx(other.high, abs=0.02))
    assert one.p == pytest.approx(other.p, abs=0.03)
    assert paired.apart([(1.0, None)]) == paired.apart([]) == paired.Paired(None, None, None, None)


def test_the_page_shows_both_answers_of_a_question_that_flipped(tmp_path: Path):
    before, after = many(6, supported=1.0), many(6, supported=[0.0, 1.0])
    after[0]["answer"]["text"] = "Said otherwise."
    page = parser.fromstring(compared(tmp_path, before, after, "supported").html())
    shown = " ".join(page.xpath('//section[@id="questions"]')[0].text_content().split())
    assert "supported: 3 worse, 0 better" in shown and "A: answered Said. B: answered Said otherwise." in shown


def test_equal_runs_give_equal_comparisons(tmp_path: Path):
    compared(tmp_path, many(supported=[0.1, 0.9]), many(supported=[0.3, 0.6]))
    again = [comparing.compare(tmp_path / "a", tmp_path / "b") for _ in range(2)]
    assert again[0].summary == again[1].summary and again[0].html() == again[1].html()


@pytest.fixture
def runs(tmp_path: Path) -> tuple[str, str]:
    before = {"recall@5": 1.0, "supported": 1.0, "citation_precision": 1.0, "required_facts": 0.5}
    after = {**before, "recall@5": [0.0, 1.0]}
    return str(stored(tmp_path / "a", many(**before))), str(stored(tmp_path / "b", many(**after)))


@pytest.mark.parametrize(
    ("before", "after", "code", "gated"),
    [
        ((), (), 0, 0),
        ((), ("--fail-if-worse",), 3, 5),
        (("--fail-if-worse",), (), 3, 5),
        ((), ("--fail-if-worse", "recall@5"), 3, 1),
        ((), ("--fail-if-worse", "recall@5=0.9"), 0, 1),
        ((), ("--fail-if-worse=recall@5=.9",), 0, 1),
        ((), ("--fail-if-worse", "supported", "recall@5=0.1"), 3, 2),
        (("--fail-if-worse", "supported", "--fail-if-worse", "required_facts=0.1"), (), 0, 2),
    ],
)
def test_the_command_takes_a_gate_in_every_way_it_may_be_written(
    runs: tuple[str, str], before: tuple[str, ...], after: tuple[str, ...], code: int, gated: int, tmp_path: Path
):
    found = knock("eval", "compare", *before, *runs, *after, "--json", home=tmp_path)
    assert found.exit_code == code, found.output
    summary = checked("compare", found.stdout)
    assert len(summary["gate"]) == gated
    assert summary["a"]["folder"] == runs[0] and summary["measures"]["recall@5"]["difference"] == -0.5


def test_the_command_writes_a_page_and_prints_a_table(runs: tuple[str, str], tmp_path: Path):
    found = knock("eval", "compare", *runs, "--html", str(tmp_path / "c.html"), home=tmp_path)
    assert found.exit_code == 0 and "recall@5" in found.stdout and "30 worse" in found.stdout
    assert (tmp_path / "c.html").read_text() == comparing.compare(*runs).html()


@pytest.mark.parametrize(
    ("gate", "code", "told"),
    [
        ("recal@5", 2, "recal@5"),
        ("recal@5=0.1", 1, "Choose among: "),
        ("recall@5=much", 1, "The margin"),
        ("recall@5=-1", 1, "The margin"),
        ("declined", 1, "neither better nor worse"),
    ],
)
def test_a_gate_that_cannot_be_is_refused(runs: tuple[str, str], gate: str, code: int, told: str, tmp_path: Path):
    found = knock("eval", "compare", *runs, "--fail-if-worse", gate, home=tmp_path)
    assert found.exit_code == code and told in found.stderr


def test_a_run_that_is_still_going_on_or_half_failed_is_compared_and_it_is_said(tmp_path: Path):
    half = deepcopy(mixed()[:4])
    run = run_of(mixed())
    found = compared(tmp_path, mixed(), half)
    (tmp_path / "b/run.json").write_text(json.dumps(run))
    found = comparing.compare(tmp_path / "a", tmp_path / "b")
    assert "6 questions, 1 failed" in str(found) and "6 questions, only 4 finished" in str(found)


@pytest.mark.slow
def test_with_fewer_papers_retrieved_the_loss_is_seen(built_sample: Path, tmp_path: Path):
    for name, top_k in (("a", "8"), ("b", "1")):
        options = ("--limit", "60", "--corpus", "sample", "--out", str(tmp_path / name), "--top-k", top_k)
        assert knock("eval", "run", "daily_papers", *options, home=built_sample).exit_code == 0
    places = (str(tmp_path / "a"), str(tmp_path / "b"))
    found = knock("eval", "compare", *places, "--fail-if-worse", "--json", home=built_sample)
    assert found.exit_code == 3
    one = checked("compare", found.stdout)["measures"]["recall@5"]
    assert one["high"] < 0 and one["verdict"] == "worse"
    assert knock("eval", "compare", places[0], places[0], "--fail-if-worse", home=built_sample).exit_code == 0


def test_real_runs_are_compared(tmp_path: Path):
    questions = str(asked(tmp_path / "q.jsonl"))
    for name in ("a", "b"):
        knock("eval", "run", questions, "--out", str(tmp_path / name), home=small_home())
    found = knock("eval", "compare", str(tmp_path / "a"), str(tmp_path / "b"), "--json", home=small_home())
    measures = checked("compare", found.stdout)["measures"]
    assert all(one["difference"] in (0, None) for name, one in measures.items() if name != "seconds")
