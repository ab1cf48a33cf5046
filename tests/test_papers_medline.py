"""MEDLINE text: what its tags hold, where records end, damage, and PubMed's own files."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers.formats import medline, ris
from assistant.papers.paper import Problem, Record

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "formats" / "pubmed_nbib"
ENTRY = """PMID- 30776994
STAT- MEDLINE
DP  - 2018 Apr
TI  - Impact of a device on clinical
      outcomes.
LID - 10.1161/STROKEAHA.118 [doi]
AB  - BACKGROUND: Flow matters.
      BERT-based tools help. RESULTS: 5% did.
CI  - © The authors. All rights reserved.
FAU - Lee, Ann
AU  - Lee A
FAU - Wu, Bo Jr
AU  - Wu B Jr
CN  - The Group
TA  - J Neuro
JT  - Journal of neurology
MH  - Aged
OT  - stroke
AID - S1234 [pii]
SO  - J Neuro. 2018;1.
"""


def parse(text: str) -> list[Record | Problem]:
    return list(medline.read(enumerate(io.StringIO(text), 1), "mine"))


def titles(text: str) -> list[str]:
    return [item.title for item in parse(text) if isinstance(item, Record)]


def test_reads_every_field_and_leaves_the_copyright_out() -> None:
    (record,) = parse("\n" + ENTRY)
    assert isinstance(record, Record)
    assert (record.line, record.own_id, record.pmid) == (2, "30776994", "30776994")
    assert record.title == "Impact of a device on clinical outcomes."
    assert record.abstract == "BACKGROUND: Flow matters. BERT-based tools help. RESULTS: 5% did."
    assert record.authors == ("Ann Lee", "Bo Jr Wu", "The Group")
    assert (record.year, record.venue, record.doi) == (2018, "Journal of neurology", "10.1161/STROKEAHA.118")
    assert (record.url, record.arxiv_id) == (None, None)
    assert record.extra == {"keywords": ["stroke", "Aged"]}


def test_the_arxiv_id_of_a_preprint_is_found() -> None:
    (record,) = parse("PMID- 1\nTI  - A\nAID - arXiv:2403.02936v1 [pii]\n")
    assert isinstance(record, Record) and record.arxiv_id == "arXiv:2403.02936v1"


def test_a_note_of_an_abstract_elsewhere_is_no_abstract() -> None:
    (record,) = parse("PMC - PMC1\nPMID- 1\nTI  - A\nAB  - \nOAB - Publisher: Abstract available there.\nAU  - Lee A\n")
    assert isinstance(record, Record)
    assert (record.title, record.abstract, record.authors, record.year) == ("A", "", ("Lee A",), None)


def test_a_blank_line_or_another_pmid_ends_a_record() -> None:
    assert titles("PMID- 1\nTI  - A\n\nTI  - B\n\n\nPMID- 3\nTI  - C\nPMID- 4\nTI  - D") == ["A", "B", "C", "D"]


def test_a_file_that_ends_inside_an_abstract_says_so() -> None:
    whole, cut = parse(f"{ENTRY}\nPMID- 1\nTI  - A\nAB  - It goes\n      on and o")
    assert isinstance(whole, Record)
    assert cut == Problem(22, "the file ends inside the abstract of the record that begins here")


def test_a_line_that_could_not_be_read_costs_its_record() -> None:
    lines = [(1, "PMID- 1\n"), (3, "TI  - A\n"), (4, "\n"), (6, "PMID- 2\n"), (7, "TI  - B\n")]
    problem, record = medline.read(lines, "mine")
    assert problem == Problem(1, "a line of the record that begins here cannot be read")
    assert isinstance(record, Record) and record.title == "B"


def test_is_told_from_ris() -> None:
    assert medline.sniff("\n" + ENTRY) and not ris.sniff(ENTRY)
    assert not medline.sniff("TY  - JOUR\nAN  - 1\n")


@pytest.mark.parametrize("line", ["      more\n", "PMID- 1\n", "\n", "AB  - x\n", "junk\n", "AU  - A\n"])
def test_many_lines_of_anything_are_read_in_linear_time(line: str) -> None:
    begin = time.process_time()
    assert parse("PMID- 1\nAB  - x\n" + line * 8_000)
    assert time.process_time() - begin < 10


@settings(max_examples=80, deadline=None)
@given(st.text("PMIDAB -\n\0\t1\ud800", max_size=40), st.integers(0, len(ENTRY)), st.integers(0, 60))
def test_damage_of_any_kind_gives_records_or_problems(junk: str, at: int, gone: int) -> None:
    damaged = ENTRY[:at] + junk + ENTRY[at + gone :]
    items = parse(damaged)
    assert all(isinstance(item, Record | Problem) for item in items)
    assert items or not medline.sniff(damaged)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared real files are not here")
@pytest.mark.parametrize(
    ("name", "records", "abstracts"),
    [
        ("pubmed-balloongui-set.nbib", 75, 70),
        ("single.nbib", 1, 1),
        ("pmc_medlars.txt", 5, 4),
        ("biopython_pubmed_result2.txt", 4, 4),
        ("biopython_pubmed_result3.txt", 1, 1),
    ],
)
def test_reads_the_real_files(name: str, records: int, abstracts: int) -> None:
    items = parse((SHARED / name).read_text(encoding="utf-8"))
    found = [item for item in items if isinstance(item, Record)]
    assert (len(items), len(found), sum(bool(item.abstract) for item in found)) == (records, records, abstracts)
    assert all(item.pmid and item.title and item.year for item in found)
