"""Reading, embedding and writing overlap, and nothing shows it: it all is as if each record was added by itself."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import Tiny, add, audit, opened, record

from assistant.errors import IndexMismatch
from assistant.index import Index
from assistant.index.adding import Adding
from assistant.index.locks import file_lock
from assistant.papers import Record, resolve
from assistant.store import Store

BATCH = 200
Told = list[tuple[str, str]]  # kind and paper id of each record, in order


class Embedding(Tiny):
    """Calls `before` with the number of the batch, from 0, before it embeds one."""

    def __init__(self, before: Callable[[int], None]) -> None:
        super().__init__()
        self._before = before
        self._batches = 0

    def embed(self, texts: Sequence[str], on_progress: Any = None) -> NDArray[np.float32]:
        if threading.current_thread() is threading.main_thread():  # a writer that finds a paper unprepared embeds too
            self._batches += 1
            self._before(self._batches - 1)
        return super().embed(texts, on_progress)


def short(number: int, **fields: Any) -> Record:
    """A record whose abstract is one chunk of one sentence."""
    return record(number, **{"abstract": f"Paper number{number} says little.", **fields})


def told_to(told: Told) -> Callable[[Record, Any], None]:
    return lambda _, decision: told.append((decision.kind, decision.paper.id))


def overlapped(folder: Path, stored: Sequence[Record], records: Sequence[Record]) -> tuple[Told, list[Any]]:
    """What becomes of the records in one run. Each batch is rehearsed before the one in front of it is written."""
    with opened(folder) as index:
        add(index, stored)
    handed, told = 0, Told()

    def stream() -> Iterator[Record]:
        nonlocal handed
        for one in records:
            handed += 1
            yield one

    def wait_for_the_next_batch(batch: int) -> None:
        while handed < min(len(records), (batch + 2) * BATCH):
            time.sleep(0.01)
        time.sleep(0.4)  # it is rehearsed

    with opened(folder, Embedding(wait_for_the_next_batch)) as index:
        Adding(index, told_to(told), lambda _: None).run(stream())
        found = papers(index.store)
    audit(folder)
    return told, found


def one_by_one(folder: Path, stored: Sequence[Record], records: Sequence[Record]) -> tuple[Told, list[Any]]:
    """The same by the rules of identity alone, on papers without an index."""
    folder.mkdir()
    store, told = Store(folder / "papers.sqlite"), Told()
    for run in (stored, records):
        seen: set[str] = set()
        told.clear()
        for one in run:
            decision = resolve(one, store, seen)
            with store.transaction():
                store.forget(store.disown(decision.absorbed))
                store.save(decision.paper)
            seen.update(decision.touched)
            told.append((decision.kind, decision.paper.id))
    found = papers(store)
    store.close()
    return told, found


def papers(store: Store) -> list[Any]:
    return sorted((paper.to_dict() for paper in store.by_numbers(range(10_000)).values()), key=lambda one: one["id"])


def filled(number: int, *others: Record) -> list[Record]:
    """A batch of these records and one that fills it up, again and again: the papers of two batches differ."""
    return [*others, *[short(1000 + number)] * (BATCH - len(others))]


FILL = [short(1000 + n) for n in range(4)]  # stored, a batch that they fill changes nothing by itself
ONE, OTHER = short(1, doi="10.1/a"), replace(short(2), source="other", arxiv_id="2101.00001")
BOTH = replace(short(3), source="third", own_id=None, doi="10.1/a", arxiv_id="2101.00001")
TITLED = replace(short(1), source="third", own_id=None, doi="10.1/b")
ZEBRA = short(1, abstract="A zebra grazes in the savanna.")
ANEW = short(1, title="Anew"), replace(short(1, title="Anew"), source="other", own_id=None)
CASES = {
    "met again in the next batch": ([], [*map(short, range(20)), *filled(0), *map(short, range(15, 25))]),
    "met again among what is stored": (FILL, [*filled(0, short(1)), *filled(1, short(1)), short(1)]),
    "changed, then told as before": ([short(1), *FILL], [*filled(0, ZEBRA), *filled(1, short(1)), ZEBRA]),
    "told as before, then changed": ([short(1), *FILL], [*filled(0, short(1)), *filled(1, ZEBRA), short(1)]),
    "two new ones joined": (FILL, [*filled(0, ONE), *filled(1, OTHER), *filled(2, BOTH), OTHER]),
    "joined, then one of them": ([ONE, OTHER, *FILL], [*filled(0, BOTH), *filled(1, BOTH), *filled(2, ONE), BOTH]),
    "joined by an id just learned": ([short(1), *FILL], [*filled(0, TITLED), replace(OTHER, doi="10.1/b")]),
    "a title just taken": ([short(1), *FILL], [*filled(0, ANEW[0]), *filled(1, ANEW[1]), ANEW[0]]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_record_is_decided_as_if_all_before_it_were_on_disk(tmp_path: Path, case: str) -> None:
    assert overlapped(tmp_path / "corpus", *CASES[case]) == one_by_one(tmp_path / "plain", *CASES[case])


@pytest.mark.parametrize("source", ["other", "made"])
def test_a_record_of_a_paper_that_the_batch_before_absorbs_is_the_joined_papers(tmp_path: Path, source: str) -> None:
    absorbed = replace(OTHER, source=source, own_id=None)
    stored, records = [ONE, absorbed, *FILL], [*filled(0, BOTH), absorbed]
    assert overlapped(tmp_path / "corpus", stored, records) == one_by_one(tmp_path / "plain", stored, records)


def mixed(dice: random.Random, count: int) -> list[Record]:
    """Records of thirty papers, by three sources that know some of their ids and tell some of them in other words."""

    def one() -> Record:
        number, source = dice.randrange(30), dice.choice(("a", "b", "c"))
        ids = {"doi": f"10.1/{number}", "arxiv_id": f"2101.{number:05}", "own_id": f"{source}{number}"}
        given = {name: value if dice.random() < 0.4 else None for name, value in ids.items()}
        words = dice.choice(("says little", "says little", "tells of zebras in the savanna"))
        abstract = f"Paper number{number} {words}."
        return replace(record(number), source=source, abstract=abstract, year=dice.choice((None, 2020)), **given)

    return [one() for _ in range(count)]


@pytest.mark.parametrize("seed", range(3))
def test_any_mix_of_records_comes_out_as_one_by_one(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    stored, records = mixed(dice, 60), mixed(dice, 3 * BATCH + 50)
    assert overlapped(tmp_path / "corpus", stored, records) == one_by_one(tmp_path / "plain", stored, records)


# Reports


def numbered(count: int) -> Iterator[Record]:
    """Records of which each batch tells of one paper: cheap to index. Their lines count from 0."""
    return (replace(short(line // BATCH), line=line) for line in range(count))


def test_records_are_reported_in_order_and_only_when_they_are_on_disk(tmp_path: Path) -> None:
    told: list[int] = []
    embedded: list[float] = []
    other = Store(tmp_path / "corpus" / "papers.sqlite")
    with opened(tmp_path / "corpus") as index:

        def done(one: Record, _: object) -> None:
            build = other.builds.active
            assert build is not None and one.line is not None
            assert other.builds.rows(build.id, other.numbers([f"made:p{one.line // BATCH}"]))
            told.append(one.line)

        Adding(index, done, embedded.append).run(numbered(3 * BATCH + 30))
    other.close()
    assert told == [*range(3 * BATCH + 30)]
    assert sum(embedded) == pytest.approx(4)


# Interrupts and errors


def kept(folder: Path) -> set[str]:
    store = Store(folder / "papers.sqlite")
    build = store.builds.active
    rows = store.builds.rows(build.id, range(10_000)) if build else []
    ids = {paper.id for paper in store.by_numbers(row.number for row in rows).values()}
    store.close()
    return ids


def ids(batches: int) -> set[str]:
    """The papers of the first batches."""
    return {f"made:p{number}" for number in range(batches)}


def broken_off(index: Index, records: Iterator[Record], error: type[BaseException]) -> Told:
    """What was reported of a run that ends with this very error."""
    told = Told()
    with pytest.raises(error) as caught:
        Adding(index, told_to(told), lambda _: None).run(records)
    assert caught.type is error
    return told


def interrupt() -> None:
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGINT)


class BrokenError(Exception):
    """What breaks a stage in these tests."""


@pytest.mark.parametrize("error", [BrokenError, KeyboardInterrupt])
@pytest.mark.parametrize("batch", [0, 1, 2])
def test_what_ends_the_embedding_leaves_whole_batches(tmp_path: Path, error: type[BaseException], batch: int) -> None:
    def ending(number: int) -> None:
        if number == batch:
            raise error

    with opened(tmp_path / "corpus", Embedding(ending)) as index:
        told = broken_off(index, numbered(3 * BATCH), error)
    assert kept(tmp_path / "corpus") == ids(batch)
    assert {paper for _, paper in told} <= ids(batch)


@pytest.mark.parametrize("error", [BrokenError, KeyboardInterrupt])
@pytest.mark.parametrize("place", [0, 50, BATCH, 2 * BATCH + 50])
def test_what_ends_the_reading_leaves_whole_batches_and_the_next_run_goes_on(
    tmp_path: Path, error: type[BaseException], place: int
) -> None:
    def ending() -> Iterator[Record]:
        yield from numbered(place)
        raise error

    with opened(tmp_path / "corpus") as index:
        told = broken_off(index, ending(), error)
        assert kept(index.folder) == ids(place // BATCH)
        assert {paper for _, paper in told} <= ids(place // BATCH)
        kinds = {decision.kind for decision in add(index, numbered(place + 5)) if decision.paper.id == "made:p0"}
        assert ("new" in kinds) == (place < BATCH)
    assert audit(tmp_path / "corpus") == ids((place + 4) // BATCH + 1)


def test_an_interrupt_while_a_batch_is_read_leaves_whole_batches(tmp_path: Path) -> None:
    def stream() -> Iterator[Record]:
        yield from numbered(BATCH + 50)
        time.sleep(0.5)  # the batch before is embedded
        interrupt()
        time.sleep(0.3)
        yield from numbered(3 * BATCH)

    with opened(tmp_path / "corpus") as index:
        broken_off(index, stream(), KeyboardInterrupt)
        assert kept(index.folder) == ids(1)
        add(index, numbered(BATCH + 10))
    assert audit(tmp_path / "corpus") == ids(2)


def test_an_interrupt_while_a_batch_is_written_lets_it_be_written_whole(tmp_path: Path) -> None:
    held, ended = threading.Event(), threading.Event()

    def holding() -> None:
        with file_lock(tmp_path / "corpus" / "lock", 5, "written"):
            held.set()
            if not ended.wait(1.5):  # the first batch waits for the lock, and the run for it
                interrupt()
            time.sleep(0.3)

    with opened(tmp_path / "corpus") as index:
        add(index, [short(900)])
        thread = threading.Thread(target=holding)
        thread.start()
        held.wait()
        try:
            told = broken_off(index, numbered(2 * BATCH), KeyboardInterrupt)
        finally:
            ended.set()
            thread.join()
    assert told == []
    assert audit(tmp_path / "corpus") == {*ids(1), "made:p900"}


def test_an_error_of_the_writing_is_raised_as_itself_and_nothing_more_is_written(tmp_path: Path) -> None:
    with opened(tmp_path / "corpus") as index:
        add(index, [short(900)])
    with opened(tmp_path / "corpus", Tiny("other", 48)) as renamed:
        assert broken_off(renamed, numbered(2 * BATCH), IndexMismatch) == []
    assert audit(tmp_path / "corpus") == {"made:p900"}


def test_an_error_of_who_is_told_is_raised_as_itself_and_leaves_whole_batches(tmp_path: Path) -> None:
    def done(*_: object) -> None:
        raise BrokenError

    with opened(tmp_path / "corpus") as index:
        with pytest.raises(BrokenError):
            Adding(index, done, lambda _: None).run(numbered(3 * BATCH))
        assert kept(index.folder) in (ids(1), ids(2))
        add(index, numbered(5))
    assert audit(tmp_path / "corpus") >= ids(1)


def test_an_interrupt_does_not_wait_for_a_reader_that_waits_for_more(tmp_path: Path) -> None:
    more = threading.Event()
    interrupted: list[float] = []

    def stream() -> Iterator[Record]:
        yield from numbered(50)
        time.sleep(0.5)  # the run waits for its first batch
        interrupted.append(time.monotonic())
        interrupt()
        more.wait(5)

    with opened(tmp_path / "corpus") as index:
        broken_off(index, stream(), KeyboardInterrupt)
        waited = time.monotonic() - interrupted[0]
        more.set()
    assert waited < 4, "the run ends when its reader does"
