"""Tables: delimiters, headers, quotes that are used and misused, and the real exports."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers.formats import tables
from assistant.papers.paper import Problem, Record

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "formats"
ZOTERO = """"Key","Publication Year","Author","Title","DOI","Url","Abstract Note","Date","Extra","Notes"
"S3GZ","2024","Wan Kadir, Ann","One, two","10.1000/x","https://a.org","First line,
""quoted"".

Last line.","2024-05-31","",""
"G4EB","","Lee, Ann; The Group","Three","","","","2017-09","arXiv:2204.00932 [cs] PMID: 12",""
"""


def parse(text: str) -> list[Record | Problem]:
    return list(tables.read(enumerate(io.StringIO(text), 1), "mine"))


def one(text: str) -> Record:
    (item,) = parse(text)
    assert isinstance(item, Record)
    return item


def test_reads_a_zotero_export() -> None:
    one, two = parse(ZOTERO)
    assert isinstance(one, Record) and isinstance(two, Record)
    assert (one.line, one.own_id, one.title, one.authors) == (2, "S3GZ", "One, two", ("Ann Wan Kadir",))
    assert one.abstract == 'First line,\n"quoted".\n\nLast line.'
    assert (one.year, one.doi, one.url, one.extra) == (2024, "10.1000/x", "https://a.org", {"Date": "2024-05-31"})
    assert (two.line, two.abstract, two.year, two.authors) == (6, "", 2017, ("Ann Lee", "The Group"))
    assert (two.arxiv_id, two.pmid, two.doi, two.url) == ("2204.00932", "12", None, None)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("opening", ["", "\n \n", "sep=;\n"])
def test_the_header_line_tells_the_delimiter(delimiter: str, opening: str) -> None:
    cells = [["abstract ", "Publication_Year", " TITLE"], ['"We, find; that, a, b, c."', "2014//", "T"]]
    text = opening + "".join(delimiter.join(row) + "\n" for row in cells)
    record = one(text)
    assert tables.sniff(text)
    assert (record.abstract, record.year, record.title) == ("We, find; that, a, b, c.", 2014, "T")


@pytest.mark.parametrize(
    "authors",
    ["['Lee, Ann', \"Wu, Bo\"]", "Lee, Ann; Wu, Bo", "Ann Lee, Bo Wu", "Lee, Ann and Wu, Bo", "Ann Lee and Bo Wu"],
)
def test_reads_authors_in_every_usual_shape(authors: str) -> None:
    assert one(f"title\tabstract\tauthors\nT\tA.\t{authors}\n").authors == ("Ann Lee", "Bo Wu")


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Liu R., Adler D.G.", ("Liu R.", "Adler D.G.")),
        ("Lee, A., Wu, B.-C.", ("A. Lee", "B.-C. Wu")),
        ("Lee, Ann", ("Ann Lee",)),
        ("A. Lee, B. Wu, and C. Kim", ("A. Lee", "B. Wu", "C. Kim")),
        ("", ()),
    ],
)
def test_names_between_commas_are_told_from_one_name_with_a_comma(authors: str, names: tuple[str, ...]) -> None:
    assert one(f"title\tabstract\tauthors\nT\tA.\t{authors}\n").authors == names


def test_empty_cells_and_other_columns() -> None:
    record = one("title,abstract,original abstract,doi,url,my rating,\nT,,Texte.,NA,nan,5,\n")
    assert (record.abstract, record.doi, record.url, record.own_id) == ("Texte.", None, None, None)
    assert record.extra == {"my rating": "5"}


def test_one_id_for_two_titles_is_no_id() -> None:
    records = parse("id,title,abstract\n5,A,x\n5,B,y\n5,A,x\n")
    assert [record.own_id for record in records if isinstance(record, Record)] == ["5", None, "5"]


def test_a_table_without_header_is_refused_with_the_cure() -> None:
    for text in ("A b,2020,x,y\nC d,2021,x,y\nE f,2022,x,y\n", "Titel;Jahr;Ort;Text\nA;1;b;c\nD;2;e;f\n"):
        assert tables.sniff(text)
        (problem,) = parse(text)
        assert isinstance(problem, Problem) and "name the columns in the first line" in problem.reason
    for text in ("title,abstract\n", "sep=;\n", ",,\n", "\n", ""):
        assert parse(text) == [Problem(None, "is a table without any row below its header line")]


@pytest.mark.parametrize(
    "text", ["", "Title\nA\nB\n", "Some notes, of mine.\nAnd, so, on.\n", "\0" * 9999, "%PDF-1.7\n"]
)
def test_prose_is_no_table(text: str) -> None:
    assert not tables.sniff(text)


def test_quotes_that_the_table_does_not_mean_are_characters() -> None:
    rows = [
        "id title abstract x",
        """1 "``Some''_text"_is_here One. -""",
        '2 B Two_"words". -',
        '3 "C Three. -',
        "4 D . -",
    ]
    items = parse("".join(row.replace(" ", "\t").replace("_", " ") + "\n" for row in rows))
    found = [(item.title, item.abstract) for item in items if isinstance(item, Record)]
    assert found == [("\"``Some'' text\" is here", "One."), ("B", 'Two "words".'), ('"C', "Three."), ("D", ".")]


def test_a_row_with_too_many_cells_is_reported_and_the_rest_kept() -> None:
    problem, record = parse("title,abstract\nA,b, c\nD,Efg.,,\n")
    assert problem == Problem(2, "has 3 cells where the header has 2")
    assert isinstance(record, Record) and record.abstract == "Efg."


def test_the_lines_of_a_cell_that_is_not_closed_do_not_become_papers() -> None:
    items = parse('title,abstract\nA,"One."\nB,"An abstract that,\nis cut, here, and\nhas a comma, in it')
    assert [type(item) for item in items] == [Record, Problem]
    assert "lines 3 to 5 were not read" in str(items[1])


def test_an_abstract_that_breaks_off_is_reported() -> None:
    assert "breaks off" in str(parse("title,abstract\nA,This goes on and o"))
    assert "breaks off" in str(parse("title,abstract,note\nA,This goes on\nB,x,y\n")[0])
    assert one("title,abstract\nA,This is whole.").abstract == "This is whole."
    assert one('title,abstract\nA,"This is quoted"').abstract == "This is quoted"


def test_a_line_that_could_not_be_read_costs_its_row() -> None:
    lines = [(1, "title,abstract\n"), (2, 'A,"x\n'), (4, 'z"\n'), (6, "B,y\n")]
    problem, record = tables.read(lines, "mine")
    assert problem == Problem(2, "a line of the row that begins here cannot be read")
    assert isinstance(record, Record) and record.title == "B"


def test_a_cell_of_ten_megabytes_is_read_and_the_process_keeps_its_limit() -> None:
    before = csv.field_size_limit()
    assert len(one(f'title,abstract\nA,"{"word " * 2_000_000}"\n').abstract) == 10_000_000
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("line", ['a"b,"c,1,1\n', '"\n', '"""a\n', "\n", "a,b,c,d,e\n", 'a\t"b\n', ",,,\n"])
@pytest.mark.parametrize("header", ["title,abstract,x,y\n", 'a\ttitle\n"', "a,b,c,d,e,f,title\n"])
def test_many_lines_of_anything_are_read_in_linear_time(header: str, line: str) -> None:
    begin = time.process_time()
    assert parse(header + line * 4_000)
    assert time.process_time() - begin < 10


