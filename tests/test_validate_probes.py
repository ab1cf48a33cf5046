"""Probes: each alteration changes what a sentence says, by hand-made examples, and leaves alone what it might not."""

from __future__ import annotations

import random
import re
from importlib import import_module

import pytest
from evaluating import OWL, ZEBRA

probes, corpora, negation, figures, entities, directions, hedges = (
    import_module(f"assistant._eval.validate.{name}")
    for name in (
        "probes",
        "corpora",
        "probes.negation",
        "probes.figures",
        "probes.entities",
        "probes.directions",
        "probes.hedges",
    )
)


def ways(alter: object, *arguments: object) -> set[str | None]:
    """All that an alteration makes of a sentence, by many seeds."""
    return {alter(*arguments, random.Random(seed)) for seed in range(60)}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("sentence", "made"),
    [
        ("The zebra grating is cheap.", {"The zebra grating is not cheap."}),
        ("Owls can hear a mouse.", {"Owls cannot hear a mouse."}),
        ("The effect has been shown in mice.", {"The effect has not been shown in mice."}),
        ("We improve recall by far.", {"We do not improve recall by far.", "We fail to improve recall by far."}),
        ("We showed a gain.", {"We did not show a gain.", "We failed to show a gain."}),
        ("FooNet improves recall.", {"FooNet does not improve recall.", "FooNet fails to improve recall."}),
        ("Drinking tea did not improve recall.", {None}),
        ("It never improves recall.", {None}),
        ("A loss of recall without cause was seen.", {None}),
        ("Tea may help.", {None}),
        ("Owls at night, one and all.", {None}),
    ],
)
def test_a_negation_denies_one_verb_and_none_twice(sentence: str, made: set[str | None]):
    assert ways(negation.negate, sentence) == made


def test_a_swapped_number_is_another_number_of_the_same_kind_that_the_abstract_lacks():
    sentence = "The grating reaches 31.4% on 1,200 cells."
    for made in ways(figures.swap_number, sentence, ZEBRA + " It costs 48.7% less."):
        assert made is not None
        one, many = re.findall(r"\d[\d.,]*\d", made)
        assert (one == "31.4") != (many == "1,200") and made.count("%") == 1
        assert float(one) < 100 and re.fullmatch(r"\d+\.\d", one) and one != "48.7"


@pytest.mark.parametrize(
    "sentence",
    [
        "We tune GPT-4 and ResNet-50 on IL-6.",
        "In 2021 it rained (Fig. 3).",
        "Patients in phase 2 had type 1 diabetes.",
        "It held (p < 0.05, P = 0.01).",
        "The range was 10-20 and 3/4.",
        "Of 11 483 people none came.",
        "The 3' end and the 2nd part.",
    ],
)
def test_a_number_in_a_name_a_year_a_bound_or_a_range_is_left_alone(sentence: str):
    assert ways(figures.swap_number, sentence, sentence) == {None}


def test_a_borrowed_number_comes_from_another_sentence_and_is_of_its_kind():
    abstract = "It won 31.4% of games. It lost 12.5% of them in 40 days, or 9.1 hours."
    assert ways(figures.borrow_number, "It won 31.4% of games.", abstract) == {"It won 12.5% of games."}
    assert ways(figures.borrow_number, "It won 31.4% of games.", "It won 31.4% of games.") == {None}


def test_a_swapped_entity_is_a_stranger_wherever_the_name_stands():
    pool = entities.Names(["FooNet beats BarNet.", "We use QuxNet and MS-COCO.", "DNA and AI."])
    sentence = "FooNet is fast, and FooNet is small."
    made = ways(entities.swap_entity, sentence, "FooNet beats BarNet.", pool)
    assert made == {"QuxNet is fast, and QuxNet is small."}
    assert ways(entities.swap_entity, "Long short-term memory (LSTM) is old.", "x", pool) == {None}
    assert ways(entities.swap_entity, "Owls and Paris have DNA.", "x", pool) == {None}


def test_names_are_words_with_a_capital_or_a_digit_inside():
    text = "The CheXpert set, GPT-4, TNF, MS-COCO and IL-10 of Paris; RNA-directed AI (ABC) in H2."
    assert entities.names(text) == ["CheXpert", "GPT-4", "TNF", "MS-COCO", "IL-10"]


@pytest.mark.parametrize(
    ("sentence", "made"),
    [
        ("Tea increases recall.", {"Tea decreases recall."}),
        ("Error is lower after sleep.", {"Error is higher after sleep.", "Error is lower before sleep."}),
        ("FooNet outperforms others.", {"FooNet underperforms others."}),
        ("More than 90 owls flew above the trees.", {"More than 90 owls flew below the trees."}),
        ("It may increase or decrease.", {None}),
        ("Tea did not increase recall.", {None}),
        ("The training loss is small.", {None}),
        ("A higher-order method won.", {None}),
        ("It is more or less done.", {None}),
    ],
)
def test_a_direction_is_turned_round_unless_it_is_denied_or_both_are_said(sentence: str, made: set[str | None]):
    assert ways(directions.flip_direction, sentence) == made


@pytest.mark.parametrize(
    ("sentence", "made"),
    [
        ("Tea may help people.", {"Tea will help people."}),
        ("These data suggest that tea helps.", {"These data prove that tea helps."}),
        ("This suggests that tea helps.", {"This proves that tea helps."}),
        ("Tea appears to be safe.", {"Tea is safe."}),
        ("It saves up to 30% of time.", {"It saves 30% of time."}),
        ("Possibly tea helps.", {None}),
        ("We ask whether tea may help.", {None}),
        ("Tea helps people in May.", {None}),
    ],
)
def test_a_dropped_hedge_claims_more(sentence: str, made: set[str | None]):
    assert ways(hedges.drop_hedge, sentence) == made


def corpus() -> object:
    """Abstracts on which every alteration finds something to do."""
    texts = [
        f"Deep sea work {i} opens this text for all who read it. We show that OwlNet{i} improves recall of quiet "
        f"drones by {i + 11}.5% on the SunBench{i} test. It may help the blind to hear {i + 3} owls near trees. "
        f"In the long run it reduces the noise of drones by {i + 40}.2% in each tunnel."
        for i in range(12)
    ]
    found = [corpora.Abstract(f"p{i}", f"Study {i}", text) for i, text in enumerate([*texts, ZEBRA, OWL])]
    return corpora.Corpus("made", found)


def test_probes_are_drawn_by_seed_at_most_one_of_a_name_from_an_abstract():
    first, again, other = (probes.from_abstracts([corpus()], 5, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert tuple(first) == probes.NAMES
    for name, own in first.items():
        assert len(own) == 5 and len({probe.own.id for probe in own}) == 5, name
        assert all(probe.original in probe.own.text and probe.altered not in probe.against.text for probe in own)
        assert all((probe.altered == probe.original) == (name == probes.RUNNER_UP) for probe in own)


def test_the_runner_up_is_the_abstract_most_like_the_sentence_but_its_own():
    found = corpus()
    sentence = "The zebra grating of SunBench7 bends light."
    assert found.runner_up(sentence, "p12").id == "p7"
    assert found.runner_up(sentence, "p7").id == "p12"
    assert found.runner_up("Xyzzy!", "p12") is None


def test_the_bundled_pages_give_probes_of_every_kind():
    found = probes.from_abstracts([corpora.sample()], 20, 0)
    counts = {name: len(own) for name, own in found.items()}
    assert counts.pop("borrow_number") >= 5  # few of them state two numbers of one kind
    assert set(counts.values()) == {20}
