"""Words of papers as vectors: where each stands, what is read and how much of it, and what stays in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny import Tiny

from assistant.embeddings import Embedder, SpanEmbedder, local
from assistant.papers import Paper
from assistant.sentences import split
from assistant.vectors.words import _KEPT, _MOST, PaperWords, WordVectors

LONGEST = 100_000  # characters


class Reader(Tiny):
    """A tiny embedder that keeps the texts that it read word by word."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def embed_spans(
        self,
        texts: Sequence[str],
        spans: Sequence[Sequence[tuple[int, int]]],
        on_progress: Callable[[int], None] | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        with self._lock:
            self.read += texts
        return super().embed_spans(texts, spans, on_progress)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def words(reader: Reader) -> WordVectors:
    return WordVectors(lambda: reader)


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return local()


def paper(title: str, abstract: str) -> Paper:
    return Paper("made:p1", title, abstract)


def number(n: int) -> Paper:
    return paper(f"Study number{n}", f"Robot policy number{n} is learned. It earns a reward.")


def sentence(first: int, count: int) -> str:
    return "We " + " ".join(f"try{n}" for n in range(first, first + count - 1)) + "."


def same(one: PaperWords, other: PaperWords) -> bool:
    return np.array_equal(one.vectors, other.vectors) and np.array_equal(one.places, other.places)


# Where words stand


def test_words_of_the_title_stand_at_zero_and_those_of_a_sentence_at_its_number(words: WordVectors) -> None:
    read = words.of_papers([paper("Robots at rest", "They sleep. Then, at noon, they work! So it is.")])[0]
    assert read.places.tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3]
    assert read.vectors.shape == (13, 64)


def test_an_abstract_that_is_read_in_parts_keeps_its_places(words: WordVectors, reader: Reader) -> None:
    sentences = [sentence(100 * n, 17 + n) for n in range(24)]
    read = words.of_papers([paper("Many trials", " ".join(sentences))])[0]
    said = [("Many", 0), ("trials", 0), *((w, n) for n, own in enumerate(sentences, 1) for w in own[:-1].split())]
    assert read.places.tolist() == [place for _, place in said]
    assert np.allclose(read.vectors, reader.embed([word for word, _ in said]), atol=1e-3)
    assert len(reader.read) > 4 and all(len(part.split()) <= 120 for part in reader.read)
    assert " ".join(reader.read[1:]) == " ".join(sentences)  # cut between sentences, and nothing twice


def test_a_sentence_longer_than_a_part_is_read_by_itself(words: WordVectors, reader: Reader) -> None:
    sentences = ["It is short.", sentence(0, 200), "So is this."]
    read = words.of_papers([paper("Length", " ".join(sentences))])[0]
    assert read.places.tolist() == [0, 1, 1, 1, *[2] * 200, 3, 3, 3]
    assert reader.read == ["Length", *sentences]


@pytest.mark.parametrize(
    ("title", "abstract", "places"),
    [
        ("A title", "", [0, 0]),
        ("", "One word. Two.", [1, 1, 2]),
        ("", "", []),
        ("?", "\u200b … !", []),
        ("", " \n\n Blank lines.\n\n• And bullets \n", [1, 1, 2, 2]),
    ],
)
def test_what_is_empty_has_no_words(words: WordVectors, title: str, abstract: str, places: list[int]) -> None:
    before, read, after = words.of_papers([number(1), paper(title, abstract), number(2)])
    assert read.places.tolist() == places and read.vectors.shape == (len(places), 64)
    assert len(before.places) == len(after.places) == 11  # the neighbours lose nothing to it


def test_numbers_names_and_formulas_are_one_word_each(words: WordVectors) -> None:
    said, vectors = words.of_text("  GPT-4 wins (3.5%) at x^{2}: by BERT+CRF. ")
    assert said == ["GPT-4", "wins", "3.5", "at", "x^{2", "by", "BERT+CRF"] and vectors.shape == (7, 64)


