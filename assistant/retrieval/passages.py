"""Passage: a chunk of a retrieved paper, with what each retriever saw in the paper."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..chunks import Chunk
from ..papers import Paper
from .closeness import Closeness


@dataclass(frozen=True, slots=True)
class Why:
    """How each retriever saw a paper: rank from 1 (None where it did not find it) and score.

    dense_score: cosine of its nearest chunk. lexical_score: BM25, None where it has none of the words. sentence_score:
    cosine of its nearest sentence.
    """

    dense_rank: int | None = None
    dense_score: float | None = None
    lexical_rank: int | None = None
    lexical_score: float | None = None
    sentence_score: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a retrieved paper. `rank` (from 1) and `score` (fused) are its paper's."""

    chunk: Chunk
    paper: Paper
    score: float
    rank: int
    similarity: float  # of the chunk to the question, cosine
    why: Why
    closeness: Closeness | None = field(default=None, compare=False)  # of the paper, where it was read word by word
