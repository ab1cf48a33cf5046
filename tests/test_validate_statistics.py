"""Agreement with people: the same figures as scikit-learn, with ties, and intervals that know their clusters."""

from __future__ import annotations

import random
from importlib import import_module

import numpy as np
import pytest
from evaluating import bootstrap
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score, roc_auc_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.pipeline import make_pipeline

statistics, baselines, claims, pairs, correction = (
    import_module(f"assistant._eval.{name}")
    for name in (
        "validate.statistics",
        "validate.baselines",
        "validate.claim_only",
        "validate.pairs",
        "correction",
    )
)
ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.booleans(), st.integers(0, 9)), min_size=2, max_size=40)


def both(rows: list[tuple[bool, int, bool, int]]) -> bool:
    return len({one[0] for one in rows}) == 2


def labelled(claim: str, supported: bool = True, cluster: str = "c", source: str = "s") -> object:
    return pairs.Labelled(pairs.Pair(claim, source), supported, "", "", cluster)


@settings(deadline=None, max_examples=40)
@given(ROWS.filter(both))
def test_figures_are_those_of_scikit_learn_with_ties(rows: list[tuple[bool, int, bool, int]]):
    truth, scores, said, clusters = (list(column) for column in zip(*rows, strict=True))
    data = statistics.scored(truth, clusters)
    values, answers = np.array(scores, float), np.array(said, bool)
    assert statistics.auroc(data, values).mean == pytest.approx(roc_auc_score(truth, scores))
    assert statistics.balanced_accuracy(data, answers).mean == pytest.approx(balanced_accuracy_score(truth, said))
    assert statistics.kappa(data, answers).mean == pytest.approx(cohen_kappa_score(truth, said))


def test_without_clusters_the_interval_of_auroc_is_that_of_the_plain_bootstrap():
    dice = random.Random(2)
    right, wrong = ([round(dice.gauss(mean, 1), 1) for _ in range(60)] for mean in (0.8, 0.0))
    plain = bootstrap.auroc(right, wrong)
    data = statistics.scored([True] * 60 + [False] * 60, list(range(120)))
    found = statistics.auroc(data, np.array(right + wrong))
    assert (found.mean, found.low, found.high, found.n) == pytest.approx((plain.mean, plain.low, plain.high, 120))


def test_pairs_of_one_cluster_widen_the_interval():
    truth = [i % 2 == 0 for i in range(200)]
    scores = np.array([float(one ^ (i // 20 in (3, 6, 7))) for i, one in enumerate(truth)])  # three clusters reversed
    alone, together = (
        statistics.auroc(statistics.scored(truth, [i // size for i in range(200)]), scores) for size in (1, 20)
    )
    assert alone.mean == together.mean == pytest.approx(0.7)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_one_class_is_not_scored_and_says_so():
    data = statistics.scored([True, True], [0, 1], {"not checkable": 3})
    for found in (statistics.auroc(data, np.array([0.1, 0.2])), statistics.kappa(data, np.array([True, False]))):
        assert found.to_dict()["mean"] is None
        assert found.to_dict()["unscored"] == {"not checkable": 3, "only one class": 2}


def test_the_difference_is_zero_against_itself_and_found_where_there_is_one():
    dice = np.random.default_rng(0)
    truth = [i % 2 == 0 for i in range(200)]
    good, noise = np.array(truth) + dice.normal(0, 0.5, 200), dice.normal(0, 1, 200)
    data = statistics.scored(truth, list(range(200)))
    same, apart = (statistics.auroc_difference(data, good, other) for other in (good, noise))
    assert (same.difference, same.low, same.high, same.p) == (0, 0, 0, 1)
    assert apart.difference == pytest.approx(roc_auc_score(truth, good) - roc_auc_score(truth, noise))
    assert apart.low > 0.2 and apart.p < 0.01


def test_a_share_is_among_those_asked_for():
    data = statistics.scored([True, True, True, False], [0, 1, 2, 3])
    found = statistics.share(data, np.array([True, False, True, True]), data.supported)
    assert found.mean == pytest.approx(2 / 3) and found.n == 3


def test_claim_only_is_the_logistic_regression_of_scikit_learn():
    dice = random.Random(4)
    words = [f"w{i}" for i in range(30)]
    texts = [" ".join(dice.choices(words, k=8)) for _ in range(150)]
    truth = np.array([("w1" in text.split()) ^ (dice.random() < 0.2) for text in texts])
    fold = np.arange(150) % 5
    tfidf = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+")
    model = make_pipeline(tfidf, LogisticRegression(C=10.0, max_iter=1000))
    theirs = cross_val_predict(model, texts, truth, cv=PredefinedSplit(fold), method="decision_function")
    ours = claims.claim_only(texts, truth, fold)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99
    assert roc_auc_score(truth, ours) == pytest.approx(roc_auc_score(truth, theirs), abs=0.01)


def test_equal_claims_and_equal_clusters_share_a_group_and_a_fold():
    items = [labelled("Owls fly.", cluster="a"), labelled("owls  fly.", cluster="b"), labelled("Else.", cluster="b")]
    groups = pairs.linked([*items, labelled("Apart.", cluster="c")])
    assert groups[0] == groups[1] == groups[2] != groups[3]
    fold = baselines.folds(np.array(groups * 5, np.int64))
    assert len({number for number, group in zip(fold, groups * 5, strict=True) if group == groups[0]}) == 1


def test_overlap_is_the_share_of_the_claims_content_words():
    item = labelled("The owls were flying over Paris.", source="An owl flies. Paris is a city.")
    assert baselines.overlap([item])[0] == pytest.approx(2 / 3)  # owl and Paris; "flying" is not "flies"


def test_a_threshold_is_fitted_to_the_other_folds():
    scores = np.array([0.1, 0.2, 0.8, 0.9] * 5)
    truth = np.array([False, False, True, True] * 5)
    assert (baselines.thresholded(scores, truth, np.arange(20) // 4) == truth).all()


@given(st.floats(0, 1), st.floats(0.55, 1), st.floats(0.55, 1))
def test_the_corrected_rate_undoes_the_scorers_errors(truth: float, sensitivity: float, specificity: float):
    seen = truth * sensitivity + (1 - truth) * (1 - specificity)
    found = correction.corrected_rate(min(max(seen, 0.0), 1.0), sensitivity, specificity)
    assert found.rate == pytest.approx(truth, abs=1e-6)
    assert "labelled sets" in found.caveat


@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.5, 0.5), (0.2, 0.7), (0.0, 0.0)])
def test_a_scorer_no_better_than_chance_corrects_nothing(sensitivity: float, specificity: float):
    found = correction.corrected_rate(0.9, sensitivity, specificity)
    assert found.rate is None and "no better than chance" in found.caveat


def test_a_corrected_rate_stays_a_rate():
    found = correction.corrected_rate(0.99, 0.8, 0.9)
    assert found.rate == 1.0 and "moved into 0..1" in found.caveat
    with pytest.raises(ValueError, match=r"rate is 1\.2"):
        correction.corrected_rate(1.2, 0.8, 0.9)
