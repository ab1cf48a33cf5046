"""What is asked and not stated: details, names, notes on full text and language."""

from __future__ import annotations

import time

import pytest

from assistant.missing import missing
from assistant.missing.details import alike, details, singular
from assistant.missing.notes import full_text_note, is_foreign, language_note

TORTOISE = (
    "TortoiseNet: slow and steady pruning",
    "We present TortoiseNet, which prunes networks step by step. On ImageNet it reaches 76.1% top-1 accuracy with 4.2M "
    "parameters. Training takes three days on a single GPU. We release 20,000 annotated images.",
)
HARE = (
    "HareNet: pruning in one shot",
    "HareNet prunes a network at once. It needs eight A100 GPUs and 300 epochs, with a batch size of 256, and a "
    "learning rate that is warmed up.",
)
BOTH = [TORTOISE, HARE]


@pytest.mark.parametrize(
    "question",
    [
        "What top-1 accuracy does TortoiseNet reach on ImageNet?",
        "How many parameters does TortoiseNet have?",
        "How many pictures does TortoiseNet release?",
        "How long does the training of TortoiseNet take?",
        "How many GPUs does HareNet need?",
        "Which GPUs does HareNet use?",
        "What batch size does HareNet use?",
        "How does TortoiseNet prune networks?",
        "Why is HareNet faster than TortoiseNet?",
        "Does HareNet improve perplexity?",
        "How big is the batch of HareNet?",
    ],
)
def test_what_an_abstract_states_is_not_missing(question: str):
    assert not missing(question, BOTH)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many annotators labelled the images of TortoiseNet?", "how many annotators"),
        ("What learning rate does TortoiseNet use?", "the learning rate"),
        ("Which GPUs ran TortoiseNet-L?", "TortoiseNet-L"),
        ("What perplexity does HareNet reach?", "the perplexity"),
        ("How much did the training of HareNet cost in dollars?", "the cost"),
        ("Who are the authors of the HareNet paper?", "the authors"),
        ("At which conference was TortoiseNet published?", "where it was published"),
        ("Under which licence is TortoiseNet released?", "the licence"),
        ("What accuracy does HareNet get on ImageNet?", "the accuracy"),
        ("What vocabulary size does HareNet use?", "the vocabulary size"),
        ("Which robot gripper does TortoiseNet use?", "the robot gripper"),
        ("What do the letters TN stand for in HareNet?", "what TN stands for"),
        ("FID of HareNet?", "the FID"),
        ("By how much does HareNet raise the robustness?", "by how much"),
        ("How does TortoiseNet compare with the Cheetah of Okapi?", "Cheetah"),
    ],
)
def test_what_no_abstract_states_is_named_in_the_words_of_the_question(question: str, said: str):
    found = missing(question, BOTH)
    assert said in str(found)
    assert str(found).startswith("No retrieved abstract")


def test_another_papers_number_does_not_answer():
    assert not missing("How many epochs does HareNet need?", BOTH)
    assert [one.shown for one in missing("How many epochs does TortoiseNet need?", BOTH).details] == ["how many epochs"]


def test_the_paper_that_was_looked_at_is_named():
    assert TORTOISE[0] in str(missing("What learning rate does TortoiseNet use?", BOTH))


def test_a_statement_and_a_question_for_reasons_ask_for_no_detail():
    assert details("The number of embryos that were kept increases with the temperature.") == ()
    assert details("Why does HareNet work?") == ()
    assert details("How are networks pruned?") == ()


def test_two_things_asked_at_once_are_two_details():
    asked = details("How many layers and parameters does it have, and what temperature was used?")
    assert [one.shown for one in asked] == ["the temperature", "how many layers and parameters"]


def test_a_detail_is_asked_once_however_often_it_is_named():
    assert len(details("What learning rate, exactly which learning rate, was used?")) == 1


def test_a_plural_and_a_form_of_a_word_are_alike_and_others_are_not():
    assert [singular(word) for word in ("GPUs", "studies", "losses", "axis", "corpus")] == [
        "gpu",
        "study",
        "loss",
        "axis",
        "corpus",
    ]
    assert alike("annotators", "annotated") and alike("photos", "images")
    assert not alike("model", "mode") and not alike("train", "trail")


def test_nothing_is_missing_where_nothing_was_found_or_asked():
    assert not missing("", [])
    assert not missing("How are networks pruned?", [])
    assert missing("How many GPUs does HareNet need?", [])


def test_names_are_looked_for_without_regard_to_hyphens_and_plurals():
    assert not missing("How do Tortoise-Nets prune?", BOTH).names
    assert missing("How does it do on CUHK03?", BOTH).names == ("CUHK03",)


def test_a_german_noun_is_not_taken_for_a_name():
    found = missing("Wie viele Bilder und Gewichte hat das Netz von TortoiseNet?", BOTH)
    assert found.foreign and found.names == ()


def test_the_capitals_of_a_title_are_no_names():
    assert not missing("Does Slow And Steady Pruning Of Networks Help Small Models?", BOTH).names
    assert missing("Does slow pruning help the Okapi model?", BOTH).names == ("Okapi",)


def test_a_pasted_page_and_a_huge_abstract_are_read_in_time():
    started = time.perf_counter()
    missing("how many " * 20_000 + "A-" * 20_000 + "?", [("t", "a1 " * 30_000)])
    missing("What vocabulary size and how many gpus do they use?", [("t", "vocabulary 1 " * 5_000)] * 8)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "question",
    [
        "What does Table 3 show?",
        "Give me the full list of baselines",
        "Which hyperparameters are in the appendix?",
        "What is shown in figure 2?",
        "Where is the proof of Theorem 1?",
        "What stands on page 7?",
    ],
)
def test_a_question_for_the_full_text_is_told_that_only_abstracts_were_read(question: str):
    assert "Only abstracts were read" in (full_text_note(question) or "")


@pytest.mark.parametrize(
    "question", ["What improves accuracy?", "How does stable diffusion work?", "Which papers are about tables?"]
)
def test_a_question_that_abstracts_can_answer_gets_no_such_note(question: str):
    assert full_text_note(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "Wie wird ein Netz auf wenige Gewichte beschnitten?",
        "Comment les réseaux sont-ils élagués dans ce travail ?",
        "¿Cómo se podan las redes para ahorrar memoria?",
        "Come si riducono i parametri della rete?",
        "如何剪枝神经网络?",
        "Как обрезать нейронную сеть?",
        "ネットワークはどう剪定しますか?",
    ],
)
def test_a_question_in_another_language_is_recognised(question: str):
    assert is_foreign(question)
    assert "not to be in English" in (language_note(question) or "")


@pytest.mark.parametrize(
    "question",
    [
        "How are networks pruned?",
        "wich optimzer was discoverd by progam serch",
        "TortoiseNet vs HareNet",
        "Does naïve Bayes beat the café dataset's baseline?",
        "What is the role of α and β in the loss?",
        "",
        "42?",
    ],
)
def test_english_names_and_misspelt_english_are_not_foreign(question: str):
    assert language_note(question) is None
