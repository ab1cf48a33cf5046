"""Adding records: identity, embedding without the lock, then one locked, all-or-nothing step a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ..papers import Decision, Paper, Record, resolve
from . import Index
from .files import Prepared, Work, prepare

_BATCH = 200  # papers: some seconds of embedding, and so the most that a kill can cost


@dataclass(slots=True)
class Adding:
    """One run of adding. `on_done` is told of each record once its batch is on disk; `on_paper` of embedded papers."""

    index: Index
    on_done: Callable[[Record, Decision], None]
    on_paper: Callable[[float], None]
    seen: set[str] = field(default_factory=set)

    def run(self, records: Iterable[Record]) -> None:
        """Adds all records, a batch at a time. Interrupted, it leaves whole batches; run again, it goes on."""
        stream = iter(records)
        while batch := list(islice(stream, _BATCH)):
            self._batch(batch)

    def _batch(self, batch: Sequence[Record]) -> None:
        size = self.index.chunk_size()
        decisions, changes, prepared = self._rehearse(batch, size)
        if changes:
            with self.index.locked():
                self.index.ensure_build()
                with self.index.store.transaction():
                    decisions, work = self._save(batch)
                if work:  # a rebuild may have swapped meanwhile: chunks of another size are cut again
                    self.index.write(work, prepared if self.index.chunk_size() == size else None)
        for record, decision in zip(batch, decisions, strict=True):
            self.seen.update(decision.touched)
            self.on_done(record, decision)

    def _rehearse(self, batch: Sequence[Record], size: int) -> tuple[list[Decision], bool, Prepared]:
        """What the batch would do, worked out in a transaction that is undone; and the embeddings that it needs."""
        store = self.index.store
        build = store.builds.active
        with store.transaction(keep=False):
            decisions, numbers, absorbed = self._resolve(batch)
            outdated = store.builds.outdated_among(build.id if build else "", numbers)
            papers: list[Paper] = list(store.by_numbers(outdated).values())
        prepared = prepare(papers, self.index.embedder, size, self.on_paper) if papers else {}
        changes = bool(papers or absorbed) or any(decision.changes for decision in decisions)
        return decisions, changes, prepared

    def _save(self, batch: Sequence[Record]) -> tuple[list[Decision], Work]:
        """The same for good, with the rows of the active build marked."""
        builds = self.index.store.builds
        build = builds.active
        assert build is not None, "ensure_build comes first"
        decisions, numbers, absorbed = self._resolve(batch)
        pending = builds.outdated_among(build.id, set(numbers) - set(absorbed))
        builds.mark_pending(build.id, pending)
        builds.mark_removing(build.id, absorbed)
        return decisions, Work(pending, absorbed)

    def _resolve(self, batch: Sequence[Record]) -> tuple[list[Decision], list[int], list[int]]:
        """(decisions, numbers of the papers met, numbers of the papers absorbed by another)."""
        store = self.index.store
        seen = set(self.seen)
        decisions: list[Decision] = []
        numbers: list[int] = []
        absorbed: list[int] = []
        for record in batch:
            decision = resolve(record, store, seen)
            absorbed += store.disown(decision.absorbed)
            numbers.append(store.save(decision.paper) if decision.changes else store.number(decision.paper.id))
            seen.update(decision.touched)
            decisions.append(decision)
        return decisions, numbers, absorbed
