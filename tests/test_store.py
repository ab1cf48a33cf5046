"""papers.sqlite: its schema, exact filters, aliases, rehearsals, and one sentence for what a disk does wrong."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import AssistantError, IndexMismatch, SettingsError
from assistant.papers import Paper, abstract_key
from assistant.store import Filters, Rows, Store
from assistant.store.schema import SCHEMA_VERSION


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "corpus" / "papers.sqlite")
    yield made
    made.close()


def made_paper(number: int, **given: Any) -> Paper:
    plain = Paper(f"made:{number}", f"Title {number}", f"Abstract {number}.", sources=("made",))
    one = replace(plain, **given)
    return replace(one, source_ids=(one.id, *one.source_ids))


def save_done(store: Store, *papers: Paper) -> list[int]:
    """Saves papers as if all of them were indexed by the active build."""
    with store.transaction():
        build = store.builds.active or store.builds.create("tiny", 4, 32)
        store.builds.activate(build.id)
        numbers = [store.save(paper) for paper in papers]
        store.builds.mark_pending(build.id, numbers)
        store.builds.finish(build.id, [Rows(number, number, 1) for number in numbers], [], 0)
    return numbers


def test_a_new_file_gets_its_tables_and_waits_for_nobody(store: Store) -> None:
    assert store.sql.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert store.sql.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    tables = {row[0] for row in store.sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables >= {"papers", "aliases", "sources", "builds", "indexed", "current"}
    assert (store.count(), store.total(), store.builds.active, store.builds.generation) == (0, 0, None, 0)


def test_a_newer_schema_is_refused_with_the_cure(store: Store) -> None:
    store.sql.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(IndexMismatch, match="newer version") as caught:
        Store(store.path).count()
    assert "Upgrade" in caught.value.cure


def as_of_version_1(store: Store) -> None:
    """Takes away what the second version of the schema added."""
    store.sql.executescript("DROP INDEX papers_by_abstract; ALTER TABLE papers DROP COLUMN abstract_key;")
    store.sql.execute("PRAGMA user_version = 1")
    store.close()


def test_a_file_of_the_first_version_is_brought_up_to_date_where_it_lies(store: Store) -> None:
    papers = [made_paper(1), made_paper(2, abstract="ABSTRACT 1"), made_paper(3), made_paper(4)]
    save_done(store, *papers)
    with store.transaction():
        store.disown(["made:4"])
    as_of_version_1(store)
    assert store.papers(Filters())[:3] == papers[:3]
    assert store.by_abstract(abstract_key("abstract 1!")) == [("made:1", "Title 1"), ("made:2", "Title 2")]
    assert store.by_abstract(abstract_key("Abstract 4.")) == []
    assert store.sql.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION


def test_many_that_open_an_old_file_at_once_all_succeed(store: Store) -> None:
    save_done(store, *map(made_paper, range(300)))
    as_of_version_1(store)
    barrier, found = threading.Barrier(6), []

    def opening() -> None:
        own = Store(store.path)
        barrier.wait()
        found.append(len(own.by_abstract(abstract_key("Abstract 7."))))
        own.close()

    threads = [threading.Thread(target=opening) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 6


def test_an_upgrade_that_is_broken_off_leaves_the_old_file(store: Store) -> None:
    save_done(store, made_paper(1), made_paper(2))
    as_of_version_1(store)
    raw = sqlite3.connect(store.path)
    raw.execute("UPDATE papers SET json = 'no json' WHERE id = 'made:2'")
    raw.commit()
    with pytest.raises(AssistantError, match=r"could not be used|is damaged"):
        store.total()
    assert raw.execute("PRAGMA user_version").fetchone() == (1,)
    assert "abstract_key" not in {row[1] for row in raw.execute("PRAGMA table_info(papers)")}
    raw.close()


def test_a_file_where_the_folder_should_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(AssistantError, match="cannot be written to") as caught:
        Store(tmp_path / "home" / "papers.sqlite").count()
    assert "ASSISTANT_HOME" in caught.value.cure


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "papers.sqlite").write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(AssistantError, match="is damaged"):
        Store(tmp_path / "papers.sqlite").count()


WRITING = """
import os, sys
import filelock
from pathlib import Path
from assistant.errors import AssistantError
from assistant.index.locks import file_lock
from assistant.store import Store
if os.geteuid() == 0:
    os.setuid(65534)  # nobody: root may write anywhere
for attempt in (Store(Path(sys.argv[1], "papers.sqlite")).transaction(), file_lock(Path(sys.argv[1], "lock"), 1, "")):
    try:
        with attempt: pass
    except AssistantError as error:
        print(error)
