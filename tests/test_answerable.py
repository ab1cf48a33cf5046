"""How likely a question can be answered: what raises the probability, what lowers it, and when nothing is written."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

from assistant.missing import Missing, missing
from assistant.retrieval.answerable import FLOOR, Features, features, on_topic, probability

STRONG = Features(similarity=0.7, coverage=0.9, unnamed=0.0, unstated=0.0)
PAPER = ("HareNet: pruning in one shot", "HareNet prunes a network at once. It needs eight GPUs.")


def judged(question: str, weights: dict[str, float], similarity: float = 0.6) -> Features:
    lacking = missing(question, [PAPER])
    return features(lacking, [" ".join(PAPER)], similarity, weights, lambda text: text.lower().split())


def test_nearer_papers_and_more_of_the_words_make_an_answer_likelier():
    assert probability(STRONG) > probability(replace(STRONG, similarity=0.3)) > 0
    assert probability(STRONG) > probability(replace(STRONG, coverage=0.1)) > 0


def test_a_name_that_no_paper_has_and_a_detail_that_none_states_make_it_unlikelier():
    assert probability(STRONG) > probability(replace(STRONG, unnamed=1.0))
    assert probability(STRONG) > FLOOR > probability(replace(STRONG, unstated=1.0))


def test_a_detail_that_is_not_stated_does_not_put_a_question_off_topic():
    assert on_topic(STRONG) and on_topic(replace(STRONG, unstated=1.0))
    assert not on_topic(Features(similarity=0.1, coverage=0.1, unnamed=0.0, unstated=0.0))


def test_the_features_say_what_is_missing():
    assert judged("How many GPUs does HareNet need?", {"harenet": 1.0}) == Features(0.6, 1.0, 0.0, 0.0)
    assert judged("What learning rate does HareNet use?", {"harenet": 1.0}).unstated == 1.0
    assert judged("How does HareNet compare with GPT-9?", {"harenet": 1.0}).unnamed == 1.0


def test_coverage_is_the_share_of_the_weight_that_one_paper_has():
    assert judged("HareNet prunes sheep", {"harenet": 2.0, "sheep": 2.0}).coverage == 0.5
    assert judged("of", {}).coverage == 0.0


def test_of_a_question_in_another_language_only_shared_words_count():
    weights = {"harenet": 1.0, "beschneidet": 3.0, "netz": 3.0}
    assert judged("Wie beschneidet HareNet das Netz mit der Zeit?", weights).coverage == 1.0
    assert judged("Wie beschneidet man das Netz mit der Zeit?", {"beschneidet": 3.0}).coverage == 0.0


def test_nothing_found_is_no_reason_to_fail():
    assert features(Missing(), [], 0.0, {"word": 1.0}, str.split) == Features(0.0, 0.0, 0.0, 0.0)


def test_the_model_has_a_weight_for_every_feature_and_says_where_it_comes_from():
    path = Path(__file__).parents[1] / "assistant" / "retrieval" / "answerable.json"
    model = json.loads(path.read_text(encoding="utf-8"))
    assert set(model["weights"]) == set(asdict(STRONG))
    assert "fit_answerable" in model["provenance"]
