"""XML of papers, whole and broken: what is lost at a break, what never enters the parser, and how much is held."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.papers import Problem, Record
from assistant.papers.formats import acl_xml, arxiv_atom, paper_page, pubmed_xml
from assistant.papers.lines import Lines

READERS = (acl_xml, arxiv_atom, paper_page, pubmed_xml)
HEAD = (
    '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//[x]//EN" "https://a.org/p.dtd">\n<PubmedArticleSet>\n'
)
TAIL = "</PubmedArticleSet>\n"


def article(number: int, abstract: str = "We <i>did</i> it.") -> str:
    return (
        f"<PubmedArticle><MedlineCitation><PMID>{number}</PMID>\n<Article><ArticleTitle>T{number}</ArticleTitle>\n"
        f'<Abstract><AbstractText Label="A">{abstract}</AbstractText>\n</Abstract></Article></MedlineCitation>'
        "</PubmedArticle>\n"
    )


WHOLE = HEAD + "".join(article(number) for number in range(1, 6)) + TAIL


def read(text: str, reader: object = pubmed_xml) -> list[Record | Problem]:
    return list(reader.read(enumerate(io.StringIO(text), 1), "src"))  # type: ignore[attr-defined]


def records(items: list[Record | Problem]) -> list[Record]:
    return [item for item in items if isinstance(item, Record)]


def problems(items: list[Record | Problem]) -> list[Problem]:
    return [item for item in items if isinstance(item, Problem)]


def ids(text: str) -> list[str | None]:
    return [record.own_id for record in records(read(text))]


@given(st.integers(0, len(WHOLE.rstrip()) - 1))
@example(len(HEAD) - 2)
def test_a_file_that_was_cut_gives_the_papers_before_the_cut_and_says_so(cut: int) -> None:
    whole, items = records(read(WHOLE)), read(WHOLE[:cut])
    assert records(items) == whole[: WHOLE[:cut].count("</PubmedArticle>")]
    assert problems(items) or "<PubmedArticleSet>" not in WHOLE[:cut]


@given(st.integers(0, 4), st.integers(1, 3))
def test_a_line_that_cannot_be_read_costs_its_own_paper_only(number: int, line: int) -> None:
    lines = list(enumerate(io.StringIO(WHOLE), 1))
    del lines[3 + 4 * number + line]
    items = list(pubmed_xml.read(lines, "src"))
    kept = [record for record in records(read(WHOLE)) if record.own_id != str(number + 1)]
    assert records(items) == kept
    assert problems(items) == [Problem(4 + 4 * number, "a line of the paper that begins here cannot be read")]


@pytest.mark.parametrize(
    ("broken", "line", "said"),
    [
        ("AT&T and more", 10, "EntityRef: expecting ';'"),
        ("a < b", 10, "StartTag: invalid element name"),
        ("a <b>c", 10, "Opening and ending tag mismatch: b and AbstractText"),
        ("nul \0 here", 10, "Invalid character: Char 0x0 out of allowed range"),
        ("bell \x07 here", 10, "PCDATA invalid Char value 7"),
        ("&xxe;", 10, "Entity 'xxe' not defined"),
        ("<a>" * 300 + "</a>" * 300, 10, "Excessive depth in document: 256"),
        ("<!-- never closed", 10, ""),
    ],
)
def test_a_broken_paper_is_left_out_and_the_others_are_read(broken: str, line: int, said: str) -> None:
    text = HEAD + article(1) + article(2, broken) + article(3) + article(4) + TAIL
    items = read(text)
    assert [record.own_id for record in records(items)] == ["1", "3", "4"]
    (problem,) = problems(items)
    assert problem.line is not None
    assert problem.line >= line
    assert problem.reason.startswith(f"is not XML ({said}")
    assert "paper that begins on line 8 is left out" in problem.reason


def test_a_paper_without_an_end_does_not_swallow_the_next() -> None:
    text = HEAD + article(1).replace("</PubmedArticle>", "") + article(2) + TAIL
    items = read(text)
    assert [record.own_id for record in records(items)] == ["2"]
    assert problems(items) == [Problem(4, "the paper that begins here has no end")]


def test_documents_that_follow_one_another_are_all_read() -> None:
    assert ids(WHOLE + WHOLE.replace("\n", " ") + WHOLE) == ["1", "2", "3", "4", "5"] * 3


def test_a_single_article_without_a_set_is_read() -> None:
    assert ids('<?xml version="1.0"?>' + article(7)) == ["7"]


def test_papers_in_comments_are_no_papers() -> None:
    assert ids(HEAD + article(1) + f"<!-- {article(2)} -->" + article(3) + TAIL) == ["1", "3"]


def test_text_around_the_xml_is_a_problem() -> None:
    items = read(WHOLE + "and so on\n")
    assert len(records(items)) == 5
    assert problems(items) == [Problem(24, "is outside of the XML")]


SECRET = "root:x"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "subset",
    [
        f'<!ENTITY l0 "ha">{LAUGHS}',
        f'<!ENTITY l9 "{"a" * 50_000}">',
        '<!ENTITY l9 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p; <!ENTITY l9 "x">',
        '<!ELEMENT a (b)>\n\n<!-- <PubmedArticleSet> -->\n<!ENTITY l9 SYSTEM "file:///etc/passwd">',
        '<!ATTLIST a b CDATA "x">',
    ],
)
@pytest.mark.parametrize("used", ["&l9;" * 1000, '<i a="&l9;"/>'])
def test_entities_are_never_expanded(subset: str, used: str) -> None:
    text = f"<!DOCTYPE PubmedArticleSet [{subset}]>\n<PubmedArticleSet>\n{article(1, used)}{TAIL}"
    items = read(text)
    assert records(items) == []
    assert any("entities" in item.reason or "Entity 'l9' not defined" in item.reason for item in problems(items))


def test_external_and_declared_entities_are_refused_in_one_sentence() -> None:
    (problem,) = read(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n{WHOLE.partition(chr(10))[2]}')
    assert problem.reason == (
        "declares entities, which can name other files or grow without end; the file is not read on"
    )


def test_a_paper_without_an_end_in_sight_is_given_up() -> None:
    items = read(HEAD + article(1) + article(2, ("<b>x</b>" * 1000 + "\n") * 1100) + article(3) + TAIL)
    assert [record.own_id for record in records(items)] == ["1", "3"]
    assert problems(items) == [Problem(8, "has no end within 8,000,000 characters and is left out")]


@pytest.mark.parametrize("name", ["<t{}/>", "<t a{}='x'/>"])
def test_a_file_with_ever_new_names_is_not_read_on(name: str) -> None:
    many = "".join(article(n, "".join(name.format(100 * n + k) for k in range(100))) for n in range(1, 400))
    items = read(HEAD + many + TAIL)
    assert 100 < len(records(items)) < 399
    assert "different tags" in problems(items)[-1].reason


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc to read the memory from")
def test_a_file_of_any_size_is_read_in_little_memory() -> None:
    record = article(1, "word " * 4000)
    text = [*HEAD.splitlines(keepends=True), *record.splitlines(keepends=True) * 1500, TAIL]  # 30 MB
    before, most, count = _resident(), 0, 0
    for item in pubmed_xml.read(enumerate(text, 1), "src"):
        assert isinstance(item, Record)
        count += 1
        most = max(most, _resident())
    assert count == 1500
    assert most - before < 15_000_000


SCRAPS = [
    *"<PubmedArticleSet> </PubmedArticleSet> <PubmedArticle> </PubmedArticle> <feed> </feed> <entry> </entry>".split(),
    *"<rss> <channel> <item> </item> <collection> <volume> </volume> <meta> </meta> <paper> </paper> <title>".split(),
    *"<!-- --> <![CDATA[ ]]> <?xml ?> <!DOCTYPE & &amp; &lt; ; \" ' = > < / \0 \ufeff é 𝔸 \n\n".split(" "),
    *[
        '<?xml version="1.0" encoding="utf-16"?>',
        "<id>http://arxiv.org/abs/1234.5678v1</id>",
        " a='b' ",
        "words ",
        "<a:b>",
    ],
    *['<html><div data-props=\'{"paper": ', '{"id": "1", "title": "t", "summary": [1]}', "}'></div>", "<math><msup>"],
]


@given(st.lists(st.sampled_from(SCRAPS), max_size=40).map("".join), st.sampled_from(READERS))
def test_scraps_in_any_order_raise_nothing(text: str, reader: object) -> None:
    assert all(isinstance(item, Record | Problem) for item in read(text, reader))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__.rpartition(".")[2])
def test_a_million_random_bytes_raise_nothing(reader: object) -> None:
    chance = random.Random(7)
    parts = [chance.choice(SCRAPS).encode() if chance.random() < 0.7 else chance.randbytes(9) for _ in range(80_000)]
    lines = Lines(io.BufferedReader(io.BytesIO(b"".join(parts) + chance.randbytes(400_000))))
    assert all(isinstance(item, Record | Problem) for item in reader.read(lines, "src"))  # type: ignore[attr-defined]
