"""A sample of 200 abstracts, raw beside cleaned: none is cut at a percent sign, and no LaTeX is left or lost."""

from __future__ import annotations

import random
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from assistant.errors import PapersError
from assistant.papers import Record, read

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
# Commands that mark up prose. One that a paper made up itself, as \model, says nothing to us and stays as it is.
MARKUP = re.compile(
    r"\\(?:text(?:bf|it|tt|sc|rm|sf|sl|up)|emph|[Cc]ite\w*|href|url|footnote|label|e?ref|(?:begin|end)\{(?:itemize|"
    r"enumerate|abstract|quote)\}|item|em|it|bf|par|noindent|newline|xspace|underline)(?![A-Za-z])"
)
ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
MATH = re.compile(r"\$[^$]+\$")
ANNOUNCED = re.compile(r"arXiv:\S+ Announce Type: \S+\s+Abstract: ")
PERCENT = re.compile(r"\d\s?\\?%")


@cache
def sample() -> tuple[Record, ...]:
    """100 of the real files of all formats and 100 of the 10,000 papers."""
    if not SHARED.exists():
        pytest.skip("the shared papers are not here")
    real: list[Record] = []
    for file in sorted(path for path in (SHARED / "formats").rglob("*") if path.is_file()):
        try:
            real += [one for one in read(file) if isinstance(one, Record)]
        except PapersError:
            continue
    many = [one for one in read(SHARED / "papers_10k.jsonl.gz") if isinstance(one, Record)]
    dice = random.Random(200)
    # Half of each with the signs that cleaning is about, which most abstracts lack.
    marked = [[one for one in records if re.search(r"[\\%${]", one.raw_abstract)] for records in (real, many)]
    return tuple(one for records in (real, many, *marked) for one in dice.sample(records, 50))


def prose(text: str) -> str:
    return MATH.sub("", text)


def words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", ADDRESS.sub("", text))  # ligatures as letters
    return re.findall(r"[a-z]{4,}", text.lower())


def test_no_percent_sign_is_lost_and_no_text_ends_at_one() -> None:
    wrong = []
    for one in sample():
        raw, clean = (PERCENT.findall(text) for text in (one.raw_abstract, one.abstract))
        if len(raw) != len(clean) or one.raw_abstract.count("%") != one.abstract.count("%"):
            wrong.append((one.title, len(raw), len(clean)))
        after = re.split(r"\d\s?\\?%", one.raw_abstract)[-1]
        if words(after)[-3:] != words(one.abstract)[-len(words(after)[-3:]) or len(one.abstract) :]:
            wrong.append((one.title, after[-80:], one.abstract[-80:]))
    assert len(sample()) == 200
    assert wrong == []


def test_no_markup_of_prose_is_left_and_no_empty_braces() -> None:
    left = [(one.title, found[0]) for one in sample() if (found := MARKUP.search(prose(one.abstract)))]
    empty = [one.title for one in sample() if "{}" in prose(one.abstract)]
    assert (left, empty) == ([], [])


def test_mathematics_keeps_its_signs_and_its_braces() -> None:
    wrong = []
    for one in sample():
        formulas = {" ".join(found.split()) for found in MATH.findall(one.raw_abstract.replace(r"\$", ""))}
        kept = " ".join(one.abstract.split())
        wrong += [(one.title, found) for found in formulas if r"\text" not in found and found not in kept]
        wrong += [(one.title, found) for found in MATH.findall(one.abstract) if found.count("{") != found.count("}")]
    assert wrong == []


def test_every_word_of_the_raw_text_is_in_the_cleaned_one() -> None:
    """But for those that are markup or an address, or that a line end had cut."""
    wrong = []
    for one in sample():
        raw = re.sub(r"\\[a-zA-Z]+\*?\{|[{}]", "", ANNOUNCED.sub("", one.raw_abstract))
        raw = re.sub(r"<[^<>]*>|\\[a-zA-Z]+|&\w+;|\w+[-\xad]\s+\w+", " ", raw)
        lost = set(words(prose(raw))) - set(words(one.abstract))
        wrong += [(one.title, lost)] if lost else []
    assert wrong == []
