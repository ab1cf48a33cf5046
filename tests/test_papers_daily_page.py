"""Daily-papers pages: the five real ones, and what damage does to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers import Problem, Record, read

PAGES = sorted((Path(__file__).parents[1] / "assistant" / "data" / "daily_papers").glob("page-*.txt"))
HEADER = "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nMar 14\n\n"
ABSTRACT = "Contrastive learning helps masked autoencoders to learn better. " * 6
ENTRIES = [(f"Paper Number {n} on Point Clouds", f"{ABSTRACT}It gains {n} points.") for n in range(1, 5)]


def page(blocks: list[str], end: str = "\n") -> str:
    return HEADER + "\n\n".join(blocks) + end


def parse(folder: Path, text: str | bytes) -> tuple[list[Record], list[Problem]]:
    file = folder / "page.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    items = list(read(file))
    return [i for i in items if isinstance(i, Record)], [i for i in items if isinstance(i, Problem)]


def pairs(records: list[Record]) -> list[tuple[str, str]]:
    return [(record.title, record.abstract) for record in records]


def flat(entries: list[tuple[str, str]]) -> list[str]:
    return [text for entry in entries for text in entry]


def test_reads_397_entries_of_340_papers_without_a_problem() -> None:
    items = [item for file in PAGES for item in read(file)]
    records = [item for item in items if isinstance(item, Record)]
    assert len(items) == len(records) == 397
    assert len({record.title for record in records}) == 340
    assert [sum(r.source == f"page-{n}" for r in records) for n in range(1, 6)] == [79, 98, 62, 84, 74]


def test_keeps_the_date_and_invents_nothing() -> None:
    records = [item for file in PAGES for item in read(file) if isinstance(item, Record)]
    assert {record.source: record.listed for record in records} == {
        "page-1": "Mar 14",
        "page-2": "Mar 11",
        "page-3": "Sep 5",
        "page-4": "Mar 11",
        "page-5": "Mar 11",
    }
    for record in records:
        assert (record.authors, record.extra) == ((), {})
        assert {record.year, record.url, record.doi, record.arxiv_id, record.own_id, record.venue} == {None}


def test_unescapes_percent_in_18_papers_and_keeps_the_raw_text() -> None:
    records = [item for file in PAGES for item in read(file) if isinstance(item, Record)]
    escaped = {record.title for record in records if "\\%" in record.raw_abstract}
    assert len(escaped) == 18
    assert not any("\\%" in record.abstract for record in records)


def test_an_entry_without_abstract_does_not_shift_the_pairing(tmp_path: Path) -> None:
    texts = flat(ENTRIES)
    del texts[3]
    records, problems = parse(tmp_path, page(texts))
    assert pairs(records) == [ENTRIES[0], *ENTRIES[2:]]
    assert [(p.line, p.kind) for p in problems] == [(13, "no_abstract")]
    assert "Paper Number 2" in problems[0].reason


def test_a_title_that_ends_like_a_sentence_is_still_a_title(tmp_path: Path) -> None:
    texts = ["Is This All You Need?", "LLMs vs. Humans: a Report.", ENTRIES[0][1], *flat(ENTRIES[1:])]
    records, problems = parse(tmp_path, page(texts))
    assert pairs(records) == [("LLMs vs. Humans: a Report.", ENTRIES[0][1]), *ENTRIES[1:]]
    assert [p.kind for p in problems] == ["no_abstract"]


def test_an_abstract_without_title_is_reported_and_given_to_nobody(tmp_path: Path) -> None:
    texts = flat(ENTRIES)
    del texts[2]
    records, problems = parse(tmp_path, page(texts))
    assert pairs(records) == [ENTRIES[0], *ENTRIES[2:]]
    assert [(p.line, p.kind) for p in problems] == [(13, "unreadable")]
    assert "no title" in problems[0].reason


def test_a_short_abstract_after_its_title_is_kept_and_a_notice_is_not(tmp_path: Path) -> None:
    texts = ["On Primes", "We prove that there are infinitely many.", "Lost Work", "Abstract Unavailable"]
    records, problems = parse(tmp_path, page([*texts, *ENTRIES[0]]))
    assert pairs(records) == [("On Primes", "We prove that there are infinitely many."), ENTRIES[0]]
    assert [p.kind for p in problems] == ["no_abstract"]
    assert "Lost Work" in problems[0].reason


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=len(page(flat(ENTRIES)))))
def test_a_file_cut_anywhere_never_pairs_wrongly(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    cut = (HEADER + page(flat(ENTRIES))[len(HEADER) :])[: max(length, len(HEADER))]
    records, problems = parse(tmp_path_factory.mktemp("cut"), cut)
    for (title, abstract), (whole_title, whole_abstract) in zip(pairs(records), ENTRIES, strict=False):
        assert title == whole_title
        assert whole_abstract.startswith(abstract)
        assert abstract.endswith(".")
    assert len(problems) <= 1


def test_a_file_cut_inside_an_abstract_says_so(tmp_path: Path) -> None:
    records, problems = parse(tmp_path, page(flat(ENTRIES), end="")[:-4])
    assert pairs(records) == ENTRIES[:3]
    assert problems[0].reason == "the file ends inside the abstract of 'Paper Number 4 on Point Clouds'"


@pytest.mark.parametrize("last", ["See https://example.org/code", "(It works.)"])
def test_a_whole_page_without_final_line_end_is_not_cut(tmp_path: Path, last: str) -> None:
    records, problems = parse(tmp_path, page(["One Title", ABSTRACT + last], end=""))
    assert [record.title for record in records] == ["One Title"]
    assert problems == []


def test_crlf_hard_wrapping_and_missing_blank_lines_change_nothing(tmp_path: Path) -> None:
    crlf = page(flat(ENTRIES)).replace("\n", "\r\n")
    wrapped = page([text.replace(". ", ".\n") for text in flat(ENTRIES)])
    stacked = page(flat(ENTRIES)).replace("\n\n", "\n")
    for text in (crlf, wrapped, stacked):
        records, problems = parse(tmp_path, text)
        assert pairs(records) == ENTRIES
        assert problems == []
        assert {record.listed for record in records} == {"Mar 14"}


def test_unknown_header_lines_before_the_date_are_no_papers(tmp_path: Path) -> None:
    records, problems = parse(tmp_path, "Sign Up\n\nLog In\n\n" + page(flat(ENTRIES)))
    assert pairs(records) == ENTRIES
    assert problems == []


def test_pages_put_together_keep_each_its_date(tmp_path: Path) -> None:
    two = page(flat(ENTRIES[:2])) + "\n" + page(flat(ENTRIES[2:])).replace("Mar 14", "Sep 5")
    records, problems = parse(tmp_path, two)
    assert [record.listed for record in records] == ["Mar 14", "Mar 14", "Sep 5", "Sep 5"]
    assert problems == []


def test_a_wrapped_abstract_with_an_unreadable_line_is_not_quoted(tmp_path: Path) -> None:
    lines = [
        *page(flat(ENTRIES[:1])).split("\n")[:-2],
        "It gains",
        "\udcff points",
        "and more.",
        "",
        *ENTRIES[1],
    ]
    records, problems = parse(tmp_path, "\n".join(lines).encode(errors="surrogateescape") + b"\n")
    assert pairs(records) == [ENTRIES[1]]
    assert sorted(p.reason.split(";")[0].split("'")[0] for p in problems) == [
        "a line of the entry ",
        "is not UTF-8",
    ]
