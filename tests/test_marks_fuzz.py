"""Citation marks under fuzz: whatever a model writes is read in linear time, and a paper's own numbers are no marks."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.marks import Marked, move_marks_inside, read_marks, without_own_marks

NUMBERS = st.integers(0, 12).map(str) | st.sampled_from(["999999", "9" * 30, "007", "٣", "²"])
JOINS = st.sampled_from([", ", ",", ";", " and ", "-", "–", " to ", "..", " ", "、"])
OPEN, CLOSE = st.sampled_from("[【［〔(["), st.sampled_from("]】］〕)]")
marks = st.builds(
    lambda before, first, rest, after: before + first + "".join(join + number for join, number in rest) + after,
    OPEN,
    NUMBERS,
    st.lists(st.tuples(JOINS, NUMBERS), max_size=4),
    CLOSE,
)
words = st.sampled_from(["It works", "x", ".", ", ", "\n", "\n\n", "- ", "`", "```", "$", "$$", "\\(", "\\)", "[", "]"])
drafts = st.lists(marks | words | st.text(max_size=5), max_size=25).map("".join)
FORMS: dict[str, Callable[[str], object]] = {
    "read": lambda text: read_marks(text, 8),
    "move": move_marks_inside,
    "round": without_own_marks,
}


def steps(work: Callable[[str], object], text: str) -> int:
    """How many lines of Python the work runs through: what it takes, on a busy machine too."""
    count = 0

    def trace(*_: object) -> Callable[..., object]:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(text)
    finally:
        sys.settrace(before)
    return count


@given(drafts, st.integers(0, 9))
def test_whatever_is_read_names_only_sources_that_are_there(text: str, limit: int) -> None:
    read = read_marks(text, limit)
    assert set(read.numbers) <= set(range(1, limit + 1))
    assert read.invented <= len(re.findall(r"\d+", text))
    assert read_marks(read.text, limit).numbers == ()


@given(drafts)
def test_nothing_but_marks_their_brackets_and_leavings_goes(text: str) -> None:
    letters = [sign for sign in text if sign.isalpha() and sign not in "andto"]
    kept = [sign for sign in read_marks(text, 8).text if sign.isalpha() and sign not in "andto"]
    assert kept == letters


@given(drafts)
def test_a_quoted_text_keeps_its_length_and_all_but_its_brackets(text: str) -> None:
    shown = without_own_marks(text)
    assert len(shown) == len(text)
    assert all(
        a == b or (a in "[【［〔" and b == "(") or (a in "]】］〕" and b == ")")
        for a, b in zip(text, shown, strict=True)
    )


@given(
    st.lists(
        st.sampled_from(["It works [1]. ", "see [2, 3] ", "a (cf. [4]) ", "and [1]-[3] ", "【5】", "no mark "])
    ).map("".join)
)
def test_a_quoted_text_shows_no_mark_of_ours(text: str) -> None:
    assert read_marks(without_own_marks(text), 9).numbers == ()


@pytest.mark.parametrize(
    "piece", ["[1", "[1]", "[1, ", "[[1]", "[1][2]", "(see [1", "[1-", "【", "`[1]", "$[1]$", "x[1]."]
)
@pytest.mark.parametrize("form", FORMS)
def test_time_grows_as_the_text_does(piece: str, form: str) -> None:
    short, long = (steps(FORMS[form], piece * times) for times in (250, 1000))
    assert long <= 6 * short + 2000


@pytest.mark.parametrize("piece", ["[", "[1,", "[1-", "(([1", "[1](", "【1†", "[99999"])
@pytest.mark.parametrize("form", FORMS)
def test_a_hundred_thousand_signs_that_nothing_closes_are_read(piece: str, form: str) -> None:
    FORMS[form](piece * (100_000 // len(piece)))


@pytest.mark.parametrize("mark", ["[1-999999]", "[1–999999999999]", "[2-" + "9" * 5000 + "]", "[1]-[999999]"])
def test_a_range_is_bounded(mark: str) -> None:
    read = read_marks(f"It works {mark}.", 50)
    assert len(read.numbers) <= 50 and read.invented == 1
    assert read.text == "It works."


@pytest.mark.parametrize(
    "text", ["in [0, 1].", "from [0,255] on", "of [0-9] signs", "in [0.5, 1]", "in [-1, 1]", "in [0, 1)"]
)
def test_an_interval_from_zero_is_no_mark(text: str) -> None:
    assert read_marks(text, 9) == Marked(text, (), 0)
    assert without_own_marks(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It beats SIFT [1] and others [2, 3].", "It beats SIFT (1) and others (2, 3)."),
        ("As in [4]-[6] (see [7]).", "As in (4)-(6) (see (7))."),
        ("With `x[1]`, $a_[1]$ and [Table 1].", "With `x[1]`, $a_[1]$ and [Table 1]."),
        ("```\nx[1]\n```", "```\nx[1]\n```"),
        ("【8】 says", "(8) says"),
    ],
)
def test_a_papers_own_numbers_stand_in_round_brackets(text: str, shown: str) -> None:
    assert without_own_marks(text) == shown
    assert without_own_marks(shown) == shown
