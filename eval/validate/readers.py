"""Folders of labelled sets: what lies in them, by name and by form, and what of it can be used."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import QuestionsError

from . import corpora, scifact
from .corpora import Corpus
from .lines import objects, text_of
from .pairs import Labelled, LabelledSet, Pair

_CURE = 'Write one JSON object a line: {"claim": "...", "source": "...", "supported": true}.'
_TLDR_CURE = 'Write one JSON object a line: {"query": "a summary", "paper_id": "an id of corpus.jsonl"}.'
_FAULTS = {
    "over_claimed": re.compile(r"partial|over.?claim|overstat|exaggerat"),
    "contradicted": re.compile(r"contradict|refute|conflict"),
    "not_in_source": re.compile(
        r"neutral|not.?support|unsupport|baseless|not.?enough|\bnei\b|not.?stated|irrelevant|off.?topic|fabricat"
    ),
}


@dataclass(slots=True)
class Material:
    """All that was found. paraphrases: name -> pairs of an author's own summary and the abstract. notes: files that
    were left out, and why."""

    sets: list[LabelledSet] = field(default_factory=list)
    corpora: list[Corpus] = field(default_factory=list)
    paraphrases: dict[str, list[Pair]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def load(folders: Iterable[str | Path], seed: int = 0) -> Material:
    """The sets, abstracts and paraphrases of folders, whose subfolders are not looked into.

    `corpus.jsonl` are abstracts, `claims_*.jsonl` beside it SciFact's claims, `author_tldr*.jsonl` beside it
    summaries; any other JSONL file whose first line has a claim and a source is a labelled set. All may be .gz.
    Raises QuestionsError for a folder that is not there, for a line that cannot be used, for two sets of one name and
    where nothing is found.
    """
    found = Material()
    for folder in dict.fromkeys(Path(one).expanduser().resolve() for one in folders):
        if not folder.is_dir():
            raise QuestionsError(f"There is no folder {str(folder)!r}.", cure="Name folders that hold JSONL files.")
        _read(folder, found, seed)
    if not found.sets and not found.corpora:
        raise QuestionsError("No labelled set was found in the folders named with --data.", cure=_CURE)
    twice = [name for name, count in Counter(one.name for one in found.sets).items() if count > 1]
    if twice:
        raise QuestionsError(f"Two sets are called {twice[0]!r}.", cure="Rename one of the files.")
    return found


def _read(folder: Path, found: Material, seed: int) -> None:
    try:
        listed = sorted(path for path in folder.iterdir() if path.is_file() and _stem(path))
    except OSError as error:
        cause = error.strerror or str(error)
        raise QuestionsError(f"'{folder}' cannot be read: {cause}.", cure="Check its permissions.") from error
    corpus_files = [path for path in listed if _stem(path) == "corpus"]
    corpus = corpora.load(corpus_files[0]) if corpus_files else None
    if corpus is not None:
        found.corpora.append(corpus)
    for path in (path for path in listed if path not in corpus_files):
        stem = _stem(path)
        if stem.startswith("claims_"):
            _claims(path, corpus, found, seed)
        elif stem.startswith("author_tldr"):
            _summaries(path, corpus, found)
        elif _is_set(path):
            found.sets.append(_labelled_set(path))
        else:
            found.notes.append(f"{path.name} is no labelled set: its first line has no claim and source.")


def _stem(path: Path) -> str:
    """The name without .jsonl or .jsonl.gz, "" for another file."""
    name = path.name.removesuffix(".gz")
    return name.removesuffix(".jsonl") if name.endswith(".jsonl") else ""


def _claims(path: Path, corpus: Corpus | None, found: Material, seed: int) -> None:
    if corpus is None:
        message = f"'{path}' holds claims, but there is no corpus.jsonl beside it."
        raise QuestionsError(message, cure="Put SciFact's corpus.jsonl into the same folder.")
    made = scifact.sets(path, corpus, seed)
    found.sets += made
    if not made:
        found.notes.append(f"{path.name} has no labels.")


def _summaries(path: Path, corpus: Corpus | None, found: Material) -> None:
    if corpus is None:
        found.notes.append(f"{path.name} was left out: there is no corpus.jsonl beside it.")
        return
    pairs = []
    for place, value in objects(path, _TLDR_CURE):
        said, named = text_of(value, "query", place, _TLDR_CURE), value.get("paper_id")
        if not said.strip() or isinstance(named, bool) or not isinstance(named, (str, int)):
            raise QuestionsError(f"{place} has no query or no paper_id.", cure=_TLDR_CURE)
        if abstract := corpus.by_id.get(str(named)):
            pairs.append(Pair(said.strip(), abstract.text, abstract.title))
    found.paraphrases[_stem(path)] = pairs


def _is_set(path: Path) -> bool:
    first = next(itertools.islice(objects(path, _CURE), 1), None)
    return first is not None and {"claim", "source"} <= first[1].keys()


def _labelled_set(path: Path) -> LabelledSet:
    unscored: Counter[str] = Counter()
    items = []
    for place, value in objects(path, _CURE):
        claim, source = (text_of(value, name, place, _CURE).strip() for name in ("claim", "source"))
        supported = value.get("supported")
        if not isinstance(supported, (bool, int)) or supported not in (0, 1):
            raise QuestionsError(f"{place}: supported is neither true nor false.", cure=_CURE)
        if not claim or not source:
            unscored["no claim or no source"] += 1
            continue
        subset = text_of({"subset": _plain(value.get("subset"))}, "subset", place, _CURE)
        fault = "" if supported else fault_of(_plain(value.get("label")) or "")
        cluster = hashlib.sha256(source.encode()).hexdigest()[:16]
        items.append(Labelled(Pair(claim, source), bool(supported), fault, subset, cluster))
    return LabelledSet(_stem(path), items, unscored=unscored)


def _plain(value: Any) -> str | None:
    """A label or the name of a subset, which files give as a number too."""
    return None if value is None else str(value)


def fault_of(label: str) -> str:
    """Which of FAULTS a set's own label means, "" where it does not say."""
    return next((fault for fault, words in _FAULTS.items() if words.search(label.lower())), "")


def sampled(whole: Sequence[Labelled], limit: int | None, seed: int) -> list[Labelled]:
    """At most `limit` pairs, drawn by seed; each class keeps its share, so that kappa and calibration stay honest."""
    if limit is None or len(whole) <= limit:
        return list(whole)
    order = sorted(range(len(whole)), key=lambda i: hashlib.sha256(f"{seed} {i}".encode()).digest())
    classes = {value: [i for i in order if whole[i].supported is value] for value in (True, False)}
    right = round(limit * len(classes[True]) / len(whole))
    right = min(max(right, 1 if classes[True] else 0), limit - (1 if classes[False] else 0))
    return [whole[i] for i in sorted(classes[True][:right] + classes[False][: limit - right])]