"""


@pytest.mark.parametrize("built", [True, False])
def test_a_folder_that_is_read_only_is_one_sentence(built: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        if built:
            store = Store(Path(name, "papers.sqlite"))
            save_done(store, made_paper(1))
            store.close()
        Path(name).chmod(0o555)
        ran = subprocess.run([sys.executable, "-c", WRITING, name], capture_output=True, text=True, check=True)
        Path(name).chmod(0o700)
    sentence = f"{name} cannot be written to. Make it writable, or set ASSISTANT_HOME to a folder that is."
    assert ran.stdout.splitlines() == [sentence, sentence]


# Filters

YEARS = st.none() | st.integers(1990, 1994)
NAMES = st.sampled_from(["Ada Lovelace", "Émile Borel", "ÅSA Öberg", "Li Wei", "Straße O'Neil", "100%_Done"])
VENUES = st.sampled_from(["NeurIPS", "École d'été", "ÉCOLE D'ÉTÉ", "STRASSE", "straße", "a_b%"])
SOURCES = st.sampled_from(["one", "two", "Two", "drei"])
PAPERS = st.lists(
    st.fixed_dictionaries(
        {
            "year": YEARS,
            "authors": st.lists(NAMES, max_size=3).map(tuple),
            "venue": st.none() | VENUES,
            "sources": st.lists(SOURCES, min_size=1, unique=True).map(tuple),
            "source_ids": st.lists(st.sampled_from(["x", "doi:1", "é"]), max_size=2, unique=True).map(tuple),
        }
    ),
    max_size=8,
)
FILTERS = st.builds(
    Filters,
    source=st.none() | SOURCES,
    year_from=YEARS,
    year_to=YEARS,
    author=st.none() | st.sampled_from(["ada", "ÉMILE", "öBERG", "strasse", "%", "_", "i", "nobody"]),
    venue=st.none() | VENUES,
    paper_ids=st.none()
    | st.lists(st.sampled_from(["x", "doi:1", "é", "made:0", "made:3", "no"]), max_size=3).map(tuple),
)


def passes(paper: Paper, wanted: Filters) -> bool:
    """What the filters mean, said in Python."""
    year = paper.year
    return all(
        (
            wanted.source is None or wanted.source in paper.sources,
            wanted.year_from is None or (year is not None and year >= wanted.year_from),
            wanted.year_to is None or (year is not None and year <= wanted.year_to),
            wanted.author is None or any(wanted.author.casefold() in name.casefold() for name in paper.authors),
            wanted.venue is None or (paper.venue is not None and paper.venue.casefold() == wanted.venue.casefold()),
            wanted.paper_ids is None or not set(wanted.paper_ids).isdisjoint(paper.source_ids),
        )
    )


@settings(max_examples=100, deadline=None)
@given(PAPERS, FILTERS)
def test_filters_pass_exactly_the_papers_they_mean(
    tmp_path_factory: pytest.TempPathFactory, given_papers: list[dict[str, Any]], wanted: Filters
) -> None:
    store = Store(tmp_path_factory.mktemp("s") / "papers.sqlite")
    papers = [made_paper(number, **one) for number, one in enumerate(given_papers)]
    numbers = save_done(store, *papers)
    right = [paper for paper in papers if passes(paper, wanted)]
    assert store.papers(wanted) == right
    assert store.count(wanted) == len(right)
    build = store.builds.active
    assert build is not None
    allowed = store.builds.allowed(build.id, wanted)
    assert allowed[:, 0].tolist() == [number for number, paper in zip(numbers, papers, strict=True) if paper in right]
    others = replace(wanted, year_from=None, year_to=None)
    undated = [paper for paper in papers if paper.year is None and passes(paper, others)]
    dated = wanted.year_from is not None or wanted.year_to is not None
    assert store.builds.without_year(build.id, wanted) == (len(undated) if dated else 0)
    store.close()


def test_a_filter_of_a_mapping_says_what_it_does_not_know() -> None:
    assert Filters.of({"year": 2020, "author": None}) == Filters(year_from=2020, year_to=2020)
    assert not Filters.of(None) and Filters.of({"paper_ids": []})
    assert {field.name for field in fields(Filters)} >= {"source", "venue"}
    for wrong in ({"colour": "red"}, {"year": "2020"}, {"year": True}, {"year_to": 10**30}, {"paper_ids": "x"}):
        with pytest.raises(SettingsError):
            Filters.of(wrong)
    for wrong in ({"paper_ids": 7}, {"paper_ids": [7]}, {"author": 7}):
        with pytest.raises(SettingsError):
            Filters.of(wrong)


# Identity and transactions


def test_every_id_of_a_paper_finds_it_and_lost_ids_do_not(store: Store) -> None:
    one = made_paper(1, source_ids=("doi:10.1/x", "arxiv:1"))
    (number,) = save_done(store, one)
    assert store.by_ids(["arxiv:1"]) == store.by_ids(["doi:10.1/x", "made:1"]) == [one]
    with store.transaction():
        assert store.save(replace(one, source_ids=("made:1", "doi:10.1/x"))) == number
    assert store.by_ids(["arxiv:1"]) == []
    assert store.numbers(["doi:10.1/x"]) == [number] == [store.number("made:1")]
    with pytest.raises(KeyError):
        store.number("arxiv:1")


def test_an_absorbed_paper_is_found_by_no_id_and_no_title(store: Store) -> None:
    numbers = save_done(store, made_paper(1), made_paper(2))
    with store.transaction():
        assert store.disown(["made:2", "made:9"]) == numbers[1:]
    assert store.by_ids(["made:2"]) == [] == store.by_title("title 2")


def test_a_number_is_never_used_again(store: Store) -> None:
    (first,) = save_done(store, made_paper(1))
    with store.transaction():
        store.forget([first])
    assert store.by_ids(["made:1"]) == []
    assert save_done(store, made_paper(1))[0] > first


def test_a_rehearsal_leaves_nothing(store: Store) -> None:
    save_done(store, made_paper(1))
    before = list(store.sql.iterdump())
    with store.transaction(keep=False):
        store.save(made_paper(2))
        store.disown(["made:1"])
        assert store.total() == 2
    assert list(store.sql.iterdump()) == before


def test_an_error_inside_a_transaction_undoes_it_and_leaves_the_store_usable(store: Store) -> None:
    def failing() -> None:
        with store.transaction():
            store.save(made_paper(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert store.total() == 0
    save_done(store, made_paper(1))
    assert store.total() == 1


def test_a_snapshot_sees_one_state_whatever_is_committed_meanwhile(store: Store) -> None:
    (number,) = save_done(store, made_paper(1))
    other = Store(store.path)
    with store.snapshot():
        before = store.by_numbers([number])
        save_done(other, made_paper(1, abstract="Other words."), made_paper(2))
        assert (store.by_numbers([number]), store.total()) == (before, 1)
    assert store.by_numbers([number])[number].abstract == "Other words."
    other.close()


def test_rows_of_a_paper_that_has_changed_since_are_not_whole(store: Store) -> None:
    (number,) = save_done(store, made_paper(1))
    old = store.builds.active
    assert old is not None
    with store.transaction():
        new = store.builds.create("tiny", 4, 64)
        store.builds.activate(new.id)
        store.save(made_paper(1, abstract="Other words."))
    assert store.builds.rows(old.id, [number]) == []
    assert store.builds.rows(old.id, [number], done=False) == [Rows(number, number, 1)]


def test_a_removal_is_announced_also_for_a_paper_that_the_build_does_not_hold(store: Store) -> None:
    save_done(store, made_paper(1))
    build = store.builds.active
    assert build is not None
    with store.transaction():
        number = store.save(made_paper(2))
        store.builds.mark_removing(build.id, [number])
    assert store.builds.unfinished(build.id) == ([], [number])


# Threads and processes


def test_threads_that_ended_leave_no_open_files(store: Store) -> None:
    store.count()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(30):
        thread = threading.Thread(target=store.count)
        thread.start()
        thread.join()
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 15


def test_many_openings_of_a_fresh_corpus_at_once_all_succeed(tmp_path: Path) -> None:
    results: list[int | str] = []

    def opening(path: Path, barrier: threading.Barrier) -> None:
        store = Store(path)
        barrier.wait()
        try:
            results.append(store.total())
        except AssistantError as error:
            results.append(str(error))
        store.close()

    for trial in range(25):
        barrier = threading.Barrier(6)
        path = tmp_path / str(trial) / "papers.sqlite"
        threads = [threading.Thread(target=opening, args=(path, barrier)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [0] * 150


def test_a_locked_file_is_waited_for_when_it_is_created(tmp_path: Path) -> None:
    path = tmp_path / "papers.sqlite"
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("CREATE TABLE elsewhere (x)")
    timer = threading.Timer(0.3, holder.execute, ["COMMIT"])
    timer.start()
    assert Store(path).total() == 0
    timer.join()
    holder.close()
