"""ACL Anthology XML: texts with markup, the year and the venue of the volume, and the Anthology's own ids."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from assistant.papers import Problem, Record
from assistant.papers.formats import acl_xml
from assistant.papers.lines import Lines

REAL = Path(__file__).parents[1].parent / "shared" / "data" / "formats" / "acl_xml"
META = "<meta><booktitle>Proc. <fixed-case>ACL</fixed-case></booktitle><year>{}</year></meta>"
PAPER = '<paper id="{}"><title>T</title><abstract>It works.</abstract></paper>'


def parse(text: str) -> list[Record | Problem]:
    return list(acl_xml.read(enumerate(io.StringIO(text), 1), "src"))


def records(text: str) -> list[Record]:
    return [item for item in parse(text) if isinstance(item, Record)]


def volume(number: str, inside: str, year: str = "2018") -> str:
    front = "<frontmatter><url>P18-1000</url></frontmatter>"
    return f'<volume id="{number}">\n{META.format(year)}\n{front}{inside}</volume>\n'


def collection(name: str, *volumes: str) -> str:
    return f'<?xml version="1.0"?>\n<collection id="{name}">\n{"".join(volumes)}</collection>\n'


def test_gives_the_fields_of_a_paper() -> None:
    paper = (
        '\n<paper id="3"><title>On <fixed-case>F</fixed-case>ast<fixed-case>T</fixed-case>ext in '
        "<tex-math>O(n^2)</tex-math></title>"
        "<author id='ann-roe'><first>Ann</first><last>Roe</last><affiliation>MIT</affiliation></author>"
        "<author><first/><last>Mausam</last></author>"
        "<abstract>We <i>show</i> 5% of <tex-math>\\frac{a}{b}</tex-math> at <url>http://a.org</url>.</abstract>"
        "<url>P18-1003</url><doi>10.18653/v1/P18-1003</doi></paper>"
    )
    (record,) = records(collection("P18", volume("1", paper)))
    assert (record.line, record.title) == (6, "On FastText in $O(n^2)$")
    assert record.abstract == "We show 5% of $\\frac{a}{b}$ at http://a.org."
    assert record.authors == ("Ann Roe", "Mausam")
    assert (record.year, record.venue, record.doi) == (2018, "Proc. ACL", "10.18653/v1/P18-1003")
    assert (record.own_id, record.url) == ("P18-1003", "https://aclanthology.org/P18-1003")


@pytest.mark.parametrize(
    ("name", "number", "paper", "own_id"),
    [
        ("2020.acl", "main", "1", "2020.acl-main.1"),
        ("P18", "1", "12", "P18-1012"),
        ("W19", "50", "1", "W19-5001"),
        ("D19", "5", "2", "D19-0502"),
        ("D19", "1", "2", "D19-1002"),
        ("P18", "x", "12", None),
    ],
)
def test_spells_ids_as_the_anthology_does(name: str, number: str, paper: str, own_id: str | None) -> None:
    (record,) = records(collection(name, volume(number, PAPER.format(paper))))
    assert record.own_id == own_id
    assert record.url == (own_id and f"https://aclanthology.org/{own_id}")


def test_a_paper_elsewhere_keeps_its_address() -> None:
    paper = PAPER.format(1).replace("</paper>", "<url>http://lrec.example/1.pdf</url></paper>")
    assert records(collection("L16", volume("1", paper)))[0].url == "http://lrec.example/1.pdf"


def test_a_paper_without_an_abstract_is_a_record_without_one() -> None:
    (record,) = records(collection("F12", volume("1", '<paper id="1"><title>T</title></paper>')))
    assert (record.title, record.abstract) == ("T", "")


def test_each_volume_has_its_own_year() -> None:
    bare = f'<volume id="3">{PAPER.format(1)}</volume>'
    text = collection("P18", volume("1", PAPER.format(1)), volume("2", PAPER.format(1), "2019"), bare)
    assert [(record.own_id, record.year) for record in records(text)] == [
        ("P18-1001", 2018),
        ("P18-2001", 2019),
        ("P18-3001", None),
    ]


def test_a_volume_that_breaks_off_gives_nothing_to_the_next_one() -> None:
    broken = volume("1", PAPER.format(1) + '<paper id="2"><title>A & B</title></paper>')
    late = volume("2", PAPER.format(1), "2019").replace("</year>", "</yeer>")
    text = collection("P18", broken, late, volume("4", PAPER.format(1), "2021"))
    assert [(record.own_id, record.year, record.venue) for record in records(text)] == [
        ("P18-1001", 2018, "Proc. ACL"),
        ("P18-2001", None, None),
        ("P18-4001", 2021, "Proc. ACL"),
    ]
    assert len(parse(text)) == 5


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        ("<?xml version='1.0' encoding='UTF-8'?>\n<collection id=\"P18\">", True),
        ("<collection><source>PubMed</source>", False),  # BioC
        ('<feed><collection id="P18">', False),
    ],
)
def test_knows_a_collection_by_its_id(head: str, is_one: bool) -> None:
    assert acl_xml.sniff(head) is is_one


COUNTS = {"P18": (435, 435), "Q18": (48, 48), "L16": (745, 745), "F12": (201, 0), "F13": (104, 0)}


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")
@pytest.mark.parametrize("name", COUNTS)
def test_reads_the_real_files(name: str) -> None:
    with (REAL / f"{name}.xml").open("rb") as stream:
        found = [item for item in acl_xml.read(Lines(stream), "src") if isinstance(item, Record)]
    assert (len(found), sum(bool(record.abstract) for record in found)) == COUNTS[name]
    assert all(record.url == f"https://aclanthology.org/{record.own_id}" and record.year for record in found)
