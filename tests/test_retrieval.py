"""Retrieval: papers in one order with their reasons, exact filters, and nothing of a paper that is not whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import Tiny, add, opened, record

from assistant import Assistant, Settings
from assistant.index import Index
from assistant.retrieval import retrieve
from assistant.store import Filters, Store

QUESTION = "number7 robot policy reward"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Sixty papers, of which every third has no year."""
    with opened(tmp_path_factory.mktemp("retrieval") / "corpus") as made:
        add(made, (record(n, year=2020 + n % 3 if n % 3 else None, authors=(f"Author {n % 5}",)) for n in range(60)))
        yield made


def test_the_best_paper_comes_first_and_ranks_count_from_one(papers: Index) -> None:
    best = retrieve(papers, QUESTION, top_k=5).papers
    assert best[0].paper.id == "made:p7"
    assert [passage.rank for passage in best] == [1, 2, 3, 4, 5]
    scores = [passage.score for passage in best]
    assert scores == sorted(scores, reverse=True)


def test_passages_lie_together_by_paper_nearest_first_and_are_the_abstracts_words(papers: Index) -> None:
    passages = retrieve(papers, QUESTION, top_k=6).passages
    order = [(passage.rank, -passage.similarity) for passage in passages]
    assert order == sorted(order) and len(passages) > 6
    for passage in passages:
        chunk = passage.chunk
        assert chunk.text == passage.paper.abstract[chunk.start : chunk.end]
        assert all(chunk.start <= start < end <= chunk.end for start, end in chunk.sentences)


def test_every_chunk_of_a_retrieved_paper_is_a_passage(papers: Index) -> None:
    passages = retrieve(papers, QUESTION, top_k=4).passages
    for number, (_, rows) in papers.chunk_rows(papers.store.numbers({p.paper.id for p in passages})).items():
        paper = papers.store.by_numbers([number])[number]
        assert {p.chunk.ordinal for p in passages if p.paper == paper} == set(rows[:, 1].tolist())


def test_the_score_is_the_sum_of_the_shares_that_the_reasons_show(papers: Index) -> None:
    found = retrieve(papers, QUESTION, top_k=60).papers
    chunk = max(best.why.dense_score or 0.0 for best in found)
    said = max(best.why.sentence_score or 0.0 for best in found)
    bm25 = max(best.why.lexical_score or 0.0 for best in found)
    for best in found:
        why = best.why
        assert why.dense_score is not None and why.sentence_score is not None
        shares = why.dense_score / chunk + why.sentence_score / said + 1.2 * (why.lexical_score or 0.0) / bm25
        assert best.score == pytest.approx(shares, abs=1e-5)
        assert (why.lexical_rank is None) == (why.lexical_score is None)
    top = retrieve(papers, "number7", top_k=1).papers[0].why
    assert top.lexical_rank == 1 and top.lexical_score is not None and top.lexical_score > 0


def test_the_same_question_gets_the_same_passages(papers: Index) -> None:
    first = retrieve(papers, QUESTION, top_k=20)
    with opened(papers.folder) as other:
        for again in (retrieve(papers, QUESTION, top_k=20), retrieve(other, QUESTION, top_k=20)):
            assert again.passages == first.passages
            assert again.answerable == first.answerable


@pytest.mark.parametrize(
    "filters", [Filters(year_from=2021, year_to=2021), Filters(author="author 2"), Filters(paper_ids=("made:p7", "p8"))]
)
def test_filters_keep_exactly_the_papers_that_pass(papers: Index, filters: Filters) -> None:
    found = {passage.paper.id for passage in retrieve(papers, QUESTION, top_k=100, filters=filters).papers}
    assert found == {paper.id for paper in papers.store.papers(filters)}


def test_a_year_filter_says_how_many_papers_have_no_year(papers: Index) -> None:
    assert retrieve(papers, QUESTION, filters=Filters(year_from=2000)).without_year == 20
    assert retrieve(papers, QUESTION, filters=Filters(year_from=2000, author="author 0")).without_year == 4
    assert retrieve(papers, QUESTION, filters=Filters(author="author 0")).without_year == 0


