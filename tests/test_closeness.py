"""Papers read closely: what closeness measures, and that reading changes the order of the first papers and no more."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny import WORDS, Tiny, add, opened, record

from assistant import Assistant, Settings
from assistant.index import Index
from assistant.papers import Paper
from assistant.retrieval import Passage, Retrieved, retrieve
from assistant.retrieval.closeness import DEPTH, Closeness, closeness
from assistant.store import Filters

QUESTION = "number7 robot policy reward"
PAPER = Paper("made:p1", "Robot policy", "A reward model. It is speech! And video.")


class Plain:
    """A tiny embedder that reads whole texts only; `embedded` says how many."""

    name, dimension, max_tokens = "plain", 64, 256

    def __init__(self) -> None:
        self._tiny = Tiny()
        self.token_counts, self.tokenize = self._tiny.token_counts, self._tiny.tokenize

    def embed(self, texts: Sequence[str], on_progress: object = None) -> NDArray[np.float32]:
        return self._tiny.embed(texts)

    @property
    def embedded(self) -> int:
        return self._tiny.embedded


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Sixty papers, of which every third has no year."""
    with opened(tmp_path_factory.mktemp("closeness") / "corpus") as made:
        add(made, (record(n, year=2020 if n % 3 else None) for n in range(60)))
        yield made


def close(index: Index, question: str, idf: dict[str, float], *papers: Paper) -> list[Closeness]:
    """`idf` is by word."""
    return closeness(index, question, {index.stems(word)[0]: weight for word, weight in idf.items()}, papers)


def said(one: Closeness) -> NDArray[np.float64]:
    """Of each sentence, the weighted mean over the question's words."""
    return one.best[1:] @ one.weights


def seen(found: Retrieved) -> list[tuple[str, int, float, float | None]]:
    """All of the passages that one answer shares with another to the same question."""
    return [(p.chunk.id, p.rank, p.score, p.closeness and p.closeness.paper) for p in found.passages]


# Closeness


def test_a_word_of_the_question_is_as_near_as_the_nearest_word_of_each_sentence(papers: Index) -> None:
    one = close(papers, "Which reward and speech?", {"reward": 1.0, "speech": 9.0}, PAPER)[0]
    assert one.words == ("reward", "speech") and one.weights.tolist() == [0.25, 0.75]
    assert one.best == pytest.approx(np.array([[0, 0], [1, 0], [0, 1], [0, 0]]), abs=0.01)
    assert said(one) == pytest.approx([0.25, 0.75, 0], abs=0.01)
    assert one.paper == pytest.approx(1.0, abs=0.01)


def test_a_word_counts_by_the_root_of_the_idf_of_its_rarest_stem_and_one_without_for_nothing(papers: Index) -> None:
    one = close(papers, "Rewards of the unheard robot-video?", {"reward": 1.0, "robot": 9.0, "video": 0.5}, PAPER)[0]
    assert one.words == ("Rewards", "robot-video") and one.weights.tolist() == [0.25, 0.75]
    assert one.paper == pytest.approx(float(one.best.max(axis=0) @ [0.25, 0.75]))


@pytest.mark.parametrize("question", ["Zzyzx?", "?!", "the of and", ""])
def test_a_question_without_a_word_that_weighs_is_close_to_nothing(papers: Index, question: str) -> None:
    assert close(papers, question, {"reward": 1.0}, PAPER) == []


def test_a_paper_without_a_word_has_no_closeness_and_harms_no_other(papers: Index) -> None:
    blank, title, one = close(papers, "reward", {"reward": 1.0}, Paper("b", "", "…"), Paper("t", "A reward", ""), PAPER)
    assert (blank.paper, blank.best.tolist()) == (0.0, [[0.0]])
    assert title.paper == pytest.approx(1, abs=0.01) and len(said(title)) == 0
    assert one.paper == pytest.approx(1, abs=0.01)


def test_a_sentence_that_no_word_is_read_of_has_zero(papers: Index) -> None:
    endless = Paper("e", "Endless", f"A reward. {'word ' * 3000}. " + "It is speech. " * 3000)
    one = close(papers, "reward speech", {"reward": 1.0, "speech": 1.0}, endless, PAPER)[0]
    assert said(one)[0] == pytest.approx(0.5, abs=0.01) and said(one)[2] == pytest.approx(0.5, abs=0.01)
    assert len(said(one)) < 1000


