"""Syncing: what a source no longer gives leaves the corpus, but never because a file could not be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from ..index import Index
from ..index.files import Work
from ..papers import Decision, Paper, Record, strong_ids
from ..store import Store
from .inputs import Input
from .report import FileReport

BATCH = 200  # papers

_STRONG = ("doi:", "arxiv:", "pmid:")


@dataclass(slots=True)
class Met:
    """The ids of the papers that each source gave in this run."""

    by_source: dict[str, set[str]] = field(default_factory=dict)

    def add(self, record: Record, decision: Decision) -> None:
        """Counts a record that was decided."""
        for ids in self.by_source.values() if decision.absorbed else ():
            if not ids.isdisjoint(decision.absorbed):
                ids.add(decision.paper.id)
        self.by_source.setdefault(record.source, set()).add(decision.paper.id)


def by_source(wanted: Sequence[Input], reports: Sequence[FileReport]) -> dict[str, list[FileReport]]:
    """The reports of the inputs of each source."""
    grouped: dict[str, list[FileReport]] = {}
    for one, report in zip(wanted, reports, strict=True):
        grouped.setdefault(one.source, []).append(report)
    return grouped


def refusal(source: str, files: Sequence[FileReport], met: Met) -> str:
    """Why what is not in these files may be there all the same, as a sentence; "" where it is surely gone."""
    for file in files:
        if file.unreadable:
            return f"Nothing of the source {source!r} was removed: {file.path} was not read whole."
        if not file.counts["read"]:
            return f"Nothing of the source {source!r} was removed: {file.path} holds no paper."
    if source not in met.by_source:
        others = ", ".join(sorted(met.by_source)[:5]) or "none"
        why = f"no paper in {files[0].path} is of that source (its own: {others}); --source NAME names one"
        return f"Nothing of the source {source!r} was removed: {why}."
    return ""


def drop(index: Index, source: str, still: Collection[str]) -> tuple[int, int]:
    """Takes the papers of a source that are not among `still`, ids, from it. Returns how many left the corpus, and how
    many stay in it since other sources gave them too. Interrupted, it goes on when run again."""
    removed = stayed = 0
    for numbers in batches(number for number, name in index.store.of_source(source).items() if name not in still):
        with index.locked():
            gone, left = _drop(index, source, numbers)
        removed, stayed = removed + gone, stayed + left
    return removed, stayed


def batches(numbers: Iterable[int]) -> Iterator[list[int]]:
    """The numbers, a few at a time."""
    stream = iter(list(numbers))
    while part := list(islice(stream, BATCH)):
        yield part


def _drop(index: Index, source: str, numbers: Sequence[int]) -> tuple[int, int]:
    store = index.store
    build = store.builds.active
    assert build is not None, "a corpus with papers has a build"
    with store.transaction():
        papers = {number: paper for number, paper in store.by_numbers(numbers).items() if source in paper.sources}
        left = {number: paper for number, paper in papers.items() if len(paper.sources) > 1}
        gone = sorted(papers.keys() - left.keys())
        for paper in left.values():
            store.save(without(paper, source))
        store.builds.mark_removing(build.id, gone)
    if gone:
        index.write(Work((), gone))
    return len(gone), len(left)


def without(paper: Paper, source: str) -> Paper:
    """The paper without one of its sources and the ids that only this source used; it keeps its own id."""
    left = tuple(one for one in paper.sources if one != source)
    own = _bare_ids(paper, source) - {bare for other in left for bare in _bare_ids(paper, other)}
    gone = {f"{source}:{bare}" for bare in _bare_ids(paper, source)} | own
    kept = {paper.id, *strong_ids(paper.doi, paper.arxiv_id, paper.pmid)}
    ids = tuple(one for one in paper.source_ids if one in kept or one.startswith(_STRONG) or one not in gone)
    return replace(paper, sources=left, source_ids=ids)


def _bare_ids(paper: Paper, source: str) -> set[str]:
    """What the source itself calls the paper."""
    prefix = f"{source}:"
    return {one.removeprefix(prefix) for one in paper.source_ids if one.startswith(prefix)}


def held(store: Store, source: str) -> Iterator[Paper]:
    """The papers of a source, a few read at a time."""
    for numbers in batches(store.of_source(source)):
        yield from store.by_numbers(numbers).values()
