"""One question of a report: its answer sentence by sentence with the cited words, what was retrieved, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.render import link

from ..measures.facts import NAMES as FACT_NAMES
from .faults import flags
from .marks import NOT_CHECKABLE, mark_of
from .words import number

Outcome = Mapping[str, Any]

COLUMNS = (
    ("required_facts", "facts"),
    ("supported", "supported"),
    ("citation_precision", "citations"),
    ("recall@5", "recall@5"),
    ("seconds", "seconds"),
)
"""The scores that stand in the table, each with its heading."""

_STATES = {"answered": "answered", "partial": "partial", "not_in_corpus": "declined"}


def row(outcome: Outcome, place: int) -> dict[str, Any]:
    """All that the page shows of an outcome, as plain values; `place` is its number in the table."""
    answer, question = outcome["answer"], outcome["question"]
    return {
        "place": place,
        "id": outcome["id"],
        "type": outcome["type"],
        "state": state(outcome),
        "flags": flags(outcome),
        "question": question["question"],
        "history": question["history"],
        "answerable": question["answerable"],
        "gold_answer": question["gold_answer"],
        "error": outcome["error"],
        "answer": answer,
        "cells": [(name, title, outcome["scores"].get(name)) for name, title in COLUMNS],
        "scores": list(_scores(outcome)),
        "sentences": [] if answer is None else list(_sentences(outcome)),
        "papers": [] if answer is None else list(_papers(outcome)),
        "lost": [gold["gold"] for gold in outcome["details"].get("gold", ()) if gold["rank"] is None],
        "facts": outcome["details"].get("facts", []),
        "budget": outcome["details"].get("word_budget"),
        "stages": [(name, number(s, "seconds")) for name, s in outcome["details"].get("stages", {}).items()],
    }


def state(outcome: Outcome) -> str:
    """answered, partial, declined or failed."""
    return "failed" if outcome["answer"] is None else _STATES[outcome["answer"]["state"]]


def shown(value: float | None, name: str) -> str:
    """A score in a cell."""
    if value is None:
        return "–"
    if name in FACT_NAMES and name.endswith("words"):
        return f"{value:.0f}"
    return number(value, name) if value not in (0, 1) else f"{value:.0f}"


def _scores(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Every score, or the reason why there is none."""
    for name, value in outcome["scores"].items():
        yield name, shown(value, name) if value is not None else f"not scored: {outcome['reasons'].get(name, '')}"


def _sentences(outcome: Outcome) -> Iterator[dict[str, Any]]:
    answer = outcome["answer"]
    verdicts = {verdict["index"]: verdict for verdict in outcome["details"].get("sentences", ())}
    citations = {citation["id"]: citation for citation in answer["citations"]}
    papers = {paper["paper_id"]: paper for paper in answer["papers"]}
    for sentence in answer["sentences"]:
        verdict = verdicts.get(sentence["index"])
        cited = [citations[one] for one in sentence["citations"] if one in citations]
        yield {
            "text": sentence["text"],
            "block": sentence["block"],
            "mark": NOT_CHECKABLE if verdict is None else mark_of(verdict),
            "label": sentence["label"],
            "support": sentence.get("support"),
            "reasons": list(dict.fromkeys([*(verdict["reasons"] if verdict else ()), *sentence.get("reasons", ())])),
            "numbers": sorted({one["number"] for one in cited}),
            "cites": [_cite(one, papers.get(one["paper_id"])) for one in cited],
        }


def _cite(citation: Mapping[str, Any], paper: Mapping[str, Any] | None) -> dict[str, Any]:
    title = paper["title"] if paper else citation["paper_id"]
    return {
        "number": citation["number"],
        "title": title,
        "quote": citation["quote"],
        "link": link(paper) if paper else "",
    }


def _papers(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """The retrieved papers, best first, each once, with what is known of it."""
    answer = outcome["answer"]
    gold = {one["rank"] for one in outcome["details"].get("gold", ()) if one["rank"] is not None}
    cited = {citation["paper_id"]: citation["number"] for citation in answer["citations"]}
    best: dict[str, Mapping[str, Any]] = {}
    for passage in sorted(answer["passages"], key=lambda one: one["rank"]):
        best.setdefault(passage["paper_id"], passage)
    for rank, (paper_id, passage) in enumerate(best.items(), start=1):
        yield {
            "rank": rank,
            "title": passage["title"],
            "gold": rank in gold,
            "cited": cited.get(paper_id),
            "ranks": _ranks(passage),
        }


def _ranks(passage: Mapping[str, Any]) -> str:
    ways = (("dense", "dense_rank"), ("words", "lexical_rank"))
    return ", ".join(f"{way} {passage[name]}" for way, name in ways if passage.get(name))


def options(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What a reader can choose from, in the order met: types, states and flags."""
    return {
        "type": list(dict.fromkeys(one["type"] for one in rows)),
        "state": list(dict.fromkeys(one["state"] for one in rows)),
        "flag": list(dict.fromkeys(flag for one in rows for flag in one["flags"])),
    }
