"""Retrieval, facts, declining and cost: golden numbers by hand, and agreement with the plain definitions."""

from __future__ import annotations

from math import log2

import pytest
from evaluating import Unscored, answer, case, cost, declining, facts, retrieval
from hypothesis import given
from hypothesis import strategies as st

rankings = st.lists(st.sampled_from("abcdefghijklmn"), unique=True)
golds = st.sets(st.sampled_from("abcdefghijklmn"), min_size=1)


@given(rankings, golds, st.integers(1, 12))
def test_recall_rank_and_ndcg_are_their_definitions(ranked: list[str], gold: set[str], k: int):
    gains = [int(paper in gold) for paper in ranked]
    dcg, ideal = (
        sum(gain / log2(rank + 1) for rank, gain in enumerate(row[:k], start=1))
        for row in (gains, sorted([1] * len(gold), reverse=True))
    )
    assert retrieval.recall(ranked, gold, k) == sum(gains[:k]) / len(gold)
    assert retrieval.ndcg(ranked, gold, k) == pytest.approx(dcg / ideal)
    assert retrieval.reciprocal_rank(ranked, gold) == (1 / (gains.index(1) + 1) if 1 in gains else 0)


def test_retrieval_of_two_gold_papers_by_hand():
    scores = retrieval.score(case(answer(), {"Owl": ("o",), "Gone": ()})).scores
    assert scores["recall@1"] == 0 and scores["recall@5"] == 0.5 and scores["mrr"] == 0.5
    assert scores["ndcg@10"] == pytest.approx((1 / log2(3)) / (1 + 1 / log2(3)))


def test_papers_that_share_a_gold_title_are_one_gold_paper():
    scores = retrieval.score(case(answer(), {"Twins": ("o", "z")})).scores
    assert scores["recall@1"] == scores["ndcg@10"] == 1.0


def test_a_question_without_gold_is_not_scored_for_retrieval():
    assert {*retrieval.score(case(answer())).scores.values()} == {Unscored("no gold papers")}


@pytest.mark.parametrize(
    ("text", "wanted", "held"),
    [
        ("It reaches 76.0 on it", "76.0", True),
        ("It reaches 176.0 on it", "76.0", False),
        ("It reaches 76.05 on it", "76.0", False),
        ("It reaches 76.0% on it", "76.0", True),
        ("the  Mixed\n layer", "mixed LAYER", True),
        ("the mixed layers", "mixed layer", False),
        ("\uff17\uff16\uff0e\uff10 points", "76.0", True),
        ("STRASSE", "stra\u00dfe", True),
        ("xMAE and MAE", "mae", True),
        ("it saves 1.5\u00d7", "1.5\u00d7", True),
    ],
)
def test_a_fact_matches_with_no_letter_or_digit_adjoining(text: str, wanted: str, held: bool):
    assert facts.found(text, [["never", wanted]]) == [held]


@pytest.mark.parametrize(
    ("kind", "gold", "words"),
    [("factoid", 3, 60), ("list", 3, 120), ("comparison", 2, 80), ("synthesis", 9, 200), ("list", 0, 40), ("x", 1, 60)],
)
def test_the_word_budget_follows_type_and_gold_papers(kind: str, gold: int, words: int):
    asked = case(answer(), type=kind, gold_papers=tuple(map(str, range(gold)))).question
    assert facts.budget(asked) == words


def test_facts_past_the_budget_do_not_count_but_are_told():
    given = answer((f"Here {'so ' * 58}first", "z"), ("second.", "z"))
    scored = facts.score(case(given, must_include=(("first",), ("second",))))
    assert scored.scores == {"required_facts": 0.5, "required_facts_answered": 0.5, "answer_words": 61}
    assert [fact["past_budget"] for fact in scored.details["facts"]] == [False, True]


def test_a_declined_answer_holds_no_fact_and_has_no_length():
    scores = facts.score(case(answer(state="not_in_corpus"), must_include=(("first",),))).scores
    assert scores["required_facts"] == 0.0
    assert scores["required_facts_answered"] == scores["answer_words"] == Unscored("declined")


def test_without_required_facts_only_the_length_is_scored():
    scores = facts.score(case(answer(("Two words.", "z")))).scores
    assert scores["required_facts"] == Unscored("no required facts") and scores["answer_words"] == 2


@pytest.mark.parametrize(
    ("kind", "state", "missing", "scored"),
    [
        ("factoid", "answered", None, {"coverage": 1, "partial_rate": 0}),
        ("factoid", "partial", "x", {"coverage": 1, "partial_rate": 1}),
        ("factoid", "not_in_corpus", "x", {"coverage": 0, "partial_rate": 0, "declined_precision": 0}),
        (
            "unanswerable_near",
            "not_in_corpus",
            "x",
            {"declined_precision": 1, "declined_recall": 1, "declined_recall_near": 1, "near_handled": 1},
        ),
        ("unanswerable_near", "partial", "x", {"declined_recall": 0, "declined_recall_near": 0, "near_handled": 1}),
        ("unanswerable_near", "partial", "", {"declined_recall": 0, "declined_recall_near": 0, "near_handled": 0}),
        ("unanswerable_far", "answered", None, {"declined_recall": 0, "declined_recall_far": 0}),
        ("false_premise", "not_in_corpus", "x", {}),
    ],
)
def test_declining_counts_each_question_where_it_belongs(kind: str, state: str, missing: str, scored: dict[str, float]):
    given = answer(state=state, missing=missing)
    scores = declining.score(case(given, type=kind, answerable=not kind.startswith("un"))).scores
    numbers = {name: value for name, value in scores.items() if not isinstance(value, Unscored)}
    assert numbers == {"declined": state == "not_in_corpus", **scored}


def test_the_risk_coverage_curve_by_hand():
    points = declining.risk_coverage([(0.9, 0.0), (0.6, 1.0), (0.6, 0.0), (0.5, 1.0)], asked=5)
    found = [(point.answerable, point.coverage, point.risk) for point in points]
    assert found == [(0.9, 0.2, 0.0), (0.6, 0.6, pytest.approx(1 / 3)), (0.5, 0.8, 0.5)]


def test_cost_says_why_there_is_no_price():
    assert cost.score(case(answer())).scores["cost"] == Unscored("unpriced")
    assert cost.score(case(answer(mode="extractive"))).scores["cost"] == Unscored("no model")
    scored = cost.score(case(answer(usage={"input_tokens": 10, "output_tokens": 5, "cost": 0.25})))
    assert scored.scores == {"seconds": 1.5, "input_tokens": 10, "output_tokens": 5, "cost": 0.25}
    assert scored.details["stages"] == {"search": 0.012}
