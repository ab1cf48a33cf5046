"""The scorer: a probability from features of sentence and source together, with vectors and without."""

from __future__ import annotations

import json
import random
import time
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.grounding import Judgement, Source, agreement, check, scorer
from assistant.grounding.examine import examine
from assistant.grounding.features import Features
from assistant.grounding.finding import Finding
from assistant.sentences import split

MODEL = Path(scorer.__file__).with_name("support.json")
ABSTRACT = (
    "Masked autoencoders are scalable vision learners. Masking reduces the time of training. "
    "Our model reaches 87.8% accuracy on ImageNet-1K. Transfer to detection outperforms supervised training."
)


def source(text: str, vectors: NDArray[np.float32] | None = None) -> Source:
    return Source(text, tuple(split(text)), vectors=vectors)


def units(*rows: dict[int, float]) -> NDArray[np.float32]:
    """Unit vectors of the model's length, given by their few values that are not 0."""
    made = np.zeros((len(rows), scorer.dimension()), np.float32)
    for row, values in zip(made, rows, strict=True):
        row[list(values)] = list(values.values())
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def features(sentence: str, text: str = ABSTRACT) -> Features:
    found = examine(sentence, [source(text)])
    assert found is not None
    return found.features


def test_the_model_says_on_what_it_was_fitted_and_how_well_it_does() -> None:
    told = json.loads(MODEL.read_text("utf-8"))["provenance"]
    assert set(told["fitted on"]) == {"scifact_train", "ragtruth_sentences_dev", "summedits_other_domains"}
    for variant in ("vectors", "words"):
        figures = told["figures"][variant]["auroc"]
        assert {"scifact_train", "attributionbench_dev"} <= figures.keys()
        assert abs(figures["scifact_train, against CONTRADICT"]["shuffled"] - 0.5) < 0.1


def test_the_model_uses_only_features_that_there_are_and_meaning_only_with_vectors() -> None:
    told = json.loads(MODEL.read_text("utf-8"))
    names = {field.name for field in fields(Features)}
    used = {v: {*told[v]["stated"]["weights"], *told[v]["agrees"]["weights"]} for v in ("vectors", "words")}
    assert used["vectors"] == names
    assert used["words"] == names - {"meaning"}


@pytest.mark.parametrize("vectors", [True, False])
def test_what_speaks_against_a_sentence_never_raises_its_probability(vectors: bool) -> None:
    plain = features("Masked autoencoders are scalable vision learners for images.")
    for name in (
        "number_other",
        "number_absent",
        "number_elsewhere",
        "name_other",
        "name_absent",
        "opposite",
        "opposed",
    ):
        worse = replace(plain, **{name: getattr(plain, name) + 1})
        assert scorer.score(worse, vectors).probability < scorer.score(plain, vectors).probability, name
    for name in ("covered", "phrases", "lean", "denied", "negators"):
        worse = replace(plain, **{name: getattr(plain, name) - 0.5})
        assert scorer.score(worse, vectors).probability < scorer.score(plain, vectors).probability, name


def test_probabilities_stay_within_bounds_for_any_features() -> None:
    draw = random.Random(3)
    for _ in range(300):
        wild = Features(**{field.name: draw.uniform(-1e4, 1e4) for field in fields(Features)})
        assert 0.0 <= scorer.score(wild, True).probability <= 1.0


def test_a_sentence_alone_has_no_features() -> None:
    """Where the source shares nothing with them, very unlike sentences look the same."""
    far = "Zebras graze."
    told = {
        tuple(asdict(features(text + " zebras", far)).values())[1:]
        for text in ("Larger models never help", "Attention helps", "It does not reduce cost and is worse than before")
    }
    assert len({values[:9] for values in told}) == 1


def test_direction_agrees_disagrees_and_is_turned_by_a_negation() -> None:
    evidence = [("Masking reduces the time of training.", 1.0)]
    same = agreement.compare("Masking lowers training time.", evidence)
    other = agreement.compare("Masking increases training time.", evidence)
    turned = agreement.compare("Masking does not reduce training time.", evidence)
    assert same.lean > 0 > other.lean
    assert turned.lean < 0
    assert agreement.compare("Masking lowers training time.", []) == agreement.Agreement()


def test_the_opposite_direction_is_less_likely_than_the_same() -> None:
    same = check("Masking lowers the time of training.", [source(ABSTRACT)])
    other = check("Masking increases the time of training.", [source(ABSTRACT)])
    assert same.support > other.support
    assert other.label == "contradicted"
    assert other.reasons