HOSTILE = {
    "an endless word": "a" * LONGEST,
    "an endless chain": "a." * (LONGEST // 2),
    "an endless sentence": "word " * (LONGEST // 5),
    "an endless list": "a," * (LONGEST // 2),
    "endless sentences": "We do it. " * (LONGEST // 10),
    "a word a line": "it\n\n" * (LONGEST // 4),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_abstract_is_not_read_to_its_end(words: WordVectors, reader: Reader, text: str) -> None:
    read = words.of_papers([paper("Hostile", text)])[0]
    parts, count = len(reader.read), len(read.places)
    assert parts <= 1 + _MOST == 13
    assert 1 < count <= parts * reader.max_tokens  # an embedder reads no further
    assert (np.diff(read.places) >= 0).all() and read.places[0] == 0


def test_a_title_without_end_is_bounded_too(words: WordVectors, reader: Reader) -> None:
    count = len(words.of_papers([paper("word " * 20_000, "It is.")])[0].places)
    assert count <= 2 * reader.max_tokens


TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["We ", "It. ", "x = 3.5%, ", "\n\n", "• ", "good.We ", "e.g. ", "中文。", "é́ ", "so! ", "word " * 70]
    )
).map("".join)


@given(TEXTS, TEXTS)
def test_places_of_any_text_ascend_within_its_sentences(title: str, abstract: str) -> None:
    reader = Reader()
    read = WordVectors(lambda: reader).of_papers([paper(title, abstract)])[0]
    assert len(read.places) == len(read.vectors)
    assert (np.diff(read.places) >= 0).all()
    assert set(read.places.tolist()) <= set(range(len(split(abstract)) + 1))
    assert np.isfinite(read.vectors).all()


# What the vectors are


def test_a_word_has_the_unit_vector_that_the_embedder_pools_in_its_sentence(minilm: SpanEmbedder) -> None:
    title, abstract = "River banks", "The bank of the river rose by 3.5 m. A bank lends money."
    said = ["River", "banks", *abstract.replace(".5", "_5").replace(".", "").replace("_", ".").split()]
    read = WordVectors(lambda: minilm).of_papers([paper(title, abstract)])[0]
    text, spans, at = f"{title} {abstract}", [], 0
    for word in said:
        spans.append((text.index(word, at), text.index(word, at) + len(word)))
        at = spans[-1][1]
    own = [spans[:2], [(start - len(title) - 1, end - len(title) - 1) for start, end in spans[2:]]]
    assert np.allclose(read.vectors, minilm.embed_spans([title, abstract], own)[1], atol=1e-3)
    assert np.allclose(np.linalg.norm(read.vectors.astype(np.float32), axis=1), 1, atol=1e-3)


def test_a_text_gives_its_words_and_their_vectors(minilm: SpanEmbedder) -> None:
    said, vectors = WordVectors(lambda: minilm).of_text("Which bank lends?")
    assert said == ["Which", "bank", "lends"]
    assert np.allclose(vectors, minilm.embed_spans(["Which bank lends?"], [[(0, 5), (6, 10), (11, 16)]])[1], atol=1e-5)
    none, nothing = WordVectors(lambda: minilm).of_text("?!")
    assert none == [] and nothing.shape == (0, 384)


def test_the_same_word_has_another_vector_in_another_context(minilm: Embedder) -> None:
    read = WordVectors(lambda: minilm)
    (_, [_, river, *_]), (_, [_, money, *_]) = map(read.of_text, ("The bank of the river rose.", "A bank lends money."))
    assert 0.5 < river @ money < 0.9


def test_a_paper_is_read_alike_alone_and_beside_others_whatever_they_hold(minilm: Embedder) -> None:
    papers = [number(1), paper("\ud800 half", "A pair \udfff. It is."), paper("中文", "word " * 3000), number(2)]
    together = WordVectors(lambda: minilm).of_papers(papers)
    for one, read in zip(papers, together, strict=True):
        alone = WordVectors(lambda: minilm).of_papers([one])[0]
        assert np.array_equal(alone.places, read.places)
        assert np.allclose(alone.vectors, read.vectors, atol=1e-3)
        assert np.isfinite(read.vectors).all()


def test_only_an_embedder_that_tells_words_apart_can_read(reader: Reader, minilm: Embedder) -> None:
    class Plain:
        name, dimension, max_tokens = "plain", 64, 256
        embed, token_counts, tokenize = reader.embed, reader.token_counts, reader.tokenize

    assert WordVectors(lambda: minilm).can_read
    assert not WordVectors(Plain).can_read


# What is kept


def test_a_paper_is_read_once(words: WordVectors, reader: Reader) -> None:
    first = words.of_papers([number(1), number(2), number(1)])
    assert len(reader.read) == 4 and same(first[0], first[2])
    again = words.of_papers([number(3), number(2), number(1)])
    assert reader.read[4:] == [number(3).title, number(3).abstract]
    assert same(again[1], first[1]) and same(again[2], first[0])


def test_a_paper_whose_text_changed_is_read_anew(words: WordVectors, reader: Reader) -> None:
    words.of_papers([paper("Old", "It was so.")])
    assert words.of_papers([paper("Old", "It is now. It is new.")])[0].places.tolist() == [0, 1, 1, 1, 2, 2, 2]
    assert words.of_papers([paper("New title", "It was so.")])[0].places.tolist() == [0, 0, 1, 1, 1]


def test_the_papers_asked_for_last_are_kept_and_no_more(words: WordVectors, reader: Reader) -> None:
    assert len(words.of_papers([number(n) for n in range(_KEPT + 10)])) == _KEPT + 10
    words.of_papers([number(10)])  # the oldest that is left, and now the youngest
    words.of_papers([number(1000)])
    reader.read.clear()
    words.of_papers([number(n) for n in (10, *range(12, _KEPT + 10), 1000)])
    assert reader.read == []
    words.of_papers([number(n) for n in (9, 11)])
    assert reader.read[::2] == [number(9).title, number(11).title]


def test_a_kept_paper_holds_no_memory_of_those_that_were_read_with_it(words: WordVectors) -> None:
    for read in words.of_papers([number(n) for n in range(5)]):
        shared = read.vectors.base is not None
        assert not shared


def test_threads_that_ask_at_the_same_time_get_what_one_alone_gets(words: WordVectors) -> None:
    alone, start = WordVectors(Reader), threading.Barrier(6)
    expected = alone.of_papers([number(n) for n in range(150)])

    def ask(thread: int) -> bool:
        dice = np.random.default_rng(thread)
        start.wait(timeout=10)
        for _ in range(10):
            chosen = dice.choice(150, 30).tolist()
            read = words.of_papers([number(n) for n in chosen])
            if not all(same(one, expected[n]) for one, n in zip(read, chosen, strict=True)):
                return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(ask, range(6)))
