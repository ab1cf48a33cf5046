"""The guards: what denies or outbids its source is found and named, what says the same in other words is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.grounding.guards import Finding, findings
from assistant.sentences import split

PAGES = Path(__file__).parents[1] / "assistant" / "data" / "daily_papers"


def kinds(sentence: str, source: str, title: str = "") -> set[tuple[str, str]]:
    return {(found.kind, found.severity) for found in findings(sentence, [source], [source], [title])}


def abstracts() -> list[str]:
    """The bundled abstracts: blocks of the pages that are far longer than a title."""
    pages = (page.read_text("utf-8") for page in sorted(PAGES.glob("*.txt")))
    return [block for page in pages for block in re.split(r"\n\s*\n", page) if len(block) > 400]


def test_a_sentence_has_no_findings_against_itself() -> None:
    texts = abstracts()[::3]
    said = [(text[start:end], text) for text in texts for start, end in split(text)]
    assert len(said) > 1000
    loud = [sentence for sentence, text in said if findings(sentence, [sentence], [text])]
    assert len(loud) / len(said) <= 0.005


def test_a_sentence_is_hardly_ever_denied_by_its_own_abstract() -> None:
    texts = abstracts()[::6]
    said = [(text[start:end], [text[a:b] for a, b in split(text)]) for text in texts for start, end in split(text)]
    denied = [s for s, around in said if any(f.severity == "contradicted" for f in findings(s, around, around))]
    assert len(denied) / len(said) <= 0.005


@pytest.mark.parametrize(
    ("sentence", "source", "kind"),
    [
        ("BERT reaches 41.8 BLEU on WMT.", "BERT reaches 28.4 BLEU on WMT.", "number"),
        ("A gets 41.8 and B 28.4.", "A gets 28.4 and B 41.8.", "number"),
        ("It gains by 19.5% and 5.0%, respectively.", "It gains by 5.0% and 19.5%, respectively.", "number"),
        ("Cats reach 41 points while dogs reach 28 points.", "Cats got 28 points and dogs 41 points.", "number"),
        ("The model is tested on COCO and wins.", "The model is tested on ImageNet and wins.", "name"),
        ("ELMo beats BERT on GLUE.", "BERT beats ELMo on GLUE.", "name"),
        ("Adam clearly outperforms Lion on images.", "Lion clearly outperforms Adam on images.", "comparative"),
        ("Pruning is faster than distillation.", "Distillation is faster than pruning.", "comparative"),
        (
            "The adapter outperforms full tuning on text.",
            "The adapter is on par with full tuning on text.",
            "comparative",
        ),
    ],
)
def test_what_stands_in_the_place_of_something_else_is_contradicted(sentence: str, source: str, kind: str) -> None:
    assert (kind, "contradicted") in kinds(sentence, source)
    assert findings(source, [source], [source]) == ()


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("B gets 41.8, A gets 28.4.", "A gets 28.4 and B 41.8."),
        ("It reaches 88% accuracy on images.", "It reaches 87.8% accuracy on images."),
        ("An LLM writes code.", "Large language models write code."),
        ("Large Language Models write code.", "LLMs write code."),
        ("The authors of MiniGPT align encoders.", "Mini-GPT's encoders are aligned."),
        ("Distillation is slower than pruning.", "Pruning is faster than distillation."),
        ("Lion is outperformed by Adam on images.", "Adam outperforms Lion on images."),
        ("Pruning may help small models.", "Pruning helps small models."),
    ],
)
def test_the_same_in_other_words_has_no_findings(sentence: str, source: str) -> None:
    assert findings(sentence, [source], [source]) == ()


def test_names_that_no_source_holds_are_absent_but_titles_may_hold_them() -> None:
    source = "We prune vision transformers."
    assert kinds("FooNet prunes vision transformers.", source) == {("name", "absent")}
    assert kinds("FooNet prunes vision transformers.", source, "FooNet: pruning that works") == set()
    assert kinds("Code is at https://x.org/code.", "Code is at https://x.org/data.") == {("name", "absent")}


def test_a_number_that_stands_elsewhere_in_the_source_is_weaker_and_one_that_does_not_is_absent() -> None:
    evidence, rest = "We prune vision transformers.", "Pruning takes 17 hours."
    assert [f.severity for f in findings("We prune 17 transformers.", [evidence], [f"{evidence} {rest}"])] == ["weaker"]
    assert [f.severity for f in findings("We prune 18 transformers.", [evidence], [f"{evidence} {rest}"])] == ["absent"]


def test_a_finding_says_both_sides() -> None:
    (found,) = findings("It reaches 41.8 BLEU.", ["It reaches 28.4 BLEU."])
    assert found == Finding("number", "contradicted", "41.8", "28.4", 'the source says "28.4", the answer says "41.8"')


@given(st.text(max_size=120), st.text(max_size=120))
def test_reads_any_text(sentence: str, source: str) -> None:
    for found in findings(sentence, [source], [sentence, source], [source]):
        assert found.reason


@given(
    st.lists(st.sampled_from("not no A BERT 3 3% than better all may up to - ( , . increases lower or GPT-4".split()))
)
def test_text_made_of_telling_words_has_no_contradiction_with_itself(parts: list[str]) -> None:
    text = " ".join(parts)
    assert [f for f in findings(text, [text], [text]) if f.severity == "contradicted" and f.kind != "number"] == []


@pytest.mark.parametrize("piece", ["not good ", "9 ", "BERT ", "up to 5% ", "may be ", "better than ", "12 of 13 A"])
def test_long_texts_take_linear_time(piece: str) -> None:
    text = piece * (30_000 // len(piece))
    short = "The model is not good and BERT gets 9 on 12."
    assert findings(text, [short], [text]) is not None
    assert findings(short, [text], [text]) is not None


def test_a_name_that_stands_beside_its_number_is_in_its_place_whatever_follows():
    source = "It gains 6.90 pp on MMLU, 8.26 pp on GSM8K, and 6.17 pp on HumanEval relative to the base data mix."
    assert findings("It gains 6.90 pp on MMLU relative to the base data mix.", [source]) == ()


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("It searches without any training.", "We present a training-free framework that searches."),
        ("It learns a loss without real data.", "To eliminate the need for real data, it learns a loss."),
        ("It needs more than 95% of the data.", "It needs >95% of the data, as well as the labels."),
    ],
)
def test_ways_to_do_without_something_say_the_same(said: str, source: str):
    assert [one for one in findings(said, [source]) if one.severity == "contradicted"] == []


TITLE = "All but One: Surgical Concept Erasing"


@pytest.mark.parametrize(
    "said", ['"All but One" erases concepts.', "All but One erases concepts.", "“All but one” erases."]
)
def test_words_of_a_title_that_name_the_paper_claim_nothing(said: str) -> None:
    assert kinds(said, "We propose an update that erases concepts.", TITLE) == set()


@pytest.mark.parametrize(
    "said",
    [
        "All updates erase concepts.",
        "All but few updates erase concepts.",
        '"All" erases concepts.',
        '"All but One" erases all concepts.',
    ],
)
def test_a_claim_to_all_is_found_beside_such_a_title(said: str) -> None:
    assert ("scope", "weaker") in kinds(said, "We propose an update that erases concepts.", TITLE)


def test_words_within_a_name_are_held_against_that_name_alone() -> None:
    rest = "It is not optimizing text embeddings."
    whole = f"We propose Reward Preference Optimization (RPO). {rest}"
    assert findings("Reward Preference Optimization (RPO) handles text embeddings.", [rest], [whole]) == ()
    assert [f.severity for f in findings("Optimization handles text embeddings.", [rest], [whole])] == ["contradicted"]
    (swapped,) = findings("Reward Policy Optimization is not optimizing text embeddings.", [whole], [whole])
    assert (swapped.kind, swapped.severity, swapped.said) == ("name", "absent", "Policy")


def test_a_name_that_the_source_does_without_is_denied() -> None:
    source = "Our models do without Reward Preference Optimization for images."
    found = findings("Our models build on Reward Preference Optimization for images.", [source], [source])
    assert {(one.kind, one.severity) for one in found} == {("negation", "contradicted")}
