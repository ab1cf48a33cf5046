"""Papers that have one abstract, or nearly one, under other titles: found when a run ends, reported, never merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from ..papers import Alike, Decision, Paper, abstract_key, near_duplicates

ALWAYS_COMPARED = 20_000  # papers of a corpus, in which near-duplicates are found within four seconds

_MOST = 50_000  # groups and pairs that are told

Named = tuple[str, str]
"""A paper's id and title."""


class Corpus(Protocol):
    """The papers of a corpus as a run leaves them."""

    def by_ids(self, ids: Sequence[str]) -> list[Paper]: ...

    def by_abstract(self, key: str) -> list[Named]: ...

    def abstracts(self) -> Iterator[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Near:
    """Two papers and the Jaccard similarity of their abstracts' word sets, at least 0.8."""

    one: Named
    other: Named
    similarity: float

    def to_dict(self) -> dict[str, Any]:
        """As `index --json` prints it."""
        return {"papers": named([self.one, self.other]), "similarity": round(self.similarity, 3)}


@dataclass(slots=True)
class Watch:
    """The papers of a run, watched as they are decided. `changed`: whether any of them is to be stored."""

    corpus: Corpus
    changed: bool = False
    _shared: set[str] = field(default_factory=set)  # keys of abstracts that two papers had

    def met(self, decision: Decision) -> None:
        """Looks at a paper that was decided and saved."""
        self.changed |= decision.changes
        key = abstract_key(decision.paper.abstract)
        if len(self._shared) < _MOST and key not in self._shared and len(self.corpus.by_abstract(key)) > 1:
            self._shared.add(key)

    def shared(self) -> list[list[Named]]:
        """The papers of the corpus that have an abstract of this run in common, word for word."""
        # Looked up once more: papers may have been joined or changed since.
        groups = (sorted(self.corpus.by_abstract(key)) for key in self._shared)
        return sorted(group for group in groups if len(group) > 1)

    def near(self, *, wanted: bool) -> list[Near] | None:
        """The near-duplicates of the whole corpus; None where they are not looked for: in a corpus of more than
        `ALWAYS_COMPARED` papers, or after a run that changed nothing, unless they are `wanted`."""
        if not (wanted or self.changed):
            return None
        texts = self.corpus.abstracts()
        if not wanted:
            few = list(islice(texts, ALWAYS_COMPARED + 1))
            if len(few) > ALWAYS_COMPARED:
                return None
            texts = iter(few)
        return self._told(list(islice(near_duplicates(texts), _MOST)))

    def _told(self, pairs: list[Alike]) -> list[Near]:
        """The pairs with their titles, without those that have one abstract."""
        ids = {one for pair in pairs for one in (pair.one, pair.other)}
        papers = {paper.id: paper for paper in self.corpus.by_ids(sorted(ids)) if paper.id in ids}
        keys = {name: abstract_key(paper.abstract) for name, paper in papers.items()}
        return [
            Near((pair.one, papers[pair.one].title), (pair.other, papers[pair.other].title), pair.similarity)
            for pair in pairs
            if keys[pair.one] != keys[pair.other]
        ]


def named(papers: Sequence[Named]) -> list[dict[str, str]]:
    """Ids and titles as `index --json` prints them."""
    return [{"id": name, "title": title} for name, title in papers]
