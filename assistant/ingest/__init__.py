"""Files in, an indexed corpus and a report for each file out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol

from ..errors import IndexMissing, PapersError
from ..index import Index
from ..index.adding import Adding
from ..papers import Decision, Problem, Record, tidied, what_is_read
from ..store import Store
from . import syncing
from .alike import Corpus, Watch
from .inputs import Arxiv, Input, count_ahead, inputs
from .rehearsal import Rehearsal, rehearsal
from .report import FileReport, Report

__all__ = ["Arxiv", "FileReport", "Progress", "Report", "ingest", "rehearse"]

Progress = Callable[[float, int | None], None]
"""Told (done, total) in records while papers are indexed; total is None for what is large or can be read only once."""


def ingest(
    index: Index,
    paths: Sequence[str | Path],
    *,
    source: str | None = None,
    form: str | None = None,
    sync: bool = False,
    near_duplicates: bool = False,
    arxiv: Arxiv | None = None,
    progress: Progress | None = None,
) -> Report:
    """Reads files, folders, patterns, "-" and "arxiv:QUERY" into the index. Interrupted, it keeps whole batches, and
    goes on when run again.

    source: the name of the source of all records. form: one of `papers.reading.forms()`, for files that are not to be
    recognised by their content. sync: papers that the source no longer gives are removed. near_duplicates: they are
    looked for in a corpus of any size (100,000 papers take half a minute), else in one of at most 20,000 papers and
    after a change. Raises PapersError for a path that is not there, where no file held a paper, and where arXiv cannot
    be asked.
    """
    wanted = _checked(inputs(paths, source, form, arxiv), source, sync=sync)
    return _Run(_Real(index), wanted, source, progress).report(sync=sync, near=near_duplicates)


def rehearse(
    existing: Callable[[], Index],
    paths: Sequence[str | Path],
    *,
    source: str | None = None,
    form: str | None = None,
    sync: bool = False,
    near_duplicates: bool = False,
    arxiv: Arxiv | None = None,
    progress: Progress | None = None,
) -> Report:
    """The report that `ingest` would give, with nothing written. `existing` gives the corpus or raises IndexMissing."""
    wanted = _checked(inputs(paths, source, form, arxiv), source, sync=sync)
    with rehearsal(_store(existing)) as target:
        return _Run(_Played(target), wanted, source, progress).report(sync=sync, near=near_duplicates)


def _store(existing: Callable[[], Index]) -> Store | None:
    try:
        return existing().store
    except IndexMissing:
        return None


def _checked(wanted: list[Input], source: str | None, *, sync: bool) -> list[Input]:
    if sync and source is None and any(one.is_query for one in wanted):
        cure = "Name a source that holds nothing but the papers of this query: --source NAME."
        raise PapersError(
            "A query to arXiv gives a part of the source 'arxiv', which cannot be synced with it.", cure=cure
        )
    return wanted


class _Target(Protocol):
    """What records are added to."""

    def add(self, records: Iterator[Record], on_done: Callable[[Record, Decision], None], meter: _Meter) -> None: ...

    def drop(self, source: str, still: Collection[str]) -> tuple[int, int]: ...

    @property
    def corpus(self) -> Corpus: ...


@dataclass(frozen=True, slots=True)
class _Real:
    index: Index

    @property
    def corpus(self) -> Corpus:
        return self.index.store

    def add(self, records: Iterator[Record], on_done: Callable[[Record, Decision], None], meter: _Meter) -> None:
        Adding(self.index, on_done, meter.embedded).run(records)

    def drop(self, source: str, still: Collection[str]) -> tuple[int, int]:
        return syncing.drop(self.index, source, still)


@dataclass(frozen=True, slots=True)
class _Played:
    rehearsal: Rehearsal

    @property
    def corpus(self) -> Corpus:
        return self.rehearsal

    def add(self, records: Iterator[Record], on_done: Callable[[Record, Decision], None], meter: _Meter) -> None:
        self.rehearsal.add(records, on_done)

    def drop(self, source: str, still: Collection[str]) -> tuple[int, int]:
        return self.rehearsal.drop(source, still)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run over all inputs."""

    target: _Target
    wanted: list[Input]
    source: str | None
    progress: Progress | None

    def report(self, *, sync: bool, near: bool) -> Report:
        started = perf_counter()
        files = [FileReport(one.name) for one in self.wanted]
        met = syncing.Met() if sync else None
        watch = Watch(self.target.corpus)
        self._add(files, watch, met)
        if files and not any(file.counts["read"] for file in files):
            raise self._nothing(files)
        if met:
            self._drop(files, met)
        alike = watch.shared(), watch.near(wanted=near)
        return Report(tuple(files), perf_counter() - started, isinstance(self.target, _Played), *alike)

    def _add(self, files: list[FileReport], watch: Watch, met: syncing.Met | None) -> None:
        meter = _Meter(self.progress, count_ahead(self.wanted) if self.progress else None)
        owners: deque[FileReport] = deque()  # of the records handed on and not yet done, in order

        def records() -> Iterator[Record]:
            for one, file in zip(self.wanted, files, strict=True):
                for found in one.readable():
                    item = tidied(found, self.source)
                    if isinstance(item, Problem):
                        file.met(item)
                        meter.left_out += isinstance(found, Record)
                    else:
                        owners.append(file)
                        yield item

        def done(record: Record, decision: Decision) -> None:
            owners.popleft().decided(record, decision)
            meter.finished()
            watch.met(decision)
            if met:
                met.add(record, decision)

        self.target.add(records(), done, meter)

    def _drop(self, files: list[FileReport], met: syncing.Met) -> None:
        for source, its in syncing.by_source(self.wanted, files).items():
            its[0].removed = 0
            its[0].not_synced = syncing.refusal(source, its, met)
            if not its[0].not_synced:
                its[0].removed, stayed = self.target.drop(source, met.by_source[source])
                if stayed:
                    its[0].note(f"{stayed} papers are gone from {source} and stay: other sources have them")

    def _nothing(self, files: list[FileReport]) -> PapersError:
        others = f" ({len(files) - 1} other files hold none either.)" if len(files) > 1 else ""
        message = f"No paper was found: {files[0].first_problem}{others}"
        return PapersError(message, cure="Check the query." if self.wanted[0].is_query else what_is_read())


@dataclass(slots=True)
class _Meter:
    """Whole records, plus the part of the batch at hand that is embedded, and those that were left out."""

    progress: Progress | None
    total: int | None
    whole: int = 0
    part: float = 0.0
    left_out: int = 0

    def embedded(self, papers: float) -> None:
        self.part += papers
        self._show()

    def finished(self) -> None:
        self.whole += 1
        self.part = max(0.0, self.part - 1)
        self._show()

    def _show(self) -> None:
        if self.progress:
            self.progress(self.whole + self.part + self.left_out, self.total)
