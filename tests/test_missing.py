"""What is asked and not stated: details, names, notes on full text and language."""

from __future__ import annotations

import time

import pytest

from assistant.missing import missing
from assistant.missing.details import details
from assistant.missing.notes import full_text_note, is_foreign, language_note
from assistant.missing.stating import alike, singular

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


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the compression ratio of TortoiseNet?", "the compression ratio"),
        ("What is TortoiseNet's recall at 10?", "the recall"),
        ("What is the size of the latent space in HareNet?", "the size of the latent space"),
        ("What does HareNet reach on SST-2?", "the result on SST-2"),
        ("What share of HareNet's data is synthetic?", "what share of"),
        ("Which base model does TortoiseNet prune?", "the base model"),
        ("Where can the code of HareNet be downloaded?", "the code"),
        ("What is the standard deviation of HareNet's results?", "how far the results scatter"),
        ("Who came up with HareNet?", "the authors"),
        ("What did the reviewers say about HareNet?", "what reviewers said"),
        ("In which theorem is the bound of HareNet?", "the place in the text"),
        ("What attack success rate remains after HareNet?", "the attack success rate"),
    ],
)
def test_a_detail_is_found_in_each_way_of_asking_for_it(question: str, said: str):
    assert said in str(missing(question, BOTH))


def paper(abstract: str) -> list[tuple[str, str]]:
    return [("TortoiseNet: slow and steady pruning", f"We present TortoiseNet. {abstract}")]


@pytest.mark.parametrize(
    ("question", "stated", "other"),
    [
        (
            "How many point clouds does TortoiseNet need?",
            "It needs 300 point clouds.",
            "It lifts 2D images to point clouds.",
        ),
        ("How many images does TortoiseNet need?", "GPT-4 gets 20 images.", "GPT-4 gets images and T5 a caption."),
        (
            "How many classes does TortoiseNet have?",
            "It has ten disjoint classes.",
            "It has two stages, of which classes are one output.",
        ),
        (
            "How many layers does TortoiseNet have?",
            "It has 12, 24 or 48 layers.",
            "It has 12 heads; layers are shared.",
        ),
        ("What FID does TortoiseNet reach?", "It reaches an FID of 2.1.", "Its FID falls at 256 x 256 pixels."),
        ("How much memory does TortoiseNet save?", "It saves 30% of the memory.", "It fills the memory of a TPUv3."),
        ("What does TN stand for in TortoiseNet?", "TN is a Tortoise Net.", "We train and then never use the net."),
        ("How much faster is TortoiseNet?", "We see speedups of 3x.", "It is fast."),
        ("How many clusters does TortoiseNet form?", "It forms one million centers.", "It forms clusters."),
    ],
)
def test_a_number_states_what_it_counts_and_nothing_else(question: str, stated: str, other: str):
    assert not missing(question, paper(stated))
    assert missing(question, paper(other)).details


def test_one_thing_is_looked_for_in_one_paper_and_compared_things_in_several():
    slow, fast = ("Pruning of networks A", "It has 5 stages."), ("Pruning of networks B", "It has no stages.")
    assert missing("How many stages has the pruning of networks?", [fast, slow]).details
    assert not missing("How many stages have both of the prunings of networks?", [fast, slow])


def test_a_paper_without_the_name_that_tells_which_is_meant_does_not_answer():
    asked = (
        "slow, steady, careful, gentle, patient, modest, humble, thrifty and quiet shrinking of both widths and depths"
    )
    ours, theirs = f"TortoiseNet: {asked}.", f"Our {asked} has a perplexity of 3."
    question = f"What perplexity has TortoiseNet, the {asked}?"
    assert missing(question, [("A", ours), ("B", theirs), HARE, HARE, HARE]).details
    assert not missing(question, [("A", ours), ("B", f"TortoiseNet. {theirs}"), HARE, HARE, HARE])


def test_makers_and_joined_words_are_no_names():
    assert not missing("How do TortoiseNet and OpenAI's model prune?", BOTH).names
    assert not missing("Is TortoiseNet-with-steps slow?", BOTH).names
    assert not missing("Is the TortoiseNet-pruned model slow?", BOTH).names
    assert missing("Does OpenAI prune?", BOTH).names == ("OpenAI",)
    assert missing("Welche ImageNet-Genauigkeit und Zeit erreicht das Netz?", BOTH).names == ()


def test_a_verb_after_what_asks_for_no_detail():
    assert details("Is the missing weight really what hurts, or something else?") == ()


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
    missing("How many gpus and images do they use, what is the size of it?", [("t", "1 gpu, " * 9_000)] * 4)
    missing("How many gpus do they use?", [("t", "9 " * 9_000 + "x " * 9 + "gpus " * 9_000)] * 4)
    missing("How much memory, is the code public?", [("t", "1," * 40_000), ("t", "memory " * 20_000)])
    missing("is the " * 300 + "what does " * 300 + "what is the size of " * 300, [("t", "A-1" * 40_000)])
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
