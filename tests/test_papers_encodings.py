"""Encodings and compression: which text a file's bytes are, and that a bomb of gzip is refused."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers.lines import Lines

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
TEXTS = {
    "gb18030": "@article{a, title={问答系统研究}, abstract={本文提出一种新的方法，用于从论文摘要中回答问题。}}",
    "big5": "@article{a, title={問答系統研究}, abstract={本文提出一種新的方法，用於從論文摘要中回答問題，}}",
    "cp932": "TI  - 質問応答システム\nAB  - 本論文では、論文の要旨から質問に答える方法を提案する。",
    "cp949": "TI  - 질문 응답 시스템\nAB  - 본 논문에서는 초록에서 질문에 답하는 방법을 제안한다.",
    "cp1251": "TI  - Ответы на вопросы\nAB  - Мы изучаем метод ответа на вопросы и показываем, что он работает.",
    "cp1252": "@article{a, author={Müller and André}, abstract={Naïve “questions” – a study of résumés. Don’t}}",
    "cp1250": "TI  - Żółta gęś i łódź\nAB  - Badamy pytania o źródła i pokazujemy, że metoda działa dobrze.",
    "mac_roman": "TI  - Étude naïve\nAB  - Nous étudions la méthode et ses résultats très élevés.",
    "utf-8": "TI  - Étude naïve\nAB  - 本文提出一种新的方法 “x”.",
    "utf-8-sig": "TI  - Étude naïve",
    "utf-16": "TI  - Étude naïve 本文",
}


def lines_of(data: bytes) -> tuple[list[str], list[str]]:
    lines = Lines(io.BufferedReader(io.BytesIO(data)))
    texts = [text for _, text in lines]
    return texts, [problem.reason for problem in lines.problems]


@pytest.mark.parametrize("times", [1, 50])
@pytest.mark.parametrize("encoding", TEXTS)
def test_files_are_read_in_the_encoding_that_people_save_them_in(encoding: str, times: int) -> None:
    text = "\n".join([TEXTS[encoding]] * times)
    assert lines_of(text.encode(encoding)) == (text.splitlines(keepends=True), [])
    assert lines_of(gzip.compress(text.encode(encoding))) == (text.splitlines(keepends=True), [])


@pytest.mark.parametrize("encoding", ["gb18030", "cp1252", "utf-8"])
def test_the_encoding_is_found_where_the_first_odd_letter_comes_late(encoding: str) -> None:
    text = "plain words in a line\r\n" * 10_000 + TEXTS[encoding]
    texts, problems = lines_of(text.encode(encoding))
    assert "".join(texts) == text.replace("\r\n", "\n")
    assert problems == []


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0" encoding="ISO-8859-2"?>\n',
        "% Encoding: ISO-8859-2\n",
        '<html><head><meta charset="iso-8859-2">\n',
    ],
)
def test_what_a_file_says_of_itself_is_believed_unless_it_is_utf8(head: str) -> None:
    text = head + "Dvořák a Čapek\n"
    assert lines_of(text.encode("iso-8859-2")) == (text.splitlines(keepends=True), [])
    assert lines_of(text.encode()) == (text.splitlines(keepends=True), [])


@pytest.mark.parametrize("name", ["no-such-code", "utf-16", "utf-7", "zlib", "rot13", "us-ascii"])
def test_a_declaration_that_cannot_be_true_is_passed_over(name: str) -> None:
    text = f'<?xml version="1.0" encoding="{name}"?>\nMüller\n'
    assert lines_of(text.encode("cp1252")) == (text.splitlines(keepends=True), [])


def test_in_a_file_of_utf8_one_bad_line_is_a_problem_of_its_own() -> None:
    texts, problems = lines_of("naïve\nétude\n".encode() + b"na\xefve\n" + "thé\n".encode())
    assert texts == ["naïve\n", "étude\n", "thé\n"]
    assert problems == ["is not UTF-8; save the file as UTF-8"]


def test_a_gzip_bomb_is_refused_with_a_sentence_and_what_came_before_is_kept() -> None:
    page = b"A title\n" * 3 + b"0" * 40_000_000
    texts, problems = lines_of(gzip.compress(page, 1))
    assert texts[:3] == ["A title\n"] * 3
    assert len(problems) == 1
    assert "grows more than 200 times" in problems[0]


def test_large_text_that_repeats_itself_as_text_does_is_no_bomb() -> None:
    line = "a sentence of quite a few words, number {}\n"
    page = "".join(line.format(n) for n in range(500_000)).encode()
    texts, problems = lines_of(gzip.compress(page, 1))
    assert (len(texts), problems) == (500_000, [])


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b'<?xml encoding="gbk"?>', b"\x1f\x8b"]),
)
def test_no_bytes_break_it_and_its_lines_can_be_stored(junk: bytes, start: bytes) -> None:
    texts, _ = lines_of(start + junk)
    assert "".join(texts).encode().decode() == "".join(texts)
    assert not any("\n" in text[:-1] for text in texts)


def test_the_shared_gbk_file_is_chinese() -> None:
    file = SHARED / "formats" / "bibtex" / "gbk_encoded.bib"
    if not file.exists():
        pytest.skip("shared/data/formats is not on this machine")
    texts, problems = lines_of(file.read_bytes())
    assert "凯撒" in "".join(texts)
    assert "测试期刊" in "".join(texts)
    assert problems == []
