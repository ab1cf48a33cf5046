"""RIS and Web of Science: the exporters' habits, records that are damaged, and the real files."""

from __future__ import annotations

import io
import time
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers.formats import ris, web_of_science
from assistant.papers.paper import Problem, Record

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "formats"
REFERENCE = """1.
TY  - JOUR
AN  - 2214991469
ID  - 7
T1  - On Primes
A1  - van de Berg, Ann
A1  - Wu, Bo, Jr.
Y1  - 2014//
N2  - There are many.
ER then some more:
      no end.
KW  - number
theory
JF  - Journal of Numbers
UR  - https://a.org/x;y;https://b.org
DO  - http://dx.doi.org/10.1000/x
ER  -
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Lee, A
   Wu, B
AF Lee, Ann
   Wu, Bo
TI On the structure
   of things
SO JOURNAL OF THINGS
DE structure; things
AB We look at things.
   They have structure.
PY 2004
DI 10.1000/abc
UT WOS:000221807500019
PM 15170338
ER

EF
"""


def parse(text: str, reader: ModuleType = ris) -> list[Record | Problem]:
    return list(reader.read(enumerate(io.StringIO(text), 1), "mine"))


def one(text: str, reader: ModuleType = ris) -> Record:
    (item,) = parse(text, reader)
    assert isinstance(item, Record)
    return item


def test_reads_every_field_of_a_reference() -> None:
    record = one(REFERENCE)
    assert (record.line, record.own_id, record.title) == (2, "2214991469", "On Primes")
    assert record.abstract == "There are many.\nER then some more:\nno end."
    assert record.authors == ("Ann van de Berg", "Bo Wu Jr.")
    assert (record.year, record.venue, record.url) == (2014, "Journal of Numbers", "https://a.org/x;y")
    assert (record.doi, record.pmid) == ("http://dx.doi.org/10.1000/x", None)
    assert record.extra == {"keywords": ["number", "theory"]}


def test_ti_and_ab_go_before_t1_and_n2_and_a_second_ab_is_kept() -> None:
    record = one("TY  - JOUR\nT1  - Other\nTI  - This\nN2  - note\nAB  - One.\nAB  - Two.\nER  - \n")
    assert (record.title, record.abstract) == ("This", "One.\nTwo.")


@pytest.mark.parametrize(("year", "read"), [("10 15", None), ("1948/07//", 1948), ("in press", None), ("2019", 2019)])
def test_a_faulty_year_is_left_out(year: str, read: int | None) -> None:
    assert one(f"TY  - JOUR\nPY  - {year}\nER  - \n").year == read


def test_the_accession_number_is_a_pmid_only_if_the_database_is_pubmed() -> None:
    assert one("TY  - JOUR\nAN  - 21553931\nDP  - NLM\nER  -\n").pmid == "21553931"
    assert one("TY  - JOUR\nAN  - 21553931\nDB  - Embase\nER  -\n").pmid is None


def test_records_without_er_are_kept_and_what_the_source_lacks_is_not_invented() -> None:
    first, second = parse("TY  - JOUR\nTI  - A\n\n\ufeffTY  - JOUR\nTI  - B")
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.title, second.title, second.line) == ("A", "B", 4)
    assert {second.year, second.url, second.doi, second.own_id, second.venue} == {None}


def test_narrow_and_tabbed_tags_are_tags_and_prose_is_not() -> None:
    narrow = one("TY - JOUR\nTI - A\nAB - Of\nIL - 6 and\nER -\n")
    assert (narrow.title, narrow.abstract) == ("A", "Of\nIL - 6 and")
    tabbed = one("TY\t- JOUR\nTI\t- A\nAB  -No blank\nER - positive cells.\nER\t-\n")
    assert (tabbed.title, tabbed.abstract) == ("A", "No blank\nER - positive cells.")


def test_a_title_outside_of_any_reference_is_reported() -> None:
    record, problem = parse(REFERENCE + "NL  - Ovid's\n\nTI  - Lost\nAB  - Lost.\nER  -\n")
    assert isinstance(record, Record)
    assert problem == Problem(18, "has lines of a reference but none with the tag TY, which begins one")


def test_a_file_that_ends_inside_an_abstract_says_so() -> None:
    assert "ends inside" in str(parse("TY  - JOUR\nTI  - A\nAB  - This is cut in the mid"))
    assert one("TY  - JOUR\nTI  - A\nAB  - This is whole.").abstract == "This is whole."
    assert one("TY  - JOUR\nAB  - This is cut\nSP  - 1").abstract == "This is cut"


