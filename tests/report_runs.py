"""What the tests of reports and comparisons share: outcomes made by hand, and runs of them on the disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from evaluating import measures, summary

report, agreement, charts, headline, words = (
    import_module(f"assistant._eval.report{name}") for name in ("", ".agreement", ".charts", ".headline", ".words")
)
comparing = import_module("assistant._eval.compare")
paired = import_module("assistant._eval.paired")

TITLES = {"z": "Zebra Gratings", "o": "Owl Propellers"}
OUTCOMES = ("supported", "miscited", "not_stated", "contradicted")


def verdict(index: int, outcome: str = "supported") -> dict[str, Any]:
    """A judged sentence; `miscited` is supported, but not by what it cites."""
    return {
        "index": index,
        "outcome": "supported" if outcome == "miscited" else outcome,
        "cited": "supported" if outcome == "supported" else "unsupported",
        "retrieved": "supported" if outcome in ("supported", "miscited") else "unsupported",
        "citations": 1,
        "counted": int(outcome == "supported"),
        "mis_cited": outcome == "miscited",
        "reasons": [] if outcome == "supported" else [f"reason of {outcome}"],
    }


def answer(*sentences: str, state: str = "answered", titles: dict[str, str] = TITLES, **fields: Any) -> dict[str, Any]:
    """An answer in which every sentence cites the first paper and quotes itself."""
    papers = [
        {"paper_id": name, "number": i, "title": title, "abstract": "", "url": None, "doi": None, "arxiv_id": None}
        for i, (name, title) in enumerate(titles.items(), start=1)
    ]
    first = next(iter(titles))
    return {
        "schema_version": 1,
        "state": state,
        "text": " ".join(sentences) or "The papers do not answer this.",
        "sentences": [
            {"index": i, "text": text, "block": "paragraph", "citations": [f"c{i}"], "label": "supported"}
            | {"support": 0.9, "reasons": []}
            for i, text in enumerate(sentences)
        ],
        "citations": [
            {"id": f"c{i}", "number": 1, "paper_id": first, "quote": text, "support": 0.9}
            for i, text in enumerate(sentences)
        ],
        "papers": papers,
        "passages": [
            {"paper_id": name, "title": title, "rank": rank, "dense_rank": rank, "lexical_rank": None}
            for rank, (name, title) in enumerate(titles.items(), start=1)
        ],
        "answerable": 0.75,
        "mode": "llm",
        "model": "scripted",
        "missing": None,
        "prompt_fingerprints": {},
        **fields,
    }


def outcome(name: str, said: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """A line of outcomes.jsonl. Beside `scores` and `details`, the fields of the question may be named."""
    scores, details = given.pop("scores", {}), given.pop("details", {})
    asked = {
        **{"id": name, "type": "factoid", "question": f"What of {name}?", "answerable": True},
        **{"gold_papers": [], "gold_answer": "", "must_include": [], "history": []},
        **given,
    }
    failed = said is None
    all_scores = {**dict.fromkeys(measures.NAMES), "failed": float(failed), "declined": 0.0, "seconds": 0.5, **scores}
    if failed:
        all_scores = {**dict.fromkeys(measures.NAMES), "failed": 1.0}
    error = {"type": "ModelError", "message": "The model is down.", "cure": "Wait.", "retryable": True}
    return {
        "schema_version": 1,
        "id": name,
        "type": asked["type"],
        "split": "dev",
        "question": asked,
        "answer": said,
        "error": error if failed else None,
        "scores": all_scores,
        "reasons": {one: "not set" for one, score in all_scores.items() if score is None},
        "details": details,
    }


def run_of(outcomes: Sequence[dict[str, Any]], **given: Any) -> dict[str, Any]:
    """run.json; settings and identity may be named."""
    return {
        "schema_version": 1,
        "date": "2026-01-02T03:04:05+00:00",
        "settings": {"top_k": 8, "mode": "auto", **given.get("settings", {})},
        "identity": {"corpus": "small", "index_fingerprint": "abc@1", "model": "scripted", **given.get("identity", {})},
        "papers": 4,
        "questions": {"n": len(outcomes), "sha256": "0", "source": "own.jsonl", "split": "all"},
        "gold": {"papers": 0, "missing": []},
        "bootstrap": {"samples": 2000, "seed": 0, "level": 0.95},
        "versions": {"python": "3", "numpy": "2"},
    }


def page_of(outcomes: Sequence[dict[str, Any]], **given: Any) -> str:
    """The page of a run."""
    return str(report.page(run_of(outcomes, **given), outcomes, summary.summarise(outcomes)))


def stored(folder: Path, outcomes: Sequence[dict[str, Any]], **given: Any) -> Path:
    """A finished run on the disk."""
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(run_of(outcomes, **given)), encoding="utf-8")
    lines = "".join(json.dumps(one) + "\n" for one in outcomes)
    (folder / "outcomes.jsonl").write_bytes(lines.encode())
    return folder


def mixed() -> list[dict[str, Any]]:
    """Six questions that came out in as many ways."""
    said = answer(*(f"Sentence {name} here." for name in OUTCOMES))
    judged = [verdict(i, name) for i, name in enumerate(OUTCOMES)]
    gold = [
        {"gold": "Owl Propellers", "paper_id": "o", "rank": 2},
        {"gold": "Lost Paper", "paper_id": None, "rank": None},
    ]
    facts = [
        {"fact": ["31.4%", "31.4 %"], "found": True, "past_budget": False},
        {"fact": ["SunBench"], "found": False, "past_budget": True},
    ]
    details = {"sentences": judged, "gold": gold, "facts": facts, "word_budget": 60, "stages": {"search": 0.012}}
    marks = {"supported": 0.5, "contradicted": 0.25, "not_stated": 0.25, "mis_citation": 0.25}
    scores = {"required_facts": 0.5, "citation_precision": 0.25, "recall@5": 0.5, "coverage": 1.0, **marks}
    right = {"required_facts": 1.0, "supported": 1.0, "citation_precision": 1.0, "recall@5": 1.0, "coverage": 1.0}
    declined = {"declined": 1.0, "declined_precision": 1.0, "declined_recall": 1.0}
    return [
        outcome("mixed", said, scores=scores, details=details, gold_answer="31.4%"),
        outcome("right", answer("Owls are quiet."), scores=right, details={"sentences": [verdict(0)]}, type="method"),
        outcome("far", answer(state="not_in_corpus"), scores=declined, type="unanswerable_far", answerable=False),
        outcome(
            "vain", answer("Owls vote."), scores={"declined_recall": 0.0}, type="unanswerable_near", answerable=False
        ),
        outcome("shy", answer(state="not_in_corpus"), scores={"declined": 1.0, "coverage": 0.0, "required_facts": 0.0}),
        outcome("down"),
    ]