def test_a_quote_that_never_closes_holds_no_more_than_a_part_of_the_file() -> None:
    problem, *rest = parse('title,abstract\nA,"open\n' + f"B,{'words ' * 200}.\n" * 14_000)
    assert isinstance(problem, Problem) and "16 MB or 150,000 lines" in problem.reason
    assert {type(item) for item in rest} == {Record}


@settings(max_examples=80, deadline=None)
@given(st.text('",;\t\n\r\0a\ud800', max_size=40), st.integers(0, len(ZOTERO)), st.integers(0, 60))
def test_damage_of_any_kind_gives_records_or_problems(junk: str, at: int, gone: int) -> None:
    items = parse(ZOTERO[:at] + junk + ZOTERO[at + gone :] + "x")
    assert items
    assert all(isinstance(item, Record) or len(item.reason) < 300 for item in items)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared real files are not here")
@pytest.mark.parametrize(
    ("name", "records", "abstracts"),
    [
        ("zotero_csv/zotero_export_raw_bom.csv", 37, 26),
        ("zotero_csv/zotero_export_pandas_resaved.csv", 34, 25),
        ("csv_misc/embase_newpage.csv", 6, 6),
        ("csv_misc/generic_column_names_with_spaces.csv", 2, 2),
        ("csv_misc/generic_semicolon.csv", 2, 2),
        ("csv_misc/generic_tab.csv", 2, 2),
        ("csv_misc/generic_labels_no_abs.csv", 6, 0),
        ("csv_misc/missing_values.csv", 4, 2),
        ("openreview_tsv/iclr2021_head.tsv", 100, 100),
    ],
)
def test_reads_the_real_files(name: str, records: int, abstracts: int) -> None:
    text = (SHARED / name).read_text(encoding="utf-8-sig")
    items = parse(text)
    found = [item for item in items if isinstance(item, Record)]
    assert tables.sniff(text)
    assert (len(items), len(found), sum(bool(item.abstract) for item in found)) == (records, records, abstracts)
