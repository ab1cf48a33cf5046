"""Reading files: finding them, gzip, encodings, damage, and what no reader knows."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import PapersError
from assistant.papers import Problem, Record, find, read
from assistant.papers.lines import LONGEST_LINE

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
PAGE = Path(__file__).parents[1] / "assistant" / "data" / "daily_papers" / "page-3.txt"
LINES = [json.dumps({"title": f"Title {n}", "abstract": f"We count to {n} — naïvely, in one go."}) for n in range(200)]
GOOD = [json.dumps(json.loads(line), ensure_ascii=False) for line in LINES]


def parse(file: Path, data: bytes) -> tuple[list[Record], list[Problem]]:
    file.write_bytes(data)
    items = list(read(file))
    return [i for i in items if isinstance(i, Record)], [i for i in items if isinstance(i, Problem)]


def test_finds_files_and_folders_sorted_once_and_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.jsonl", "a/c.txt", ".hidden", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find([tmp_path, str(tmp_path / "b.txt")])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["a/c.txt", "a/z.jsonl", "b.txt"]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(PapersError, match=r"no file or folder '.*nowhere\.bib'"):
        find([tmp_path / "nowhere.bib"])
    with pytest.raises(PapersError, match="holds no files"):
        find([tmp_path])
    with pytest.raises(PapersError, match="cannot be read"):
        list(read(tmp_path))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le with BOM", "gzip", "gzip in two members"]
)
def test_reads_the_same_records_from_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = "\r\n".join(GOOD)
    data = {
        "utf-16-le with BOM": ("\ufeff" + text).encode("utf-16-le"),
        "gzip": gzip.compress(text.encode()),
        "gzip in two members": gzip.compress(text[:5000].encode()) + gzip.compress(text[5000:].encode()),
    }
    records, problems = parse(tmp_path / "x", data[encoding] if encoding in data else text.encode(encoding))
    assert [record.title for record in records] == [f"Title {n}" for n in range(200)]
    assert {"—" in record.abstract for record in records} == {True}
    assert problems == []


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.jsonl.gz", "mine", "mine.JSON.GZ"])
def test_the_source_is_the_files_name_unless_told(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    records, _ = parse(file, (GOOD[0] + '\n{"title": "T", "abstract": "A sentence of words.", "source": "S"}').encode())
    assert [record.source for record in records] == ["mine", "S"]
    assert {item.source for item in read(file, source="told") if isinstance(item, Record)} == {"told"}


def test_a_line_that_is_not_utf8_is_reported_and_the_rest_kept(tmp_path: Path) -> None:
    data = "\n".join(GOOD[:4]).encode().replace("We count to 2 — naïvely".encode(), b"na\xefvely")
    records, problems = parse(tmp_path / "x", data)
    assert [record.title for record in records] == ["Title 0", "Title 1", "Title 3"]
    assert problems == [Problem(3, "is not UTF-8; save the file as UTF-8")]


def test_a_truncated_gzip_keeps_what_came_before_the_break(tmp_path: Path) -> None:
    words = random.Random(3)
    lines = [json.dumps({"title": f"Title {n}", "abstract": words.randbytes(200).hex()}) for n in range(500)]
    data = gzip.compress("\n".join(lines).encode())
    records, problems = parse(tmp_path / "x", data[: len(data) // 2])
    assert 200 < len(records) < 300
    assert [record.title for record in records] == [f"Title {n}" for n in range(len(records))]
    assert "breaks off" in problems[-1].reason
    assert problems[-1].line == len(records) + 1


def test_a_truncated_gzip_page_does_not_pass_for_whole(tmp_path: Path) -> None:
    whole = [item for item in read(PAGE) if isinstance(item, Record)]
    data = gzip.compress(PAGE.read_bytes())
    for length in range(len(data) // 3, len(data), len(data) // 40):
        records, problems = parse(tmp_path / "x", data[:length])
        assert [r.abstract for r in records] == [r.abstract for r in whole[: len(records)]]
        assert "breaks off" in " ".join(problem.reason for problem in problems)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_a_problem_of_the_file(tmp_path: Path, data: bytes) -> None:
    assert parse(tmp_path / "x", data) == ([], [Problem(None, "the file is empty")])


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"\0" * 100_000, b"Some notes of mine.\n", b"\x89PNG\r\n\x1a\n\0"])
def test_an_unknown_format_names_the_file_and_what_is_read(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "thing.bin"
    file.write_bytes(data + b"\nand more")
    with pytest.raises(PapersError, match=r"thing\.bin.*no format.*JSON lines.*daily-papers page"):
        list(read(file))


def test_a_line_of_more_than_16_mb_is_passed_over(tmp_path: Path) -> None:
    long = json.dumps({"title": "Long", "abstract": "x" * 17_000_000})
    records, problems = parse(tmp_path / "x", gzip.compress(f"{GOOD[0]}\n{long}\n{GOOD[1]}".encode(), 1))
    assert [record.title for record in records] == ["Title 0", "Title 1"]
    assert [problem.line for problem in problems] == [2]
    assert "16 MB" in problems[0].reason


LAYOUTS = {"an array": ("[{}]", ", "), "an answer": ('{{"total": 9, "results": [{}], "next": null}}', ",")}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_json_on_one_line_of_any_length_is_read_to_its_end(tmp_path: Path, layout: str) -> None:
    around, between = LAYOUTS[layout]
    many = "We study words. " * 20_000
    papers = [{"title": f"Paper {n}", "abstract": f"Wörter {n}. {many}"} for n in range(110)]
    text = around.format(between.join(json.dumps(one, ensure_ascii=False) for one in papers))
    assert len(text) > 2 * LONGEST_LINE
    records, problems = parse(tmp_path / "x", gzip.compress(f"{text}\n".encode(), 1))
    assert ([record.title for record in records], problems) == ([f"Paper {n}" for n in range(110)], [])
    assert {record.line for record in records} == {1}


@pytest.mark.parametrize("damage", ["cut", "a byte"])
def test_a_long_line_that_is_damaged_gives_what_came_before(tmp_path: Path, damage: str) -> None:
    one = json.dumps({"title": "Paper", "abstract": "We study words. " * 1500}).encode()
    data = b"[" + b", ".join([GOOD[0].encode(), *[one] * 1_500]) + b"]\n" + GOOD[0].encode()
    place = 30_000_000
    data = data[:place] if damage == "cut" else data[:place] + b"\xff" + data[place + 1 :]
    records, problems = parse(tmp_path / "x", data)
    assert 600 < len(records) <= 1 + place / len(one)
    assert 1 <= len(problems) <= 3 and {problem.line for problem in problems} <= {1, 2}


def test_a_table_with_a_line_of_more_than_16_mb_loses_that_line(tmp_path: Path) -> None:
    rows = ["title,abstract", *(f"Paper {n},{'We study words. ' * 9}" for n in range(3))]
    rows.insert(2, f"Long,{'We study words. ' * 2_200_000}")
    records, problems = parse(tmp_path / "x.csv", "\n".join(rows).encode())
    assert [record.title for record in records] == ["Paper 0", "Paper 1", "Paper 2"]
    assert [(problem.line, "16 MB" in problem.reason) for problem in problems] == [(3, True)]


@settings(deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"{\n", b'{"title":"T"}\n', b"[{", b"Mar 14\n\n", b"\xff\xfe"]),
)
def test_no_bytes_raise_anything_but_a_papers_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, start: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "junk"
    packed = gzip.compress(start + junk)
    for data in (start + junk, packed, packed[: len(junk)], b"\x1f\x8b" + junk, packed + junk):
        try:
            records, _ = parse(file, data)
        except PapersError:
            continue
        for record in records:
            assert (record.title + record.abstract + record.raw_abstract).encode()


@pytest.mark.parametrize(("name", "count"), [("papers_10k.jsonl.gz", 10_000), ("scifact/corpus.jsonl.gz", 5_183)])
def test_reads_every_paper_of_the_shared_sets(name: str, count: int) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"shared/data/{name} is not on this machine")
    items = list(read(SHARED / name))
    assert len(items) == count
    assert [item for item in items if isinstance(item, Problem)] == []
