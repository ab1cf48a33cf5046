"""The writer that needs no model: the shape of a question decides what is taken, word for word, from which papers."""

from __future__ import annotations

import re

import pytest
from doors import word_vectors

from assistant import Paper, Passage
from assistant.chunks import Chunk
from assistant.citations import Draft
from assistant.extractive import Extractive, clauses, shape_of
from assistant.retrieval import Why

GRATING = Paper(
    "a:1",
    "Zebra Gratings for Solar Cells",
    "Solar cells lose light at their surface. We present the zebra grating for solar cells. "
    "The zebra grating reaches an efficiency of 31.4% on SunBench. It adds 0.5 euro to the cost of a cell. "
    "Code is available at https://example.org/zebra grating efficiency SunBench.",
)
COATING = Paper(
    "a:2", "Gel Coatings for Solar Cells", "Gel coatings make solar cells last longer in the desert. Sand slides off."
)
MIRROR = Paper(
    "a:3", "Mirrors for Solar Cells", "Folding mirrors send more light to solar cells in winter. They fold in storms."
)
TOMATO = Paper("a:4", "Grafted Tomatoes", "Tomatoes grafted onto wild roots survive salty soil.")


def stems(text: str) -> list[str]:
    return [word.rstrip("s") for word in re.findall(r"\w+", text.lower())]


def write(question: str, *papers: Paper) -> list[Draft]:
    """The drafts for a question whose every word weighs the same, over papers in rank order."""
    passages = []
    for rank, paper in enumerate(papers, start=1):
        chunk = Chunk(f"{paper.id}#0", paper.id, paper.abstract, 0, len(paper.abstract), 0, ())
        passages.append(Passage(chunk, paper, 1 / (60 + rank), rank, 0.5, Why()))
    writer = Extractive(word_vectors, stems, dict.fromkeys(stems(question), 1.0))  # type: ignore[arg-type]
    return list(writer.write(question, passages))


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("How many parameters does it tune?", "fact"),
        ("What top-1 accuracy does it reach?", "fact"),
        ("What is CLIP?", "fact"),
        ("When was it built?", "fact"),
        ("By how much does it differ from the others?", "fact"),
        ("Which papers use masked autoencoders?", "list"),
        ("Which recent methods distill models?", "list"),
        ("List works on drones.", "list"),
        ("What approaches are there to pruning?", "list"),
        ("Compare CLIP and SigLIP.", "comparison"),
        ("How does CLIP differ from SigLIP?", "comparison"),
        ("CLIP vs. SigLIP", "comparison"),
    ],
)
def test_a_question_has_a_shape(question: str, shape: str):
    assert shape_of(question) == shape


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What is CLIP?", []),
        (
            "What accuracy does it reach, and with how many parameters?",
            ["What accuracy does it reach", "with how many parameters?"],
        ),
        ("What is it and how does it work?", ["What is it", "how does it work?"]),
        ("Who wrote it; when?", ["Who wrote it", "when?"]),
        ("", []),
    ],
)
def test_a_question_that_asks_several_things_has_clauses(question: str, parts: list[str]):
    assert clauses(question) == parts


def test_a_fact_is_the_sentence_that_states_it_word_for_word():
    (first, *_) = write("What efficiency does the zebra grating reach on SunBench?", COATING, GRATING)
    assert first == Draft("The zebra grating reaches an efficiency of 31.4% on SunBench.", "paragraph", (GRATING,))


def test_a_question_of_two_parts_gets_the_sentence_of_each_in_the_papers_order():
    drafts = write("What does a zebra grating cost, and what efficiency does it reach on SunBench?", GRATING, COATING)
    assert [draft.text for draft in drafts] == [
        "The zebra grating reaches an efficiency of 31.4% on SunBench.",
        "It adds 0.5 euro to the cost of a cell.",
    ]


def test_a_sentence_that_only_links_is_passed_over_unless_it_is_asked_for():
    asked = "What efficiency does the zebra grating reach on SunBench?"
    assert not any("https" in draft.text for draft in write(asked, GRATING))
    assert any(
        "https" in draft.text for draft in write("Where is the code of the zebra grating available at?", GRATING)
    )


def test_a_list_has_a_bullet_for_each_paper_that_fits():
    drafts = write("Which methods improve solar cells?", GRATING, COATING, MIRROR, TOMATO)
    assert {draft.block for draft in drafts} == {"bullet"}
    assert {draft.papers[0].id for draft in drafts} == {"a:1", "a:2", "a:3"}


def test_a_comparison_speaks_of_two_papers():
    drafts = write("Compare gel coatings and folding mirrors for solar cells.", COATING, MIRROR, GRATING)
    assert [draft.block for draft in drafts] == ["bullet", "bullet"]
    assert {draft.papers[0].id for draft in drafts} == {"a:2", "a:3"}


def test_a_sentence_that_says_the_same_again_is_left_out():
    twice = Paper("a:5", "Owls", "Owls fly without noise at night. At night owls fly without noise. Mice fear them.")
    assert len(write("How do owls fly at night?", twice)) == 1


@pytest.mark.parametrize("question", ["What is it?", "List works.", "Compare them."])
def test_without_papers_nothing_is_written(question: str):
    assert write(question) == []


@pytest.mark.parametrize(
    "question", ["What is a solar cell?", "Which papers are on solar cells?", "Compare solar cells."]
)
def test_every_draft_is_a_stretch_of_the_one_abstract_that_it_cites(question: str):
    drafts = write(question, GRATING, COATING, MIRROR, TOMATO)
    assert drafts
    for draft in drafts:
        (paper,) = draft.papers
        assert draft.text in paper.abstract
