"""The keyword index: titles weigh more, stems match, no syntax is the user's, and filters are exact."""

from __future__ import annotations

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


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 70)))
def test_a_filter_keeps_exactly_the_allowed_papers_and_their_scores(lexical: Lexical, allowed: set[int]) -> None:
    question = "robot policy speech"
    everything = dict(lexical.search(question, 100))
    found = dict(lexical.search(question, 100, sorted(allowed)))
    assert found.keys() == everything.keys() & allowed
    assert all(score == pytest.approx(everything[number]) for number, score in found.items())


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
