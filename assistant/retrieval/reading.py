"""The first papers read word by word, and ranked anew by how close they come to the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..index import Index
from .closeness import DEPTH, closeness, rescored
from .passages import Passage


def read_closely(
    index: Index, question: str, idf: Mapping[str, float], passages: Sequence[Passage], top_k: int
) -> list[Passage]:
    """The passages of the best `top_k` papers, ranked by fused score and closeness; those after DEPTH stay behind."""
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.paper.id, passage)
    read = list(best.values())[:DEPTH]
    close = closeness(index, question, idf, [passage.paper for passage in read])
    if not close:
        return [passage for passage in passages if passage.rank <= top_k]
    scores = rescored([passage.score for passage in read], close)
    scored = {p.paper.id: (score, one) for p, score, one in zip(read, scores, close, strict=True)}
    order = sorted(scored, key=lambda paper_id: -scored[paper_id][0])
    ranks = {paper_id: rank for rank, paper_id in enumerate(order, start=1)}
    ranked = []
    for passage in passages:
        if (rank := ranks.get(passage.paper.id, passage.rank)) <= top_k:
            score, close_to = scored.get(passage.paper.id, (passage.score, None))
            ranked.append(replace(passage, score=score, rank=rank, closeness=close_to))
    return sorted(ranked, key=lambda passage: passage.rank)
