"""Rebuilding: a new build beside the old one, which answers until the swap."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ..store import Build
from . import Index
from .dense import disk_faults
from .files import BuildFiles, Prepared, Work
from .locks import file_lock

_BATCH = 200  # papers


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """One rebuild with the index's own embedder. `on_paper` is told of finished papers."""

    index: Index
    chunk_size: int
    on_paper: Callable[[float], None]

    def run(self) -> None:
        """Builds, catches up with what was added meanwhile, and swaps. Interrupted, it resumes when run again.

        The next writer deletes the old build: until then a question that began before the swap ends in peace.
        Raises IndexBusy where another process is rebuilding.
        """
        folder = self.index.folder
        with file_lock(folder / "rebuild.lock", 0, "rebuilt"), disk_faults(self.index.store.path):
            with self._locked():
                files = self._open()
            try:
                while numbers := self.index.store.builds.outdated(files.build.id, _BATCH):
                    self._batch(files, numbers)
                with self._locked():
                    self._finish(files)
            finally:
                files.close()

    def _locked(self) -> AbstractContextManager[None]:
        # Not index.locked(): that opens the old build, whose embedder may no longer be there.
        return file_lock(self.index.folder / "lock", 300, "written")

    def _open(self) -> BuildFiles:
        """Resumes a rebuild of the same kind, else begins one and gives up any other."""
        builds, embedder = self.index.store.builds, self.index.embedder
        wanted = (embedder.name, self.chunk_size)
        found: Build | None = None
        with self.index.store.transaction():
            for build in builds.in_state("building"):
                if (build.embedder, build.chunk_size) == wanted:
                    found = build
                else:
                    builds.abandon(build.id)
            found = found or builds.create(embedder.name, embedder.dimension, self.chunk_size)
        files = BuildFiles(self.index.folder / "builds" / found.id, found)
        files.dense.reopen(0)
        # A dead rebuild may have written papers that have changed since: what it left of them is unknown to the rows.
        pending, removing = builds.unfinished(found.id)
        files.dense.forget([*pending, *removing])
        return files

    def _batch(self, files: BuildFiles, numbers: list[int]) -> None:
        papers = list(self.index.store.by_numbers(numbers).values())
        prepared = self.index.preparing.prepare(papers, self.chunk_size, self.on_paper)
        with self._locked():
            current = self.index.store.by_numbers(numbers)
            same = [number for number, paper in current.items() if paper.content_hash in prepared]
            self._mark_and_write(files, Work(same, ()), prepared)

    def _finish(self, files: BuildFiles) -> None:
        store = self.index.store
        self._forget_removed()
        while numbers := store.builds.outdated(files.build.id, _BATCH):
            papers = list(store.by_numbers(numbers).values())
            prepared = self.index.preparing.prepare(papers, self.chunk_size, self.on_paper)
            self._mark_and_write(files, Work(numbers, ()), prepared)
        self._mark_and_write(files, Work((), store.builds.orphaned(files.build.id)), {})
        with store.transaction():
            store.builds.activate(files.build.id)

    def _forget_removed(self) -> None:
        """Ends the removals of dead writers, whose rows go with the old build: their papers must not come back."""
        store = self.index.store
        active = store.builds.active
        if active is not None:
            with store.transaction():
                store.forget(store.builds.unfinished(active.id)[1])

    def _mark_and_write(self, files: BuildFiles, work: Work, prepared: Prepared) -> None:
        if work:
            with self.index.store.transaction():
                self.index.store.builds.mark_pending(files.build.id, work.pending)
                self.index.store.builds.mark_removing(files.build.id, work.removing)
            files.write(self.index.store, work, prepared)
