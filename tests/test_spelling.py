"""Spelling repair: a misspelt word is read as the corpus's nearest one, and nothing else of a question is touched."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from tiny import Tiny, add, opened, record

from assistant.index import Index
from assistant.retrieval.ranking import rank
from assistant.retrieval.spelling import read_as, repaired

ABSTRACTS = (
    "Dense retrieval beats sparse retrieval on many benchmarks.",
    "A transformer with attention learns representations without supervision.",
    "We study hallucination of language models and its detection.",
    "Contrastive learning improves segmentation of medical images.",
    "Reinforcement learning trains a policy for robot manipulation.",
    "The tokenizer splits words; embeddings are quantized.",
    "Détection of naïve errors; das Größenverhältnis stays.",
)
WORDS = sorted({word for text in ABSTRACTS for word in re.findall(r"[a-z]{5,}", text.lower())})


class Pieces(Tiny):
    """Has no word as one piece but those of its vocabulary, which no paper of the tests holds."""

    VOCABULARY = frozenset({"giraffe", "retriever", "intention", "which", "should", "paper", "papers"})

    def tokenize(self, text: str) -> list[int]:
        words = re.findall(r"\w+|[^\w\s]", text.lower())
        parts = [part for word in words for part in ([word] if word in self.VOCABULARY else re.findall("..?", word))]
        return [zlib.crc32(part.encode()) for part in parts]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with opened(tmp_path_factory.mktemp("spelling") / "corpus", Pieces()) as made:
        add(made, (record(n, title=f"Title {n}", abstract=text) for n, text in enumerate(ABSTRACTS)))
        yield made


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("retreival", "retrieval"),  # swapped
        ("retrival", "retrieval"),  # missing
        ("retrievall", "retrieval"),  # too many
        ("retrieval", "retrieval"),
        ("Atention", "attention"),
        ("HALUCINATOIN", "HALUCINATOIN"),  # in capitals it is a name
        ("halucinnation", "hallucination"),  # two faults
        ("Größenverhältnes", "größenverhältnis"),
        ("segmentation-free", "segmentation-free"),
        ("self-supervized robott", "self-supervized robot"),
        ("policcy", "policy"),
        ("plicyc", "plicyc"),  # two faults in a short word
    ],
)
def test_a_misspelt_word_is_read_as_the_nearest_of_the_corpus(papers: Index, typed: str, read: str) -> None:
    asked, replaced = repaired(papers, f"How good is {typed}?")
    assert asked == f"How good is {read}?"
    assert bool(replaced) == (typed != read)


@pytest.mark.parametrize(
    "question",
    [
        "Is Retreival-2 better than mT5-retreival, or RETREIVAL, or iRetreival, or retreival4all?",
        "Which retriever should a giraffe use?",  # words that the embedder knows
        "Which retrievals detect segments?",  # forms of words that the corpus knows
        "What about robt, plcy or dnse?",  # too short
        "Is tetrieval or ettention used?",  # the first letter
        "What is indispensable, incomprehensible and unrelated?",
        "",
        "?!",
        "🙂 你好,世界 检索增强生成模型的研究 ما هو التعلم العميق Что такое машинное обучение",
        "\ud800 half a pair",
        "a_retreival retreival_a under_retreival_scores",
    ],
    ids=ascii,
)
def test_names_known_short_and_foreign_words_stay(papers: Index, question: str) -> None:
    assert repaired(papers, question) == (question, {})


def test_everything_else_of_the_question_keeps_its_place_and_case(papers: Index) -> None:
    question = "  WHAT is  the Retreival (retreival)\tof GPT-4o's\nImages — via “Contrasstive LEARNING”?\u200b \x00"
    read = "  WHAT is  the retrieval (retrieval)\tof GPT-4o's\nImages — via “contrastive LEARNING”?\u200b \x00"
    replaced = {"Retreival": "retrieval", "retreival": "retrieval", "Contrasstive": "contrastive"}
    assert repaired(papers, question) == (read, replaced)


def test_only_whole_words_are_replaced() -> None:
    replaced = {"retreival": "retrieval"}
    assert read_as("retreival, retreivals Retreival re-retreival", replaced) == (
        "retrieval, retreivals Retreival re-retrieval"
    )
    assert read_as("retreival", {}) == "retreival"


def test_a_word_that_is_also_part_of_a_name_stays_in_both_places(papers: Index) -> None:
    question = "Does retreival-v2 do retreival?"
    assert repaired(papers, question) == (question, {})


def misspelt(word: str, dice: random.Random) -> str:
    """A word with one fault behind its first letter."""
    at, letter = dice.randrange(1, len(word)), dice.choice("abcdefghijklmnopqrstuvwxyz")
    ways = (word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :])
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return dice.choice((*ways, swapped))


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.text("?, -'\n", min_size=1, max_size=3))
def test_a_repaired_question_is_not_repaired_again_and_differs_in_its_words_only(
    papers: Index, dice: random.Random, gap: str
) -> None:
    words = [misspelt(word, dice) if dice.random() < 0.5 else word for word in dice.choices(WORDS, k=8)]
    question = gap.join(words)
    asked, replaced = repaired(papers, question)
    again, more = repaired(papers, asked)
    if len(replaced) < 6:
        assert (again, more) == (asked, {})
    letters = re.compile(r"[^\W\d_]+")
    assert letters.split(asked) == letters.split(question)
    expected = [replaced.get(word, word) for word in letters.findall(question)]
    assert letters.findall(asked) == expected


@settings(max_examples=25)
@given(st.lists(st.one_of(st.text(max_size=12), st.sampled_from(WORDS).map(lambda word: word[:-1])), max_size=10))
def test_what_is_read_is_a_near_word_of_the_corpus_that_begins_alike(papers: Index, parts: list[str]) -> None:
    question = " ".join(parts)
    asked, replaced = repaired(papers, question)
    assert asked == read_as(question, replaced) and len(replaced) <= 6
    for typed, read in replaced.items():
        assert len(typed) >= 5 and typed in question
        assert papers.frequency(read) > 0 == papers.frequency(typed)
        assert OSA.distance(typed.lower(), read) <= (2 if len(typed) >= 8 else 1)
        assert typed.lower()[0] == read[0]


def test_at_most_six_words_are_repaired_and_only_the_first_of_many_are_looked_at(papers: Index) -> None:
    words = "retreival atention deetction halucination segmetation robott policcy".split()
    assert [*repaired(papers, " ".join(words))[1]] == words[:6]
    far = " ".join([*(f"unheard{chr(97 + n)}{chr(97 + n)}" for n in range(24)), "retreival"])
    assert repaired(papers, far) == (far, {})


def test_of_equally_near_words_the_one_in_most_papers_is_read(index: Index) -> None:
    with opened(index.folder, Pieces()) as made:
        add(made, [record(1, abstract="A casting."), *(record(n, abstract="The caching.") for n in range(2, 5))])
        assert repaired(made, "cashing")[1] == {"cashing": "caching"}
        add(made, [record(n, abstract="Another casting.") for n in range(5, 9)])
        assert repaired(made, "cashing")[1] == {"cashing": "casting"}


def test_an_empty_corpus_repairs_nothing(index: Index) -> None:
    with opened(index.folder, Pieces()) as made:
        assert repaired(made, "retreival of pointt clouds") == ("retreival of pointt clouds", {})
        assert made.similar_words("retreival", 2) == set() and made.frequency("retrieval") == 0


def test_the_ranking_that_repairs_finds_what_the_same_without_repair_does_not(papers: Index) -> None:
    (wanted,) = papers.store.numbers(["made:p2"])
    question = "halucinations"
    assert rank(papers, question) == rank(papers, repaired(papers, question)[0], method="sentences")
    assert rank(papers, question)[0][0] == wanted
    assert rank(papers, question, method="bm25") == []


# Frequency and similar words


def test_a_word_counts_once_for_titles_and_once_for_abstracts_in_any_form(tmp_path: Path) -> None:
    with opened(tmp_path / "corpus") as made:
        add(made, [record(1, title="Zebras", abstract="A zebra meets a zebra."), record(2, abstract="Zebras graze.")])
        assert [made.frequency(word) for word in ("zebra", "ZEBRAS", "zebr", "", "?!")] == [3, 3, 0, 0, 0]


def test_similar_words_are_of_papers_that_hold_a_near_word(papers: Index) -> None:
    found = papers.similar_words("retreival", 2)
    assert "retrieval" in found and "benchmarks" in found
    assert "hallucination" not in found
    assert papers.similar_words("zzzzzzzz", 2) == set()


def test_a_word_that_only_a_removed_paper_held_is_not_known(tmp_path: Path) -> None:
    with opened(tmp_path / "corpus") as made:
        add(made, [*map(record, range(10)), record(19, abstract="A zebra grazes.")])
        made.remove(["made:p19"])
        assert made.frequency("zebra") == 0


def test_a_word_of_all_papers_weighs_no_less_than_nothing_after_most_were_changed(tmp_path: Path) -> None:
    with opened(tmp_path / "corpus") as made:
        add(made, map(record, range(10)))
        add(made, (record(n, abstract=f"Again. {record(n).abstract}") for n in range(9)))
        assert min(made.term_weights("paper").values()) >= 0


@pytest.mark.parametrize(("typed", "read"), [("attntion", "attention"), ("contrstive", "contrastive")])
def test_a_fault_that_changes_the_stem_is_repaired(papers: Index, typed: str, read: str) -> None:
    assert repaired(papers, typed)[1] == {typed: read}


def test_a_nearer_word_is_not_hidden_by_a_farther_one_of_many_papers(tmp_path: Path) -> None:
    with opened(tmp_path / "corpus", Pieces()) as made:
        add(made, [*(record(n, abstract=f"Deletion number{n}.") for n in range(35)), record(99, abstract="Detection.")])
        assert repaired(made, "detektion")[1] == {"detektion": "detection"}


@pytest.mark.parametrize("run", ["a.", "a-", "ab-c.", "unheard "])
def test_long_runs_are_read_to_their_end(papers: Index, run: str) -> None:
    question = run * (16_000 // len(run))
    assert repaired(papers, question) == (question, {})


def test_very_long_words_are_left_alone(papers: Index) -> None:
    question = " ".join(f"{one}ba" * 600 for one in "abcdefgh")
    assert repaired(papers, question) == (question, {})
