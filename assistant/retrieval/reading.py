"""The first papers read word by word, and ranked anew by how close they come to the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..index import Index
from .closeness import DEPTH, reread
from .passages import Passage


def read_closely(
    index: Index, question: str, idf: Mapping[str, float], passages: Sequence[Passage], top_k: int
) -> list[Passage]:
    """The passages of the best `top_k` papers, ranked by fused score and closeness; those after DEPTH stay behind."""
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.paper.id, passage)
    first = list(best.values())[:DEPTH]
    read = reread(index, question, idf, [p.paper for p in first], [p.score for p in first])
    placed = {first[i].paper.id: (rank, score, one) for rank, (i, score, one) in enumerate(read, start=1)}
    ranked = []
    for passage in passages:
        rank, score, close = placed.get(passage.paper.id, (passage.rank, passage.score, None))
        if rank <= top_k:
            ranked.append(replace(passage, score=score, rank=rank, closeness=close))
    return sorted(ranked, key=lambda passage: passage.rank)
