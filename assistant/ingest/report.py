"""What became of each file that was indexed, and of all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..papers import EMPTY, Decision, Problem, Record
from .alike import Named, Near, named

_MOST = 50_000  # problems and notes of a file that are kept word for word; beyond it they are only counted
_COUNTS = ("read", "kept", "new", "changed", "unchanged", "no_abstract", "duplicate", "merged")


@dataclass(slots=True)
class FileReport:
    """What became of one file. `read` = kept + duplicate + no_abstract; `kept` = new + changed + unchanged + merged.

    `removed` is None where nothing was to be removed. Of problems and notes the first 50,000 are kept.
    """

    path: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
    removed: int | None = None
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_synced: str = ""  # why nothing was removed, as a sentence
    unkept: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("unreadable", "notes"), 0))

    def to_dict(self) -> dict[str, Any]:
        """As `index --json` prints it."""
        removed = {} if self.removed is None else {"removed": self.removed}
        more = {name: f"and {count:,} more" for name, count in self.unkept.items() if count}
        unreadable = [*self.unreadable, *({"line": None, "reason": one} for one in [more.get("unreadable")] if one)]
        notes = [*self.notes, *(one for one in [more.get("notes"), self.not_synced] if one)]
        return {"path": self.path, **self.counts, **removed, "unreadable": unreadable, "notes": notes}

    @property
    def fault(self) -> str:
        """Why the file gave no record at all, as a sentence; "" where it gave one or is empty."""
        is_empty = any(problem["reason"] == EMPTY for problem in self.unreadable)
        return "" if self.counts["read"] or is_empty else self.first_problem

    @property
    def first_problem(self) -> str:
        """What could not be read first, as a sentence; "" where all could be."""
        if not self.unreadable:
            return ""
        line, reason = self.unreadable[0]["line"], self.unreadable[0]["reason"].removesuffix(".")
        place = f" line {line}" if line else ""
        return f"{reason}." if self.path in reason else f"{self.path}{place}: {reason}."

    def met(self, problem: Problem) -> None:
        """Counts a problem."""
        if problem.kind == "no_abstract":
            self.counts["read"] += 1
            self.counts["no_abstract"] += 1
            self.note(f"line {problem.line}: {problem.reason}")
        elif len(self.unreadable) < _MOST:
            self.unreadable.append({"line": problem.line, "reason": problem.reason})
        else:
            self.unkept["unreadable"] += 1

    def decided(self, record: Record, decision: Decision) -> None:
        """Counts a record."""
        kind = "new" if decision.kind == "twin" else decision.kind
        self.counts["read"] += 1
        self.counts[kind] += 1
        self.counts["kept"] += kind != "duplicate"
        if decision.kind == "twin":
            self.note(f"line {record.line}: another paper has the title {record.title!r} and other words")

    def note(self, text: str) -> None:
        """Keeps a remark for the reader of the report."""
        if len(self.notes) < _MOST:
            self.notes.append(text)
        else:
            self.unkept["notes"] += 1


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an indexing run: a report a file, and seconds. `dry_run` says that nothing was written.

    shared_abstracts: the papers, two or more, of each abstract of this run that the corpus holds several times.
    near_duplicates: the pairs of the whole corpus; None where they were not looked for.
    """

    files: tuple[FileReport, ...]
    seconds: float
    dry_run: bool = False
    shared_abstracts: list[list[Named]] = field(default_factory=list)
    near_duplicates: list[Near] | None = None

    @property
    def totals(self) -> dict[str, int]:
        """The files' counts added up."""
        totals = {name: sum(file.counts[name] for file in self.files) for name in _COUNTS}
        removed = [file.removed for file in self.files if file.removed is not None]
        return totals | ({"removed": sum(removed)} if removed else {})

    @property
    def faults(self) -> list[str]:
        """A sentence for every file that holds something and gave no record, and for every sync that was refused."""
        return [fault for file in self.files for fault in (file.fault, file.not_synced) if fault]

    def to_dict(self) -> dict[str, Any]:
        """As `index --json` prints it."""
        files = [file.to_dict() for file in self.files]
        dry = {"dry_run": True} if self.dry_run else {}
        near = self.near_duplicates
        alike = {
            "shared_abstracts": [named(group) for group in self.shared_abstracts],
            "near_duplicates": None if near is None else [pair.to_dict() for pair in near],
        }
        return {"files": files, "totals": self.totals, **alike, "seconds": round(self.seconds, 2), **dry}
