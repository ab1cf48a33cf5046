"""Sentence vectors in int8: the nearest sentence of each paper, whatever lies beside its rows, whoever died there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny import add, opened, record

from assistant.index import Index
from assistant.index.rebuilding import Rebuilding
from assistant.sentences import split
from assistant.vectors.sentences import SentenceVectors

WIDTH = 384
FILES = {"sentences.i8": WIDTH, "sentences.scale": 4, "sentences.ends": 8}  # bytes a row


def units(count: int, seed: int = 0) -> NDArray[np.float32]:
    made = np.random.default_rng(seed).standard_normal((count, WIDTH))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def counts(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def nearest(held: SentenceVectors, query: NDArray[np.float32], *papers: tuple[int, int]) -> list[float]:
    """By paper, of which each is (first row, row count) of its chunks."""
    first, count = (np.array([paper[part] for paper in papers], np.int64) for part in (0, 1))
    return held.best(query, first, count).tolist()


def test_rounding_moves_the_similarity_of_random_vectors_by_less_than_a_hundredth(tmp_path: Path) -> None:
    held, vectors = SentenceVectors(tmp_path, WIDTH), units(1500)
    held.write(0, vectors, np.ones(len(vectors), np.int64))
    papers = [(row, 1) for row in range(len(vectors))]
    # Also questions near a sentence, which are those that matter.
    for query in (*units(20, seed=1), *vectors[:20]):
        assert np.abs(vectors @ query - nearest(held, query, *papers)).max() < 0.01


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_vector_of_any_length_is_rounded_to_its_own_scale(tmp_path: Path, scale: float) -> None:
    held, vectors, query = SentenceVectors(tmp_path, WIDTH), units(5) * np.float32(scale), units(1, seed=1)[0]
    held.write(0, vectors, counts(5))
    assert nearest(held, query, (0, 1)) == pytest.approx([(vectors @ query).max()], abs=0.01 * scale)


def test_a_vector_of_zeros_is_like_nothing(tmp_path: Path) -> None:
    held, query = SentenceVectors(tmp_path, WIDTH), units(1)[0]
    held.write(0, np.stack([np.zeros(WIDTH, np.float32), query]), counts(1, 1))
    assert nearest(held, query, (0, 1), (1, 1)) == pytest.approx([0.0, 1.0], abs=0.01)


# Papers are lists of chunks, each given by how many sentences it has; batches are lists of papers.
LAYOUTS = st.lists(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=4), min_size=1, max_size=4), max_size=4)


@settings(max_examples=30)  # each fsyncs
@given(LAYOUTS, st.randoms(use_true_random=False))
def test_each_paper_gets_its_own_nearest_sentence(
    tmp_path_factory: pytest.TempPathFactory, layout: list[list[list[int]]], dice: object
) -> None:
    held = SentenceVectors(tmp_path_factory.mktemp("rows"), WIDTH)
    vectors, query = units(200, seed=2), units(1, seed=3)[0]
    similarity = vectors @ query
    expected: dict[tuple[int, int], float] = {}
    chunk = sentence = 0
    for batch in layout:
        begun, first = chunk, sentence
        for paper in batch:
            own = similarity[sentence : sentence + sum(paper)]
            expected[chunk, len(paper)] = float(own.max()) if len(own) else 0.0
            chunk, sentence = chunk + len(paper), sentence + sum(paper)
        held.write(begun, vectors[first:sentence], counts(*(size for paper in batch for size in paper)))
    asked = list(expected)
    dice.shuffle(asked)  # type: ignore[attr-defined]
    assert nearest(held, query, *asked) == pytest.approx([expected[paper] for paper in asked], abs=0.01)


def test_no_papers_are_no_similarities(tmp_path: Path) -> None:
    held, query = SentenceVectors(tmp_path, WIDTH), units(1)[0]
    assert nearest(held, query) == []
    held.write(0, units(0), counts())
    assert nearest(held, query) == []


def test_papers_without_a_sentence_get_zero_wherever_they_lie(tmp_path: Path) -> None:
    held, vectors = SentenceVectors(tmp_path, WIDTH), units(2)
    held.write(0, units(0), counts(0, 0))
    assert nearest(held, vectors[0], (0, 2)) == [0.0]
    held.write(2, -vectors, counts(1, 0, 1))
    found = nearest(held, vectors[1], (0, 2), (4, 1), (3, 1), (2, 1))
    assert (found[0], found[2]) == (0.0, 0.0)
    assert found[1] == pytest.approx(-1, abs=0.01)
    assert found[3] == pytest.approx(-float(vectors[0] @ vectors[1]), abs=0.01)


def test_a_paper_without_a_chunk_gets_zero(tmp_path: Path) -> None:
    held, vectors = SentenceVectors(tmp_path, WIDTH), units(2)
    held.write(0, vectors, counts(1, 1))
    assert nearest(held, vectors[1], (0, 0), (1, 1), (2, 0)) == pytest.approx([0, 1, 0], abs=0.01)


@pytest.mark.parametrize("left", [(1, 1), (3, 0, 5), (9,) * 9], ids=str)
@pytest.mark.parametrize("cut", [0, 1, 3])
def test_what_a_dead_writer_left_is_written_over(tmp_path: Path, left: Sequence[int], cut: int) -> None:
    query, vectors = units(1, seed=9)[0], units(5)
    writer, reader = SentenceVectors(tmp_path, WIDTH), SentenceVectors(tmp_path, WIDTH)
    writer.write(0, vectors[:2], counts(1, 1))
    writer.write(2, np.tile(query, (sum(left), 1)), counts(*left))
    for name in FILES if cut else ():  # its last row may have been written in part
        with (tmp_path / name).open("r+b") as file:
            file.truncate((tmp_path / name).stat().st_size - cut)
    assert nearest(reader, query, (0, 1)) == pytest.approx([vectors[0] @ query], abs=0.01)  # has mapped the leftovers
    SentenceVectors(tmp_path, WIDTH).write(2, vectors[2:], counts(2, 0, 1))
    papers, similarity = [(0, 2), (2, 1), (3, 1), (4, 1), (2, 3)], vectors @ query
    parts = (similarity[:2], similarity[2:4], np.zeros(1), similarity[4:], similarity[2:])
    for held in (reader, SentenceVectors(tmp_path, WIDTH)):
        assert nearest(held, query, *papers) == pytest.approx([float(part.max()) for part in parts], abs=0.01)


def test_a_reader_sees_what_was_written_after_it_first_read(tmp_path: Path) -> None:
    writer, reader, vectors = SentenceVectors(tmp_path, WIDTH), SentenceVectors(tmp_path, WIDTH), units(40)
    for row, vector in enumerate(vectors):
        writer.write(row, vector[np.newaxis], counts(1))
        assert nearest(reader, vector, (row, 1), (0, row + 1)) == pytest.approx([1, 1], abs=0.01)


# In an index


def expected(index: Index, question: str) -> dict[int, float]:
    """By paper number, the plain way: each whole sentence embedded as a text. No sentence is cut by a chunk here."""
    vector = index.embedder.embed([question])[0]
    papers = index.store.by_numbers(range(10_000))
    texts = {n: [paper.abstract[start:end] for start, end in split(paper.abstract)] for n, paper in papers.items()}
    return {number: float((index.embedder.embed(own) @ vector).max()) for number, own in texts.items()}


def held(index: Index, question: str) -> dict[int, float]:
    numbers, _, sentence = index.similarities(index.embedder.embed([question])[0], range(10_000))
    return dict(zip(numbers.tolist(), sentence.tolist(), strict=True))


def test_an_index_knows_the_nearest_sentence_of_every_paper_through_every_change(tmp_path: Path) -> None:
    question = "robot policy reward"
    with opened(tmp_path / "corpus", chunk_size=64) as index:
        add(index, map(record, range(30)))
        assert held(index, question) == pytest.approx(expected(index, question), abs=0.02)
        add(index, [record(n, abstract=f"A robot{n} has no reward. It sleeps.") for n in range(0, 30, 3)])
        index.remove(["made:p1", "made:p29"])
        add(index, map(record, range(30, 40)))
        assert held(index, question) == pytest.approx(expected(index, question), abs=0.02)
        Rebuilding(index, 48, lambda _: None).run()
        index.refresh()
        assert held(index, question) == pytest.approx(expected(index, question), abs=0.02)
        assert len(held(index, question)) == 38


def test_rows_that_a_dead_writer_left_in_an_index_do_no_harm(tmp_path: Path) -> None:
    question = "robot policy reward"
    with opened(tmp_path / "corpus", chunk_size=64) as index:
        add(index, map(record, range(5)))
        build = index.store.builds.active
        assert build is not None
        lying = index.embedder.embed([question] * 300)  # the question itself, if they counted
        folder = index.folder / "builds" / build.id / "vectors"
        SentenceVectors(folder, build.dimension).write(build.vector_rows, lying, np.full(100, 3, np.int64))
        assert held(index, question) == pytest.approx(expected(index, question), abs=0.02)
        add(index, map(record, range(5, 9)))
        assert held(index, question) == pytest.approx(expected(index, question), abs=0.02)


@pytest.mark.parametrize("abstract", ["?", "\u200b", "1", "…"])
def test_a_paper_of_next_to_no_text_can_be_scored(index: Index, abstract: str) -> None:
    add(index, [record(1, abstract=abstract), record(2)])
    numbers, chunk, sentence = index.similarities(index.embedder.embed(["robot"])[0], [1, 2, 3])
    assert numbers.tolist() == [1, 2]
    assert np.isfinite(chunk).all() and np.isfinite(sentence).all()


def test_similarities_of_no_papers_and_of_an_empty_corpus_are_empty(index: Index) -> None:
    query = index.embedder.embed(["robot"])[0]
    assert [len(part) for part in index.similarities(query, [1, 2])] == [0, 0, 0]
    add(index, [record(1)])
    assert [len(part) for part in index.similarities(query, [])] == [0, 0, 0]
    assert [len(part) for part in index.similarities(query, [7])] == [0, 0, 0]
