"""arXiv feeds: the API's answers, its errors, and daily announcements in RSS and Atom."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from assistant.papers import Problem, Record
from assistant.papers.formats import arxiv_atom
from assistant.papers.lines import Lines

REAL = Path(__file__).parents[1].parent / "shared" / "data" / "formats" / "arxiv_atom"
FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/x</id><title>arXiv Query</title>
{}
</feed>
"""
RSS = """<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<channel><title>cs.CL updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.CL</link>
{}
</channel></rss>
"""


def parse(text: str) -> list[Record | Problem]:
    return list(arxiv_atom.read(enumerate(io.StringIO(text), 1), "src"))


def one(text: str) -> Record:
    (item,) = parse(text)
    assert isinstance(item, Record)
    return item


def entry(given: str, more: str = "") -> str:
    return (
        f"<entry><id>{given}</id><title>A\n  Title</title><summary>  It works.\n</summary>"
        f"<published>2017-06-02T13:17:03Z</published>{more}</entry>"
    )


def item(given: str, kind: str = "new") -> str:
    return (
        f"<item><title>T (arXiv:{given} [cs.CL])</title><link>https://arxiv.org/abs/{given[:-2]}</link>"
        f"<description>arXiv:{given} Announce Type: {kind}\nAbstract: It works.</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{given}</guid><category>cs.CL</category><category>cs.AI</category>'
        f"<pubDate>Wed, 03 Jun 2026 00:00:00 -0400</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:creator>Ann Roe (MIT, Boston), B. Li</dc:creator></item>"
    )


def test_gives_the_fields_of_an_entry() -> None:
    more = (
        '<link href="https://arxiv.org/pdf/1706.00679v3" title="pdf"/>'
        '<category term="math.ST"/><category term="cs.IT"/>'
        "<arxiv:comment>6\n figures</arxiv:comment><arxiv:doi>10.1/A 10.1/B</arxiv:doi>"
        "<arxiv:journal_ref>Acta 1:2</arxiv:journal_ref>"
        "<author><name>Ann Roe</name><arxiv:affiliation>MIT</arxiv:affiliation></author>"
        "<author><name>B Li</name></author>"
    )
    record = one(FEED.format(entry("http://arxiv.org/abs/1706.00679v3", more)))
    assert (record.line, record.title, record.abstract) == (5, "A\n  Title", "  It works.\n")
    assert (record.own_id, record.arxiv_id) == ("1706.00679", "1706.00679")
    assert record.url == "https://arxiv.org/abs/1706.00679"
    assert (record.authors, record.year, record.doi) == (("Ann Roe", "B Li"), 2017, "10.1/A")
    categories = {"categories": ["math.ST", "cs.IT"], "comment": "6 figures", "journal_ref": "Acta 1:2"}
    assert record.extra == {"version": "v3", **categories}


@pytest.mark.parametrize(
    ("given", "arxiv_id"),
    [
        ("http://arxiv.org/abs/astro-ph/0601001v1", "astro-ph/0601001"),
        ("https://arxiv.org/abs/math.GT/0309136v12", "math/0309136"),
        ("http://arxiv.org/abs/2202.12139", "2202.12139"),
        ("oai:arXiv.org:2606.02652v1", "2606.02652"),
    ],
)
def test_ids_lose_their_version_and_keep_their_slash(given: str, arxiv_id: str) -> None:
    record = one(FEED.format(entry(given)))
    assert (record.arxiv_id, record.own_id, record.url) == (arxiv_id, arxiv_id, f"https://arxiv.org/abs/{arxiv_id}")


def test_an_entry_of_another_site_keeps_its_own_id() -> None:
    record = one(FEED.format(entry("tag:blog.example,2020:1", "<link>https://blog.example/1</link>")))
    assert (record.own_id, record.arxiv_id, record.url) == ("tag:blog.example,2020:1", None, "https://blog.example/1")


