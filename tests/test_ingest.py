"""Files in, a report out: every record is counted once, and what cannot be read does not stop the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny import Tiny, audit, opened, paper, write_papers

from assistant import Assistant, Settings
from assistant.errors import PapersError
from assistant.index import Index
from assistant.ingest import ingest, rehearse

PAGES = sorted((Path(__file__).parents[1] / "assistant" / "data" / "daily_papers").glob("page-*.txt"))


def lines(path: Path, *values: object) -> Path:
    path.write_text("".join(value if isinstance(value, str) else json.dumps(value) + "\n" for value in values))
    return path


def test_a_report_counts_each_record_once(index: Index, tmp_path: Path) -> None:
    values = (paper(1), paper(2), paper(1), {"title": "Bare", "id": "b"}, "not json\n", {**paper(3), "id": "p3"})
    file = lines(tmp_path / "made.jsonl", *values)
    (report,) = ingest(index, [file]).files
    counts = report.counts
    assert (counts["read"], counts["new"], counts["duplicate"], counts["no_abstract"]) == (5, 3, 1, 1)
    assert counts["read"] == counts["kept"] + counts["duplicate"] + counts["no_abstract"]
    assert counts["kept"] == counts["new"] + counts["changed"] + counts["unchanged"] + counts["merged"]
    assert [problem["line"] for problem in report.unreadable] == [5]
    assert index.store.count() == 3


def test_a_second_run_reports_all_unchanged_and_embeds_nothing(index: Index, embedder: Tiny, tmp_path: Path) -> None:
    file = write_papers(tmp_path / "made.jsonl", range(250))
    ingest(index, [file])
    embedded, generation = embedder.embedded, index.store.builds.generation
    totals = ingest(index, [file]).totals
    assert (totals["kept"], totals["unchanged"], totals["new"]) == (250, 250, 0)
    assert (embedder.embedded, index.store.builds.generation) == (embedded, generation)


def test_a_run_that_changes_nothing_needs_no_embedder_and_no_cutter(tmp_path: Path) -> None:
    def never() -> Tiny:
        raise AssertionError("nothing is to be embedded or cut")

    file = write_papers(tmp_path / "made.jsonl", range(250))
    with opened(tmp_path / "corpus") as index:
        ingest(index, [file])
    with Index(tmp_path / "corpus", never) as index:
        assert ingest(index, [file]).totals["unchanged"] == 250
        assert rehearse(lambda: index, [file]).totals["unchanged"] == 250


def test_a_changed_record_is_reported_and_stored(index: Index, tmp_path: Path) -> None:
    ingest(index, [write_papers(tmp_path / "made.jsonl", range(3))])
    changed = {**paper(1), "abstract": "A zebra grazes in the savanna today."}
    totals = ingest(index, [lines(tmp_path / "made.jsonl", paper(0), changed, paper(2))]).totals
    assert (totals["changed"], totals["unchanged"]) == (1, 2)
    assert index.store.by_ids(["p1"])[0].abstract == changed["abstract"]


def test_each_file_gets_its_own_report_across_batches(index: Index, tmp_path: Path) -> None:
    files = [write_papers(tmp_path / f"{n}.jsonl", range(n * 90, n * 90 + 90)) for n in range(5)]
    report = ingest(index, files, source="made")
    assert [one.path for one in report.files] == [str(file) for file in files]
    assert [one.counts["new"] for one in report.files] == [90] * 5
    assert report.to_dict()["totals"]["kept"] == 450


def test_a_folder_is_read_with_what_lies_below_it(index: Index, tmp_path: Path) -> None:
    (tmp_path / "papers" / "deep").mkdir(parents=True)
    write_papers(tmp_path / "papers" / "a.jsonl", range(2))
    write_papers(tmp_path / "papers" / "deep" / "b.jsonl", range(2, 5))
    assert ingest(index, [tmp_path / "papers"]).totals["new"] == 5


def test_a_file_that_holds_no_papers_does_not_stop_the_others(index: Index, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "noise.jsonl").write_bytes(bytes(range(256)) * 40)
    report = ingest(
        index, [tmp_path / "empty.jsonl", tmp_path / "noise.jsonl", write_papers(tmp_path / "c.jsonl", [1])]
    )
    assert [one.counts["read"] for one in report.files] == [0, 0, 1]
    assert all(one.unreadable for one in report.files[:2])
    assert index.store.count() == 1
    (fault,) = report.faults  # an empty file is none
    assert fault == f"'{tmp_path / 'noise.jsonl'}' is in no format that is known here."


def test_a_file_without_a_record_names_its_first_reason(index: Index, tmp_path: Path) -> None:
    broken = lines(tmp_path / "broken.jsonl", '{"title": 7x}\n', '{"no": 1}\n')
    files = [broken, write_papers(tmp_path / "whole.jsonl", [1])]
    (fault,) = ingest(index, files).faults
    assert fault.startswith(f"{tmp_path / 'broken.jsonl'} line 1: is not JSON")


def test_patterns_are_expanded_at_any_depth_and_must_fit_something(index: Index, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    write_papers(tmp_path / "deep" / "er" / "a.jsonl", [1, 2])
    write_papers(tmp_path / "b.jsonl", [3])
    write_papers(tmp_path / "c.txt", [4])
    write_papers(tmp_path / "deep" / ".hidden.jsonl", [5])
    report = ingest(index, [str(tmp_path / "**" / "*.jsonl"), tmp_path / "[b]*.jsonl"])
    assert sorted(Path(one.path).name for one in report.files) == ["a.jsonl", "b.jsonl"]
    with pytest.raises(PapersError, match=r"No file fits the pattern '.*\*\.bib'"):
        ingest(index, [tmp_path / "*.bib"])


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(index: Index, tmp_path: Path) -> None:
    assert ingest(index, [write_papers(tmp_path / "what[1].jsonl", [1])]).totals["new"] == 1


def test_a_named_format_is_read_where_the_content_does_not_tell_it(index: Index, tmp_path: Path) -> None:
    prose = ["Some words of mine first.\n", "And more of them.\n", paper(1)]
    file = lines(tmp_path / "x.txt", *prose)
    with pytest.raises(PapersError, match="no format that is known"):
        ingest(index, [file])
    report = ingest(index, [file], form="JSON")
    assert (report.totals["new"], len(report.files[0].unreadable)) == (1, 2)


def test_an_unknown_format_is_refused_with_the_known_ones(index: Index, tmp_path: Path) -> None:
    with pytest.raises(PapersError, match=r"no format 'pdf'\. Known: .*jsonl, .*daily-page"):
        ingest(index, [write_papers(tmp_path / "x.jsonl", [1])], form="pdf")
    assert index.store.total() == 0


def test_problems_without_end_are_counted_and_not_all_held(index: Index, tmp_path: Path) -> None:
    file = lines(tmp_path / "x.jsonl", paper(1), "{broken\n" * 50_020)
    told = ingest(index, [file]).to_dict()["files"][0]
    assert len(told["unreadable"]) == 50_001
    assert told["unreadable"][-1] == {"line": None, "reason": "and 20 more"}


@pytest.mark.parametrize(
    "content", [b"", b"\n \n\n", b"no papers in here, only prose.\n", b"\x00\xff" * 99, b"[]", b"{}"]
)
def test_no_paper_at_all_is_one_sentence(index: Index, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(PapersError, match=r"No paper was found: .*x\.jsonl") as caught:
        ingest(index, [tmp_path / "x.jsonl"])
    assert caught.value.cure.startswith("These are read, plain or gzip: ")
    assert "a daily-papers page" in caught.value.cure


def test_a_path_that_is_not_there_is_one_sentence(index: Index, tmp_path: Path) -> None:
    with pytest.raises(PapersError, match="There is no file or folder"):
        ingest(index, [tmp_path / "nowhere.jsonl"])


def test_progress_rises_to_the_number_of_records(index: Index, tmp_path: Path) -> None:
    shown: list[tuple[float, int | None]] = []
    ingest(index, [write_papers(tmp_path / "made.jsonl", range(230))], progress=lambda *both: shown.append(both))
    assert shown[-1] == (230, 230)
    assert {total for _, total in shown} == {230}
    assert all(0 <= done <= 230.001 for done, _ in shown)


def test_progress_counts_what_is_left_out_too(index: Index, tmp_path: Path) -> None:
    shown: list[tuple[float, int | None]] = []
    values = [paper(1), {"title": "Bare"}, {"abstract": "A text without any title at all."}, paper(2)]
    ingest(index, [lines(tmp_path / "x.jsonl", *values)], progress=lambda *both: shown.append(both))
    assert shown[-1] == (4, 4)


def test_the_bundled_pages_give_340_papers(tmp_path: Path) -> None:
    with Assistant(Settings(home=tmp_path, corpus="mine"), embedder=Tiny()) as assistant:
        totals = assistant.add(*PAGES, source="daily_papers").totals
        assert assistant.index.store.count() == 340 == totals["new"]
        assert totals["read"] == totals["kept"] + totals["duplicate"] + totals["no_abstract"]
    assert len(audit(tmp_path / "corpora" / "mine")) == 340
