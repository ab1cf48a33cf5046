"""Citation marks: every form is read, nothing of one is left behind, and no text however odd breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.marks import Marked, move_marks_inside, read_marks

_PIECES = [
    "[",
    "]",
    "(",
    ")",
    "【",
    "】",
    "1",
    "2",
    "9",
    "0",
    ",",
    ";",
    "-",
    "–",
    " ",
    "\n",
    "\n\n",
    ".",
    "a",
    "see",
]
_PIECES += [
    "`",
    "```",
    "$",
    "$$",
    "\\",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "†",
    "source",
    "*",
    "**",
    ":",
    "http://x",
    '"',
]
_PIECES += ["[1]", "[1, 2]", " [2]", "([1])", "[1](", "and", "=", "<", "!", "?", "é", "。", "^", "to", "#"]
odd_texts = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join) | st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "clean", "numbers"),
    [
        ("It works [1].", "It works.", (1,)),
        ("It works [1, 2], and so [3].", "It works, and so.", (1, 2, 3)),
        ("It works [1][2].", "It works.", (1, 2)),
        ("It works [1-3].", "It works.", (1, 2, 3)),
        ("It works [1–3]", "It works", (1, 2, 3)),
        ("It works [1]–[3].", "It works.", (1, 2, 3)),
        ("It works 【1】.", "It works.", (1,)),
        ("It works【1†source】.", "It works.", (1,)),
        ("It works [1;2].", "It works.", (1, 2)),
        ("It works [Source 1] or [source 1, 2].", "It works or.", (1, 2)),
        ("It works [^2] here.", "It works here.", (2,)),
        ("It works [02].", "It works.", (2,)),
        (r"It works \[1\].", "It works.", (1,)),
        ("GPT-4[2] works[1]", "GPT-4 works", (2, 1)),
    ],
)
def test_reads_every_form_of_a_mark(text: str, clean: str, numbers: tuple[int, ...]) -> None:
    assert read_marks(text, 5) == Marked(clean, numbers, 0)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("It works (see [1]) here.", "It works here."),
        ("It works (see e.g. [1], [2]; cf. [3]).", "It works."),
        ("It works ( [1] ).", "It works."),
        ("It works [[1], [2]].", "It works."),
        ("It works  [1]  here", "It works here"),
        ("It works. [1].", "It works."),
        ("It works **[1]**.", "It works."),
        ("He said “it works [1]”.", "He said “it works”."),
        ("[1] It works.", "It works."),
        ("- [1] One\n- Two [2]\n[1]\nend", "- One\n- Two\nend"),
        ("It works [1], [2] and [3].", "It works."),
        ("f() and g[] and (1) stay [1].", "f() and g[] and (1) stay."),
    ],
)
def test_leaves_no_empty_bracket_double_blank_or_loose_punctuation(text: str, clean: str) -> None:
    assert read_marks(text, 3).text == clean


@pytest.mark.parametrize(
    "mark",
    ["[0]", "[4]", "[1-100000000]", "[2-9]", "[3-1]", "[" + "9" * 5000 + "]", "[1](http://evil.example)[7]"],
)
def test_counts_an_invented_mark_and_hides_it(mark: str) -> None:
    read = read_marks(f"It works {mark}.", 3)
    assert read.text == "It works."
    assert read.invented == 1
    assert set(read.numbers) <= {1}


@pytest.mark.parametrize(
    "text",
    ["`x[1]`", "```\nx[1]\n```", "$a[1]$", "$$a [1]$$", r"\(a[1]\)", r"\[a_[1]\]", "[0.5, 1]", "[Table 1]"],
)
def test_leaves_code_mathematics_and_other_brackets_alone(text: str) -> None:
    assert read_marks(f"So {text} [2].", 3) == Marked(f"So {text}.", (2,), 0)


def test_a_fence_that_is_never_closed_is_code_to_the_end() -> None:
    assert read_marks("So [2]:\n```\nx[1]", 3) == Marked("So:\n```\nx[1]", (2,), 0)


def test_money_is_not_mathematics() -> None:
    assert read_marks("It costs $5 [1] and then $6 [2].", 2) == Marked("It costs $5 and then $6.", (1, 2), 0)


@pytest.mark.parametrize(
    "link",
    ["[1](http://evil.example)", "[1](http://e.example/(a))", '[1](http://e.example "title")', "[1](<e.example>)"],
)
def test_the_target_of_a_link_goes_with_its_mark(link: str) -> None:
    assert read_marks(f"It works {link}, so.", 1) == Marked("It works, so.", (1,), 0)
    assert read_marks("[1]: http://evil.example\nIt works.", 1).text == "It works."


def test_words_in_parentheses_after_a_mark_are_no_link() -> None:
    assert read_marks("It works [1](in most cases).", 1).text == "It works (in most cases)."


@pytest.mark.parametrize("piece", ["[1", "[", "[1,"])
def test_a_megabyte_of_open_brackets_is_read_to_its_end(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert read_marks(text, 3) == Marked(text, (), 0)


@pytest.mark.parametrize("tail", ["", "]", ")", "] ", ")]"])
@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "[1,",
        "]",
        "([1]",
        "[1](",
        "[1](a [",
        "`[1]",
        "$[1]",
        "\\([1]",
        "[a",
        "(ref.[1]",
        "[1]\n",
        "([1] [1]( x",
    ],
)
def test_nested_brackets_are_read_in_linear_time(piece: str, tail: str) -> None:
    text = piece * (60_000 // len(piece)) + tail * (60_000 // len(piece))
    assert set(read_marks(text, 3).numbers) <= {1}
    assert move_marks_inside(text).count("[") == text.count("[")


@given(odd_texts, st.integers(0, 4))
def test_numbers_are_in_range_and_reading_twice_changes_nothing(text: str, limit: int) -> None:
    read = read_marks(text, limit)
    assert all(1 <= number <= limit for number in read.numbers)
    assert len(set(read.numbers)) == len(read.numbers)
    assert read_marks(read.text, limit) == Marked(read.text, (), 0)


@given(
    st.lists(st.sampled_from(["[1]", "[2] ", " [9]", "word", ". ", ", ", "(see [1])", "\n"]), max_size=20).map("".join)
)
def test_no_mark_survives_in_prose(text: str) -> None:
    read = read_marks(text, 2)
    assert "[" not in read.text
    assert "()" not in read.text
    assert set(read.numbers) == {n for n in (1, 2) if f"[{n}]" in text}


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("It works. [1] So does it. [2]", "It works [1]. So does it [2]."),
        ("It works.[1] So does it.[2]", "It works [1]. So does it [2]."),
        ("He said “it works.” [1] So.", "He said “it works [1].” So."),
        ("Does it?! [1][2] Yes. (see [3]) End", "Does it [1][2]?! Yes (see [3]). End"),
        ("**It works.** [1]\nNext", "**It works [1].**\nNext"),
        ("It works... [1]", "It works [1]..."),
        ("It works in 2020. [1] Next", "It works in 2020 [1]. Next"),
    ],
)
def test_moves_a_mark_into_the_sentence_that_it_follows(text: str, moved: str) -> None:
    assert move_marks_inside(text) == moved
    assert move_marks_inside(moved) == moved


@pytest.mark.parametrize(
    "text",
    [
        "It works. [1] shows so.",
        "Smith et al. [1] found",
        "1. [1] One\n2. [2] Two",
        "It works.\n[1]",
        "a `b. [1] C` d",
        "A [1]. B",
    ],
)
def test_leaves_a_mark_that_follows_no_sentence(text: str) -> None:
    assert move_marks_inside(text) == text


@given(odd_texts)
def test_moving_marks_keeps_every_character_but_blanks(text: str) -> None:
    assert sorted("".join(move_marks_inside(text).split())) == sorted("".join(text.split()))