SAID = st.lists(st.sampled_from([*WORDS, "Robot", "robots.", "It", "3.5%", "\n\n", "…", "中文。"]), max_size=40).map(
    " ".join
)


@given(SAID, SAID, SAID, st.dictionaries(st.sampled_from(WORDS), st.just(0.0) | st.floats(1e-6, 12)))
def test_a_paper_is_at_least_as_close_as_each_of_its_sentences(
    papers: Index, question: str, title: str, abstract: str, idf: dict[str, float]
) -> None:
    for one in close(papers, question, idf, Paper("x", title, abstract), PAPER):
        assert one.weights.sum() == pytest.approx(1) and (one.weights > 0).all()
        assert one.best.shape == (1 + len(said(one)), len(one.words) or -1)
        assert ((one.best >= 0) & (one.best < 1.001)).all()
        assert one.paper >= max(said(one), default=0.0) - 1e-9


# Ranking


def check(found: Retrieved, fused: Sequence[Passage], top_k: int) -> None:
    """`fused` are the passages of at least `top_k` papers, or of all, as they were before the first were read."""
    order = list(dict.fromkeys(passage.paper.id for passage in fused))
    ranks = {passage.paper.id: passage.rank for passage in found.passages}
    assert [passage.rank for passage in found.papers] == list(range(1, min(top_k, len(order)) + 1))
    assert all(passage.rank == ranks[passage.paper.id] for passage in found.passages)
    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    assert {p.paper.id for p in found.passages if p.closeness} == {*order[:DEPTH]} & ranks.keys()
    assert [passage.paper.id for passage in found.papers[DEPTH:]] == order[DEPTH:top_k]
    for paper_id in ranks:  # all of its passages, in their order
        own = [[p.chunk for p in passages if p.paper.id == paper_id] for passages in (found.passages, fused)]
        assert own[0] == own[1]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), st.integers(1, 70))
def test_reading_changes_the_order_of_the_first_papers_and_no_more(papers: Index, words: list[str], top_k: int) -> None:
    question = " ".join(words)
    fused = retrieve(papers, question, top_k=max(top_k, DEPTH)).passages
    check(retrieve(papers, question, top_k=top_k, closely=True), fused, top_k)


def test_papers_are_ranked_by_fused_score_and_closeness(papers: Index) -> None:
    fused = {passage.paper.id: passage.score for passage in retrieve(papers, QUESTION, top_k=DEPTH).papers}
    found = retrieve(papers, QUESTION, top_k=DEPTH, closely=True).papers
    assert found[0].paper.id == "made:p7"
    near = {passage.paper.id: passage.closeness.paper for passage in found if passage.closeness}
    added = {p.paper.id: p.score - fused[p.paper.id] for p in found}
    assert added == pytest.approx({paper_id: 8 * one / max(near.values()) for paper_id, one in near.items()})
    assert list(fused) != [passage.paper.id for passage in found]


def test_papers_of_a_filter_are_read_and_no_others(papers: Index) -> None:
    filters = Filters(year_from=2020)
    fused = retrieve(papers, QUESTION, top_k=60, filters=filters)
    found = retrieve(papers, QUESTION, top_k=60, filters=filters, closely=True)
    assert found.without_year == 20 and len(found.papers) == 40
    check(found, fused.passages, 60)
    assert retrieve(papers, QUESTION, filters=Filters(source="nowhere"), closely=True).passages == ()


def test_nothing_is_read_before_it_is_asked_for_nor_twice(index: Index, embedder: Tiny) -> None:
    add(index, map(record, range(30)))
    begun = embedder.embedded
    found = retrieve(index, QUESTION, top_k=3)
    assert embedder.embedded - begun == 1  # the question
    assert all(passage.closeness is None for passage in found.passages) and "read" not in found.timings
    begun = embedder.embedded
    first = retrieve(index, QUESTION, top_k=3, closely=True)
    assert embedder.embedded - begun >= 2 + 2 * DEPTH  # the question, twice; title and abstract of each
    begun = embedder.embedded
    assert seen(retrieve(index, QUESTION, top_k=3, closely=True)) == seen(first)
    assert embedder.embedded - begun == 2


