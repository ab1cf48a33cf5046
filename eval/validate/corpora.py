"""Abstracts that claims are held against: SciFact's corpus, plain JSONL, or the bundled pages; and which are alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import QuestionsError
from assistant.papers import Record, read

from .baselines import words
from .lines import objects, text_of

_CURE = 'Write one JSON object a line: {"id": "...", "title": "...", "abstract": "..."}, or SciFact\'s form.'
_K1, _B = 1.2, 0.75  # BM25 as it is usually set (Robertson and Zaragoza 2009)


@dataclass(frozen=True, slots=True)
class Abstract:
    """A paper's abstract under the id that its file uses."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Corpus:
    """The abstracts of one file, in its order."""

    name: str
    abstracts: Sequence[Abstract]

    @cached_property
    def by_id(self) -> dict[str, Abstract]:
        return {one.id: one for one in self.abstracts}

    @cached_property
    def _postings(self) -> dict[str, tuple[list[int], list[float]]]:
        """Term -> the numbers of the abstracts that hold it and its BM25 weight in each."""
        counted = [Counter(words(f"{one.title} {one.text}")) for one in self.abstracts]
        lengths = [sum(counts.values()) for counts in counted]
        mean = sum(lengths) / max(len(lengths), 1)
        found: dict[str, tuple[list[int], list[float]]] = {}
        for number, (counts, length) in enumerate(zip(counted, lengths, strict=True)):
            long = _K1 * (1 - _B + _B * length / mean) if mean else _K1
            for term, count in counts.items():
                numbers, weights = found.setdefault(term, ([], []))
                numbers.append(number)
                weights.append(count * (_K1 + 1) / (count + long))
        return found

    def runner_up(self, claim: str, but: str) -> Abstract | None:
        """The abstract, other than `but` (an id) and those that repeat it, that BM25 ranks first for the claim.

        None where no other shares a word with it.
        """
        scores = np.zeros(len(self.abstracts))
        for term in words(claim):
            if term in self._postings:
                numbers, weights = self._postings[term]
                rarity = math.log(1 + (len(scores) - len(numbers) + 0.5) / (len(numbers) + 0.5))
                scores[numbers] += rarity * np.array(weights)
        own = self.by_id.get(but)
        for number in np.argsort(-scores, kind="stable"):
            one: Abstract = self.abstracts[number]
            if scores[number] > 0 and one.id != but and (own is None or one.text != own.text):
                return one
        return None


def load(path: Path) -> Corpus:
    """A corpus file, plain or .gz. Raises QuestionsError, with the line, for what is no abstract."""
    found = [_abstract(value, place) for place, value in objects(path, _CURE)]
    return Corpus(path.parent.name, [one for one in found if one.text])


def _abstract(value: dict[str, Any], place: str) -> Abstract:
    named = next((value[name] for name in ("doc_id", "id", "_id") if value.get(name) is not None), None)
    if isinstance(named, bool) or not isinstance(named, (str, int)):
        raise QuestionsError(f"{place} has no id.", cure=_CURE)
    given = value.get("abstract", value.get("text", ""))
    sentences = given if isinstance(given, list) else [given]
    if not all(isinstance(sentence, str) for sentence in sentences):
        raise QuestionsError(f"{place}: the abstract is neither a text nor a list of texts.", cure=_CURE)
    joined = " ".join(text_of({"abstract": one}, "abstract", place, _CURE) for one in sentences)
    return Abstract(str(named), text_of(value, "title", place, _CURE), joined.strip())


def sample() -> Corpus:
    """The bundled pages."""
    import assistant

    folder = Path(str(files(assistant).joinpath("data/daily_papers")))
    return Corpus("sample", list(_bundled(sorted(folder.glob("page-*.txt")))))


def _bundled(pages: Sequence[Path]) -> Iterator[Abstract]:
    seen = set()
    for page in pages:
        for record in read(page):
            if isinstance(record, Record) and record.title not in seen:
                seen.add(record.title)  # a paper may be listed on several days
                yield Abstract(record.own_id or record.title, record.title, record.abstract)