def test_a_line_that_could_not_be_read_costs_its_reference() -> None:
    lines = [(1, "TY  - JOUR\n"), (3, "AB  - x\n"), (4, "ER  -\n"), (6, "TY  - JOUR\n"), (7, "ER  -\n")]
    problem, record = ris.read(lines, "mine")
    assert problem == Problem(1, "a line of the record that begins here cannot be read")
    assert isinstance(record, Record)


def test_one_id_for_two_titles_is_no_id() -> None:
    records = parse("TY  - J\nID  - 1\nTI  - A\nER  -\nTY  - J\nID  - 1\nTI  - B\nER  -\n")
    assert [record.own_id for record in records if isinstance(record, Record)] == ["1", None]


def test_reads_web_of_science() -> None:
    record = one(WOS, web_of_science)
    assert (record.line, record.own_id, record.title) == (3, "WOS:000221807500019", "On the structure\nof things")
    assert record.abstract == "We look at things.\nThey have structure."
    assert (record.authors, record.year, record.venue) == (("Ann Lee", "Bo Wu"), 2004, "JOURNAL OF THINGS")
    assert (record.doi, record.pmid) == ("10.1000/abc", "15170338")
    assert record.extra == {"keywords": ["structure", "things"]}
    assert web_of_science.sniff(WOS) and not ris.sniff(WOS) and not web_of_science.sniff(REFERENCE)


def test_a_web_of_science_file_without_records_says_so() -> None:
    (problem,) = parse("FN Clarivate\nVR 1.0\nEF\n", web_of_science)
    assert isinstance(problem, Problem) and "without any record" in problem.reason
    (problem,) = parse("FN Clarivate\nVR 1.0\nTI Lost\nER\n", web_of_science)
    assert isinstance(problem, Problem) and "tag PT" in problem.reason


@pytest.mark.parametrize("start", ["TY  - JOUR\nAB  - x\n", "TY  - JOUR\nAU  - x\n", "PT J\nAB x\n", "PT J\nXX x\n"])
@pytest.mark.parametrize("line", ["more\n", "\n", "   more\n", "KW  - x\n", "TY  - JOUR\n"])
def test_many_lines_of_anything_are_read_in_linear_time(start: str, line: str) -> None:
    begin = time.process_time()
    assert parse(start + line * 4_000, web_of_science if start.startswith("PT") else ris)
    assert time.process_time() - begin < 10


def test_a_record_without_end_is_passed_over() -> None:
    problem, record = parse("TY  - JOUR\nAB  - x\n" + f"{'more ' * 200}\n" * 15_000 + REFERENCE)
    assert isinstance(problem, Problem) and "longer than 16 MB or 150,000 lines" in problem.reason
    assert isinstance(record, Record)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([(ris, REFERENCE), (web_of_science, WOS)]),
    st.text("TYERAB -\n\0\t1PJ\ud800", max_size=40),
    st.integers(0, len(WOS)),
    st.integers(0, 40),
)
def test_damage_of_any_kind_gives_records_or_problems(
    case: tuple[ModuleType, str], junk: str, at: int, gone: int
) -> None:
    reader, text = case
    damaged = text[:at] + junk + text[at + gone :]
    items = parse(damaged, reader)
    assert all(isinstance(item, Record | Problem) for item in items)
    assert items or not reader.sniff(damaged)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared real files are not here")
@pytest.mark.parametrize(
    ("name", "records", "abstracts"),
    [
        ("ris/asreview__baseline.ris", 100, 98),
        ("ris/asreview_baseline_reference_types.ris", 61, 0),
        ("ris/asreview_embase.ris", 6, 6),
        ("ris/asreview_ovid_psycinfo.ris", 6, 6),
        ("ris/asreview_pubmed_endnote.txt", 6, 6),
        ("ris/asreview_ris_issue_992.txt", 19, 8),
        ("ris/asreview_ris_issue_1099.txt", 7, 7),
        ("ris/asreview_web_of_science_is_ris.txt", 10, 10),
        ("ris/ptsd_included_2_zotero.ris", 38, 26),
        ("ris/rispy_example_bom.ris", 1, 0),
        ("ris/rispy_example_multiline.ris", 3, 3),
        ("wos_plain/rispy_example_wos.ris", 2, 2),
    ],
)
def test_reads_the_real_files(name: str, records: int, abstracts: int) -> None:
    text = (SHARED / name).read_text(encoding="utf-8-sig")
    items = parse(text, web_of_science if web_of_science.sniff(text) else ris)
    found = [item for item in items if isinstance(item, Record)]
    assert (len(items), len(found), sum(bool(item.abstract) for item in found)) == (records, records, abstracts)
