"""Retrieval at paper level: did the gold papers come, and how high?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import log2
from typing import Any

from .case import Case, Scored, Unscored

NAMES = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10")


def recall(ranked: Sequence[str], gold: Collection[str], k: int) -> float:
    """The share of the gold papers among the first k, 0..1."""
    return len({*ranked[:k]} & {*gold}) / len({*gold})


def reciprocal_rank(ranked: Sequence[str], gold: Collection[str]) -> float:
    """1 / the rank of the first gold paper, 0 where none was retrieved (its mean is MRR; Voorhees 1999)."""
    return next((1 / rank for rank, paper in enumerate(ranked, start=1) if paper in gold), 0.0)


def ndcg(ranked: Sequence[str], gold: Collection[str], k: int = 10) -> float:
    """nDCG@k with gains 1 and 0: the sum of 1 / log2(rank + 1) over gold papers, by that of a perfect ranking.

    Jarvelin and Kekalainen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002, with the
    discount of log2(rank + 1) that trec_eval uses. `ranked` holds each paper once.
    """
    gained = sum(1 / log2(rank + 1) for rank, paper in enumerate(ranked[:k], start=1) if paper in gold)
    best = sum(1 / log2(rank + 1) for rank in range(1, min(k, len({*gold})) + 1))
    return gained / best


def ranked_papers(answer: Mapping[str, Any]) -> list[str]:
    """The ids of the retrieved papers, best first, each once."""
    passages = sorted(answer["passages"], key=lambda passage: passage["rank"])
    return list(dict.fromkeys(passage["paper_id"] for passage in passages))


def score(case: Case) -> Scored:
    """Against what the answer retrieved, `top_k` papers: where that is below 10, recall@10 and nDCG@10 see no more.

    A gold paper that the corpus lacks counts as not retrieved.
    """
    if not case.gold:
        return Scored(dict.fromkeys(NAMES, Unscored("no gold papers")))
    names = {paper_id: ids[0] for ids in case.gold.values() for paper_id in ids}
    gold = {ids[0] if ids else f"not in the corpus: {named}" for named, ids in case.gold.items()}
    ranked = list(dict.fromkeys(names.get(paper, paper) for paper in ranked_papers(case.answer)))
    ranks = {paper: rank for rank, paper in enumerate(ranked, start=1)}
    scores = {f"recall@{k}": recall(ranked, gold, k) for k in (1, 5, 10)}
    scores |= {"mrr": reciprocal_rank(ranked, gold), "ndcg@10": ndcg(ranked, gold)}
    found = [
        {"gold": named, "paper_id": ids[0] if ids else None, "rank": ranks.get(ids[0]) if ids else None}
        for named, ids in case.gold.items()
    ]
    return Scored(scores, {"gold": found})
