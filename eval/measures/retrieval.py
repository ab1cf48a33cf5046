"""Retrieval at paper level: did the gold papers come, and how high?"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from math import log2
from typing import Any

from .case import Case, Scored, Unscored

NAMES = ("recall@1", "recall@5", "recall@10", "mrr", "ndcg@10")


def recall(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int) -> float:
    """The share of the gold papers among the first k, 0..1."""
    return len({*ranked[:k]} & {*gold}) / len({*gold})


def reciprocal_rank(ranked: Sequence[Hashable], gold: Collection[Hashable]) -> float:
    """1 / the rank of the first gold paper, 0 where none was retrieved (its mean is MRR; Voorhees 1999)."""
    return next((1 / rank for rank, paper in enumerate(ranked, start=1) if paper in gold), 0.0)


def ndcg(ranked: Sequence[Hashable], gold: Collection[Hashable], k: int = 10) -> float:
    """nDCG@k with gains 1 and 0: the sum of 1 / log2(rank + 1) over gold papers, by that of a perfect ranking.

    Jarvelin and Kekalainen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002, with the
    discount of log2(rank + 1) that trec_eval uses. `ranked` holds each paper once.
    """
    gained = sum(1 / log2(rank + 1) for rank, paper in enumerate(ranked[:k], start=1) if paper in gold)
    best = sum(1 / log2(rank + 1) for rank in range(1, min(k, len({*gold})) + 1))
    return gained / best


def measured(
    ranked: Iterable[Hashable], gold: Mapping[str, Sequence[Hashable]], names: Iterable[str]
) -> dict[str, float]:
    """The metrics `names` ("recall@5", "ndcg@10", "mrr", any k) of a ranking, best first.

    gold: each gold paper as a question names it -> the papers that it may be. Those that share a name are one gold
    paper, found with the first of them; a name without a paper counts as not retrieved.
    """
    known = {paper: papers[0] for papers in gold.values() for paper in papers}
    wanted = {papers[0] if papers else ("not in the corpus", name) for name, papers in gold.items()}
    once = list(dict.fromkeys(known.get(paper, paper) for paper in ranked))
    return {name: _measured(once, wanted, name) for name in names}


def _measured(ranked: Sequence[Hashable], gold: Collection[Hashable], name: str) -> float:
    if name == "mrr":
        return reciprocal_rank(ranked, gold)
    kind, _, k = name.partition("@")
    return {"recall": recall, "ndcg": ndcg}[kind](ranked, gold, int(k))


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
    ranked = ranked_papers(case.answer)
    return Scored(measured(ranked, case.gold, NAMES), {"gold": [_found(ranked, *one) for one in case.gold.items()]})


def _found(ranked: Sequence[str], named: str, ids: Sequence[str]) -> dict[str, Any]:
    rank = next((rank for rank, paper in enumerate(ranked, start=1) if paper in ids), None)
    return {"gold": named, "paper_id": ids[0] if ids else None, "rank": rank}
