"""The mapped vectors: search is exactly numpy's brute force, and a dead writer's rows are never seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from assistant.vectors import Hit, Vectors, rows_of

DIMENSION = 8
GRID = st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])  # sums of their products are exact, so ties are ties


def table(counts: list[int]) -> NDArray[np.int32]:
    return np.concatenate([rows_of(n, [(i, i + 1) for i in range(count)]) for n, count in enumerate(counts)])


def ranges(counts: list[int]) -> NDArray[np.int64]:
    first = np.cumsum([0, *counts[:-1]])
    return np.array([range(len(counts)), first, counts], np.int64).T


def brute(vectors: NDArray[np.float32], query: NDArray[np.float32], wanted: list[int]) -> list[tuple[int, float]]:
    return sorted(((row, float(vectors[row] @ query)) for row in wanted), key=lambda pair: (-pair[1], pair[0]))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_search_is_brute_force_over_the_allowed_papers_ties_by_row(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    counts = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=12))
    stored = data.draw(hnp.arrays(np.float32, (sum(counts), DIMENSION), elements=GRID))
    query = data.draw(hnp.arrays(np.float32, DIMENSION, elements=GRID))
    chosen = data.draw(st.lists(st.sampled_from(range(len(counts))), unique=True).map(sorted))
    k = data.draw(st.integers(0, 20))
    vectors = Vectors(tmp_path_factory.mktemp("v"), DIMENSION)
    vectors.write(0, stored, table(counts))
    papers = ranges(counts)
    allowed = [int(row) for n in chosen for row in range(papers[n, 1], papers[n, 1] + papers[n, 2])]
    found = vectors.search(query, papers[chosen], k)
    rows = table(counts)
    best = brute(stored, query, allowed)[:k]
    assert found == [Hit(int(rows[row, 0]), int(rows[row, 1]), similarity) for row, similarity in best]


def test_the_first_rows_are_kept_where_the_last_place_is_shared(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path, DIMENSION)
    stored = np.full((5, DIMENSION), 0.5, np.float32)
    stored[4] = 1.0
    vectors.write(0, stored, table([5]))
    hits = vectors.search(np.ones(DIMENSION, np.float32), ranges([5]), 3)
    assert [hit.ordinal for hit in hits] == [4, 0, 1]


def test_rows_beyond_those_spoken_for_are_written_over(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path, DIMENSION)
    vectors.write(0, np.eye(DIMENSION, dtype=np.float32)[:2], rows_of(1, [(0, 1), (1, 2)]))
    vectors.write(2, np.ones((3, DIMENSION), np.float32), rows_of(2, [(0, 1)] * 3))  # its writer died here
    vectors.write(2, np.eye(DIMENSION, dtype=np.float32)[2:3], rows_of(3, [(5, 9)]))
    found, rows = vectors.read(2, 1)
    assert found.tolist() == np.eye(DIMENSION)[2:3].tolist()
    assert rows.tolist() == [[3, 0, 5, 9]]
    everything = np.array([(1, 0, 2), (3, 2, 1)], np.int64)
    hits = vectors.search(np.ones(DIMENSION, np.float32), everything, 10)
    assert {hit.number for hit in hits} == {1, 3}


@pytest.mark.parametrize("torn", ["chunks.f32", "chunks.rows"])
def test_half_a_row_at_the_end_does_no_harm(tmp_path: Path, torn: str) -> None:
    vectors = Vectors(tmp_path, DIMENSION)
    vectors.write(0, np.eye(DIMENSION, dtype=np.float32)[:1], rows_of(1, [(0, 4)]))
    with (tmp_path / torn).open("ab") as file:
        file.write(b"\x01" * 7)
    fresh = Vectors(tmp_path, DIMENSION)
    papers = np.array([(1, 0, 1)], np.int64)
    assert fresh.search(np.eye(DIMENSION, dtype=np.float32)[0], papers, 3) == [Hit(1, 0, 1.0)]
    fresh.write(1, np.eye(DIMENSION, dtype=np.float32)[1:2], rows_of(2, [(0, 7)]))
    assert fresh.read(1, 1)[1].tolist() == [[2, 0, 0, 7]]


def test_a_reader_sees_rows_that_were_added_after_it_mapped_the_files(tmp_path: Path) -> None:
    writer, reader = Vectors(tmp_path, DIMENSION), Vectors(tmp_path, DIMENSION)
    for row in range(DIMENSION):
        writer.write(row, np.eye(DIMENSION, dtype=np.float32)[row : row + 1], rows_of(row, [(0, 1)]))
        vectors, rows = reader.read(row, 1)
        assert vectors[0, row] == 1.0 and rows[0, 0] == row


def test_a_mapping_made_between_the_two_writes_of_a_batch_is_made_again(tmp_path: Path) -> None:
    writer, reader = Vectors(tmp_path, DIMENSION), Vectors(tmp_path, DIMENSION)
    writer.write(0, np.eye(DIMENSION, dtype=np.float32)[:1], rows_of(0, [(0, 1)]))
    with (tmp_path / "chunks.rows").open("ab") as file:
        file.write(rows_of(1, [(0, 1)]).tobytes())  # the rows of a batch, its vectors not yet
    reader.read(0, 1)
    writer.write(1, np.eye(DIMENSION, dtype=np.float32)[1:2], rows_of(1, [(0, 1)]))
    assert reader.read(1, 1)[0].shape == (1, DIMENSION)
    assert reader.search(np.ones(DIMENSION, np.float32), np.array([(1, 1, 1)], np.int64), 1)[0].number == 1
