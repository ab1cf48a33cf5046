"""The keyword index: titles weigh more, stems match, no syntax is the user's, and filters are exact."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import paper

from assistant.lexical import Document, Lexical, content_words


def documents(*numbers: int) -> list[Document]:
    return [Document(n, paper(n)["title"], paper(n)["abstract"]) for n in numbers]


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    opened = Lexical(tmp_path_factory.mktemp("lexical"))
    opened.replace(documents(*range(60)), [])
    return opened


def test_a_word_in_the_title_weighs_more_than_one_in_the_abstract(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    words = "Some text about nothing in particular."
    lexical.replace([Document(1, "Other things", f"{words} Quasars."), Document(2, "Quasars here", words)], [])
    assert [number for number, _ in lexical.search("quasars", 5)] == [2, 1]


@pytest.mark.parametrize("question", ["running", "Runs", "RUN", "What runs?"])
def test_forms_of_a_word_match_by_their_stem(tmp_path: Path, question: str) -> None:
    lexical = Lexical(tmp_path)
    lexical.replace([Document(1, "A", "The dogs run far."), Document(2, "B", "Cats sleep.")], [])
    assert [number for number, _ in lexical.search(question, 5)] == [1]
    assert lexical.stems("The dogs run") == ["the", "dog", "run"]


def test_the_words_of_a_question_are_those_that_say_what_it_is_about() -> None:
    assert content_words("What is CLIP used for in papers?") == ["clip", "used"]
    assert content_words("What is it?") == ["what", "is", "it"]


@pytest.mark.parametrize(
    "question", ["What do the letters GFCG stand for?", "Which words hide behind GFCG", "What is GFCG short for?"]
)
def test_of_a_question_for_the_long_form_of_a_name_the_name_is_what_counts(question: str) -> None:
    assert content_words(question) == ["gfcg"]
    assert "letters" in content_words("Which networks read handwritten letters?")


SYNTAX = (
    *('"', '"robot', "robot AND", "AND OR NOT", "((robot", "title:robot)", "[robot TO", "robot^", "-robot", "*"),
    *("\\", "number:7", "robot~9", "{a TO b}", "IN [1 2]", "+", "''", "a:b:c", "<5", "robot || speech", "/re(gex/"),
)


@pytest.mark.parametrize("question", SYNTAX)
def test_query_syntax_is_harmless(lexical: Lexical, question: str) -> None:
    plain = " ".join(content_words(question))
    assert lexical.search(question, 5) == lexical.search(plain, 5)
    if "robot" in plain.split():
        assert lexical.search(question, 60)


def test_a_field_named_in_a_question_does_not_select_papers(lexical: Lexical) -> None:
    found = {number for number, _ in lexical.search("number:7", 60)}
    assert found == {number for number, _ in lexical.search("number 7", 60)}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.integers(1, 7))
def test_any_text_is_a_question(lexical: Lexical, question: str, k: int) -> None:
    found = lexical.search(question, k)
    assert len(found) <= k
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))


WORDS = ["robot", "robots", "policy", "speech", "graph", "zebra"]


def sentences(numbers: range) -> list[Document]:
    """Short papers of few words: many of them match, many are equally good."""
    drawn = ((number, random.Random(number)) for number in numbers)
    return [Document(n, dice.choice(WORDS), " ".join(dice.choices(WORDS[:5], k=2 + n % 3))) for n, dice in drawn]


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    opened = Lexical(tmp_path_factory.mktemp("alike"))
    for numbers in (range(0, 300), range(900, 1000), range(300, 900)):
        opened.replace(sentences(numbers), [])
    return opened


def best(everything: list[tuple[int, float]], k: int, allowed: set[int]) -> list[tuple[int, float]]:
    return sorted((hit for hit in everything if hit[0] in allowed), key=lambda hit: (-hit[1], hit[0]))[:k]


ALLOWED = st.one_of(
    st.sets(st.integers(0, 1010), max_size=12),
    st.sets(st.integers(0, 1010), min_size=20, max_size=200),
    st.sets(st.integers(0, 1010), max_size=40).map(lambda few: {*range(1000)} - few),
    st.integers(1, 400).map(lambda step: {*range(0, 1000, step)}),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), ALLOWED, st.integers(1, 120))
def test_a_filter_keeps_exactly_the_best_allowed_papers_and_their_scores(
    alike: Lexical, question: str, allowed: set[int], k: int
) -> None:
    everything = alike.search(question, 2000)
    assert len(everything) > 50
    assert alike.search(question, k, sorted(allowed)) == best(everything, k, allowed)
    assert alike.search(question, k) == best(everything, k, {*range(1000)})


def test_an_allowed_paper_is_found_below_any_number_of_better_ones(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    worse = [Document(n, "Other", "robot and many other words of no weight here") for n in range(2900, 3000)]
    lexical.replace([*(Document(n, "Robot", "robot robot robot") for n in range(2900)), *worse], [])
    found = lexical.search("robot", 30, range(2950, 3000))
    assert [number for number, _ in found] == [*range(2950, 2980)]
    assert len({score for _, score in found}) == 1


def test_which_of_equally_good_papers_come_first_does_not_depend_on_when_they_were_written(tmp_path: Path) -> None:
    ranked = []
    for order in (range(0, 60, 20), range(40, -1, -20)):
        lexical = Lexical(tmp_path / str(order[0]))
        for first in order:
            lexical.replace((Document(n, "Robot", "A robot.") for n in range(first, first + 20)), [])
        ranked.append([number for number, _ in lexical.search("robot", 7)])
    assert ranked == [[*range(7)]] * 2


def test_no_words_no_papers_and_no_wish_find_nothing(lexical: Lexical) -> None:
    assert lexical.search("?!", 5) == []
    assert lexical.search("robot", 0) == []
    assert lexical.search("robot", 5, []) == []


def test_a_replaced_document_loses_its_former_words(tmp_path: Path) -> None:
    lexical = Lexical(tmp_path)
    lexical.replace([Document(1, "Alpha", "zebra"), Document(2, "Beta", "zebra")], [])
    lexical.replace([Document(1, "Alpha", "giraffe")], [2])
    assert lexical.search("zebra", 5) == []
    assert [number for number, _ in lexical.search("giraffe", 5)] == [1]
    assert len(lexical) == 1


def test_a_second_opening_sees_what_was_committed_when_it_reloads(tmp_path: Path) -> None:
    writer, reader = Lexical(tmp_path), Lexical(tmp_path)
    writer.replace(documents(1, 2, 3), [])
    reader.reload()
    assert len(reader) == 3
    writer.replace([], [2])
    reader.reload()
    assert {number for number, _ in reader.search("study", 5)} == {1, 3}
