"""Files in, an indexed corpus and a report for each file out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from .errors import PapersError
from .index import Index
from .index.adding import Adding
from .papers import Decision, Problem, Record, find, read

_SMALL = 20_000_000  # bytes
_CURE = "Give daily-papers pages or JSONL (a JSON object with title and abstract on each line), plain or .gz."


Progress = Callable[[float, int | None], None]
"""Told (done, total) in records while papers are indexed; total is None for large files, which are read only once."""


@dataclass(slots=True)
class FileReport:
    """What became of one file. `read` = kept + duplicate + no_abstract; `kept` = new + changed + unchanged + merged."""

    path: str
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("read", "kept", "new", "changed", "unchanged", "no_abstract", "duplicate", "merged"), 0
        )
    )
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {"path": self.path, **self.counts, "unreadable": self.unreadable, "notes": self.notes}


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an indexing run: a report a file, and seconds."""

    files: tuple[FileReport, ...]
    seconds: float

    @property
    def totals(self) -> dict[str, int]:
        """The files' counts added up."""
        names = FileReport("").counts
        return {name: sum(file.counts[name] for file in self.files) for name in names}

    def to_dict(self) -> dict[str, Any]:
        files = [file.to_dict() for file in self.files]
        return {"files": files, "totals": self.totals, "seconds": round(self.seconds, 2)}


def ingest(
    index: Index, paths: Sequence[str | Path], *, source: str | None = None, progress: Progress | None = None
) -> Report:
    """Reads files and folders into the index. Interrupted, it keeps whole batches, and goes on when run again.

    Raises PapersError for a path that is not there, or where no file held a paper.
    """
    started = perf_counter()
    files = find(paths)
    reports = [FileReport(str(path)) for path in files]
    owners: deque[FileReport] = deque()  # of the records handed on and not yet done, in order
    meter = _Meter(progress, _count_ahead(files))

    def records() -> Iterator[Record]:
        for path, report in zip(files, reports, strict=True):
            for item in _readable(path, source):
                if isinstance(item, Problem):
                    _note_problem(report, item)
                else:
                    owners.append(report)
                    yield item

    def done(record: Record, decision: Decision) -> None:
        _count(owners.popleft(), record, decision)
        meter.finished()

    Adding(index, done, meter.embedded).run(records())
    report = Report(tuple(reports), perf_counter() - started)
    if reports and not report.totals["read"]:
        first = reports[0].unreadable[0]
        place = f" line {first['line']}" if first["line"] else ""
        raise PapersError(f"No paper was found: {reports[0].path}{place}: {first['reason']}.", cure=_CURE)
    return report


def _readable(path: Path, source: str | None) -> Iterator[Record | Problem]:
    """What a file holds; one that cannot be read at all is a problem of its own, so that the other files are kept."""
    try:
        yield from read(path, source=source)
    except PapersError as error:
        yield Problem(None, error.message)


def _count_ahead(files: Sequence[Path]) -> int | None:
    """How many records the files hold, where reading them twice costs little; else None."""
    if not all(path.is_file() for path in files) or sum(path.stat().st_size for path in files) > _SMALL:
        return None  # a pipe can be read once only
    return sum(isinstance(item, Record) for path in files for item in _readable(path, None))


@dataclass(slots=True)
class _Meter:
    """Whole records, plus the part of the batch at hand that is embedded."""

    progress: Progress | None
    total: int | None
    whole: int = 0
    part: float = 0.0

    def embedded(self, papers: float) -> None:
        self.part += papers
        self._show()

    def finished(self) -> None:
        self.whole += 1
        self.part = max(0.0, self.part - 1)
        self._show()

    def _show(self) -> None:
        if self.progress:
            self.progress(self.whole + self.part, self.total)


def _note_problem(report: FileReport, problem: Problem) -> None:
    if problem.kind == "no_abstract":
        report.counts["read"] += 1
        report.counts["no_abstract"] += 1
        report.notes.append(f"line {problem.line}: {problem.reason}")
    else:
        report.unreadable.append({"line": problem.line, "reason": problem.reason})


def _count(report: FileReport, record: Record, decision: Decision) -> None:
    kind = "new" if decision.kind == "twin" else decision.kind
    report.counts["read"] += 1
    report.counts[kind] += 1
    report.counts["kept"] += kind != "duplicate"
    if decision.kind == "twin":
        report.notes.append(f"line {record.line}: another paper has the title {record.title!r} and other words")
