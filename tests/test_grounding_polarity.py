"""Negation, direction, hedges and scope: the shared word must have the same sign on both sides."""

from __future__ import annotations

import pytest

from assistant.grounding.guards import findings
from assistant.grounding.polarity import read


def denied(sentence: str, source: str) -> set[str]:
    return {found.kind for found in findings(sentence, [source], [source]) if found.severity == "contradicted"}


def weaker(sentence: str, source: str) -> set[str]:
    return {found.kind for found in findings(sentence, [source], [source]) if found.severity == "weaker"}


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The method is not robust to noise.", "The method is robust to noise."),
        ("The method isn't robust to noise.", "The method is robust to noise."),
        ("The method can not be trained end to end.", "The method can be trained end to end."),
        ("The method has not been tested on dogs.", "The method has been tested on dogs."),
        ("The method fails to generalize to dogs.", "The method generalizes to dogs."),
        ("The method never generalizes to dogs.", "The method generalizes to dogs."),
        ("The method works without labels for dogs.", "The method works with labels for dogs."),
        ("Training is unstable for large models.", "Training is stable for large models."),
        ("Aspirin has no effect on stroke.", "Aspirin had a strong effect on stroke."),
        ("Aspirin increases stroke risk.", "No association was found between aspirin and stroke risk."),
        ("Vitamin C reduces cancer risk.", "Neither vitamin E nor C reduced cancer risk."),
        ("The method hardly generalizes to dogs.", "The method generalizes to dogs."),
    ],
)
def test_a_negation_on_one_side_only_is_found_both_ways(sentence: str, source: str) -> None:
    assert denied(sentence, source) == {"negation"}
    assert denied(source, sentence) == {"negation"}


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Statins increase the risk of diabetes.", "Statins decrease the risk of diabetes."),
        ("Deletion of Sirt1 promotes obesity.", "Deletion of Sirt1 prevents obesity."),
        ("The drug upregulates mTOR expression.", "The drug down-regulates mTOR expression."),
        ("Distillation improves accuracy on images.", "Distillation degrades accuracy on images."),
        ("The model needs fewer labels.", "The model needs more labels."),
        ("The drug is an agonist of the receptor site.", "The drug is an antagonist of the receptor site."),
        ("The two are positively correlated with age.", "The two are negatively correlated with age."),
        ("We use early layers.", "We use late layers."),
    ],
)
def test_words_of_opposite_direction_are_found_both_ways(sentence: str, source: str) -> None:
    assert denied(sentence, source) == {"direction"}
    assert denied(source, sentence) == {"direction"}


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("It is not unstable for large models.", "It is stable for large models."),
        ("It does not fail to generalize to dogs.", "It generalizes to dogs."),
        ("It not only improves speed but also accuracy.", "It improves speed and accuracy."),
        ("It raises the risk of diabetes.", "It increases the risk of diabetes."),
        ("Loss of Sirt1 increases obesity.", "Sirt1 decreases obesity."),
        ("It does not raise risk.", "It did not increase or lower risk."),
        ("Our method scales to video.", "While prior work does not scale, our method scales to video."),
        ("We train with a loss function for tokens.", "We train with more gain for tokens."),
    ],
)
def test_two_turns_or_another_word_for_it_are_no_contradiction(sentence: str, source: str) -> None:
    assert denied(sentence, source) == set()


def test_a_negator_reaches_its_word_and_no_further() -> None:
    units = read("It does not significantly improve accuracy, but it saves memory.").units
    assert [unit.shown for unit in units if unit.negated and unit.head] == ["improve"]
    assert [unit.shown for unit in read("There was no clear gain of speed.").units if unit.head] == ["gain"]
    assert [unit.shown for unit in read("It did not improve sleep or reduce pain.").units if unit.head] == [
        "improve",
        "reduce",
    ]


