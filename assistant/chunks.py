"""Chunk: a stretch of an abstract, cut between sentences to at most so many tokens, and its exact place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import sentences
from .errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .sentences import Span

Tokenize = Callable[[str], list[int]]

SMALLEST = 16
"""Tokens that a chunk must be allowed to have, so that any character fits in, whatever the tokenizer."""

_WORD_AND_BLANKS = r"\S+\s*|\s+"
_TO_LAST_BLANK = re.compile(r"(?s:.*)\s")


@dataclass(frozen=True, slots=True)
class Chunk:
    """`text` is the abstract's [start:end], in code points; chunks of a paper are numbered from 0 in order.

    `sentences` are the spans, in the abstract, of the sentences that overlap the chunk, clipped to it.
    """

    id: str
    paper_id: str
    text: str
    start: int
    end: int
    ordinal: int
    sentences: tuple[Span, ...]


def cutter(tokenize: Tokenize, chunk_size: int) -> Callable[[str, str], list[Chunk]]:
    """A function (paper_id, abstract) -> its chunks, each of at most `chunk_size` tokens by `tokenize`.

    Chunks end between sentences; a longer sentence is cut at blanks and a longer word anywhere. They do not
    overlap, and every character that is not blank lies in exactly one. Build it once: the splitter is costly.
    Raises SettingsError if `chunk_size` is under 16.
    """
    if chunk_size < SMALLEST:
        raise SettingsError(
            f"A chunk of {chunk_size} tokens is too small to hold text.",
            cure=f"Set the chunk size to {SMALLEST} or more.",
        )
    split = _splitter(tokenize, chunk_size)

    def cut(paper_id: str, abstract: str) -> list[Chunk]:
        places = _fitted(abstract, _located(abstract, split(abstract)), tokenize, chunk_size)
        return list(_chunks(paper_id, abstract, places))

    return cut


def _splitter(tokenize: Tokenize, chunk_size: int) -> Callable[[str], list[str]]:
    """SentenceSplitter over our sentences and words; blanks are kept, so the pieces make up the text."""
    from llama_index.core.node_parser import SentenceSplitter

    return SentenceSplitter(
        chunk_size=chunk_size,
        chunk_overlap=0,
        # It takes a piece of no tokens (a control character) for overlap and repeats it in the next chunk.
        tokenizer=lambda text: tokenize(text) or [0],
        chunking_tokenizer_fn=_sentence_texts,
        secondary_chunking_regex=_WORD_AND_BLANKS,
    ).split_text


def _sentence_texts(text: str) -> list[str]:
    """The sentences of a text, each with the blanks after it (the first also with those before it)."""
    starts = [start for start, _ in sentences.split(text)][1:]
    return [text[first:last] for first, last in zip([0, *starts], [*starts, len(text)], strict=True)]


def _located(abstract: str, texts: Sequence[str]) -> Iterator[Span]:
    cursor = 0
    for text in filter(None, texts):
        start = abstract.index(text, cursor)
        cursor = start + len(text)
        yield start, cursor


def _fitted(abstract: str, places: Iterator[Span], tokenize: Tokenize, size: int) -> Iterator[Span]:
    """Halves what is too long once joined and trimmed: with byte pairs the parts' counts may not add up."""
    for start, end in places:
        if end - start == 1 or len(tokenize(abstract[start:end])) <= size:
            yield start, end
        else:
            yield from _fitted(abstract, _halves(abstract, start, end), tokenize, size)


def _halves(abstract: str, start: int, end: int) -> Iterator[Span]:
    """The two parts of a trimmed span, cut at the last blank of its first half, else in its middle."""
    middle = (start + end) // 2
    blank = _TO_LAST_BLANK.match(abstract, start, middle)
    cut = blank.end() if blank else middle
    yield start, start + len(abstract[start:cut].rstrip())
    yield end - len(abstract[cut:end].lstrip()), end


def _chunks(paper_id: str, abstract: str, places: Iterator[Span]) -> Iterator[Chunk]:
    spans = sentences.split(abstract)
    for ordinal, (start, end) in enumerate(places):
        held = sentences.clip(spans, start, end)
        yield Chunk(f"{paper_id}#{ordinal}", paper_id, abstract[start:end], start, end, ordinal, held)