def test_a_filter_that_no_paper_passes_finds_nothing(papers: Index) -> None:
    found = retrieve(papers, QUESTION, filters=Filters(source="nowhere"))
    assert (found.passages, found.answerable) == ((), 0.0)


def test_an_empty_index_finds_nothing(index: Index) -> None:
    found = retrieve(index, QUESTION)
    assert (found.papers, found.answerable, found.unknown) == ([], 0.0, ())
    assert retrieve(index, QUESTION, filters=Filters(year_from=2000)).papers == []
    assert not (index.folder / "builds").exists()


def test_hits_of_papers_that_are_being_changed_or_removed_are_passed_over(index: Index) -> None:
    add(index, map(record, range(30)))
    order = [passage.paper.id for passage in retrieve(index, QUESTION, top_k=10).papers]
    build = index.store.builds.active
    assert build is not None
    other = Store(index.store.path)  # a writer elsewhere, in the middle of its batch
    with other.transaction():
        other.builds.mark_removing(build.id, other.numbers(order[:2]))
        other.save(replace(other.by_ids(order[2:3])[0], abstract="Quite other words."))
        other.builds.mark_pending(build.id, other.numbers(order[2:3]))
    other.close()
    found = retrieve(index, QUESTION, top_k=10)
    assert not set(order[:3]) & {passage.paper.id for passage in found.passages}
    assert {*order[3:]} <= {passage.paper.id for passage in found.papers}
    assert [passage.rank for passage in found.papers] == list(range(1, 11))


class Moving(Tiny):
    """While a question is embedded, which is before the index is read, another index changes the corpus."""

    def __init__(self, other: Index) -> None:
        super().__init__()
        self.other: Index | None = other

    def embed(self, texts: Sequence[str], on_progress: object = None) -> NDArray[np.float32]:
        other, self.other = self.other, None
        if other is not None:
            add(other, [record(300)])
        return super().embed(texts)


def test_a_question_sees_what_was_added_while_it_was_embedded(index: Index) -> None:
    add(index, map(record, range(5)))
    with opened(index.folder, Moving(index)) as other:
        assert retrieve(other, "number300").papers[0].paper.id == "made:p300"


# The real embedder

PAGE = Path(__file__).parents[1] / "assistant" / "data" / "daily_papers" / "page-1.txt"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """One of the bundled pages."""
    with Assistant(Settings(home=tmp_path_factory.mktemp("page"), corpus="page")) as assistant:
        assistant.add(PAGE)
        yield assistant


def test_a_question_of_the_page_is_answerable_and_another_is_not(page: Assistant) -> None:
    found = page.retrieve("How does Point-CMAE bring contrastive learning into masked autoencoders?")
    assert "Point-CMAE" in found.papers[0].paper.abstract
    assert found.answerable > 0.5 and found.unknown == ()
    assert page.retrieve("How is sourdough bread baked in a wood-fired oven?").answerable < 0.5
    hit = found.to_dict()["hits"][0]
    assert hit["rank"] == 1 and hit["quote"] in found.papers[0].paper.abstract


def test_the_stored_vectors_are_those_of_the_chunks(page: Assistant) -> None:
    index = page.index
    numbers = index.store.numbers(paper.id for paper in page.papers(limit=10))
    for number, (vectors, rows) in index.chunk_rows(numbers).items():
        paper = index.store.by_numbers([number])[number]
        texts = [paper.abstract[start:end] for start, end in rows[:, 2:].tolist()]
        assert np.allclose(index.embedder.embed(texts), vectors, atol=1e-3)


@pytest.mark.slow
def test_the_whole_sample_answers_about_its_papers(sample: Settings) -> None:
    with Assistant(sample) as assistant:
        found = assistant.retrieve("How does Point-CMAE bring contrastive learning into masked autoencoders?")
        assert "Point-CMAE" in found.papers[0].paper.abstract
        assert assistant.index.store.count() == 340
