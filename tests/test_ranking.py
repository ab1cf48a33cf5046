"""Ranking: how scores are fused, that an order is total and whole, and that any question at all gets one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import WORDS, add, opened, record

from assistant.index import Index
from assistant.retrieval.ranking import METHODS, Candidates, candidates, fused, rank, ranked, reciprocal_ranks
from assistant.store import Filters

QUESTION = "number7 robot policy reward"
Row = tuple[int, float, float, float, float]  # number, dense, chunk, sentence, lexical


def known(rows: Sequence[Row], mass: float = 0.0) -> Candidates:
    numbers, *scores = zip(*rows, strict=True) if rows else ((),) * 5
    return Candidates(np.array(numbers, np.int64), *(np.array(s, np.float32) for s in scores), {"all": mass})


def order(found: Candidates, method: str = "assistant") -> list[int]:
    return [number for number, _ in ranked(found, METHODS[method](found))]


COSINE = st.floats(-1, 1, width=32)
BM25 = st.just(0.0) | st.floats(0.0625, 40, width=32)
ROWS = st.lists(st.tuples(st.integers(1, 500), COSINE, COSINE, COSINE, BM25), max_size=130)
SOME = ROWS.map(lambda rows: list({row[0]: row for row in rows}.values()))  # a paper has one row


@given(SOME, st.sampled_from(sorted(METHODS)))
def test_an_order_holds_each_paper_once_best_first_and_equals_by_number(rows: list[Row], method: str) -> None:
    found = known(rows)
    scores = METHODS[method](found)
    best = ranked(found, scores)
    assert len(best) == min(len(rows), 100) == len({number for number, _ in best})
    assert best == sorted(best, key=lambda pair: (-pair[1], pair[0]))
    left = set(zip(found.numbers.tolist(), scores.tolist(), strict=True)) - set(best)
    assert all((-score, number) > (-best[-1][1], best[-1][0]) for number, score in left)


@given(SOME, st.sampled_from(sorted(METHODS)), st.randoms(use_true_random=False))
def test_an_order_does_not_depend_on_the_order_of_the_candidates(rows: list[Row], method: str, dice: object) -> None:
    mixed = list(rows)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert order(known(mixed), method) == order(known(rows), method)


@given(SOME, st.integers(0, 6))
def test_scaling_bm25_changes_nothing_once_it_is_above_the_bound(rows: list[Row], doublings: int) -> None:
    largest = max((row[4] for row in rows), default=0.0)
    mass = largest / 0.4 * 0.999
    scaled = [(*row[:4], row[4] * 2.0**doublings) for row in rows]
    assert fused(known(scaled, mass)) == pytest.approx(fused(known(rows, mass)), abs=1e-9)


def test_a_bm25_score_far_from_what_all_the_words_would_get_counts_for_less() -> None:
    rows: list[Row] = [(1, 0.5, 0.5, 0.5, 2.0), (2, 0.5, 0.5, 0.5, 0.0)]
    gains = [np.subtract(*fused(known(rows, mass))) for mass in (0.0, 5.0, 10.0, 100.0)]
    assert gains == pytest.approx([1.2, 1.2, 0.6, 0.06], abs=1e-6)


@given(SOME.filter(bool), st.data())
def test_a_better_score_never_lowers_a_papers_rank(rows: list[Row], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    field = data.draw(st.sampled_from([2, 3, 4]))
    row = list(rows[place])
    row[field] = data.draw(st.floats(row[field], 1 if field < 4 else 60, width=32))
    better = [*rows[:place], tuple(row), *rows[place + 1 :]]
    before, after = fused(known(rows)), fused(known(better))  # type: ignore[arg-type]
    assert after[place] >= before[place] - 1e-12
    assert (np.delete(after, place) <= np.delete(before, place) + 1e-12).all()


@given(SOME)
def test_a_score_is_between_nothing_and_the_whole_of_its_three_parts(rows: list[Row]) -> None:
    scores = fused(known(rows))
    assert ((scores >= 0) & (scores <= 3.2 + 1e-9)).all()


def test_no_candidates_are_no_ranking() -> None:
    assert [order(known([]), method) for method in METHODS] == [[]] * len(METHODS)


def test_dissimilar_papers_without_the_words_are_equals() -> None:
    found = known([(9, -1.0, -0.5, -0.2, 0.0), (4, -1.0, -0.9, 0.0, 0.0)])
    assert ranked(found, fused(found)) == [(4, 0.0), (9, 0.0)]


@given(SOME)
def test_reciprocal_ranks_are_those_of_two_lists_of_a_hundred(rows: list[Row]) -> None:
    totals = {row[0]: 0.0 for row in rows}
    for column, least in ((1, -1.0), (4, 0.0)):
        listed = sorted((row for row in rows if row[column] > least), key=lambda row: (-row[column], row[0]))
        for place, row in enumerate(listed[:100], start=1):
            totals[row[0]] += 1 / (60 + place)
    assert reciprocal_ranks(known(rows)) == pytest.approx([totals[row[0]] for row in rows])


def test_a_paper_that_only_keywords_find_can_be_first() -> None:
    both = [(n, 0.6 - n / 1000, 0.6 - n / 1000, 0.6, 1.0) for n in range(50)]
    found = known([*both, (99, -1.0, 0.5, 0.55, 9.0)])
    assert order(found)[0] == 99
    assert order(found, "rrf").index(99) == 50


# In an index


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Sixty papers of which three years are known, and after some changes: rows do not lie in the papers' order."""
    with opened(tmp_path_factory.mktemp("ranking") / "corpus") as made:
        add(made, (record(n, year=2020 + n % 3) for n in range(40)))
        add(made, (replace(record(n, year=2020 + n % 3), title=f"Study {n} anew") for n in range(0, 40, 2)))
        add(made, (replace(record(n), abstract=f"Few words of number{n}.") for n in range(40, 60)))
        yield made


