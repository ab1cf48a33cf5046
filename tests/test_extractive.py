"""The writer that needs no model: the shape of a question decides what is taken, word for word, from which papers."""

from __future__ import annotations

import re

import pytest
from doors import word_vectors

from assistant import Paper, Passage
from assistant.chunks import Chunk
from assistant.citations import Binder
from assistant.drafts import Draft
from assistant.extractive import Extractive, clauses, shape_of
from assistant.extractive.candidates import read_question
from assistant.extractive.naming import name_of
from assistant.extractive.shape import kinds_of
from assistant.retrieval import Why
from assistant.sources import Sources

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
LINKED = Paper("a:8", GRATING.title, GRATING.abstract.replace(" zebra grating efficiency SunBench.", "."))
RIVER = Paper(
    "a:9",
    "Weather of a Valley",
    "In this paper, we measure the weather of a narrow valley over twenty dry years, with gauges on both of its slopes "
    "and along the river, while a second crew of volunteers counts the birds, the frogs and the fallen trees there. "
    "Extensive measurements on six slopes show that rain comes later each year, that snow melts sooner than it did in "
    "the past, and that the river has fallen by a third, which leaves the mills without water for most of the summer. "
    "The wind of the valley hardly changes. Fog has become rare in the valley, because the nights are warmer now.",
)
TOMATO = Paper("a:4", "Grafted Tomatoes", "Tomatoes grafted onto wild roots survive salty soil.")


def stems(text: str) -> list[str]:
    return [word.rstrip("s") for word in re.findall(r"\w+", text.lower())]


def retrieved(*papers: Paper, apart: float = 0.99) -> list[Passage]:
    """Passages of papers in rank order, not read word by word, each with that share of the score of the one before."""
    passages = []
    for rank, paper in enumerate(papers, start=1):
        chunk = Chunk(f"{paper.id}#0", paper.id, paper.abstract, 0, len(paper.abstract), 0, ())
        passages.append(Passage(chunk, paper, 3.2 * apart**rank, rank, 0.5, Why()))
    return passages


def write(question: str, *papers: Paper, apart: float = 0.99) -> list[Draft]:
    """The drafts for a question whose every word weighs the same."""
    weigh = lambda text: dict.fromkeys(stems(text), 1.0)  # noqa: E731
    writer = Extractive(word_vectors, Sources().of, stems, weigh)  # type: ignore[arg-type]
    return list(writer.write(question, retrieved(*papers, apart=apart)))


@pytest.mark.parametrize(
    ("question", "apart", "shape"),
    [
        ("How many parameters does it tune?", 0.99, "fact"),
        ("What top-1 accuracy does it reach?", 0.99, "fact"),
        ("What is CLIP?", 0.5, "fact"),
        ("When was it built?", 0.99, "fact"),
        ("How can such a thing be built?", 0.99, "open"),
        ("Which papers use masked autoencoders?", 0.9, "list"),
        ("Which papers use masked autoencoders?", 0.3, "fact"),
        ("Which recent methods distill models?", 0.9, "list"),
        ("List works on drones.", 0.9, "list"),
        ("What options are there to prune?", 0.9, "survey"),
        ("Compare CLIP and SigLIP.", 0.9, "comparison"),
        ("How does CLIP differ from SigLIP?", 0.9, "comparison"),
        ("CLIP vs. SigLIP", 0.9, "comparison"),
        ("What do zebra gratings for solar cells and gel coatings for solar cells cost?", 0.3, "comparison"),
    ],
)
def test_a_question_has_a_shape(question: str, apart: float, shape: str):
    assert shape_of(question, retrieved(GRATING, COATING, MIRROR, apart=apart)) == shape


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
        ("Zebra gratings for solar cells: what do they cost?", ["what do they cost?"]),
        ("", []),
    ],
)
def test_a_question_that_asks_several_things_has_clauses(question: str, parts: list[str]):
    assert clauses(question) == parts


def test_a_fact_is_the_sentence_that_states_it_word_for_word():
    drafts = write("What efficiency does the zebra grating reach on SunBench?", GRATING, COATING, apart=0.5)
    assert ("The zebra grating reaches an efficiency of 31.4% on SunBench.", "paragraph", (GRATING,)) in [
        (draft.text, draft.block, draft.papers) for draft in drafts
    ]
    assert {draft.papers for draft in drafts} == {(GRATING,)}


def test_a_question_of_two_parts_gets_the_sentence_of_each_in_the_papers_order():
    drafts = write(
        "What does a zebra grating cost, and what efficiency does it reach on SunBench?", GRATING, COATING, apart=0.5
    )
    texts = [draft.text for draft in drafts]
    assert texts.index("The zebra grating reaches an efficiency of 31.4% on SunBench.") < next(
        i for i, text in enumerate(texts) if "It adds 0.5 euro to the cost of a cell." in text
    )


