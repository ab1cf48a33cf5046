"""SciFact's claims (Wadden et al. 2020): what people say of each claim and each abstract that it is held against."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import QuestionsError

from .corpora import Abstract, Corpus
from .lines import objects, text_of
from .pairs import Labelled, LabelledSet, Pair

_CURE = (
    'Write one claim a line, as SciFact does: {"id": 1, "claim": "...", "cited_doc_ids": [7], "evidence": {"7": '
    '[{"sentences": [0], "label": "SUPPORT"}]}}.'
)
_FAULTS = {"SUPPORT": "", "CONTRADICT": "contradicted", "NOT_ENOUGH_INFO": "not_in_source"}
_LACKING = "its abstract is not in the corpus"


def sets(path: Path, corpus: Corpus, seed: int) -> list[LabelledSet]:
    """The sets that one file of claims makes; none where the claims carry no labels, as those of SciFact's test part.

    The first holds every claim with every abstract that it cites. From it come: supported against contradicted;
    supported against not enough information; and the supported claims against a random abstract (off topic) and
    against the wrong one that BM25 ranks first (runner-up). Raises QuestionsError, with the line.
    """
    rows = list(objects(path, _CURE))
    if not any("evidence" in value for _, value in rows):
        return []
    name = "scifact_" + path.name.removesuffix(".gz").removesuffix(".jsonl").removeprefix("claims_")
    missing: Counter[str] = Counter()
    items = [item for place, value in rows for item in _labelled(value, place, corpus, missing)]
    right = [item for item in items if item.supported]
    parts = {
        "contradicted": [item for item in items if item.subset != "NOT_ENOUGH_INFO"],
        "not_enough_info": [item for item in items if item.subset != "CONTRADICT"],
        "off_topic": [*right, *_off_topic(right, corpus, seed)],
        "runner_up": [*right, *_runner_up(right, corpus)],
    }
    derived = [LabelledSet(f"{name}_{part}", own, derived=True) for part, own in parts.items()]
    return [LabelledSet(name, items, unscored=missing), *derived]


def _labelled(value: dict[str, Any], place: str, corpus: Corpus, missing: Counter[str]) -> Iterator[Labelled]:
    claim = text_of(value, "claim", place, _CURE).strip()
    evidence, cited = value.get("evidence") or {}, value.get("cited_doc_ids") or []
    if not claim or not isinstance(evidence, dict) or not isinstance(cited, list):
        raise QuestionsError(f"{place} is no SciFact claim.", cure=_CURE)
    if not all(isinstance(one, (str, int)) for one in cited):
        raise QuestionsError(f"{place}: cited_doc_ids holds what is no id.", cure=_CURE)
    for doc in dict.fromkeys([*map(str, cited), *evidence]):
        label = _label(evidence[doc], place) if evidence.get(doc) else "NOT_ENOUGH_INFO"
        abstract = corpus.by_id.get(doc)
        if abstract is None:
            missing[_LACKING] += 1
            continue
        pair = Pair(claim, abstract.text, abstract.title)
        yield Labelled(pair, label == "SUPPORT", _FAULTS[label], label, f"{corpus.name}:{doc}")


def _label(given: Any, place: str) -> str:
    """The label of one abstract's rationales, which agree in SciFact."""
    listed = given if isinstance(given, list) else [None]
    labels = {one.get("label") if isinstance(one, dict) else None for one in listed}
    if len(labels) != 1 or not labels <= {"SUPPORT", "CONTRADICT"}:
        raise QuestionsError(f"{place}: the labels of the evidence are neither SUPPORT nor CONTRADICT.", cure=_CURE)
    return str(labels.pop())


def _off_topic(right: Sequence[Labelled], corpus: Corpus, seed: int) -> Iterator[Labelled]:
    dice = random.Random(f"off topic {seed}")  # noqa: S311 - a sample, no secret
    for item in right:
        others = dice.sample(corpus.abstracts, min(2, len(corpus.abstracts)))
        other = next((one for one in others if one.text != item.pair.source), None)
        if other is not None:
            yield _against(item, other, "OFF_TOPIC")


def _runner_up(right: Sequence[Labelled], corpus: Corpus) -> Iterator[Labelled]:
    """The claim's own abstract is known by its text here: an item does not carry its id."""
    ids = {one.text: one.id for one in corpus.abstracts}
    for item in right:
        other = corpus.runner_up(item.pair.claim, ids[item.pair.source])
        if other is not None:
            yield _against(item, other, "RUNNER_UP")


def _against(item: Labelled, other: Abstract, subset: str) -> Labelled:
    pair = Pair(item.pair.claim, other.text, other.title)
    return replace(item, pair=pair, supported=False, fault="not_in_source", subset=subset)
