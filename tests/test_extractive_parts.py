"""Parts of the writer that needs no model: what a paper is called, where a sentence is cut, what the weights are."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assistant.extractive
from assistant import Paper
from assistant.extractive import cues
from assistant.extractive.naming import is_named, lead_of, name_of
from assistant.extractive.scoring import Features, score
from assistant.extractive.trimming import GAP, shown, trimmed

LONG = (
    "In this work, we propose a lamp that burns whale oil, which lasts for nine hours in the cold, and needs no wick, "
    "while older lamps smoke and smell after a single hour of use."
)


@pytest.mark.parametrize(
    ("title", "abstract", "name"),
    [
        ("OwlNet: Flying without Noise", "Owls fly.", "OwlNet"),
        ("Quiet Wings for All: A Study of Owls", "We propose WingFold, a way to fold wings.", "WingFold"),
        ("Flying without Noise in Cold Nights", "We present a Silent Feather Model, dubbed SFM-2.", "SFM-2"),
        ("Nightly Owl Wings in Cold Weather", "We propose Nightly Owl Wings (NOW) for gliders.", "NOW"),
        ("Flying without Noise in Very Cold Nights", "We present a novel masked image modeling (MIM) approach.", "?"),
        ("Flying without Noise in Very Cold Nights", "Owls fly.", "?"),
        ("Owls of the North", "Owls fly.", "Owls of the North"),
    ],
)
def test_a_paper_is_called_by_what_it_brings_else_by_its_title(title: str, abstract: str, name: str):
    assert name_of(Paper("a:1", title, abstract)) == name.replace("?", f"Flying without Noise in {GAP}")


def test_a_name_is_put_in_front_only_where_the_text_lacks_it():
    paper = Paper("a:1", "OwlNet: Flying without Noise", "We fly.")
    assert lead_of(paper, "We fly.") == "OwlNet: "
    assert lead_of(paper, "With owlnet, we fly.") == ""


def test_a_name_that_states_a_number_is_not_put_in_front_as_no_abstract_vouches_for_it():
    assert lead_of(Paper("a:1", "1% of Owls: A Study", "We fly."), "We fly.") == ""


@pytest.mark.parametrize(("question", "named"), [("How does owlnet fly?", True), ("How do OwlNets-2 fly?", False)])
def test_a_question_names_a_paper_by_its_whole_name(question: str, named: bool):
    assert is_named(Paper("a:1", "OwlNet: Flying without Noise", "We fly."), question) is named


def test_a_sentence_that_fits_is_left_whole():
    assert shown(LONG, trimmed(LONG, 99, len)) == LONG


def test_a_sentence_first_loses_its_opening_phrase():
    assert shown(LONG, trimmed(LONG, len(LONG.split()) - 3, len)) == f"{GAP} {LONG.removeprefix('In this work, ')}"


def test_of_a_long_sentence_the_clause_that_is_worth_most_is_left_with_marks_where_it_was_cut():
    pieces = trimmed(LONG, 9, lambda part: float("nine hours" in part))
    assert shown(LONG, pieces) == f"{GAP} which lasts for nine hours in the cold {GAP}"


def test_a_sentence_without_a_clause_is_cut_after_the_words_that_fit():
    assert (
        shown("One two three four five six.", trimmed("One two three four five six.", 3, len)) == f"One two three {GAP}"
    )


@given(
    st.lists(
        st.sampled_from(["owl", "flies,", "(at", "night)", "which", "and", "we", "28.4%", "show", "that;"]), min_size=1
    )
)
def test_what_is_left_of_any_sentence_stands_in_it_and_fits(words: list[str]):
    text = " ".join(words)
    for limit in (1, 5, 12):
        pieces = trimmed(text, limit, len)
        assert all(text[start:end].strip() for start, end in pieces)
        assert sum(len(text[start:end].split()) for start, end in pieces) <= limit


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("A Kernel Mixing (KM) layer.", True),
        ("The trade-off (Kernel, Mixing - KM) matters.", True),
        ("A layer dubbed KM.", True),
        ("We use KM here.", False),
    ],
)
def test_a_text_introduces_a_name_or_only_uses_it(text: str, spelled: bool):
    assert cues.introduces("KM", text) is spelled


def test_the_weights_are_those_of_the_features_and_say_where_they_come_from():
    model = json.loads((Path(assistant.extractive.__file__).parent / "weights.json").read_text())
    names = [one.name for one in fields(Features)]
    assert list(model["weights"]) == names
    assert "fit_extractive.py" in model["provenance"]
    nothing = Features(**dict.fromkeys(names, 0.0))
    assert score(nothing) == model["intercept"]
    asked_number = Features(**dict.fromkeys(names, 0.0) | {"words_number": 1.0})
    assert score(asked_number) > score(nothing)


@pytest.mark.parametrize("unit", ["code ", "(A,", "release our ", "we propose a ", "as ", "experiments "])
def test_hostile_text_is_read_in_time_that_grows_with_its_length(unit: str):
    text = "We propose " + unit * 8000
    started = perf_counter()
    name_of(Paper("a:1", "Owls of the Far and Very Cold North", text))
    cues.LINKS.search(text)
    trimmed(text, 30, len)
    assert perf_counter() - started < 2


def test_a_paper_is_called_by_the_name_that_it_gives_its_method_anywhere():
    abstract = "Masking is common. This leads to an explicit constraint, resulting in our proposed method, Point-CMAE."
    assert name_of(Paper("a:1", "Bringing Explicit Contrastive Properties to Point Clouds", abstract)) == "Point-CMAE"


def test_what_a_question_counts_is_found_behind_a_number_and_not_elsewhere():
    (lamps,) = cues.counted("How many lamps?")
    assert cues.counts(lamps, "We tried 12 different whale oil lamps.")
    assert cues.counts(lamps, "Two lamps burn.")
    assert not cues.counts(lamps, "Lamps burn for 9 hours.")
    assert not cues.counts(lamps, "We tried 12 hours of every known and unknown sort of lamps.")
    assert cues.counted("What lamps are there?") == ()
