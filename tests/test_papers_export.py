"""Exports: JSON lines that index again to the same papers, BibTeX and CSV that other programs read safely."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from tiny import Tiny, opened, paper

from assistant import Assistant, Settings
from assistant.errors import SettingsError
from assistant.index import Index
from assistant.ingest import ingest
from assistant.papers.export import restored, table
from assistant.papers.paper import Paper, Problem, Record
from assistant.papers.reading import read
from assistant.render import plain


def indexed(index: Index, folder: Path, *files: tuple[str, list[dict[str, Any]]]) -> None:
    for name, values in files:
        path = folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(value) + "\n" for value in values))
        ingest(index, [path])


def plain_dicts(index: Index) -> list[dict[str, Any]]:
    return [one.to_dict() for _, one in index.store.each()]


RICH = {
    **paper(1, id="k1", doi="10.1234/x", arxiv_id="2401.00001v2", pmid="77", year=2021, venue="Notes"),
    "authors": ["Zoë Ünal", "李"],
    "url": "https://example.org/1",
    "listed": "Mar 3",
    "score": {"of": [1, None]},
}
BARE = {"title": "Bare", "abstract": "This one has neither an id nor anything else to tell."}
CASES: dict[str, list[tuple[str, list[dict[str, Any]]]]] = {
    "one source": [("mine", [RICH, paper(2), BARE])],
    "two sources of one paper": [("mine", [RICH, paper(2)]), ("other", [{**RICH, "id": "o9"}, paper(3)])],
    "an id learned later": [("mine", [paper(4)]), ("other", [{**paper(4), "id": "o4", "doi": "10.1234/late"}])],
    "a strong id and a stronger one": [
        ("mine", [{**paper(5), "arxiv_id": "2401.00005"}]),
        ("other", [{**paper(5), "arxiv_id": "2401.00005", "doi": "10.1234/v"}]),
    ],
    "no id, then one": [("mine", [BARE]), ("other", [{**BARE, "doi": "10.1234/b", "id": "x"}])],
    "equal titles": [
        ("mine", [BARE, {**BARE, "abstract": "Quite another text under the very same title stands here."}])
    ],
    "two ids in one source": [("mine", [paper(6), {**paper(6), "id": "again"}])],
    "a source with a colon": [("mine", [paper(7, source="a:b"), paper(8, source="a", id="b:c")])],
    "odd keys": [("mine", [paper(9, sources=["x"], source_ids="y", extra={"deep": {"er": 1}}, raw_abstract=3)])],
    "unclean text": [
        (
            "mine",
            [
                {
                    "title": "A\u202e  \\textbf{B}",
                    "abstract": "Abstract: We  gain 5\\% on x\u200b_1 and more than that on all of the others.\x1b",
                }
            ],
        )
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_exported_lines_index_again_to_the_same_papers(tmp_path: Path, case: str) -> None:
    with opened(tmp_path / "one") as one, opened(tmp_path / "two") as two:
        indexed(one, tmp_path, *CASES[case])
        (tmp_path / "out.jsonl").write_text("".join(exported(one)))
        report = ingest(two, [tmp_path / "out.jsonl"])
        assert plain_dicts(two) == plain_dicts(one)
        assert (report.totals["new"], report.faults) == (len(plain_dicts(one)), [])
        again = ingest(two, [tmp_path / "out.jsonl"]).totals
        assert again["unchanged"] + again["duplicate"] == again["read"]


def exported(index: Index) -> list[str]:
    with Assistant(Settings(home=index.folder), index=index) as assistant:
        return list(assistant.export())


def test_a_line_that_only_resembles_an_export_is_left_as_it_is() -> None:
    kept = {"sources": ["a"], "source_ids": ["a:1", "1"]}
    record = Record(1, "a", "T", "Text.", own_id="a:1", extra=kept)
    assert [one.own_id for one in restored(record)] == ["1"]
    for changed in ({"sources": []}, {"sources": "a"}, {"source_ids": [1]}, {"source_ids": ["b"]}, {"note": "x"}):
        other = Record(1, "a", "T", "Text.", own_id="a:1", extra={**kept, **changed})
        assert list(restored(other)) == [other]


def test_what_cannot_be_seen_is_escaped_in_json_and_absent_elsewhere(index: Index, tmp_path: Path) -> None:
    hostile = "\x1b]0;owned\x07\u202e\u2066\x9b\U000e0041"
    given = {**paper(1), "authors": [f"Eve {hostile}"], "note": hostile, "abstract": f"We see {hostile} in the dark."}
    indexed(index, tmp_path, ("mine", [given]))
    (line,) = exported(index)
    assert line.removesuffix("\n").isprintable()
    assert json.loads(line)["extra"]["note"] == hostile
    with Assistant(Settings(home=tmp_path), index=index) as assistant:
        for form in ("bibtex", "csv"):
            text = "".join(assistant.export(form))
            assert text == plain(text)


def test_no_cell_can_be_taken_for_a_formula() -> None:
    titles = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "＝1", "a;=1", 'say "=1"', "fine, = inside"]
    written = "".join(table(Paper(f"=id{n}", title, "-text") for n, title in enumerate(titles)))
    rows = list(csv.DictReader(io.StringIO(written)))
    assert [row["title"] for row in rows] == [
        *("'=1+1", "'+1", "'-1", "'@x", "'=1", "'=1", "'=1", "'＝1"),
        *("a;=1", 'say "=1"', "fine, = inside"),
    ]
    assert {row["abstract"] for row in rows} == {"'-text"}
    assert all(line.startswith('"') for line in written.splitlines())  # else a spreadsheet may cut it at ";"


def test_csv_holds_each_paper_whole(index: Index, tmp_path: Path) -> None:
    indexed(index, tmp_path, ("mine", [RICH, BARE]), ("other", [RICH]))
    with Assistant(Settings(home=tmp_path), index=index) as assistant:
        rich, bare = csv.DictReader(io.StringIO("".join(assistant.export("csv"))))
    assert (rich["authors"], rich["year"], rich["sources"]) == ("Zoë Ünal; 李", "2021", "mine; other")
    assert (rich["abstract"], bare["doi"], bare["year"]) == (RICH["abstract"], "", "")


def test_bibtex_is_read_again_by_its_library_and_by_us(index: Index, tmp_path: Path) -> None:
    from bibtexparser.entrypoint import parse_string

    indexed(index, tmp_path, ("mine", [RICH, *(paper(n, title=f"Gains of {n} % & more") for n in range(2, 520))]))
    with Assistant(Settings(home=tmp_path), index=index) as assistant:
        text = "".join(assistant.export("bibtex"))
        numbers = [number for number, _ in assistant.each_paper()]
    library = parse_string(text)
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == [f"paper{number}" for number in numbers]
    (tmp_path / "out.bib").write_text(text)
    titles = [one.reason for one in read(tmp_path / "out.bib") if isinstance(one, Problem)]
    assert len(titles) == 519
    assert titles[-1] == "the abstract of 'Gains of 519 % & more' is missing"


def test_filters_pages_and_words_of_titles_choose_what_is_exported(index: Index, tmp_path: Path) -> None:
    indexed(index, tmp_path, ("mine", [paper(n, title=f"On Owls, part {n}", year=2000 + n) for n in range(9)]))
    with Assistant(Settings(home=tmp_path), index=index) as assistant:

        def chosen(**by: Any) -> list[int]:
            return [json.loads(line)["year"] - 2000 for line in assistant.export(**by)]

        assert chosen(year_from=2006) == [6, 7, 8]
        assert chosen(limit=2, offset=3) == [3, 4]
        assert chosen(title="owl PART: 7") == [7]
        assert chosen(title="owls of the north") == []
        assert chosen(title="", limit=0) == []
        with pytest.raises(SettingsError, match=r"no form 'pdf'\. Use jsonl, bibtex, csv"):
            assistant.export("pdf")


def test_an_export_does_not_hold_all_papers(tmp_path: Path) -> None:
    with Assistant(Settings(home=tmp_path / "home"), embedder=Tiny()) as assistant:
        file = tmp_path / "big.jsonl"
        file.write_text("".join(json.dumps(paper(n, note="x" * 50_000)) + "\n" for n in range(200)))
        assistant.add(file)
        tracemalloc.start()
        size = sum(map(len, assistant.export()))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size > 10_000_000
    assert peak < 2_000_000
