"""Dry runs tell what a run would do, and syncing removes what a source no longer gives, never for a broken file."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from tiny import Tiny, audit, opened, paper, write_papers

from assistant import Assistant, Settings
from assistant.errors import IndexMissing, PapersError
from assistant.index import Index
from assistant.ingest import ingest, rehearse


def lines(path: Path, *values: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


def ids(index: Index) -> list[str]:
    return [one.id for _, one in index.store.each()]


def missing() -> Index:
    raise IndexMissing("There is no corpus.")


def messy(dice: random.Random) -> dict[str, Any]:
    """A record that often is, or resembles, another one."""
    number = dice.randrange(6)
    made: dict[str, Any] = {"title": f"Study {dice.randrange(5)}", "abstract": paper(number)["abstract"]}
    chances = {"id": f"p{number}", "doi": f"10.1234/x{dice.randrange(4)}", "source": dice.choice("ab"), "year": 2020}
    return made | {name: value for name, value in chances.items() if dice.random() < 0.4}


@pytest.mark.parametrize("seed", range(8))
def test_a_dry_run_reports_what_the_run_then_does_and_writes_nothing(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    with opened(tmp_path / "corpus") as index:
        ingest(index, [lines(tmp_path / "before.jsonl", *(messy(dice) for _ in range(12)))])
        before, generation = [one.to_dict() for _, one in index.store.each()], index.store.builds.generation
        files = [lines(tmp_path / f"{name}.jsonl", *(messy(dice) for _ in range(12))) for name in "ab"]
        planned = rehearse(lambda: index, files, sync=True).to_dict()
        assert [one.to_dict() for _, one in index.store.each()] == before
        assert index.store.builds.generation == generation
        done = ingest(index, files, sync=True).to_dict()
    assert planned.pop("dry_run") is True
    assert {**planned, "seconds": 0} == {**done, "seconds": 0}
    audit(tmp_path / "corpus")


def test_a_dry_run_into_a_corpus_that_is_not_there_makes_none(tmp_path: Path) -> None:
    file = write_papers(tmp_path / "made.jsonl", [1, 2, 2])
    assert rehearse(missing, [file]).totals["new"] == 2
    with Assistant(Settings(home=tmp_path / "home"), embedder=Tiny()) as assistant:
        planned = assistant.add(file, dry_run=True)
        assert not (tmp_path / "home").exists()
        assert planned.totals == assistant.add(file).totals
        assert (planned.totals["new"], planned.totals["duplicate"]) == (2, 1)


def test_what_is_gone_from_a_source_leaves_the_corpus(index: Index, tmp_path: Path) -> None:
    ingest(index, [write_papers(tmp_path / "mine.jsonl", range(5)), write_papers(tmp_path / "other.jsonl", [7])])
    report = ingest(index, [write_papers(tmp_path / "mine.jsonl", [0, 2, 9])], sync=True)
    assert (report.files[0].removed, report.totals["removed"], report.totals["new"]) == (3, 3, 1)
    assert ids(index) == ["mine:p0", "mine:p2", "other:p7", "mine:p9"]
    index.close()
    audit(index.folder)


def test_without_sync_nothing_is_removed_and_nothing_said_of_it(index: Index, tmp_path: Path) -> None:
    ingest(index, [write_papers(tmp_path / "mine.jsonl", range(3))])
    report = ingest(index, [write_papers(tmp_path / "mine.jsonl", [0])])
    assert "removed" not in report.totals | report.to_dict()["files"][0]
    assert len(ids(index)) == 3


def test_a_paper_that_another_source_has_stays_without_the_source_and_its_ids(index: Index, tmp_path: Path) -> None:
    shared = {**paper(1), "doi": "10.1234/x"}
    ingest(index, [lines(tmp_path / "mine.jsonl", {**shared, "id": "m1"}, paper(2))])
    ingest(index, [lines(tmp_path / "other.jsonl", {**shared, "id": "o1"})])
    embedded = index.store.by_ids(["doi:10.1234/x"])[0].content_hash
    report = ingest(index, [write_papers(tmp_path / "mine.jsonl", [2])], sync=True)
    (kept,) = index.store.by_ids(["doi:10.1234/x"])
    assert (report.files[0].removed, report.files[0].notes) == (
        0,
        ["1 papers are gone from mine and stay: other sources have them"],
    )
    assert (kept.sources, kept.source_ids) == (("other",), ("doi:10.1234/x", "other:o1", "o1"))
    assert (kept.content_hash, index.store.by_ids(["m1"])) == (embedded, [])


def test_a_paper_keeps_its_id_when_the_source_that_gave_it_goes(index: Index, tmp_path: Path) -> None:
    ingest(index, [lines(tmp_path / "mine.jsonl", paper(1), paper(2))])
    ingest(index, [lines(tmp_path / "other.jsonl", {**paper(1), "id": "o1"})])
    ingest(index, [write_papers(tmp_path / "mine.jsonl", [2])], sync=True)
    (kept,) = index.store.by_ids(["mine:p1"])
    assert (kept.id, kept.sources) == ("mine:p1", ("other",))


def test_a_paper_that_two_records_of_the_run_joined_is_not_gone(index: Index, tmp_path: Path) -> None:
    one = {"title": "One", "abstract": paper(1)["abstract"], "doi": "10.1234/x"}
    other = {"title": "Other", "abstract": paper(2)["abstract"], "arxiv_id": "2401.00001"}
    joint = {"title": "Third", "abstract": paper(3)["abstract"], "doi": "10.1234/x", "arxiv_id": "2401.00001"}
    ingest(index, [lines(tmp_path / "other.jsonl", other), lines(tmp_path / "mine.jsonl", one)])
    files = [lines(tmp_path / "mine.jsonl", one), lines(tmp_path / "other.jsonl", other, joint)]
    report = ingest(index, files, sync=True)
    assert report.totals["removed"] == 0
    (kept,) = (stored for _, stored in index.store.each())
    assert sorted(kept.sources) == ["mine", "other"]


def test_the_files_of_one_source_are_synced_together(index: Index, tmp_path: Path) -> None:
    ingest(index, [write_papers(tmp_path / "old.jsonl", range(4))], source="zotero")
    files = [write_papers(tmp_path / "a.jsonl", [0]), write_papers(tmp_path / "b.jsonl", [3, 4])]
    report = ingest(index, files, source="zotero", sync=True)
    assert [one.removed for one in report.files] == [2, None]
    assert ids(index) == ["zotero:p0", "zotero:p3", "zotero:p4"]


@pytest.mark.parametrize("damage", ["a line", "a cut gzip"])
def test_a_damaged_file_removes_nothing_and_is_a_fault(index: Index, tmp_path: Path, damage: str) -> None:
    file = write_papers(tmp_path / "mine.jsonl", range(300))
    ingest(index, [file])
    if damage == "a line":
        file.write_text(file.read_text().splitlines()[0] + "\n{broken\n")
    else:
        packed = gzip.compress(file.read_bytes())
        file.write_bytes(packed[: len(packed) // 2])
    report = ingest(index, [file], sync=True)
    assert report.faults == [f"Nothing of the source 'mine' was removed: {file} was not read whole."]
    assert (report.files[0].removed, len(ids(index))) == (0, 300)
    assert report.to_dict()["files"][0]["notes"][-1] == report.faults[0]


@pytest.mark.parametrize("content", ["", "[]", "nothing of interest\n"])
def test_a_file_without_papers_removes_nothing(index: Index, tmp_path: Path, content: str) -> None:
    file = write_papers(tmp_path / "mine.jsonl", range(3))
    ingest(index, [file])
    file.write_text(content)
    with pytest.raises(PapersError, match="No paper was found"):
        ingest(index, [file], sync=True)
    beside = ingest(index, [file, write_papers(tmp_path / "b.jsonl", [9])], sync=True)
    assert "Nothing of the source 'mine' was removed" in beside.faults[-1]
    assert len(ids(index)) == 4


def test_a_file_whose_records_name_other_sources_asks_for_the_source(index: Index, tmp_path: Path) -> None:
    ingest(index, [write_papers(tmp_path / "mine.jsonl", range(3))])
    file = lines(tmp_path / "mine.jsonl", {**paper(1), "source": "elsewhere"})
    (fault,) = ingest(index, [file], sync=True).faults
    assert "is of that source (its own: elsewhere); --source NAME names one" in fault
    assert len(ids(index)) == 3
    assert ingest(index, [file], sync=True, source="mine").files[0].removed == 2


def test_a_query_is_synced_only_as_a_source_of_its_own(index: Index) -> None:
    with pytest.raises(PapersError, match="which cannot be synced with it"):
        ingest(index, ["arxiv:cat:cs.CL"], sync=True)