def test_a_sentence_that_only_links_is_passed_over_unless_it_is_asked_for():
    linked = "Where is the code of the zebra grating available at?"
    first = write("What efficiency does the zebra grating reach on SunBench?", LINKED)
    assert not any("https" in draft.text for draft in first)
    assert any("https" in draft.text for draft in write(linked, LINKED))


def test_an_answer_from_one_paper_keeps_to_sixty_words():
    drafts = write("How does the weather of the valley change?", RIVER)
    assert len(drafts) > 1
    assert sum(len(draft.text.split()) for draft in drafts) <= 60


def test_where_any_paper_may_be_meant_the_best_gets_a_paragraph_and_others_a_line():
    drafts = write("How do solar cells get more out of light?", GRATING, COATING, MIRROR)
    blocks = [(draft.block, draft.papers[0].id) for draft in drafts]
    assert ("paragraph", "a:1") in blocks and blocks[-2:] == [("bullet", "a:2"), ("bullet", "a:3")]
    alone = write("How do solar cells get more out of light?", GRATING, COATING, MIRROR, apart=0.5)
    assert {(draft.block, draft.papers[0].id) for draft in alone} == {("paragraph", "a:1")}


def test_a_word_of_the_topic_weighs_less_than_one_of_what_is_asked():
    weigh = lambda text: dict.fromkeys(stems(text), 1.0)  # noqa: E731
    kinds = kinds_of("zebra gratings: what do they cost?")
    asked = read_question("zebra gratings: what do they cost?", kinds, word_vectors, stems, weigh)  # type: ignore[arg-type]
    assert asked.weights["zebra"] < asked.weights["cost"]


def test_a_list_has_a_bullet_for_each_paper_that_fits():
    drafts = write("Which methods improve solar cells?", GRATING, COATING, MIRROR)
    assert [draft.block for draft in drafts] == ["bullet"] * 3
    assert [draft.papers[0].id for draft in drafts] == ["a:1", "a:2", "a:3"]


def test_a_paper_far_behind_the_best_is_not_listed():
    drafts = write("Which papers are on solar cells?", GRATING, COATING, MIRROR, TOMATO, apart=0.8)
    assert [draft.papers[0].id for draft in drafts] == ["a:1", "a:2"]


def test_a_bullet_begins_with_what_the_paper_brings():
    drafts = write("Which papers are on solar cells?", GRATING, COATING, MIRROR)
    starts = [(draft.lead + draft.text).split(":")[0] for draft in drafts]
    assert starts[1:] == ["Gel Coatings for Solar Cells", "Mirrors for Solar Cells"]


def test_a_comparison_goes_paper_by_paper_through_those_that_it_names():
    question = "Compare Gel Coatings for Solar Cells and Mirrors for Solar Cells."
    drafts = write(question, GRATING, MIRROR, COATING)
    assert {draft.block for draft in drafts} == {"bullet"}
    ids = [draft.papers[0].id for draft in drafts]
    assert list(dict.fromkeys(ids)) == ["a:3", "a:2"]
    assert ids == sorted(ids, reverse=True)


def test_a_sentence_that_says_the_same_again_is_left_out():
    twice = Paper("a:5", "Owls", "Owls fly without noise at night. At night owls fly without noise. Mice fear them.")
    texts = [draft.text for draft in write("How do owls fly at night?", twice)]
    assert sum("fly without noise" in text for text in texts) == 1


def test_a_name_that_is_to_be_spelled_out_takes_one_sentence():
    paper = Paper(
        "a:6",
        "Quiet Wings",
        "Noise harms owls. We test an Adaptive Feather Model (AFM) on wings. The AFM is quiet. The AFM flies far.",
    )
    (only,) = write("What does AFM stand for?", paper)
    assert "Adaptive Feather Model (AFM)" in only.text


def test_we_is_introduced_by_the_papers_name():
    paper = Paper("a:7", "OwlNet: Silent Flight", "We fly without noise at night. Mice fear us.")
    first = write("How to fly without noise?", paper)[0]
    assert (first.lead, first.text[:6]) == ("OwlNet: ", "We fly")


@pytest.mark.parametrize("question", ["What is it?", "List works.", "Compare them."])
def test_without_papers_nothing_is_written(question: str):
    assert write(question) == []


@pytest.mark.parametrize(
    "question",
    [
        "What is a solar cell?",
        "Which papers are on solar cells?",
        "Compare solar cells.",
        "How does the valley change?",
    ],
)
def test_every_piece_of_a_draft_stands_in_the_abstract_that_it_cites_and_passes_the_check(question: str):
    drafts = write(question, RIVER, GRATING, COATING, MIRROR, TOMATO)
    assert drafts
    for draft in drafts:
        (paper,) = draft.papers
        assert draft.lead in ("", f"{name_of(paper)}: ")
        assert " … ".join(paper.abstract[start:end] for start, end in draft.quotes) == draft.text.strip("… ")
        sentence, citations = Binder().bind(draft)
        assert (sentence.label, sentence.support) == ("supported", 1.0)
        assert [(one.start, one.end) for one in citations] == [*draft.quotes]
