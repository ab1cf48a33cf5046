"""Ranking metrics agree with ir_measures; paired differences with their definitions."""

from __future__ import annotations

import itertools
import random
from importlib import import_module

import ir_measures
import pytest
from evaluating import bootstrap, retrieval
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

paired = import_module("assistant._eval.paired")

NAMES = {"ndcg@10": nDCG @ 10, "recall@5": R @ 5, "recall@10": R @ 10, "recall@100": R @ 100, "mrr": RR}


def by_the_library(ranked: list[str], gold: set[str]) -> dict[str, float]:
    """What ir_measures says of one ranking, best paper first."""
    run = {"q": {paper: 1.0 / rank for rank, paper in enumerate(ranked, start=1)}}
    found = ir_measures.calc_aggregate(list(NAMES.values()), {"q": dict.fromkeys(gold, 1)}, run)
    return {name: found[measure] for name, measure in NAMES.items()}


def ours(ranked: list[str], gold: set[str]) -> dict[str, float]:
    return retrieval.measured(ranked, {paper: [paper] for paper in gold}, NAMES)


@pytest.mark.parametrize("seed", range(30))
def test_every_metric_is_that_of_ir_measures_on_random_scores(seed: int):
    dice = random.Random(seed)
    scores = {f"p{number}": dice.random() for number in range(dice.choice((1, 7, 60, 300)))}
    ranked = sorted(scores, key=lambda paper: -scores[paper])[: dice.choice((3, 100, 300))]
    gold = {*dice.sample(sorted(scores), min(len(scores), dice.choice((1, 2, 15, 40)))), *dice.choice(((), ("gone",)))}
    assert ours(ranked, gold) == pytest.approx(by_the_library(ranked, gold))


@given(st.lists(st.integers(0, 30).map(str), unique=True, min_size=1), st.sets(st.integers(0, 30).map(str), min_size=1))
def test_every_metric_is_that_of_ir_measures_on_any_ranking(ranked: list[str], gold: set[str]):
    assert ours(ranked, gold) == pytest.approx(by_the_library(ranked, gold))


def test_where_nothing_is_found_every_metric_is_zero():
    assert set(ours(["a", "b"], {"c", "d"}).values()) == set(ours([], {"c"}).values()) == {0.0}


def test_a_gold_paper_with_two_ids_in_the_corpus_counts_once_and_at_its_first_place():
    gold = {"a title": [3, 4], "10.1/x": [9]}
    found = retrieval.measured([7, 4, 3, 9], gold, ["recall@5", "mrr", "ndcg@10"])
    assert found == retrieval.measured(["x", "twin", "y"], {"1": ["twin"], "2": ["y"]}, ["recall@5", "mrr", "ndcg@10"])


def test_a_gold_paper_that_the_corpus_lacks_counts_as_not_found():
    assert retrieval.measured([1, 2], {"a": [1], "gone": []}, ["recall@5"]) == {"recall@5": 0.5}


def test_the_p_value_is_the_share_of_sign_changes_that_reach_the_difference():
    differences = [0.3, 0.1, -0.2, 0.4, 0.25, -0.05, 0.6, 0.15]
    flips = itertools.product((-1, 1), repeat=len(differences))
    sums = [abs(sum(s * d for s, d in zip(signs, differences, strict=True))) for signs in flips]
    exact = sum(one >= sum(differences) - 1e-9 for one in sums) / len(sums)
    found = paired.paired([(str(i), one) for i, one in enumerate(differences)])
    assert found.p == pytest.approx(exact, abs=0.01)
    assert found.difference == pytest.approx(sum(differences) / 8) and found.low < found.difference < found.high
    assert found == paired.paired([(str(i), one) for i, one in enumerate(differences)])


def test_scores_of_one_question_change_sides_together():
    apart = paired.paired([(str(i), 1.0) for i in range(12)])
    together = paired.paired([(str(i // 6), 1.0) for i in range(12)])
    assert apart.p < 0.01 and together.p == pytest.approx(0.5, abs=0.02)


def test_equal_systems_do_not_differ_and_no_question_gives_no_number():
    assert paired.paired([("a", 0.0), ("b", 0.0)]).to_dict() == {"difference": 0, "low": 0, "high": 0, "p": 1}
    assert paired.paired([]).to_dict() == {"difference": None, "low": None, "high": None, "p": None}


def test_the_interval_is_that_of_the_mean():
    differences = [(str(i), (i % 7 - 2) / 7) for i in range(50)]
    found, mean = paired.paired(differences), bootstrap.metric(differences)
    assert (found.difference, found.low, found.high) == (mean.mean, mean.low, mean.high)
