"""BibTeX: real files, what a broken entry costs, and text that is left as it is."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers.formats import bibtex
from assistant.papers.paper import Problem, Record

SHARED = Path(__file__).parents[1].parent / "shared" / "data" / "formats" / "bibtex"
LIBRARY = """% Encoding: UTF-8
@string{cvpr = "Computer Vision"}
@comment{jabref-meta: saveOrder {x};}
@preamble{"\\newcommand{\\x}{y}"}

@Article{lee20,
  Title    = {A {BERT} for G{\\"o}del},
  journal  = cvpr # { and } # "Patterns",
  author   = "Lee, Ann and {The And Group} and Bo Wu and Doe, Jr., John and others",
  year     = 2020,
  url      = {\\url{https://a.org/c\\_d}},
  doi      = {10.1000/a\\_b},
  abstract = {From 28.8% to 54.7\\%, $5M
    for {"}all{"} @ {home}.},
  keywords = {one, two}
}
@inproceedings(wu21, title = {Next (of two)}, booktitle = {Proc. X}, date = {2021-05-03})
"""


def parse(text: str) -> list[Record | Problem]:
    return list(bibtex.read(enumerate(io.StringIO(text), 1), "mine"))


def one(fields: str) -> Record:
    (item,) = parse(f"@misc{{key, title = {{T}}, {fields}}}\n")
    assert isinstance(item, Record)
    return item


def test_reads_the_entries_and_passes_over_strings_comments_and_preambles() -> None:
    lee, wu = parse(LIBRARY)
    assert isinstance(lee, Record) and isinstance(wu, Record)
    assert (lee.line, lee.own_id, lee.title) == (6, "lee20", 'A {BERT} for G{\\"o}del')
    assert lee.authors == ("Ann Lee", "{The And Group}", "Bo Wu", "John Doe Jr.")
    assert (lee.venue, lee.year, lee.extra) == ("Computer Vision and Patterns", 2020, {"keywords": "one, two"})
    assert (lee.url, lee.doi) == ("https://a.org/c_d", "10.1000/a_b")
    assert (wu.title, wu.venue, wu.year, wu.abstract) == ("Next (of two)", "Proc. X", 2021, "")


def test_latex_is_left_as_it_is_and_nothing_is_cut_at_a_percent_sign() -> None:
    record = parse(LIBRARY)[0]
    assert isinstance(record, Record)
    assert record.abstract == 'From 28.8% to 54.7\\%, $5M\n    for {"}all{"} @ {home}.'


def test_what_the_entry_lacks_is_not_invented() -> None:
    record = one("note = {x}")
    assert {record.year, record.url, record.doi, record.venue, record.arxiv_id, record.pmid} == {None}
    assert (record.authors, record.abstract) == ((), "")


@pytest.mark.parametrize(
    "fields",
    [
        "eprint = {2403.02936}, archivePrefix = {arXiv}",
        "eprint = {2403.02936}, eprinttype = {arxiv}",
        "eprint = {2403.02936}",
        "journal = {arXiv preprint arXiv:2403.02936}",
        "journal = {CoRR}, volume = {abs/2403.02936}",
    ],
)
def test_finds_the_arxiv_id_where_the_exporters_put_it(fields: str) -> None:
    assert one(fields).arxiv_id == "2403.02936"


def test_an_eprint_of_another_archive_is_no_arxiv_id() -> None:
    record = one("eprint = {30776994}, eprinttype = {pubmed}")
    assert (record.arxiv_id, record.pmid) == (None, "30776994")
    assert one("eprint = {2403.02936}, eprinttype = {jstor}").arxiv_id is None


def test_an_entry_that_is_not_closed_costs_only_itself() -> None:
    items = parse("@a{x, title={X}}\n@a{open, title = {O,\n year = {2020}\n\n@a{y, title={Y}}\n@a{z, title={Z}\n")
    assert [getattr(item, "title", item.line) for item in items] == ["X", 2, "Y", 6]
    assert "'open' cannot be read: it is not closed" in str(items[1])


def test_a_forgotten_comma_does_not_put_one_field_into_another() -> None:
    problem, record = parse("@a{x, title = {T}, abstract = {Text}\n url = {u}}\n@a{y, title = {Y}}\n")
    assert problem == Problem(1, "the entry 'x' cannot be read: there is no comma after its field 'abstract'")
    assert isinstance(record, Record)


def test_a_key_or_field_given_twice_loses_no_paper() -> None:
    items = parse("@a{x, title={One}, url={u}, url={v}}\n@a{x, title={Two}}\n@a{x, title={One}}\n")
    assert [(item.title, item.own_id) for item in items if isinstance(item, Record)] == [
        ("One", "x"),
        ("Two", None),  # the key names another paper already
        ("One", "x"),
    ]


def test_a_line_that_could_not_be_read_costs_its_entry() -> None:
    lines = [(1, "@a{x, title={X},\n"), (3, "  abstract={Y}}\n"), (4, "@a{y, title={Y}}\n")]
    problem, record = bibtex.read(lines, "mine")
    assert problem == Problem(1, "a line of the entry 'x' cannot be read")
    assert isinstance(record, Record)


@pytest.mark.parametrize("start", ["@ article {k,", "@article\n{k,", "  @ARTICLE{k,", "x } @article{k,"])
def test_entries_begin_in_every_way_that_bibtex_allows(start: str) -> None:
    items = parse(f"@a{{first, title={{X}}}}\n{start} title = {{T}}}}\n")
    assert [item.title for item in items if isinstance(item, Record)] == ["X", "T"]


def test_a_file_without_entries_says_so() -> None:
    text = "@comment{nothing}\n@string{a = {b}}\n"
    assert bibtex.sniff(text)
    assert parse(text) == [Problem(None, "is a BibTeX file without any entry, only comments or strings")]


def test_is_told_from_other_text() -> None:
    assert bibtex.sniff(LIBRARY)
    assert bibtex.sniff("This file was made by Mendeley.\n\n@article{a2020,\n")
    assert not bibtex.sniff("# Project\n\n```\n@article{a2020,\n title={x}}\n```\n")
    assert not bibtex.sniff("@media (max-width: 600px) {\n")
    assert not bibtex.sniff("@a{" + " " * 65_000)


def test_broken_entries_print_and_log_nothing(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert isinstance(parse("@a{x, title = {X\n")[0], Problem)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


@pytest.mark.parametrize("text", ["{", "}", '"', "@a{", "@a{k,\n", "x {\n", "@article\n", "a={b} ", "@string{a=b}\n"])
def test_many_lines_of_anything_are_read_in_linear_time(text: str) -> None:
    start = time.process_time()
    items = parse("@a{k, title={" + text * (40_000 // len(text)))
    assert items
    assert time.process_time() - start < 10


def test_an_entry_of_more_than_two_megabytes_is_passed_over() -> None:
    problem, record = parse(f"@a{{x, title={{X}}, abstract={{{'long ' * 500_000}}}}}\n@a{{y, title={{Y}}}}\n")
    assert problem.line == 1 and isinstance(problem, Problem) and "longer than 2 MB" in problem.reason
    assert isinstance(record, Record)


@settings(max_examples=80, deadline=None)
@given(st.text('@{}"#=,\\\n\0 a%$\ud800', max_size=80), st.integers(0, len(LIBRARY)), st.integers(0, 40))
def test_damage_of_any_kind_gives_records_or_problems(junk: str, at: int, gone: int) -> None:
    items = parse(LIBRARY[:at] + junk + LIBRARY[at + gone :])
    assert items
    assert all(isinstance(item, Record) or len(item.reason) < 400 for item in items)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared real files are not here")
def test_reads_the_real_files() -> None:
    records = parse((SHARED / "uai2025.bib").read_text(encoding="utf-8"))
    assert len(records) == 230
    assert sum(isinstance(record, Record) and bool(record.abstract) for record in records) == 229
    (chinese,) = parse((SHARED / "gbk_encoded.bib").read_text(encoding="gbk"))
    assert isinstance(chinese, Record) and (chinese.title, chinese.year) == ("Test Title", 2013)
