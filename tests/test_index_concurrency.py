"""Several threads and processes on one corpus, and writers that die: nothing is lost, doubled or stale."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tiny import add, audit, batches, opened, record, write_papers

from assistant.index import Index
from assistant.index.locks import ReadWriteLock
from assistant.index.rebuilding import Rebuilding
from assistant.retrieval import retrieve
from assistant.store import Filters, Store

TESTS = Path(__file__).parent

# What each child process runs after this: `index` is the corpus, `tell(x)` writes a line, `wait()` reads one.
CHILD = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from tiny import add, opened, record
from assistant.index import Index
from assistant.index.dense import Dense
from assistant.index.rebuilding import Rebuilding
from assistant.lexical import Lexical
from assistant.retrieval import retrieve
from assistant.store.builds import Builds
from assistant.vectors import Vectors

def tell(what): print(what, flush=True)
def wait(): sys.stdin.readline()
def die_after(owner, name):
    whole = getattr(owner, name)
    def dying(*args, **kwargs):
        whole(*args, **kwargs)
        os._exit(9)
    setattr(owner, name, dying)
def die_before(owner, name):
    setattr(owner, name, lambda *args, **kwargs: os._exit(9))

index = opened(Path(sys.argv[1]))
"""


@contextmanager
def child(folder: Path, script: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs `script` on the corpus; killed at the end if it still runs."""
    command = [sys.executable, "-c", CHILD + script, str(folder)]
    env = {**os.environ, "PYTHONPATH": str(TESTS)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env, cwd=TESTS.parent) as process:
        try:
            yield process
        finally:
            process.kill()


def told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def run(folder: Path, script: str) -> int:
    with child(folder, script) as process:
        return process.wait(timeout=120)  # a damaged Chroma may wait for ever


def found(index: Index, question: str, top_k: int = 8) -> list[str]:
    return [passage.paper.id for passage in retrieve(index, question, top_k=top_k).papers]


def sees(index: Index, number: int, word: str = "number") -> bool:
    """Whether the paper is found by its own word: that puts it among the first two."""
    return f"made:p{number}" in found(index, f"{word}{number}", 2)


# Other processes


def test_a_reader_sees_what_another_process_adds_changes_and_removes(index: Index) -> None:
    add(index, map(record, range(5)))
    script = "wait(); add(index, map(record, range(5, 30))); index.remove(['made:p1']); tell('done'); wait()"
    with child(index.folder, script) as writer:
        assert sees(index, 1)
        go_on(writer)
        assert told(writer) == "done"
        assert sees(index, 20)
        assert "made:p1" not in found(index, "number1", 50)
        add(index, map(record, range(30, 40)))  # beside a client that the other process has open
        go_on(writer)
    index.close()
    assert len(audit(index.folder)) == 39


@pytest.mark.slow
def test_processes_that_take_turns_lose_nothing(index: Index) -> None:
    script = "for start in range(1, 9, 2): wait(); add(index, map(record, range(start * 50, start * 50 + 50))); tell(1)"
    with child(index.folder, script) as other:
        for start in range(0, 8, 2):
            add(index, map(record, range(start * 50, start * 50 + 50)))
            go_on(other)
            told(other)
            assert sees(index, start * 50 + 99)
    index.close()
    assert len(audit(index.folder)) == 400


@pytest.mark.slow
def test_a_reader_answers_from_what_it_has_while_another_process_holds_the_corpus(index: Index) -> None:
    add(index, map(record, range(5)))
    assert sees(index, 3)
    script = """
add(index, [record(5)])
with index.locked():
    tell("held"); wait()
tell("free"); wait()
"""
    with child(index.folder, script) as holder:
        assert told(holder) == "held"
        assert sees(index, 3)
        go_on(holder)
        assert told(holder) == "free"
        assert sees(index, 5)


@pytest.mark.slow
def test_a_corpus_that_holds_nothing_yet_is_not_waited_for(index: Index) -> None:
    with child(index.folder, "\nwith index.locked(): tell('held'); wait()") as holder:
        assert told(holder) == "held"
        assert found(index, "anything") == []


@pytest.mark.slow
def test_a_pending_row_of_a_live_writer_is_left_alone(index: Index) -> None:
    add(index, map(record, range(5)))
    script = """
build = index.store.builds.active
with index.locked():
    with index.store.transaction(): index.store.builds.mark_pending(build.id, [1, 2])
    tell("held"); wait()
"""
    with child(index.folder, script) as holder:
        assert told(holder) == "held"
        assert set(found(index, "study")) == {"made:p2", "made:p3", "made:p4"}
        build = index.store.builds.active
        assert build is not None and index.store.builds.unfinished(build.id) == ([1, 2], [])


@pytest.mark.slow
def test_a_spawned_process_may_ask_and_add(index: Index) -> None:
    import multiprocessing

    add(index, map(record, range(5)))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(ask_and_add, (index.folder,)) == "made:p3"
    assert sees(index, 6)


def ask_and_add(folder: Path) -> str:
    with opened(folder) as index:
        add(index, [record(6)])
        return found(index, "number3")[0]


# Writers that die between two steps

DEATHS = {
    "before Chroma": "die_before(Index, 'write'); ",
    "after Chroma's deletions": "die_after(Dense, 'delete'); ",
    "after Chroma": "die_after(Dense, 'upsert'); ",
    "after the vectors": "die_after(Vectors, 'write'); ",
    "after the keywords": "die_after(Lexical, 'replace'); ",
    "in the last transaction": "die_after(Builds, 'finish'); ",
}
CHANGES = "add(index, [replace(record(n), abstract=f'Zebra{n} grazes.') if n < 9 else record(n) for n in range(30)])"
DYING = [
    ("after Chroma", True),
    pytest.param("after Chroma", False, marks=pytest.mark.slow),
    *(pytest.param(death, True, marks=pytest.mark.slow) for death in DEATHS if death != "after Chroma"),
]


@pytest.mark.parametrize(("death", "reader_is_open"), DYING)
def test_a_writer_that_dies_in_a_batch_is_finished_by_the_next(index: Index, death: str, reader_is_open: bool) -> None:
    add(index, map(record, range(20)))
    if not reader_is_open:
        index.close()
    dying = "index.refresh(); " + DEATHS[death] + CHANGES
    assert run(index.folder, dying) == 9
    add(index, [record(50)])  # through the client that was open, if one was
    assert sees(index, 4, "zebra")
    index.close()
    assert audit(index.folder) == {f"made:p{n}" for n in (*range(30), 50)}


@pytest.mark.slow
def test_a_client_that_stayed_open_beside_a_dying_writer_does_not_damage_the_index(index: Index) -> None:
    add(index, map(record, range(700)))  # large enough that Chroma has written its graph to the disk
    for start in (700, 900, 1100):
        dying = f"index.refresh(); {DEATHS['after Chroma']} add(index, map(record, range({start}, {start + 200})))"
        assert run(index.folder, dying) == 9
        add(index, [record(5000 + start)])
    index.close()
    assert len(audit(index.folder)) == 1303


@pytest.mark.slow
@pytest.mark.parametrize("death", ["before Chroma", "after the keywords"])
@pytest.mark.parametrize("then", ["add", "rebuild"])
def test_a_removal_that_a_dying_writer_began_is_finished(index: Index, death: str, then: str) -> None:
    add(index, map(record, range(20)))
    dying = "index.refresh(); " + DEATHS[death] + "index.remove(['made:p1', 'made:p2'])"
    assert run(index.folder, dying) == 9
    if then == "add":
        add(index, [record(20)])
    else:
        Rebuilding(index, 48, lambda _: None).run()
    assert not {"made:p1", "made:p2"} & set(found(index, "number1 number2", 50))
    index.close()
    assert not {"made:p1", "made:p2"} & audit(index.folder)


JOINED = """
one, other = record(1, doi="10.1/a"), replace(record(2), source="other", arxiv_id="2101.00001")
both = replace(record(1), source="third", own_id=None, doi="10.1/a", arxiv_id="2101.00001")
add(index, [one, other, both])
"""


@pytest.mark.slow
@pytest.mark.parametrize("then", ["add", "rebuild"])
def test_a_paper_that_was_absorbed_in_a_dying_writers_batch_stays_absorbed(index: Index, then: str) -> None:
    add(index, [record(0)])
    assert run(index.folder, "die_after(Dense, 'upsert')" + JOINED) == 9
    if then == "add":
        add(index, [record(5)])
    Rebuilding(index, 48, lambda _: None).run()
    index.close()
    assert audit(index.folder) - {"made:p5"} == {"made:p0", "doi:10.1/a"}


@pytest.mark.slow
def test_a_rebuild_that_died_does_not_keep_chunks_of_papers_that_changed_since(index: Index) -> None:
    add(index, map(record, range(20)))
    dying = "die_after(Dense, 'upsert'); Rebuilding(index, 48, lambda _: None).run()"
    assert run(index.folder, dying) == 9
    add(index, [record(n, abstract="A zebra grazes.") for n in range(10)])
    index.remove(["made:p15"])
    Rebuilding(index, 48, lambda _: None).run()
    index.close()
    assert len(audit(index.folder)) == 19


@pytest.mark.slow
def test_a_death_between_the_swap_and_the_deletion_leaves_no_folder_for_ever(index: Index) -> None:
    add(index, map(record, range(5)))
    Rebuilding(index, 48, lambda _: None).run()
    assert run(index.folder, "die_after(Builds, 'drop'); add(index, [record(5)])") == 9
    add(index, [record(6)])
    assert len(list((index.folder / "builds").iterdir())) == 1


# Threads


def test_eight_threads_ask_while_one_adds(index: Index) -> None:
    add(index, map(record, range(20)))
    errors: list[BaseException] = []
    seen: set[str] = set()
    ended = threading.Event()

    def asking(number: int) -> None:
        try:
            while not ended.is_set():
                assert sees(index, number)
                seen.update(found(index, "number259"))
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=asking, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for numbers in batches(range(20, 260), 80):
        add(index, map(record, numbers))
    assert "made:p259" in found(index, "number259")
    ended.set()
    for thread in threads:
        thread.join()
    assert errors == []
    index.close()
    assert len(audit(index.folder)) == 260


def test_threads_that_open_a_corpus_together_all_get_whole_answers(index: Index) -> None:
    add(index, map(record, range(20)))
    right = [(p.paper.id, p.why) for p in retrieve(index, "number3 robot policy").papers]
    for _ in range(5):
        index.close()
        answers: list[Any] = []
        barrier = threading.Barrier(6)

        def asking(barrier: threading.Barrier = barrier, answers: list[Any] = answers) -> None:
            barrier.wait()
            answers.append([(p.paper.id, p.why) for p in retrieve(index, "number3 robot policy").papers])

        threads = [threading.Thread(target=asking) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [right] * 6


@pytest.mark.slow
def test_threads_ask_with_filters_while_builds_are_swapped(index: Index) -> None:
    add(index, map(record, range(60)))
    right = found_within(index)
    errors: list[BaseException] = []
    ended = threading.Event()

    def asking() -> None:
        try:
            while not ended.is_set():
                assert found_within(index) == right
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number, size in enumerate((200, 33, 100)):
        Rebuilding(index, size, lambda _: None).run()
        add(index, [record(100 + number)])  # deletes the build before
    ended.set()
    for thread in threads:
        thread.join()
    assert errors == []


def found_within(index: Index) -> set[tuple[str, str]]:
    """The papers found by a filter, each with its own number, as its passages quote it."""
    chosen = Filters(paper_ids=("made:p3", "made:p30", "made:p59"))
    passages = retrieve(index, "paper number on", filters=chosen).passages
    return {(p.paper.id, p.paper.abstract[:20]) for p in passages if p.chunk.text in p.paper.abstract}


def test_what_one_question_reads_is_of_one_build(index: Index) -> None:
    add(index, map(record, range(60)))
    old = index.fingerprint
    vector = index.embedder.embed(["robot"])[0]
    chosen = Filters(paper_ids=("made:p30", "made:p59"))

    def swapping() -> None:
        Rebuilding(index, 200, lambda _: None).run()
        index.refresh()  # waits for the question to end

    thread = threading.Thread(target=swapping)
    with index.steady():
        thread.start()
        while index.fingerprint == old:
            time.sleep(0.01)
        hits = index.dense(vector, 50, index.allowed(chosen))
        assert {hit.number for hit in hits} == set(index.store.numbers(["made:p30", "made:p59"]))
        assert len(hits) > len(index.chunk_rows(hit.number for hit in hits)) == 2
    thread.join()
    hits = index.dense(vector, 50, index.allowed(chosen))
    assert len(hits) == 2


def test_two_indexes_of_one_process_share_what_is_open(index: Index) -> None:
    with opened(index.folder) as other:
        for numbers in batches(range(40), 5):
            add(index if numbers[0] % 2 else other, map(record, numbers))
            for one in (index, other):
                assert sees(one, numbers[-1])
    assert sees(index, 39)
    index.close()
    index.close()
    assert len(audit(index.folder)) == 40


def test_a_reader_may_read_again_inside_while_a_writer_waits() -> None:
    lock = ReadWriteLock()
    wrote = threading.Event()

    def writing() -> None:
        with lock.write():
            wrote.set()

    with lock.read():
        thread = threading.Thread(target=writing)
        thread.start()
        time.sleep(0.05)
        with lock.read():
            assert not wrote.is_set()
    thread.join()
    assert wrote.is_set()


def test_a_writer_that_was_interrupted_while_it_waited_lets_readers_in() -> None:
    lock = ReadWriteLock()
    ready, release = threading.Event(), threading.Event()

    def reading() -> None:
        with lock.read():
            ready.set()
            release.wait()

    thread = threading.Thread(target=reading)
    thread.start()
    ready.wait()
    main = threading.main_thread().ident
    timer = threading.Timer(0.1, signal.pthread_kill, [main, signal.SIGINT])
    timer.start()

    def interrupted() -> None:
        with lock.write():
            pass

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with lock.read():
        release.set()
    thread.join()
    timer.join()


# The command line with the real embedder


def command(home: Path, *arguments: str) -> subprocess.Popen[str]:
    env = {**os.environ, "ASSISTANT_HOME": str(home)}
    line = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.Popen(line, env=env, cwd=TESTS.parent, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def done(home: Path) -> set[str]:
    """The ids of the papers that are whole, read from the disk."""
    path = home / "corpora" / "mine" / "papers.sqlite"
    if not path.exists():
        return set()
    store = Store(path)
    try:
        build = store.builds.active
        rows = store.builds.rows(build.id, range(10_000)) if build else []
        return {paper.id for paper in store.by_numbers(row.number for row in rows).values()}
    finally:
        store.close()


@pytest.mark.slow
def test_two_commands_started_together_lose_and_double_nothing(tmp_path: Path) -> None:
    files = [write_papers(tmp_path / f"{n}.jsonl", range(n * 100, n * 100 + 250)) for n in range(2)]
    together = [command(tmp_path, "index", str(file), "--source", "made", "--json") for file in files]
    ends = [process.communicate() for process in together]
    assert [process.returncode for process in together] == [0, 0], ends
    totals = [json.loads(out)["totals"] for out, _ in ends]
    assert [total["kept"] for total in totals] == [250, 250]
    assert sum(total["new"] for total in totals) == 350
    assert audit(tmp_path / "corpora" / "mine") == {f"made:p{n}" for n in range(350)}


@pytest.mark.slow
def test_a_writer_killed_at_twenty_random_moments_loses_nothing(tmp_path: Path) -> None:
    dice = random.Random(20)
    file = write_papers(tmp_path / "made.jsonl", range(500))
    kept: set[str] = set()
    killed = 0
    for _ in range(20):
        process = command(tmp_path, "index", str(file), "--source", "made")
        time.sleep(dice.uniform(0.3, 4.0))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        now = done(tmp_path)
        assert now >= kept
        kept = now
    assert killed >= 5
    last = command(tmp_path, "index", str(file), "--source", "made", "--json")
    out, err = last.communicate()
    assert last.returncode == 0, err
    assert json.loads(out)["totals"]["kept"] == 500
    assert audit(tmp_path / "corpora" / "mine") == {f"made:p{n}" for n in range(500)}


@pytest.mark.slow
def test_a_writer_killed_again_and_again_inside_its_steps_is_repaired_each_time(tmp_path: Path) -> None:
    dice = random.Random(7)
    folder = tmp_path / "corpus"
    script = "tell('ready'); start = int(sys.stdin.readline())\n"
    script += "for n in range(start, start + 5000, 10): add(index, map(record, range(n, n + 10))); tell(n + 10)"
    said = 0
    for _ in range(12):
        with child(folder, script) as process:
            assert told(process) == "ready"
            assert process.stdin is not None
            process.stdin.write(f"{said}\n")
            process.stdin.flush()
            for _ in range(dice.randint(1, 3)):
                said = int(told(process))
            time.sleep(dice.uniform(0, 0.15))
        with opened(folder) as index:
            assert sees(index, said - 1)
        assert audit(folder) >= {f"made:p{n}" for n in range(said)}


@pytest.mark.slow
def test_a_reader_beside_a_command_that_writes_never_errs_and_sees_new_papers(tmp_path: Path) -> None:
    from assistant import Assistant, Settings

    first, rest = write_papers(tmp_path / "a.jsonl", range(10)), write_papers(tmp_path / "b.jsonl", range(10, 450))
    with Assistant(Settings(home=tmp_path, corpus="mine")) as reader:
        reader.add(first, source="made")
        writer = command(tmp_path, "index", str(rest), "--source", "made")
        seen: list[int] = []
        while writer.poll() is None:
            hits = reader.search("paper number3 study", top_k=100)
            assert hits and all(hit.chunk.text in hit.paper.abstract for hit in hits)
            assert sees(reader.index, 3)
            seen.append(reader.index.store.count())
        out, err = writer.communicate()
        assert writer.returncode == 0, out + err
        assert len(set(seen)) >= 2  # batches became visible one by one
        assert all(sees(reader.index, number) for number in (209, 449))
    assert len(audit(tmp_path / "corpora" / "mine")) == 450


@pytest.mark.slow
@pytest.mark.parametrize("moment", [2.0, 4.5])
def test_ctrl_c_ends_with_one_sentence_and_the_command_goes_on_when_run_again(tmp_path: Path, moment: float) -> None:
    file = write_papers(tmp_path / "made.jsonl", range(600))
    process = command(tmp_path, "index", str(file), "--source", "made")
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "Interrupted. What was reported is kept" in err
    kept = done(tmp_path)
    last = command(tmp_path, "index", str(file), "--source", "made", "--json")
    out, err = last.communicate()
    assert last.returncode == 0, err
    totals = json.loads(out)["totals"]
    assert totals["kept"] == 600 and totals["unchanged"] >= len(kept)
    assert len(audit(tmp_path / "corpora" / "mine")) == 600


@pytest.mark.slow
def test_a_reader_that_cannot_catch_up_never_errs_beside_a_long_writer(index: Index) -> None:
    add(index, [record(0)])
    index.remove(["made:p0"])  # an index that is open and holds nothing: Chroma has no graph to load
    add(index, [record(1)])
    script = """
with index.locked():
    tell("held")
    for start in range(2, 4000, 400):
        numbers = []
        with index.store.transaction():
            from assistant.papers import resolve
            for n in range(start, start + 400):
                numbers.append(index.store.save(resolve(record(n), index.store, set()).paper))
            index.store.builds.mark_pending(index.store.builds.active.id, numbers)
        from assistant.index.files import Work
        index.write(Work(numbers, ()))
    tell("written"); wait()
"""
    with child(index.folder, script) as writer:
        assert told(writer) == "held"
        for _ in range(4):
            assert sees(index, 1)
        assert told(writer) == "written"
        assert sees(index, 1)
        go_on(writer)
        writer.wait()
    assert sees(index, 3000)
