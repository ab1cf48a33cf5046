"""Grounding: verbatim text is always supported with its exact span, other abstracts nearly never support."""

from __future__ import annotations

import random
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.grounding import Source, check
from assistant.sentences import split

PAGES = Path(__file__).parents[1] / "assistant" / "data" / "daily_papers"
ABSTRACT = (
    "Masked autoencoders are scalable vision learners. We mask 75% of the image and train 3x faster. "
    "Our ViT-Huge model reaches 87.8% accuracy on ImageNet-1K. Transfer to COCO outperforms supervised training."
)


def source(text: str) -> Source:
    return Source(text, tuple(split(text)))


def abstracts() -> list[str]:
    """The bundled abstracts: blocks of the pages that are far longer than a title."""
    blocks = (
        block.strip() for page in sorted(PAGES.glob("*.txt")) for block in re.split(r"\n\s*\n", page.read_text("utf-8"))
    )
    return list(dict.fromkeys(block for block in blocks if len(block) > 400))


def test_every_sentence_of_every_bundled_abstract_supports_itself_with_its_exact_span() -> None:
    found = abstracts()
    assert len(found) == 340
    for text in found:
        own = source(text)
        for start, end in own.sentences:
            judged = check(text[start:end], [own])
            assert (judged.label, judged.support) == ("supported", 1.0)
            assert text[judged.evidence[0].start : judged.evidence[0].end] == text[start:end]


def test_sentences_of_other_abstracts_are_nearly_never_supported() -> None:
    texts = abstracts()
    draw = random.Random(7)
    labels = []
    for i, text in enumerate(texts):
        others = [source(t) for t in draw.sample(texts[:i] + texts[i + 1 :], 5)]
        labels += [check(text[start:end], others).label for start, end in split(text)]
    assert labels.count("supported") / len(labels) < 0.015
    assert labels.count("contradicted") / len(labels) < 0.01


def test_a_part_of_a_sentence_is_its_own_evidence() -> None:
    (piece,) = check("Masked autoencoders are scalable.", [source(ABSTRACT)]).evidence
    assert ABSTRACT[piece.start : piece.end] == "Masked autoencoders are scalable"
    assert piece.support == 1.0


def test_verbatim_text_is_found_through_other_blanks_and_composed_accents() -> None:
    text = unicodedata.normalize("NFD", "We follow  Schrödinger and\nPoincaré. Nothing else.")
    (piece,) = check("We follow Schrödinger and Poincaré.", [source(text)]).evidence
    assert text[piece.start : piece.end] == text[: text.index(".") + 1]


def test_a_quote_that_cuts_a_number_is_not_supported() -> None:
    assert check("We train on 76", [source("We train on 76 million images.")]).label != "supported"
    assert check("We train on 7", [source("We train on 7.6 images.")]).label != "supported"


def test_a_paraphrase_is_supported_by_the_sentence_that_it_draws_on() -> None:
    judged = check(
        "The authors show that a ViT-Huge reaches an accuracy of 87.8 percent on ImageNet-1K.", [source(ABSTRACT)]
    )
    assert judged.label == "supported"
    assert [ABSTRACT[e.start : e.end][:14] for e in judged.evidence] == ["Our ViT-Huge m"]


def test_a_sentence_that_draws_on_two_lists_both() -> None:
    judged = check("Masked autoencoders are scalable and outperform supervised training on COCO.", [source(ABSTRACT)])
    assert judged.label == "supported"
    assert len(judged.evidence) == 2
    assert judged.evidence[0].support >= judged.evidence[1].support


def test_evidence_names_the_source_that_supports_best_first() -> None:
    judged = check("Masked autoencoders are scalable vision learners.", [source("Nothing here."), source(ABSTRACT)])
    assert judged.evidence[0].source == 1


def test_a_changed_number_is_contradicted_and_says_how() -> None:
    judged = check("Our ViT-Huge model reaches 78.8% accuracy on ImageNet-1K.", [source(ABSTRACT)])
    assert judged.label == "contradicted"
    assert judged.reasons == ('the source says "87.8%", the answer says "78.8%"',)


