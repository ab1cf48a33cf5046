"""Adding records: identity, embedding without the lock, then one locked, all-or-nothing step a batch; overlapped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from threading import Thread
from typing import TypeVar

from ..papers import Decision, Record, resolve
from . import Index
from .files import Cut, Prepared, Work

T = TypeVar("T")

_BATCH = 200  # papers: some seconds of embedding, and so the most that a kill can cost
_PATIENCE = 2.0  # seconds given to the reader when a run is broken off


@dataclass(frozen=True, slots=True)
class _Batch:
    """Records with what a rehearsal decided of them, whether anything changes, and the papers to embed, cut."""

    records: list[Record]
    decisions: list[Decision]
    changes: bool
    cuts: list[Cut]
    chunk_size: int


@dataclass(slots=True)
class Adding:
    """One run of adding. `on_done` is told of each record once its batch is on disk; `on_paper` of embedded papers.

    While a batch is embedded, the one before it is written and the one after it is read and cut, each by a thread.
    """

    index: Index
    on_done: Callable[[Record, Decision], None]
    on_paper: Callable[[float], None]
    seen: set[str] = field(default_factory=set)  # ids met, of batches that are on disk
    ahead: set[str] = field(default_factory=set)  # the same, of rehearsed batches
    flying: deque[set[str]] = field(default_factory=deque)  # ids met or absorbed by batches not yet on disk

    def run(self, records: Iterable[Record]) -> None:
        """Adds all records, a batch at a time. Interrupted, it leaves whole batches; run again, it goes on."""
        stream = iter(records)
        reading = _in_background(lambda: self._rehearse(stream))
        writing: tuple[_Batch, Future[list[Decision]]] | None = None
        with ThreadPoolExecutor(1) as writer:
            try:
                while batch := reading.result():
                    reading = _in_background(lambda: self._rehearse(stream))
                    prepared = self.index.preparing.embed(batch.cuts, self.on_paper)
                    self._finish(writing)
                    writing = batch, writer.submit(self._write, batch, prepared)
                self._finish(writing)
            except BaseException:
                # A reader in the middle of a rehearsal ends it; one that waits for a silent pipe is left alone.
                wait([reading], _PATIENCE)
                raise

    def _finish(self, writing: tuple[_Batch, Future[list[Decision]]] | None) -> None:
        if writing:
            batch, future = writing
            for record, decision in zip(batch.records, future.result(), strict=True):
                self.on_done(record, decision)

    def _rehearse(self, stream: Iterator[Record]) -> _Batch | None:
        """What the next batch would do, worked out in a transaction that is undone; None at the end."""
        records = list(islice(stream, _BATCH))
        if not records:
            return None
        size, store = self.index.chunk_size(), self.index.store
        build = store.builds.active
        with store.transaction(keep=False):
            decisions, numbers, absorbed = self._resolve(records, self.ahead)
            outdated = store.builds.outdated_among(build.id if build else "", numbers)
            papers = store.by_numbers(outdated).values()
        touched = {one for decision in decisions for one in decision.touched}
        # What a batch does that meets papers of one not yet on disk is only known when that one is.
        changes = bool(papers or absorbed) or any(touched & met for met in tuple(self.flying))
        changes = changes or any(decision.changes for decision in decisions)
        self.flying.append(touched | {one for decision in decisions for one in decision.absorbed})
        return _Batch(records, decisions, changes, self.index.preparing.cut(papers, size), size)

    def _write(self, batch: _Batch, prepared: Prepared) -> list[Decision]:
        decisions = batch.decisions
        if batch.changes:
            with self.index.locked():
                self.index.ensure_build()
                with self.index.store.transaction():
                    decisions, work = self._save(batch.records)
                if work:  # a rebuild may have swapped meanwhile: chunks of another size are cut again
                    self.index.write(work, prepared if self.index.chunk_size() == batch.chunk_size else None)
        self.seen.update(one for decision in decisions for one in decision.touched)
        self.flying.popleft()
        return decisions

    def _save(self, batch: Sequence[Record]) -> tuple[list[Decision], Work]:
        """The same for good, with the rows of the active build marked."""
        builds = self.index.store.builds
        build = builds.active
        assert build is not None, "ensure_build comes first"
        decisions, numbers, absorbed = self._resolve(batch, self.seen)
        pending = builds.outdated_among(build.id, set(numbers) - set(absorbed))
        builds.mark_pending(build.id, pending)
        builds.mark_removing(build.id, absorbed)
        return decisions, Work(pending, absorbed)

    def _resolve(self, batch: Sequence[Record], met: set[str]) -> tuple[list[Decision], list[int], list[int]]:
        """(decisions, numbers of the papers met, numbers of the papers absorbed by another)."""
        store = self.index.store
        decisions: list[Decision] = []
        numbers: list[int] = []
        absorbed: list[int] = []
        for record in batch:
            decision = resolve(record, store, met)
            absorbed += store.disown(decision.absorbed)
            numbers.append(store.save(decision.paper) if decision.changes else store.number(decision.paper.id))
            met.update(decision.touched)
            decisions.append(decision)
        return decisions, numbers, absorbed


def _in_background(work: Callable[[], T]) -> Future[T]:
    """Runs it in a thread that does not keep the process from ending, as a pool's would."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  (who asks for the result gets it)
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future
