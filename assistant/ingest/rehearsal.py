"""A dry run: what adding and syncing would do to a corpus, worked out beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

from ..papers import Decision, Paper, Record, resolve
from ..store import Store
from .alike import Named
from .syncing import held

_BATCH = 2_000  # records


class Rehearsal:
    """The papers `Known` to `resolve` as they would be. What changes lies in a scratch database on the disk.

    `corpus` is read only; None is a corpus that does not exist yet.
    """

    def __init__(self, corpus: Store | None, scratch: Store) -> None:
        self._corpus = corpus
        self._scratch = scratch
        self._told: set[str] = set()  # ids of papers that lie in the scratch, were absorbed by one there, or left

    def by_ids(self, ids: Sequence[str]) -> list[Paper]:
        """Every paper with any of the ids, the oldest first."""
        return self._in_order(self._corpus.by_ids(ids) if self._corpus else (), self._scratch.by_ids(ids))

    def by_title(self, key: str) -> list[Paper]:
        """Every paper whose title has this key, the oldest first."""
        return self._in_order(self._corpus.by_title(key) if self._corpus else (), self._scratch.by_title(key))

    def by_abstract(self, key: str) -> list[Named]:
        """Id and title of every paper whose abstract has this key."""
        stored = self._corpus.by_abstract(key) if self._corpus else ()
        return [one for one in stored if one[0] not in self._told] + self._scratch.by_abstract(key)

    def abstracts(self) -> Iterator[tuple[str, str]]:
        """Id and abstract of every paper."""
        stored = self._corpus.abstracts() if self._corpus else ()
        return chain((one for one in stored if one[0] not in self._told), self._scratch.abstracts())

    def add(self, records: Iterable[Record], on_done: Callable[[Record, Decision], None]) -> None:
        """Decides the records, and tells of each as it is decided."""
        stream = iter(records)
        seen: set[str] = set()
        while batch := list(islice(stream, _BATCH)):
            with self._scratch.transaction():
                for record in batch:
                    decision = resolve(record, self, seen)
                    seen.update(decision.touched)
                    self._apply(decision)
                    on_done(record, decision)

    def drop(self, source: str, still: Collection[str]) -> tuple[int, int]:
        """How many papers of a source that are not among `still` would leave the corpus, and how many would stay."""
        unchanged = self._unchanged(held(self._corpus, source)) if self._corpus else []
        gone = [paper for paper in (*unchanged, *held(self._scratch, source)) if paper.id not in still]
        left = [paper.id for paper in gone if len(paper.sources) == 1]
        self._told.update(left)
        with self._scratch.transaction():
            self._scratch.forget(self._scratch.disown(left))
        return len(left), len(gone) - len(left)

    def _in_order(self, stored: Iterable[Paper], told: list[Paper]) -> list[Paper]:
        found = self._unchanged(stored) + told
        return sorted(found, key=self._age) if len(found) > 1 else found

    def _age(self, paper: Paper) -> float:
        """The paper's number in the corpus; new ones come after all of them, in the order of the scratch."""
        try:
            return self._corpus.number(paper.id) if self._corpus else inf
        except KeyError:
            return inf

    def _unchanged(self, papers: Iterable[Paper]) -> list[Paper]:
        return [paper for paper in papers if paper.id not in self._told]

    def _apply(self, decision: Decision) -> None:
        self._scratch.forget(self._scratch.disown(decision.absorbed))
        self._told.update(decision.absorbed)
        if decision.changes:
            self._scratch.save(decision.paper)
            self._told.add(decision.paper.id)


@contextmanager
def rehearsal(corpus: Store | None) -> Iterator[Rehearsal]:
    """A rehearsal over a corpus, which stays as it is."""
    with TemporaryDirectory(prefix="assistant-") as folder:
        scratch = Store(Path(folder) / "papers.sqlite")
        try:
            scratch.sql.execute("PRAGMA synchronous = OFF")  # it is thrown away
            yield Rehearsal(corpus, scratch)
        finally:
            scratch.close()
