"""A case: an indexed corpus and the questions it is asked, drawn from its own papers or labelled with gold papers."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant import Assistant, Settings
from assistant.sentences import split
from assistant.store import Store

from .running import ROOT, say, size

sys.path.insert(0, str(ROOT))

from eval import gold as gold_papers
from eval.dataset import Question
from eval.retrieval import corpus as corpora
from eval.retrieval import queries as query_files

SEED = 20261122
OTHERS = 4  # in a limited labelled set: papers beside the gold ones, for each question
LABELLED = {  # name: corpus and questions below the data folder
    "SciFact": ("scifact/corpus.jsonl.gz", "scifact/claims_train.jsonl"),
    "author summaries": ("retrieval/corpus.jsonl.gz", "retrieval/author_tldr_dev.jsonl"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """`corpus` lies below `home`. `gold` holds for each question its gold papers, as it names them -> the ids they may
    have; it is empty where there are no labels."""

    name: str
    home: Path
    corpus: str
    questions: Sequence[str]
    gold: Sequence[Mapping[str, Sequence[str]]] = field(default=())

    @property
    def folder(self) -> Path:
        return self.home / "corpora" / self.corpus

    def build(self) -> tuple[str, str]:
        """The corpus's active build and its generation: where both are the same, so are all papers and vectors."""
        store = Store(self.folder / "papers.sqlite")
        build = store.builds.active
        assert build is not None, "a case has papers"
        found = build.id, str(store.builds.generation)
        store.close()
        return found

    def sizes(self) -> dict[str, int]:
        """Bytes on disk of each part of the corpus."""
        parts = {path.name: size(path) for path in sorted((self.folder / "builds" / self.build()[0]).iterdir())}
        return {"papers.sqlite": sum(size(path) for path in self.folder.glob("papers.sqlite*")), **parts}


def drawn(settings: Settings, named: str, number: int, queries: Path | None) -> Case:
    """The questions of `queries`, then `number` titles and first sentences, in turn, of papers drawn with a fixed seed.

    named: a path to papers, which are indexed first if they were not before, else the name of a corpus.
    """
    with corpora.opened(settings, named, progress=_Shown(named)) as (assistant, _):
        store = assistant.index.store
        numbers = [row["number"] for row in store.sql.execute("SELECT number FROM papers ORDER BY number")]
        chosen = random.Random(SEED).sample(numbers, min(number, len(numbers)))
        papers = store.by_numbers(chosen)
        place = assistant.settings.home, assistant.corpus
    questions = [one.question for one in query_files.load(queries).questions] if queries else []
    for turn, one in enumerate(chosen):
        start, end = split(papers[one].abstract)[0]
        questions.append(papers[one].abstract[start:end] if turn % 2 else papers[one].title)
    return Case(Path(named).name, *place, list(dict.fromkeys(questions)))


def labelled(settings: Settings, data: Path, limit: int, cache: Path) -> Iterator[Case]:
    """The labelled sets that lie below `data`. limit: so many questions of each, over a small corpus; 0 for all."""
    for name, (papers, questions) in LABELLED.items():
        if not (data / papers).exists():
            say(f"There is no {data / papers}: {name} is left out.")
            continue
        asked = query_files.load(data / questions, limit=limit or None).questions
        file = (
            _limited(data / papers, asked, cache / f"{Path(papers).parent}-{limit}.jsonl") if limit else data / papers
        )
        with corpora.opened(settings, str(file), progress=_Shown(name)) as (assistant, _):
            yield _matched(name, assistant, asked)


def _matched(name: str, assistant: Assistant, asked: Sequence[Question]) -> Case:
    known = gold_papers.match(assistant, asked)
    gold = [{named: known[named] for named in one.gold_papers} for one in asked]
    return Case(name, assistant.settings.home, assistant.corpus, [one.question for one in asked], gold)


def _limited(papers: Path, asked: Sequence[Question], out: Path) -> Path:
    """A file with the questions' gold papers and some others, in the order of `papers`."""
    gold = {named for one in asked for named in one.gold_papers}
    others = itertools.count()
    with gzip.open(papers, "rt", encoding="utf-8") as file, out.open("w", encoding="utf-8") as kept:
        for line in file:
            value: dict[str, Any] = json.loads(line)
            if str(value.get("id", value.get("doc_id"))) in gold or next(others) < OTHERS * len(asked):
                kept.write(line)
    return out


class _Shown:
    """How far the indexing is, on stderr, every five seconds."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._started = self._shown = time.monotonic()

    def __call__(self, done: float, total: int | None) -> None:
        if time.monotonic() - self._shown > 5:
            self._shown = time.monotonic()
            rate = done / (self._shown - self._started)
            say(f"  indexing {self._name}: {done:.0f} of {total or 'many'} papers, {rate:.0f} a second")
