"""Metrics: means, intervals that know which scores belong together, and what is not scored."""

from __future__ import annotations

import math
import random

import pytest
from evaluating import bootstrap
from hypothesis import given
from hypothesis import strategies as st


def test_a_mean_with_its_count_and_reasons():
    found = bootstrap.metric([("a", 1.0), ("b", 0.0), ("c", 0.5)], ["declined", "declined", "no citations"])
    assert found.mean == 0.5 and found.n == 3
    assert found.to_dict()["unscored"] == {"declined": 2, "no citations": 1}
    assert 0 <= found.low < 0.5 < found.high <= 1


def test_nothing_scored_gives_no_number():
    found = bootstrap.metric([], ["declined"]).to_dict()
    assert found == {"mean": None, "low": None, "high": None, "n": 0, "unscored": {"declined": 1}}


def test_equal_seeds_give_equal_intervals_and_others_do_not():
    scores = [(str(i), math.sin(i)) for i in range(40)]
    assert bootstrap.metric(scores, seed=1) == bootstrap.metric(scores, seed=1)
    assert bootstrap.metric(scores, seed=1).low != bootstrap.metric(scores, seed=2).low


def test_the_interval_is_near_that_of_theory():
    dice = random.Random(5)
    scores = [(str(i), float(dice.random() < 0.3)) for i in range(400)]
    found = bootstrap.metric(scores)
    error = 1.96 * math.sqrt(found.mean * (1 - found.mean) / 400)
    assert found.low == pytest.approx(found.mean - error, abs=0.01)
    assert found.high == pytest.approx(found.mean + error, abs=0.01)


def test_scores_of_one_question_are_drawn_together():
    apart = [(str(i), float(i % 2)) for i in range(200)]
    together = [(str(i // 20), float(i // 20 % 2)) for i in range(200)]
    alone, clustered = bootstrap.metric(apart), bootstrap.metric(together)
    assert alone.mean == clustered.mean and clustered.n == 200
    assert clustered.high - clustered.low > 3 * (alone.high - alone.low)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_auroc_is_the_share_of_pairs_in_the_right_order(positive: list[int], negative: list[int]):
    found = bootstrap.auroc(positive, negative)
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    assert found.mean == pytest.approx(sum(pairs) / len(pairs))
    assert found.n == len(positive) + len(negative) and found.low <= found.high


def test_auroc_of_one_class_is_not_scored():
    assert bootstrap.auroc([0.5], []).to_dict()["unscored"] == {"only one class": 1}