def test_an_error_of_the_api_is_a_problem_with_its_text() -> None:
    text = FEED.format(
        "<entry><id>https://arxiv.org/api/errors#incorrect_id</id><title>Error</title>"
        "<summary>incorrect id\nformat for abc</summary></entry>"
    )
    assert parse(text) == [Problem(5, "arXiv reports an error: incorrect id format for abc")]


def test_a_feed_without_entries_gives_nothing() -> None:
    assert parse(FEED.format("")) == []


@pytest.mark.parametrize(
    "feed", [RSS.format(item("2403.02936v1")), RSS.format(item("2403.02936v1")).replace("\n", " ")]
)
def test_an_announcement_tells_its_year_by_the_id_and_its_authors_in_one_text(feed: str) -> None:
    record = one(feed)
    assert (record.arxiv_id, record.year, record.url) == ("2403.02936", 2024, "https://arxiv.org/abs/2403.02936")
    assert record.authors == ("Ann Roe (MIT, Boston)", "B. Li")
    assert record.extra == {"version": "v1", "categories": ["cs.CL", "cs.AI"], "announce_type": "new"}
    assert "Abstract: It works." in record.abstract


def test_a_paper_announced_again_has_the_same_id() -> None:
    feed = RSS.format(item("2403.02936v1") + item("2403.02936v2", "replace") + item("2403.02937v1", "cross"))
    found = parse(feed)
    assert [one.arxiv_id for one in found if isinstance(one, Record)] == ["2403.02936", "2403.02936", "2403.02937"]


def test_an_announcement_in_atom_is_dated_by_its_id_too() -> None:
    more = "<arxiv:announce_type>replace</arxiv:announce_type><dc:creator>Ann Roe, B. Li</dc:creator>"
    record = one(FEED.format(entry("oai:arXiv.org:math/9912001v2", more)))
    assert (record.year, record.authors) == (1999, ("Ann Roe", "B. Li"))


def test_reads_the_older_rss_that_is_rdf() -> None:
    feed = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="http://arxiv.org/"><title>cs</title></channel>'
        '<item rdf:about="http://arxiv.org/abs/1901.00001"><title>T</title>'
        "<description rdf:parseType='Literal'>&lt;p&gt;It works.&lt;/p&gt;</description></item></rdf:RDF>"
    )
    assert (one(feed).arxiv_id, one(feed).abstract) == ("1901.00001", "<p>It works.</p>")


def test_a_feed_that_breaks_off_keeps_its_namespaces_for_what_follows() -> None:
    broken = entry("http://arxiv.org/abs/1706.00001v1", "<b>")
    whole = entry("http://arxiv.org/abs/1706.00002v1", "<arxiv:comment>Note</arxiv:comment>")
    problem, record = parse(FEED.format(f"{broken}\n{whole}"))
    assert isinstance(problem, Problem)
    assert isinstance(record, Record)
    assert (record.arxiv_id, record.extra["comment"]) == ("1706.00002", "Note")


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (FEED[:400], True),
        (RSS[:300], True),
        ("<feed><title>A blog</title></feed>", False),
        ("See <feed> on arxiv.org", False),
    ],
)
def test_knows_feeds_of_arxiv_only(head: str, is_one: bool) -> None:
    assert arxiv_atom.sniff(head) is is_one


COUNTS = {"query_100": (100, 0), "query_10": (10, 0), "query_oldstyle_id": (1, 0), "query_empty": (0, 0)}
COUNTS["query_error_bad_id"] = (0, 1)


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")
@pytest.mark.parametrize("name", COUNTS)
def test_reads_the_real_files(name: str) -> None:
    with (REAL / f"{name}.xml").open("rb") as stream:
        found = list(arxiv_atom.read(Lines(stream), "src"))
    records = [one for one in found if isinstance(one, Record)]
    assert (len(records), len(found) - len(records)) == COUNTS[name]
    assert all(one.abstract and one.arxiv_id and one.year and one.authors for one in records)