@pytest.mark.parametrize(
    ("sentence", "source", "kind"),
    [
        ("Coffee lowers blood pressure.", "Coffee may lower blood pressure.", "hedge"),
        ("Coffee lowers blood pressure.", "We suggest that coffee lowers blood pressure.", "hedge"),
        ("Pruning saves 50% of memory.", "Pruning saves up to 50% of memory.", "hedge"),
        ("All patients recovered.", "Most patients recovered.", "scope"),
        ("Pruning always helps models.", "Pruning often helps models.", "scope"),
        ("This is the first survey of pruning.", "This is a novel survey of pruning.", "scope"),
        ("Coffee lowers pressure.", "Coffee lowers pressure in mice.", "scope"),
        ("It reaches 76.1% accuracy.", "It reaches 76.1% accuracy on ImageNet.", "scope"),
    ],
)
def test_a_dropped_doubt_or_limit_is_weaker(sentence: str, source: str, kind: str) -> None:
    assert kind in weaker(sentence, source)
    assert denied(sentence, source) == set()


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Coffee might lower blood pressure.", "Coffee may lower blood pressure."),
        ("Coffee lowers blood pressure in rodents.", "Coffee lowers blood pressure in mice."),
        ("Pruning saves at most 50% of memory.", "Pruning saves up to 50% of memory."),
        ("Every patient recovered.", "All of the patients recovered."),
        ("Coffee may lower pressure.", "Coffee lowers pressure."),
    ],
)
def test_a_doubt_or_limit_that_is_kept_or_added_is_fine(sentence: str, source: str) -> None:
    assert weaker(sentence, source) == set()


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The reset-free system tunes a robot policy.", "A reset-free tuning system improves a robot policy."),
        ("The system tunes a robot policy without resets.", "A reset-free tuning system improves a robot policy."),
        ("Domain adaptation helps category poses.", "Source-free domain adaptation helps category poses."),
        ("The label-less objective helps images.", "The objective helps images."),
    ],
)
def test_a_compound_that_ends_in_free_or_less_denies_its_own_first_part_alone(sentence: str, source: str) -> None:
    assert denied(sentence, source) == set()
    assert denied(source, sentence) == set()


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The tuning system is not reset-free.", "It is a reset-free tuning system."),
        ("The robot system requires resets in homes.", "The reset-free robot system works in homes."),
        ("The reset-free system tunes no robot policy.", "The reset-free system tunes a robot policy."),
    ],
)
def test_what_denies_a_compound_or_its_noun_is_still_found(sentence: str, source: str) -> None:
    assert denied(sentence, source) == {"negation"}
    assert denied(source, sentence) == {"negation"}


def test_a_reason_shows_the_compound_without_its_ending() -> None:
    (found,) = findings("The system is not reset-free.", ["It is a reset-free tuning system."])
    assert (found.said, found.source) == ("reset", "not reset")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("APG addresses the oversaturation of high scales.", "APG allows high scales without oversaturation."),
        ("APG overcomes the problem of oversaturation at high scales.", "APG has no oversaturation at high scales."),
        ("APG does not require training a text encoder.", "APG works without training a text encoder."),
        ("The text encoder is not trained.", "APG does not need training of a text encoder."),
    ],
)
def test_what_is_solved_or_not_needed_is_as_good_as_left_out(sentence: str, source: str) -> None:
    assert denied(sentence, source) == set()
    assert denied(source, sentence) == set()


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("APG causes oversaturation at high scales.", "APG allows high scales without oversaturation."),
        ("APG does not address oversaturation at high scales.", "APG allows high scales without oversaturation."),
        ("APG fails to prevent oversaturation at high scales.", "APG allows high scales without oversaturation."),
        ("APG addresses blur and has oversaturation at high scales.", "APG has no oversaturation at high scales."),
        ("It reduces the risk of non-vertebral fractures.", "It reduces the risk of vertebral fractures."),
        ("APG requires training a text encoder.", "APG does not require training a text encoder."),
        ("The text encoder is not trained.", "APG requires training a text encoder."),
    ],
)
def test_a_problem_that_is_caused_or_not_solved_is_still_denied(sentence: str, source: str) -> None:
    assert denied(sentence, source) == {"negation"}


def test_a_hedge_that_ends_its_clause_weakens_what_goes_before_it() -> None:
    said = "The hash avoids costly evaluation."
    assert weaker(said, "Equals occur very frequently, and the hash avoids costly evaluation.") == set()
    assert weaker(said, "The hash frequently avoids costly evaluation.") == {"hedge"}
    assert weaker(said, "Frequently, the hash avoids costly evaluation.") == {"hedge"}
