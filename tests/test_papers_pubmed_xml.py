"""PubMed XML: sections with labels, markup in texts, dates, names, and the ids that are the paper's own."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from assistant.papers import Problem, Record
from assistant.papers.formats import pubmed_xml
from assistant.papers.lines import Lines

REAL = Path(__file__).parents[1].parent / "shared" / "data" / "formats" / "pubmed_xml"

ARTICLE = """<PubmedArticle><MedlineCitation><PMID Version="1">123</PMID><Article>
<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue><Title>Gut</Title></Journal>
<ArticleTitle>{title}</ArticleTitle>
<ELocationID EIdType="doi" ValidYN="Y">10.1/E</ELocationID>
{abstract}
<AuthorList>{authors}</AuthorList></Article>
{citation}</MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">123</ArticleId>{ids}</ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.9/other</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>"""


def parse(text: str) -> list[Record | Problem]:
    return list(pubmed_xml.read(enumerate(io.StringIO(text), 1), "src"))


def one(**parts: str) -> Record:
    parts.setdefault("abstract", f"<Abstract><AbstractText>{parts.pop('text', 'It works.')}</AbstractText></Abstract>")
    filled = {"date": "<Year>2001</Year>", "title": "T", "authors": "", "ids": "", "citation": "", **parts}
    (item,) = parse(f"<PubmedArticleSet>\n{ARTICLE.format(**filled)}</PubmedArticleSet>")
    assert isinstance(item, Record)
    return item


def test_gives_the_fields_of_an_article() -> None:
    record = one(
        authors="<Author><LastName>Roe</LastName><ForeName>Ann B</ForeName><Suffix>Jr</Suffix></Author>"
        '<Author ValidYN="N"><LastName>Row</LastName><ForeName>Ann</ForeName></Author>'
        "<Author><LastName>Li</LastName><Initials>X</Initials></Author>"
        "<Author><CollectiveName>The <i>X</i> Group</CollectiveName></Author>",
        ids='<ArticleId IdType="doi">10.1/A</ArticleId><ArticleId IdType="pmc">PMC7</ArticleId>',
        citation="<KeywordList><Keyword>yeast</Keyword></KeywordList>",
    )
    assert (record.line, record.source, record.own_id, record.pmid) == (2, "src", "123", "123")
    assert (record.title, record.abstract, record.venue, record.year) == ("T", "It works.", "Gut", 2001)
    assert record.authors == ("Ann B Roe Jr", "X Li", "The X Group")
    assert (record.doi, record.url) == ("10.1/A", "https://pubmed.ncbi.nlm.nih.gov/123/")
    assert record.extra == {"pmc": "PMC7", "keywords": ["yeast"]}


def test_the_doi_is_never_that_of_a_reference() -> None:
    assert one().doi == "10.1/E"


def test_sections_keep_their_labels() -> None:
    sections = (
        '<AbstractText Label="METHODS" NlmCategory="METHODS">We tried.</AbstractText>'
        '<AbstractText Label="RESULTS:">RESULTS: It <b>worked</b>.</AbstractText>'
        '<AbstractText Label="UNLABELLED">So there.</AbstractText><AbstractText Label="NOTES"/>'
    )
    record = one(abstract=f"<Abstract>{sections}<CopyrightInformation>(c) X</CopyrightInformation></Abstract>")
    assert record.abstract == "METHODS: We tried.\nRESULTS: It worked.\nSo there."


