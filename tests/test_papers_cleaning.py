"""Cleaning: what is removed from a text, what is kept, and which texts are no abstracts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.papers import clean, is_stub


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\u200bb\ufeffc", "abc"),
        ("left\u202eright\u2066", "leftright"),
        ("bell\x07 and \x9bescape", "bell and escape"),
        ("hidden\U000e0041\U000e0042 tag", "hidden tag"),
        ("two\u00a0words", "two words"),
        ("  wrapped\r\n  line\u2028and\tmore ", "wrapped line and more"),
        ("from 28.8\\% to 54.7%", "from 28.8% to 54.7%"),
        ("e\u0301", "é"),
        ("lone \ud800 half", "lone \ufffd half"),
    ],
)
def test_removes_what_cannot_be_seen_or_stored(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned


@pytest.mark.parametrize("text", ["x² and ½ and ﬁ", "$\\alpha_{10}$ \\& \\_", "line \\\\% comment", "\u0600", "日本語"])
def test_leaves_mathematics_and_other_scripts_alone(text: str) -> None:
    assert clean(text) == text


@given(st.text() | st.text(alphabet="\\% \n\u00a0a\u0301\u200b\ud800"))
def test_is_idempotent_and_gives_one_line_that_can_be_stored(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == unicodedata.normalize("NFC", once).strip()
    assert "\n" not in once
    assert once.encode().decode() == once


@pytest.mark.parametrize(
    "text",
    [
        "Abstract Unavailable",
        "No abstract available.",
        "This paper has been withdrawn by the author due to a crucial error in equation 4.",
        "Paper was withdrawn.",
        "Withdrawn by the authors",
        "Part of",
    ],
)
def test_notices_and_fragments_are_stubs_with_a_reason(text: str) -> None:
    reason = is_stub(text)
    assert reason is not None
    assert text[:60] in reason


@pytest.mark.parametrize(
    "text",
    [
        "We study why drugs are withdrawn from the market and find three causes.",
        "This report compares patients from whom the drug was withdrawn with those who kept it.",
        "A proof that no summary statistic is sufficient.",
    ],
)
def test_short_abstracts_that_speak_of_withdrawal_are_not_stubs(text: str) -> None:
    assert is_stub(text) is None
