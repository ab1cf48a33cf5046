"""Exports: JSON lines that index again to the same papers, BibTeX and CSV that other programs read safely."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import Tiny, opened, paper

from assistant import Assistant, Settings
from assistant.errors import SettingsError
from assistant.index import Index
from assistant.ingest import ingest
from assistant.papers.bibliography import bibtex
from assistant.papers.cleaning import clean_abstract, clean_name, clean_title
from assistant.papers.export import restored, table
from assistant.papers.paper import Paper, Record
from assistant.papers.reading import read
from assistant.render import plain

SHARED = Path(__file__).parents[1].parent / "shared" / "data"


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
    records = [one for one in read(tmp_path / "out.bib") if isinstance(one, Record)]
    assert [record.title for record in records][1:] == [f"Gains of {n} % & more" for n in range(2, 520)]


TOLD = ("title", "abstract", "authors", "year", "venue", "doi", "arxiv_id", "pmid", "url")
HARD = {
    "title": r"$\mathcal{O}(n)$ in {Your, My} 5% of R&D_2: a #1 ~ $5 to $7 guide",
    "abstract": r"Let $\alpha_{i} < 5\%$ and x_1 ~ N(0, 1). We gain 5% {a, b} at \frac{1}{2} of $3M, R&D #2 ^ 10^6.",
    "authors": ("Zoë Ünal", "Research and Development, Inc.", "Martin Luther King Jr.", "The Others", "Ada von Berg"),
    "venue": "Notes & {Letters} 100%",
    "year": 2021,
    "doi": "10.1234/a_b(c)%d#e",
    "arxiv_id": "math/0309136",
    "pmid": "77",
    "url": "https://example.org/~a/b_c?d=%20&e#f",
}


def again(folder: Path, *papers: dict[str, Any]) -> list[dict[str, Any]]:
    """What our reader makes of the papers' BibTeX."""
    written = bibtex({**dict.fromkeys(TOLD), "authors": (), **one, "number": n} for n, one in enumerate(papers))
    (folder / "out.bib").write_text(written)
    records = [one for one in read(folder / "out.bib") if isinstance(one, Record)]
    assert [one.own_id for one in records] == [f"paper{n}" for n in range(len(papers))]
    return [{name: getattr(one, name) for name in TOLD} for one in records]


def test_bibtex_keeps_every_field_whatever_signs_are_in_it(tmp_path: Path) -> None:
    bare = {"title": "Bare", "abstract": "This one has neither an id nor anything else to tell.", "authors": ()}
    assert again(tmp_path, HARD, bare) == [HARD, {**dict.fromkeys(TOLD), **bare}]


SIGNS = st.lists(st.sampled_from([*"{}\\$%&#_~^\"'@,=-", "word", " ", "x_1", "$a_{b}$", "\\alpha", "`", "é", "and"]))


@settings(deadline=None, max_examples=150)
@given(SIGNS.map("".join), SIGNS.map("".join), SIGNS.map("".join))
def test_no_text_breaks_its_entry_and_one_with_closed_braces_and_no_backslash_is_read_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, title: str, abstract: str, name: str
) -> None:
    texts = {
        "title": clean_title(f"Title {title}"),
        "abstract": clean_abstract(f"We begin {abstract} and end here. It is long enough."),
        "authors": tuple(one for one in [clean_name(f"Ada {name}")] if one),
    }
    (found,) = again(tmp_path_factory.getbasetemp(), texts)
    for field in ("title", "abstract"):
        if not set("{}\\") & set(str(texts[field])):
            assert found[field] == texts[field]


def test_papers_of_the_shared_set_come_back_from_bibtex(tmp_path: Path) -> None:
    if not SHARED.exists():
        pytest.skip("the shared papers are not here")
    records = islice((one for one in read(SHARED / "papers_10k.jsonl.gz") if isinstance(one, Record)), 0, 10_000, 20)
    papers = [{name: getattr(one, name) for name in TOLD} for one in records]
    different = [one["title"] for one, back in zip(papers, again(tmp_path, *papers), strict=True) if one != back]
    assert len(papers) == 500
    assert different == []


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
