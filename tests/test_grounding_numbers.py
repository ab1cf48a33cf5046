"""The number guard: the same number in another dress is found, another number is not, and names are not numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.grounding.numbers import Finding, guard
from assistant.grounding.quantities import read


def where(sentence: str, source: str) -> list[str]:
    return [finding.where for finding in guard(sentence, [source], [source])]


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("76.0% of them", r"76.0\% of them"),
        ("76.0 percent of them", "76% of them"),
        ("76 of them", "76.0% of them"),
        ("0.78M images", "780K images"),
        ("780,000 images", "0.78 million images"),
        ("two decoders", "2 decoders"),
        ("twenty-five layers", "25 layers"),
        ("two hundred tasks", "200 tasks"),
        ("10 to 20 tasks", "10-20 tasks"),
        ("10% fewer", "10-20% fewer"),
        ("3x faster", "3 times faster"),
        ("3-fold faster", "threefold faster"),
        ("2x faster", "twice as fast"),
        ("$5M", "5 million dollars"),
        ("about 50% of it", r"about sim50\% of it"),
        ("11.8 million cases", "11·8 million cases"),
        ("1.5 × 10^6 cells", "1.5 million cells"),
        ("a quarter, or 25%", "1/4 or 25%"),
        ("a 5.6 point gain", "a gain of 5.6%"),
        ("in 2020", "in 2020"),
    ],
)
def test_finds_the_same_number_in_another_dress(said: str, source: str) -> None:
    found = where(said, source)
    assert found
    assert set(found) == {"evidence"}


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("41.8 BLEU", "28.4 BLEU"),
        ("76 ms", "76% of them"),
        ("76 of them", "76 million of them"),
        ("7.6% of them", "76% of them"),
        ("3 times faster", "3 GPUs"),
        ("13 tasks", "3 tasks"),
        ("three decoders", "two decoders"),
        ("Llama-2-7B", "Mistral-7B"),
        ("GPT-4", "GPT-3"),
        ("GPT-4", "4 models"),
        ("4 models", "GPT-4"),
        ("VTAB-1k", "VTAB and 1k"),
        ("ResNet-50", "ResNet-101"),
    ],
)
def test_takes_no_other_number_for_it(said: str, source: str) -> None:
    assert where(said, source) == ["absent"]


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("GPT-4 wins", "GPT 4 wins"),
        ("GPT 4 wins", "gpt-4 wins"),
        ("ResNet-50s win", "ResNet-50 wins"),
        ("Llama-2 wins", "Llama-2-7B wins"),
        ("Llama-2 7B wins", "Llama-2-7B wins"),
        ("anti-PD-1 works", "PD-1 works"),
        ("text-to-3D works", "3D shapes"),
    ],
)
def test_a_name_with_digits_is_found_as_a_name(said: str, source: str) -> None:
    assert set(where(said, source)) == {"evidence"}


def test_names_with_digits_are_no_quantities() -> None:
    text = "VTAB-1k, GPT-4, 3D, ResNet-50, Q1-Q4, LLaMA3.1-8B, gpt-3.5-turbo-16k, ViT-B/16, T5, COVID-19"
    assert read(text).quantities == ()
    assert [text[start:end] for start, end in read(text).names] == text.split(", ")


def test_list_numbers_ordinals_and_addresses_are_no_quantities() -> None:
    text = "(1) First, a 2nd try; 2) see https://x.org/12 and one of them"
    assert [q.kind for q in read(text).quantities] == ["hint"]


def test_says_what_the_evidence_states_in_the_same_place() -> None:
    source = "The model reaches 28.4 BLEU with 8 GPUs in 2017."
    assert guard("It reaches 41.8 BLEU.", [source], [source]) == (Finding("41.8", "absent", "28.4", True),)
    assert guard("GPT-4 wins.", ["GPT-3 wins."], ["GPT-3 wins."])[0].instead == "GPT-3"
    assert guard("It has 41.8 layers.", [source], [source])[0].instead == ""


def test_tells_the_evidence_from_the_rest_of_the_source() -> None:
    source = "It reaches 76% on A. It has 80% on B."
    assert guard("It reaches 80% on A.", [source[:20]], [source])[0].where == "source"


def test_a_small_written_count_is_not_exact() -> None:
    assert not guard("Both use two stages.", ["a stage"], ["a stage"])[0].exact
    assert guard("Both use 2 stages.", ["a stage"], ["a stage"])[0].exact


@given(st.text(alphabet="0123456789.,-^{}eE/ x%$kMGPT×·\\()st\nabfold٣½²", max_size=60))
def test_reads_any_text_and_finds_it_in_itself(text: str) -> None:
    assert {finding.where for finding in guard(text, [text], [text])} <= {"evidence"}
    assert all(0 <= q.start < q.end <= len(text) for q in read(text).quantities)


@pytest.mark.parametrize("piece", ["9", "1,", "1-", "a1-", "1.", "10^", "1/", "x1", "(1)", "1 million "])
def test_reads_long_texts_in_linear_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert read(text).known is not None