@pytest.mark.parametrize("method", METHODS)
def test_every_method_ranks_papers_of_the_corpus_once_each(papers: Index, method: str) -> None:
    best = rank(papers, QUESTION, method=method)
    numbers = [number for number, _ in best]
    assert len({*numbers}) == len(numbers) > 30
    assert best == sorted(best, key=lambda pair: (-pair[1], pair[0]))
    assert papers.store.by_numbers(numbers).keys() == {*numbers}
    assert papers.store.numbers(["made:p7"])[0] in numbers[:2]


def test_the_baselines_rank_what_their_retriever_found_in_its_order(papers: Index) -> None:
    vector = papers.embedder.embed([QUESTION])[0]
    nearest = {hit.number: hit.similarity for hit in reversed(papers.dense(vector, 128))}
    by_bm25, by_dense = (rank(papers, QUESTION, method=method) for method in ("bm25", "dense"))
    assert [number for number, _ in by_bm25] == [number for number, _ in papers.lexical(QUESTION, 100)]
    assert dict(by_dense) == pytest.approx(nearest)


def test_a_candidate_has_all_of_its_scores_whoever_found_it(papers: Index) -> None:
    vector = papers.embedder.embed([QUESTION])[0]
    found = candidates(papers, QUESTION, vector)
    bm25 = dict(papers.lexical(QUESTION, 250))
    rows = papers.chunk_rows(found.numbers.tolist())
    for number, dense, chunk, sentence, lexical in zip(
        found.numbers.tolist(), found.dense, found.chunk, found.sentence, found.lexical, strict=True
    ):
        assert chunk == pytest.approx(float((rows[number][0] @ vector).max()), abs=1e-5)
        assert dense == pytest.approx(chunk, abs=1e-3) or dense == -1.0
        assert lexical == pytest.approx(bm25.get(number, 0.0))
        assert 0 <= sentence <= 1.01
    assert (found.dense > -1).sum() > 40 and (found.lexical > 0).any()


@pytest.mark.parametrize("method", METHODS)
def test_a_filter_keeps_every_method_to_the_papers_that_pass(papers: Index, method: str) -> None:
    chosen = Filters(year_from=2021, year_to=2021)
    passing = set(papers.store.numbers(paper.id for paper in papers.store.papers(chosen)))
    found = {number for number, _ in rank(papers, "study robot policy", method=method, filters=chosen)}
    assert found == passing
    assert rank(papers, QUESTION, method=method, filters=Filters(source="nowhere")) == []


QUESTIONS = (
    *(
        "",
        " \n\t",
        "?!",
        "What is it?",
        "🙂🙃",
        "你好,世界",
        "ما هو التعلم العميق؟",
        "Что такое обучение?",
        "\x00\x07",
        "a" * 500,
    ),
    *("robot AND (policy OR title:x)", "é" * 40, "robot\u200bpolicy", "robot " * 300, "_ __ ___", "１２３ ⅷ ² ª"),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=ascii)
def test_any_question_gets_an_order_and_the_same_one_again(papers: Index, question: str) -> None:
    for method in METHODS:
        best = rank(papers, question, method=method)
        assert len({number for number, _ in best}) == len(best) <= 100
        assert np.isfinite([score for _, score in best]).all()
        assert rank(papers, question, method=method) == best


def test_ten_thousand_words_are_a_question(papers: Index) -> None:
    words = [*WORDS, *(f"{one}{other}" for one in WORDS for other in WORDS)]
    best = rank(papers, " ".join((words * 6)[:10_000]))
    assert 0 < len(best) <= 60


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_corpus_has_no_order(index: Index, method: str) -> None:
    assert rank(index, QUESTION, method=method) == []
    add(index, [record(1)])
    index.remove(["made:p1"])
    assert rank(index, QUESTION, method=method) == []
