"""Index: one corpus opened for questions and for changes, safe beside other processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..embeddings import Embedder
from ..errors import IndexBusy, IndexMismatch
from ..papers import Paper
from ..store import Store
from ..store.builds import DERIVED_SCHEMA
from ..vectors.words import WordVectors
from .dense import disk_faults
from .files import BuildFiles, Prepared, Preparing, Work, delete_old
from .locks import file_lock
from .reading import Reading

__all__ = ["Index"]

_WAIT_TO_WRITE = 300.0  # seconds; others hold the lock for one batch at a time
_WAIT_TO_READ = 2.0  # seconds; after that a question is answered from the generation at hand


class Index(Reading):
    """A corpus: papers.sqlite and its active build. Share one between threads; close it, or use `with`.

    Raises IndexMismatch where the active build was made by another embedder, IndexBusy where another process holds the
    corpus for too long.
    """

    def __init__(self, folder: Path, embedder: Callable[[], Embedder], *, chunk_size: int = 128) -> None:
        super().__init__(Store(folder / "papers.sqlite"))
        self.folder = folder
        self._embedder = embedder
        self.preparing = Preparing(embedder)
        self.words = WordVectors(embedder)
        self._chunk_size = chunk_size
        self._generation = -1

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of every file. Closing twice is harmless."""
        with self._guard.write():
            if self._files is not None:
                self._files.close()
            self._files = None
            self._generation = -1
        self.store.close()

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded when first needed."""
        return self._embedder()

    @property
    def fingerprint(self) -> str:
        """Names the build and its generation: equal fingerprints answer alike."""
        build = self.store.builds.active
        return f"{build.id}@{self.store.builds.generation}" if build else "empty"

    # Reading

    def refresh(self) -> None:
        """Sees what other processes have committed. With an index at hand it waits at most two seconds for them."""
        files, builds = self._files, self.store.builds
        if builds.active is None:
            return
        if self.store.read_only:
            self._look()
            return
        if files is not None and builds.generation == self._generation == files.dense.generation:
            return
        # A build that was swapped out may be deleted by now, and a reopening may have failed.
        usable = files is not None and files.dense.generation >= 0 and files.build.id in builds.ids()
        try:
            with self.locked(_WAIT_TO_READ if usable else _WAIT_TO_WRITE):
                pass
        except IndexBusy:
            if not usable:
                raise

    def _look(self) -> None:
        """Opens what lies in a folder that cannot be written to, and so holds no lock; or what lies there by now."""
        build, generation = self.store.builds.active, self.store.builds.generation
        if build is not None and (self._files is None or generation != self._generation):
            self._check(build.embedder, build.schema)
            with disk_faults(self.store.path):
                self._replace(BuildFiles(self.folder / "builds" / build.id, build, read_only=True))
            self._generation = generation

    # Holding the corpus

    @contextmanager
    def locked(self, seconds: float = _WAIT_TO_WRITE) -> Iterator[None]:
        """Holds the corpus's file lock, with dead writers' work repaired and this process caught up."""
        with file_lock(self.folder / "lock", seconds, "written"), disk_faults(self.store.path):
            self._repair()
            self._catch_up()
            yield

    def _repair(self) -> None:
        """Finishes what a dead writer announced. Under the file lock an unfinished row can be nobody else's."""
        build = self.store.builds.active
        if build is None:
            return
        work = Work(*self.store.builds.unfinished(build.id))
        if work:
            # The dead writer raised no generation: a client opened before it died looks fresh, and its next write
            # would damage the index.
            self._catch_up(reopen=True)
            assert self._files is not None, "there is an active build"
            self._files.dense.forget([*work.pending, *work.removing])
            self.write(work)

    def _catch_up(self, *, reopen: bool = False) -> None:
        build = self.store.builds.active
        if build is None:
            return
        files = self._files
        if files is None or files.build.id != build.id:
            self._check(build.embedder, build.schema)
            files = BuildFiles(self.folder / "builds" / build.id, build)
        generation = self.store.builds.generation
        try:
            if reopen or files.dense.generation != generation:
                files.dense.reopen(generation)
            files.lexical.reload()
        except BaseException:
            if files is not self._files:
                files.close()
            raise
        self._replace(files)  # other threads see it only now that it is whole
        self._generation = generation

    def _replace(self, files: BuildFiles) -> None:
        if files is not self._files:
            with self._guard.write():
                old, self._files = self._files, files
            if old is not None:
                old.close()

    def _check(self, embedder: str, schema: int) -> None:
        cure = f"Run: assistant index --rebuild --corpus {self.folder.name}"
        if embedder != self.embedder.name:
            raise IndexMismatch(
                f"The corpus {self.folder.name!r} was indexed with {embedder}, not with {self.embedder.name}.",
                cure=cure,
            )
        if schema != DERIVED_SCHEMA:
            raise IndexMismatch(
                f"The corpus {self.folder.name!r} was indexed by another version of assistant.", cure=cure
            )

    # Changing: under `locked()`

    def write(self, work: Work, prepared: Prepared | None = None) -> None:
        """Brings the active build up to `work`, which the store has marked. What `prepared` lacks is embedded here."""
        build = self.store.builds.active
        assert build is not None and self._files is not None, "locked() opens the active build"
        papers = self.store.by_numbers(work.pending).values()
        ready = dict(prepared or {})
        missing = [paper for paper in papers if paper.content_hash not in ready]
        if missing:
            ready |= self.preparing.prepare(missing, build.chunk_size, lambda _: None)
        self._files.write(self.store, work, ready)
        self._generation = self._files.dense.generation

    def chunk_size(self) -> int:
        """The chunk size of the active build, or the one that the first build will get."""
        build = self.store.builds.active
        return build.chunk_size if build else self._chunk_size

    def ensure_build(self) -> None:
        """Makes an empty active build in a corpus that has none."""
        if self.store.builds.active is None:
            embedder = self.embedder
            with self.store.transaction():
                build = self.store.builds.create(embedder.name, embedder.dimension, self._chunk_size)
                self.store.builds.activate(build.id)
            self._catch_up()
        delete_old(self.store, self.folder / "builds")

    def remove(self, paper_ids: Iterable[str]) -> list[Paper]:
        """Takes papers out, by any of their ids; returns those that were there."""
        with self.locked():
            numbers = self.store.numbers(paper_ids)
            papers = list(self.store.by_numbers(numbers).values())
            build = self.store.builds.active
            if build is not None and numbers:
                with self.store.transaction():
                    self.store.builds.mark_removing(build.id, numbers)
                self.write(Work((), numbers))
            return papers