def test_a_near_vector_raises_the_probability_and_a_far_one_lowers_it() -> None:
    sentence, text = "Masked models learn vision at scale.", ABSTRACT
    own = source(text, units({0: 1}, {1: 1}, {2: 1}, {3: 1}))
    near, far = units({0: 1, 9: 0.2}, {7: 1})
    assert check(sentence, [own], near).support > check(sentence, [own], far).support


def test_vectors_choose_the_evidence_that_words_would_miss() -> None:
    own = source("The tokens hold learners. Occlusion of patches cuts cost.", units({0: 1}, {1: 1}))
    found = examine("Hiding parts makes learners cheap.", [own], units({1: 1})[0])
    assert found is not None
    assert (found.evidence[0].start, found.evidence[0].support) == (26, 0.0)


@pytest.mark.parametrize(
    ("vectors", "vector"),
    [
        (None, units({0: 1})[0]),
        (units({0: 1}, {1: 1}, {2: 1}, {3: 1}), None),
        (np.eye(4, 8, dtype=np.float32), np.eye(4, 8, dtype=np.float32)[0]),
        (units({0: 1}), units({0: 1})[0]),
    ],
)
def test_vectors_that_are_missing_or_of_another_model_leave_words_alone(
    vectors: NDArray[np.float32] | None, vector: NDArray[np.float32] | None
) -> None:
    sentence = "Masked autoencoders scale well as vision learners."
    assert check(sentence, [source(ABSTRACT, vectors)], vector) == check(sentence, [source(ABSTRACT)])


def test_vectors_of_zeros_and_equal_sentences_do_no_harm() -> None:
    text = "We mask. We mask. We mask."
    judged = check("Masks help us.", [source(text, np.zeros((3, scorer.dimension()), np.float32))], units({0: 1})[0])
    assert 0.0 <= judged.support <= 1.0


def test_another_source_that_has_nothing_to_do_with_it_changes_nothing() -> None:
    other = source("Bananas are rich in potassium. Nobody doubts it.")
    sentence = "Masking lowers the time of training."
    assert check(sentence, [source(ABSTRACT), other]) == check(sentence, [source(ABSTRACT)])


@pytest.mark.parametrize(
    ("found", "given", "label"),
    [
        ([], (0.99, 0.99, 1.0), "supported"),
        ([], (0.99, 0.99, 0.2), "partial"),
        ([], (0.5, 0.9, 0.9), "partial"),
        ([], (0.01, 0.1, 0.1), "unsupported"),
        ([Finding("number", "absent", "12", "", "12 does not occur in the source")], (0.99, 0.99, 1.0), "unsupported"),
        ([Finding("name", "absent", "BERT", "", "BERT does not occur in the source")], (0.99, 0.99, 1.0), "partial"),
        ([Finding("hedge", "weaker", "does", "may", "the source only says may")], (0.99, 0.99, 1.0), "partial"),
        ([Finding("direction", "contradicted", "more", "less", "it says less")], (0.3, 0.9, 0.9), "contradicted"),
        ([Finding("direction", "contradicted", "more", "less", "it says less")], (0.01, 0.01, 0.1), "unsupported"),
    ],
)
def test_labels_follow_probability_and_guards(
    found: list[Finding], given: tuple[float, float, float], label: str
) -> None:
    told, reasons = scorer.verdict(scorer.Score(*given), found, scorer.Bounds(0.6, 0.4, 0.36, 0.5))
    assert told == label
    assert not found or label == "unsupported" or reasons == [found[0].reason]


def test_a_quote_cut_so_that_it_loses_its_denial_is_not_supported() -> None:
    whole = source("Pruning does not improve accuracy on small sets.")
    assert check("Pruning does not improve accuracy on small sets.", [whole]) == Judgement(
        "supported", 1.0, (), check("Pruning does not improve accuracy on small sets.", [whole]).evidence
    )
    assert check("improve accuracy on small sets", [whole]).label != "supported"


def test_sixty_sentences_a_second_against_five_abstracts() -> None:
    draw = np.random.default_rng(0)
    texts = [" ".join(f"Model {name}{i} improves recall of set {i} by {i}%." for i in range(9)) for name in "ABCDE"]
    matrix = draw.normal(size=(10, scorer.dimension())).astype(np.float32)
    unit = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    sources = [source(text, unit[: len(split(text))]) for text in texts]
    check("Warm.", sources, unit[0])
    start = time.perf_counter()
    for i in range(60):
        check(f"The model {'ABCDE'[i % 5]}{i % 9} raises recall on set {i % 9} by {i} points.", sources, unit[i % 10])
    assert time.perf_counter() - start < 3.0  # three times as long as asked: the machine may be busy
