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
from assistant.vectors.shadow import Shadow

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


# The rounded copy

NUMBERS = st.floats(-1, 1, width=32) | st.sampled_from([0.0, 1e-30, 1e4, -3e-7])
SHAPES = st.tuples(st.integers(1, 40), st.sampled_from([1, 3, DIMENSION]))


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(np.float32, SHAPES, elements=NUMBERS), st.data())
def test_the_rounded_copy_keeps_every_vector_that_is_among_the_nearest(
    tmp_path_factory: pytest.TempPathFactory, stored: NDArray[np.float32], data: st.DataObject
) -> None:
    query = data.draw(hnp.arrays(np.float32, stored.shape[1], elements=NUMBERS))
    rows = np.array(data.draw(st.lists(st.sampled_from(range(len(stored))), min_size=1, unique=True).map(sorted)))
    k = data.draw(st.integers(1, len(rows)))
    shadow = Shadow(tmp_path_factory.mktemp("s"), stored.shape[1])
    shadow.write(0, stored)
    products = stored[rows].astype(np.float64) @ query.astype(np.float64)
    nearest = rows[products >= np.sort(products)[-k]]
    assert set(nearest.tolist()) <= set(shadow.near(query, rows, k).tolist()) <= set(rows.tolist())


def units(dice: np.random.Generator, count: int, dimension: int) -> NDArray[np.float32]:
    made = dice.standard_normal((count, dimension), np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Vectors:
    """30,000 rows in 10,000 papers: a third lies anywhere, a third near one point, a third is 50 vectors repeated."""
    dice = np.random.default_rng(1)
    anywhere, centre = units(dice, 10_000, 96), units(dice, 1, 96)
    close = centre + 0.02 * dice.standard_normal((10_000, 96), np.float32)
    close /= np.linalg.norm(close, axis=1, keepdims=True)
    repeated = np.repeat(units(dice, 50, 96), 200, axis=0)
    vectors = Vectors(tmp_path_factory.mktemp("many"), 96)
    vectors.write(0, dice.permutation(np.concatenate([anywhere, close, repeated])), table([3] * 10_000))
    return vectors


@pytest.mark.parametrize("k", [1, 10, 300, 5000])
@pytest.mark.parametrize("share", [0.08, 0.1, 0.3, 0.5, 1.0])  # below an eighth the rows are picked out first
def test_a_search_of_many_rows_is_brute_force_in_float64(many: Vectors, share: float, k: int) -> None:
    dice = np.random.default_rng(int(1000 * share) + k)
    papers = ranges([3] * 10_000)
    papers = papers[np.sort(dice.permutation(10_000)[: int(share * 10_000)])]
    stored, rows = many.read(0, 30_000)
    allowed = np.flatnonzero(np.isin(rows[:, 0], papers[:, 0]))
    for query in (*units(dice, 2, 96), stored[dice.integers(30_000)], stored[allowed[0]]):
        products = (stored[allowed].astype(np.float64) @ query.astype(np.float64)).astype(np.float32)
        best = allowed[np.lexsort((allowed, -products))[:k]]
        found = many.search(query, papers, k)
        assert [(hit.number, hit.ordinal) for hit in found] == [tuple(row) for row in rows[best, :2].tolist()]
        assert np.array_equal([hit.similarity for hit in found], -np.sort(-products)[:k])


@pytest.mark.parametrize("rounded", ["vectors", "query"])
def test_what_only_one_side_loses_by_rounding_is_allowed_for(tmp_path: Path, rounded: str) -> None:
    dice = np.random.default_rng(4)
    for trial in range(30):
        exact = dice.integers(-3, 4, (300, 16)).astype(np.float32)
        exact[:, 0] = 127  # so that these are multiples of one: nothing is lost
        other = dice.random((300, 16), np.float32)
        other[:, 0] = 0
        stored, queries = (other, exact) if rounded == "vectors" else (exact, other)
        shadow = Shadow(tmp_path / str(trial), 16)
        (tmp_path / str(trial)).mkdir()
        shadow.write(0, stored)
        for query in queries[:20]:
            assert int(np.argmax(stored.astype(np.float64) @ query)) in shadow.near(query, np.arange(300), 1)


def test_few_vectors_are_left_to_look_at_closely(many: Vectors, tmp_path: Path) -> None:
    dice = np.random.default_rng(2)
    stored = units(dice, 8000, 384)
    shadow = Shadow(tmp_path, 384)
    shadow.write(0, stored)
    assert max(len(shadow.near(query, np.arange(8000), 100)) for query in units(dice, 5, 384)) < 600


def test_a_build_without_a_rounded_copy_gets_one_when_it_is_opened(many: Vectors, tmp_path: Path) -> None:
    stored, rows = many.read(0, 9000)
    Vectors(tmp_path, 96).write(0, stored, rows)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    papers = ranges([3] * 3000)
    hits = Vectors(tmp_path, 96).search(stored[7], papers, 50)
    (tmp_path / "chunks.i8").unlink()
    (tmp_path / "chunks.i8.facts").write_bytes(before["chunks.i8.facts"][:-5])
    assert Vectors(tmp_path, 96).search(stored[7], papers, 50) == hits
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_a_dead_writer_left_in_the_rounded_copy_is_written_over(tmp_path: Path) -> None:
    dice = np.random.default_rng(3)
    vectors, stored = Vectors(tmp_path, 96), units(dice, 3000, 96)
    vectors.write(0, units(dice, 3000, 96), table([3] * 1000))  # its writer died here
    vectors.write(0, stored, table([3] * 1000))
    assert vectors.search(stored[2999], ranges([3] * 1000), 1) == [Hit(999, 2, pytest.approx(1.0))]


# Writers and readers


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


@pytest.mark.parametrize("torn", ["chunks.f32", "chunks.rows", "chunks.i8", "chunks.i8.facts"])
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
