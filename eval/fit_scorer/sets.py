"""The labelled sets on which the scorer of groundedness is fitted, and those on which it is only measured."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

from assistant.grounding import words

FITTED = ("scifact_train", "ragtruth_sentences_dev", "summedits_other_domains")
"""Sets whose licences allow it."""
MEASURED = ("attributionbench_dev", "healthver_dev", "wice_dev", "author_tldr_dev")


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and a text that a person called its source or not. `kind` names the label, or how the text was chosen;
    `part` a part of the set; pairs of one `group` (the source) are never parted."""

    claim: str
    source: str
    title: str
    kind: str
    part: str
    supported: bool
    group: str


def load(data: Path, names: tuple[str, ...]) -> dict[str, list[Pair]]:
    """The sets by name, from a folder laid out as shared/data."""
    readers = {"scifact_train": _scifact, "author_tldr_dev": _summaries}
    return {name: list(readers[name](data) if name in readers else _judged(data, name)) for name in names}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _judged(data: Path, name: str) -> Iterator[Pair]:
    for row in _lines(data / "groundedness" / f"{name}.jsonl.gz"):
        yield Pair(row["claim"], row["source"], "", str(row["label"]), row["subset"], row["supported"], row["source"])


def _summaries(data: Path) -> Iterator[Pair]:
    """The authors' own summaries, each with its abstract."""
    papers = {row["id"]: row for row in _lines(data / "retrieval" / "corpus.jsonl.gz")}
    for row in _lines(data / "retrieval" / "author_tldr_dev.jsonl"):
        paper = papers[row["paper_id"]]
        yield Pair(row["query"], paper["abstract"], paper["title"], "summary", "", True, row["paper_id"])


def _scifact(data: Path) -> Iterator[Pair]:
    """Each claim with the abstracts it cites, with the wrong abstract that shares most with it, and with any other."""
    corpus = {row["doc_id"]: row for row in _lines(data / "scifact" / "corpus.jsonl.gz")}
    texts = {number: " ".join(row["abstract"]) for number, row in corpus.items()}
    rivals = _Rivals(texts)
    draw = random.Random(0)  # noqa: S311 - no secret
    for row in _lines(data / "scifact" / "claims_train.jsonl"):
        cited = row["cited_doc_ids"]
        told = {number: row["evidence"].get(str(number), [{"label": "not enough"}])[0]["label"] for number in cited}
        told[rivals.best(row["claim"], cited)] = "similar"
        told[draw.choice([number for number in corpus if number not in told])] = "any other"
        for number, label in told.items():
            group = str(number if number in cited else cited[0])
            yield Pair(row["claim"], texts[number], corpus[number]["title"], label, "", label == "SUPPORT", group)


class _Rivals:
    """Finds the text that shares most with a claim, rare words counting most."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._count = len(texts)
        for number, text in texts.items():
            for key in words.content(text):
                self._holders[key].append(number)

    def best(self, claim: str, cited: list[int]) -> int:
        scores: Counter[int] = Counter()
        for key in words.content(claim):
            for number in self._holders[key]:
                scores[number] += log(self._count / len(self._holders[key]))  # type: ignore[assignment]
        return next(number for number, _ in scores.most_common() if number not in cited)