def test_with_an_embedder_that_reads_whole_texts_the_ranking_stays_as_fused(tmp_path: Path) -> None:
    plain = Plain()
    with Index(tmp_path / "corpus", lambda: plain, chunk_size=32) as index:
        add(index, map(record, range(30)))
        for top_k in (3, 25):
            fused = retrieve(index, QUESTION, top_k=top_k)
            begun = plain.embedded
            assert retrieve(index, QUESTION, top_k=top_k, closely=True).passages == fused.passages
            assert plain.embedded - begun == 1


def test_a_question_without_a_word_leaves_the_ranking_as_fused(papers: Index) -> None:
    fused = retrieve(papers, "?!", top_k=5)
    assert fused.passages and retrieve(papers, "?!", top_k=5, closely=True).passages == fused.passages


def test_a_word_that_no_paper_holds_is_looked_for_too_and_weighs_most(papers: Index) -> None:
    check(
        found := retrieve(papers, "Zzyzx qwrtpsdf robot", top_k=9, closely=True),
        retrieve(papers, "Zzyzx qwrtpsdf robot", top_k=60).passages,
        9,
    )
    near = found.papers[0].closeness
    assert near is not None and near.words == ("Zzyzx", "qwrtpsdf", "robot")
    assert near.weights[0] == near.weights[1] > 3 * near.weights[2] > 0


def test_an_empty_corpus_has_nothing_to_read(index: Index) -> None:
    assert retrieve(index, QUESTION, closely=True).passages == ()


def test_threads_that_ask_at_the_same_time_get_the_same_answer(tmp_path: Path) -> None:
    questions = [f"number{n} {WORDS[n]} {WORDS[n + 9]}" for n in range(12)]
    with opened(tmp_path / "corpus") as index, opened(tmp_path / "corpus") as other:
        add(index, map(record, range(40)))
        start = threading.Barrier(6)

        def ask(thread: int) -> list[object]:
            start.wait(timeout=10)
            turned = [*questions[thread:], *questions[:thread]]
            found = {question: seen(retrieve(index, question, top_k=5, closely=True)) for question in turned}
            return [found[question] for question in questions]

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(ask, range(6)))
        expected = [seen(retrieve(other, question, top_k=5, closely=True)) for question in questions]
    assert all(answer == expected for answer in answers)


# The real embedder

ABSTRACTS = {
    "Sleep of Shift Workers": "Nurses who work at night rest badly. Bright lamps in the ward shift their inner clock. "
    "After a month the nurses dozed off sooner at home.",
    "Lamps for Wards": "We measure how bright lamps in hospital wards are. Night lamps are dimmer than day lamps. "
    "Nurses rate the lamps.",
    "Noise at Night": "Noise at night is measured in hospital wards. Nurses and patients rate the noise. Night noise "
    "has fallen.",
    "Greenhouses in Winter": "Growers in cold regions pay much for fuel. Tomatoes stop growing below ten degrees. We "
    "bury pipes that store the summer's heat and give it back from November on.",
    "Carbon Taxes and Fuel": "A tax on fuel raises its cost. We study how the cost of fuel changes farm income.",
}


@pytest.mark.parametrize(
    "question", ["How can nurses at night fall asleep faster?", "Do nurses fall asleep faster with lamps at night?"]
)
def test_a_paper_that_answers_in_other_words_moves_up(tmp_path: Path, question: str) -> None:
    with Assistant(Settings(home=tmp_path, mode="extractive")) as assistant:
        file = tmp_path / "papers.jsonl"
        file.write_text("".join(json.dumps({"title": t, "abstract": a}) + "\n" for t, a in ABSTRACTS.items()))
        assistant.add(file)
        assert assistant.search(question)[0].paper.title != "Sleep of Shift Workers"
        best = assistant.retrieve(question, closely=True).papers[0]
        assert best.paper.title == "Sleep of Shift Workers" and best.closeness is not None
        faster = best.closeness.best[1:, best.closeness.words.index("faster")]
        assert faster.argmax() == 2, faster  # "sooner"
        assert assistant.retrieve(question, top_k=1, closely=True).papers[0].paper == best.paper
