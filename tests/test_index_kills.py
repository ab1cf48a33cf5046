"""Thirty kills at random moments inside --sync, a rebuild and removals (twenty more, of batches, are in
test_index_concurrency): nothing is lost, nothing is doubled."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest
from test_index_concurrency import child, told
from tiny import add, audit, batches, opened, record, write_papers

from assistant.index import Index
from assistant.index.rebuilding import Rebuilding
from assistant.ingest import ingest

pytestmark = pytest.mark.slow

KILLS = 10


def killed(folder: Path, script: str, moment: float) -> tuple[bool, list[str]]:
    """Whether the process was killed before it ended, so many seconds after it was ready, and what it had told."""
    with child(folder, f"tell('ready')\n{script}\ntell('done')") as process:
        assert told(process) == "ready"
        time.sleep(moment)
        process.kill()
        assert process.stdout is not None
        said = process.stdout.read().split()
        process.wait()
    return process.returncode == -signal.SIGKILL and "done" not in said, said


def finds(index: Index, number: int) -> bool:
    """Whether a question's first look repairs the corpus and finds the paper by the word that it alone has."""
    index.refresh()
    return [found for found, _ in index.lexical(f"number{number}", 1)] == index.store.numbers([f"made:p{number}"])


def ids(numbers: range) -> set[str]:
    return {f"made:p{number}" for number in numbers}


def test_a_sync_that_is_killed_again_and_again_ends_with_exactly_its_file(tmp_path: Path) -> None:
    dice = random.Random(31)
    folder = tmp_path / "corpus"
    files = [write_papers(tmp_path / "a.jsonl", range(600)), write_papers(tmp_path / "b.jsonl", range(300, 900))]
    with opened(folder) as index:
        ingest(index, files[:1], source="made")
    hits = 0
    for kill in range(KILLS):
        file = files[(kill + 1) % 2]
        script = f"from assistant.ingest import ingest; ingest(index, [{str(file)!r}], source='made', sync=True)"
        hits += killed(folder, script, dice.uniform(0.0, 1.5))[0]
        with opened(folder) as index:
            assert finds(index, 450)  # repaired by whoever comes next
        assert ids(range(300, 600)) <= audit(folder) <= ids(range(900))
    assert hits >= KILLS // 2
    with opened(folder) as index:
        ingest(index, files[1:], source="made", sync=True)
    assert audit(folder) == ids(range(300, 900))


def test_a_rebuild_that_is_killed_again_and_again_goes_on_and_loses_nothing(tmp_path: Path) -> None:
    dice = random.Random(32)
    folder = tmp_path / "corpus"
    with opened(folder) as index:
        add(index, map(record, range(800)))
    hits = 0
    for kill in range(KILLS):
        script = f"Rebuilding(index, {48 + kill // 4}, lambda _: None).run()"
        hits += killed(folder, script, dice.uniform(0.0, 1.0))[0]
        with opened(folder) as index:
            add(index, [record(1000 + kill)])
            assert finds(index, 7) and finds(index, 1000 + kill)
        assert audit(folder) == ids(range(800)) | ids(range(1000, 1001 + kill))
    assert hits >= KILLS // 2
    with opened(folder) as index:
        Rebuilding(index, 64, lambda _: None).run()
        add(index, [record(2000)])
        build = index.store.builds.active
        assert build is not None and build.chunk_size == 64
        assert [path.name for path in (folder / "builds").iterdir()] == [build.id]
    assert len(audit(folder)) == 811


def test_removals_that_are_killed_again_and_again_are_whole_or_not_begun(tmp_path: Path) -> None:
    dice = random.Random(33)
    folder = tmp_path / "corpus"
    with opened(folder) as index:
        add(index, map(record, range(1500)))
    left, hits = list(range(1500)), 0
    for _ in range(KILLS):
        wanted = [list(part) for part in batches(left[:800], 8)]
        script = f"for part in {wanted}:\n    index.remove([f'made:p{{n}}' for n in part]); tell(part[-1])"
        hit, said = killed(folder, script, dice.uniform(0.0, 0.8))
        hits += hit
        with opened(folder) as index:
            assert finds(index, 1499)
        last = max((int(one) for one in said if one != "done"), default=-1)
        now = audit(folder)
        gone = [number for number in left if f"made:p{number}" not in now]
        assert gone == left[: len(gone)] and len(gone) % 8 == 0  # whole calls, in their order
        assert all(number in gone for number in left if number <= last)  # what was told is done
        left = left[len(gone) :]
        assert now == {f"made:p{number}" for number in left}
    assert hits >= KILLS // 2