MATH = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">\n  {}\n</mml:math>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10<sup>6</sup> cells, 10<sup>-3</sup> M, log<sub>10</sub> x", "10^6 cells, 10^-3 M, log10 x"),
        ("H<sub>2</sub>O, CD4<sup>+</sup>, the 5<sup>th</sup>", "H2O, CD4+, the 5th"),
        ("<i>p53</i> and <b>all <i>of</i> it</b> &lt; 5&#x20;%", "p53 and all of it < 5 %"),
        (MATH.format("<mml:mn>2</mml:mn>\n <mml:mo>+</mml:mo>\n <mml:mi>x</mml:mi>"), "2+x"),
        (MATH.format("<mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac>"), "1/2"),
        (MATH.format("<mml:msup><mml:mn>10</mml:mn>\n<mml:mn>5</mml:mn></mml:msup>"), "10^5"),
        (MATH.format("<mml:msubsup><mml:mi>x</mml:mi><mml:mi>i</mml:mi><mml:mn>2</mml:mn></mml:msubsup>"), "xi^2"),
        (
            MATH.format(
                "<mml:semantics><mml:mi>y</mml:mi><mml:annotation encoding='TeX'>y</mml:annotation></mml:semantics>"
            ),
            "y",
        ),
        (
            MATH.format(
                "<mml:mmultiscripts><mml:mtext>He</mml:mtext><mml:mprescripts/><mml:none/><mml:mn>3</mml:mn>"
                "</mml:mmultiscripts>"
            ),
            "3He",
        ),
        ("a <mml:math><mml:mi>z</mml:mi></mml:math>", "a z"),  # a prefix that only the DTD declares
    ],
)
def test_markup_inside_a_text_loses_nothing_and_makes_no_other_number(text: str, shown: str) -> None:
    record = one(text=text, title=text)
    assert (record.abstract, record.title) == (shown, shown)


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998),
        ("<MedlineDate>Winter</MedlineDate>", None),
        ("<Season>Fall</Season>", None),
        ("<Year>2018</Year><Month>05</Month>", 2018),
    ],
)
def test_reads_the_year_and_invents_none(date: str, year: int | None) -> None:
    assert one(date=date).year == year


def test_another_abstract_stands_in_for_a_missing_one() -> None:
    other = '<OtherAbstract Type="Publisher"><AbstractText>Told elsewhere.</AbstractText></OtherAbstract>'
    assert one(abstract="", citation=other).abstract == "Told elsewhere."
    assert one(citation=other).abstract == "It works."
    assert one(abstract="").abstract == ""


def test_a_title_that_is_not_available_gives_way_to_the_original_one() -> None:
    vernacular = "[Not Available].</ArticleTitle><VernacularTitle>Der Titel</VernacularTitle><ArticleTitle>"
    assert one(title=vernacular).title == "Der Titel"


def test_reads_chapters_of_books() -> None:
    chapter = (
        "<PubmedBookArticle><BookDocument><PMID>9</PMID><ArticleIdList><ArticleId IdType='doi'>10.2/b</ArticleId>"
        "</ArticleIdList><Book><BookTitle>GeneReviews</BookTitle><PubDate><Year>1993</Year></PubDate>"
        "<AuthorList Type='editors'><Author><LastName>Ed</LastName></Author></AuthorList></Book>"
        "<ArticleTitle>Chapter</ArticleTitle><AuthorList Type='authors'><Author><LastName>Roe</LastName></Author>"
        "</AuthorList><Abstract><AbstractText>On genes.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"
    )
    (record,) = parse(f"<PubmedArticleSet>{chapter}</PubmedArticleSet>")
    assert isinstance(record, Record)
    found = (record.title, record.abstract, record.year, record.venue, record.doi, record.authors)
    assert found == ("Chapter", "On genes.", 1993, "GeneReviews", "10.2/b", ("Roe",))


@pytest.mark.parametrize("text", ["<PubmedArticleSet></PubmedArticleSet>", "<PubmedArticleSet/>\n"])
def test_a_set_without_articles_gives_nothing(text: str) -> None:
    assert parse(text) == []


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        ('<?xml version="1.0" ?>\n<!-- x --><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD', True),
        ("\n<PubmedArticle>", True),
        ("<feed>PubmedArticleSet</feed>", False),
        ("PubmedArticleSet", False),
        (" " * 60_000, False),
        ("<!--" * 16_000, False),
    ],
)
def test_knows_its_files_by_the_root(head: str, is_one: bool) -> None:
    assert pubmed_xml.sniff(head) is is_one


EXPECTED: dict[str, Any] = {
    "biopython_pubmed2.xml": 2,
    "biopython_pubmed4.xml": 1,
    "biopython_pubmed6.xml": 1,
    "biopython_pubmed7.xml": 1,
    "pubmed-29768149.xml": 1,
}


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")
@pytest.mark.parametrize("name", EXPECTED)
def test_reads_the_real_files(name: str) -> None:
    with (REAL / name).open("rb") as stream:
        records = [item for item in pubmed_xml.read(Lines(stream), "src") if isinstance(item, Record) and item.abstract]
    assert len(records) == EXPECTED[name]
    assert all(record.pmid and record.doi and record.year and record.authors for record in records)
