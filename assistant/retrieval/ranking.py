"""From a question to ranked papers: the retrievers, how they are fused, and the plainer ways to compare with."""

from __future__ import annotations

from typing import Literal

from ..index import Index
from ..store import Filters

Method = Literal["assistant", "rrf", "dense", "bm25"]
METHODS: tuple[Method, ...] = ("bm25", "dense", "rrf", "assistant")
DEPTH = 100  # papers taken from each retriever
RRF_K = 60  # Cormack, Clarke and Buettcher, SIGIR 2009


def rank(
    index: Index, question: str, *, method: Method = "assistant", filters: Filters | None = None
) -> list[tuple[int, float]]:
    """(paper number, score) of the papers that fit a question best, best first, ties by number.

    bm25 and dense are one retriever alone (dense: a paper's best chunk), rrf their plain reciprocal rank fusion.
    """
    with index.steady():
        allowed = index.allowed(filters or Filters())
        dense: dict[int, float] = {}
        lexical: dict[int, float] = {}
        if method != "bm25":
            vector = index.embedder.embed([question])[0]
            for hit in index.dense(vector, 3 * DEPTH, allowed):
                dense[hit.number] = max(dense.get(hit.number, -1.0), hit.similarity)
        if method != "dense":
            lexical = dict(index.lexical(question, DEPTH, allowed))
    orders = [sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])) for scores in (dense, lexical)]
    if method in ("bm25", "dense"):
        return orders[method == "bm25"]
    fused: dict[int, float] = {}
    for order in orders:
        for place, (number, _) in enumerate(order, start=1):
            fused[number] = fused.get(number, 0.0) + 1.0 / (RRF_K + place)
    return sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))