def test_a_number_that_occurs_nowhere_is_unsupported_and_says_so() -> None:
    judged = check("Masked autoencoders are 12 scalable vision learners.", [source(ABSTRACT)])
    assert judged.label == "unsupported"
    assert "12 does not occur in the source" in judged.reasons


def test_a_number_from_elsewhere_in_the_source_in_the_place_of_another_is_contradicted() -> None:
    judged = check("Our ViT-Huge model reaches 75% accuracy on ImageNet-1K.", [source(ABSTRACT)])
    assert (judged.label, judged.support < 0.6) == ("contradicted", True)
    assert judged.reasons == ('the source says "87.8%", the answer says "75%"',)


def test_a_number_from_elsewhere_in_the_source_weakens_to_partial() -> None:
    judged = check("Masked autoencoders are 3x scalable vision learners.", [source(ABSTRACT)])
    assert judged.label == "partial"
    assert judged.reasons[0] == "3x occurs in the source, but not beside the rest of the sentence"


def test_says_which_words_the_evidence_lacks() -> None:
    judged = check("Masked autoencoders are scalable speech learners for robots.", [source(ABSTRACT)])
    assert judged.label == "partial"
    assert judged.reasons == ("not in the evidence: speech, robots",)


def test_what_the_source_does_not_speak_of_is_unsupported_without_evidence() -> None:
    judged = check("Bananas are rich in potassium.", [source(ABSTRACT)])
    assert (judged.label, judged.evidence) == ("unsupported", ())


def test_without_a_source_nothing_is_supported() -> None:
    assert check("Masked autoencoders are scalable.", []).label == "unsupported"
    assert check("Masked autoencoders are scalable.", [Source("", ())]).label == "unsupported"


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "In summary:",
        "# Results",
        "Does it scale?",
        "Here are the main findings:",
        "Overall, the paper shows this.",
        "--",
    ],
)
def test_what_states_nothing_is_not_checkable(sentence: str) -> None:
    judged = check(sentence, [source(ABSTRACT)])
    assert judged.label == "not_checkable"
    assert judged.reasons


@pytest.mark.parametrize("sentence", [".", "of the", "We", "is"])
def test_a_stray_piece_of_a_source_is_not_checkable(sentence: str) -> None:
    assert check(sentence, [source("We speak of the sea. It is deep.")]).label == "not_checkable"


def test_a_comparison_may_rest_on_two_sources() -> None:
    sources = [source("BERT masks tokens with transformers."), source("ELMo masks characters with transformers.")]
    judged = check("BERT masks tokens, ELMo masks characters.", sources)
    assert judged.label == "supported"
    assert {piece.source for piece in judged.evidence} == {0, 1}


@given(st.text(max_size=80), st.text(max_size=200))
def test_judges_any_text_within_bounds(sentence: str, text: str) -> None:
    judged = check(sentence, [source(text), source(ABSTRACT)])
    assert 0 <= judged.support <= 1
    for piece in judged.evidence:
        assert 0 <= piece.start < piece.end <= len(text if piece.source == 0 else ABSTRACT)


def test_a_name_may_rest_on_the_title_but_a_quantity_may_not() -> None:
    text = "We align a frozen visual encoder with a frozen language model."
    source = Source(text, ((0, len(text)),), title="MiniGPT-4: 80% of vision-language understanding")
    assert (
        check("MiniGPT-4 aligns a frozen visual encoder with a frozen language model.", [source]).label == "supported"
    )
    assert check("It aligns 80% of a frozen visual encoder.", [source]).label != "supported"


def test_a_visibly_trimmed_quote_is_its_pieces_and_a_name_may_lead_it():
    text = "We present OwlNet, which flies at night, and test it on mice. It is quiet."
    source = Source(text, tuple(split(text)), "OwlNet: Silent Flight")
    cut = check("OwlNet: We present OwlNet, … and test it on mice.", [source])
    assert (cut.label, [text[one.start : one.end] for one in cut.evidence]) == (
        "supported",
        ["We present OwlNet,", "and test it on mice."],
    )
    assert check("OwlNet: It is quiet.", [source]).support == 1.0
    assert check("FalconNet: It is quiet.", [source]).support < 1.0
    assert check("and test it on mice … We present OwlNet", [source]).support < 1.0  # another order is no quote
