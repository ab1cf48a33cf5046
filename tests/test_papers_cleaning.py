"""Cleaning: what is removed from a text, what is kept, and which texts are no abstracts."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers import clean, is_stub
from assistant.papers.cleaning import clean_abstract, clean_name, clean_title, one_line

CLEANERS = (clean, clean_abstract, clean_title, clean_name, one_line)


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("a\u200bb\ufeffc", "abc"),
        ("left\u202eright\u2066", "leftright"),
        ("bell\x07 and \x9bescape", "bell and escape"),
        ("hidden\U000e0041\U000e0042 tag", "hidden tag"),
        ("two\u00a0words", "two words"),
        ("  wrapped\r\n  line\u2028and\tmore ", "wrapped line and more"),
        ("e\u0301", "é"),
        ("lone \ud800 half", "lone \ufffd half"),
    ],
)
def test_removes_what_cannot_be_seen_or_stored(dirty: str, cleaned: str) -> None:
    assert one_line(dirty) == cleaned
    assert clean(dirty) == cleaned.replace("and e", "and ›e")  # in a paper \x9b is a sign of Windows-1252


@pytest.mark.parametrize(
    "text",
    [
        "x² and ½ and Å",
        "\u0600",
        "日本語のまま",
        "from 28.8% to 54.7%, costs $5M to $7M, AT&T and R&D; p < 0.05 and x > 3, a_b ~ {c, d} & ~42%",
        "0<x<1, a<b and c>d, n<b and c>d, <EOS>, <think>step</think>, the <p> tag, List<int>, <x_HI>=0.3, I<3U",
        "1~3%, X~N(0,1), y ~ x, https://a.org/~me/a_b%20c?x=1&copy=2, 2ms~3ms, f''(x), snake_case, C:\\temp\\new",
        "2- and 3-dimensional, long- and short-term, GPT- or T5-based, the model- a transformer - is new --- really",
        "a {set} of {x, y}, {1, 2}, `code`, ```block```, don't, 'quoted', *stars*, #1, @home, ^1, |x|, [0, 1)",
    ],
)
def test_leaves_plain_prose_mathematics_and_other_scripts_alone(text: str) -> None:
    assert clean(text) == text
    assert clean_abstract(text) == text


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("manipulation systemâ\x80\x94a 3-fingered hand\r\nand", "manipulation system—a 3-fingered hand and"),
        ("the viewerâ€™s NÃœWA, 8.81Â±0.10, their \x91traits\x92", "the viewer’s NÜWA, 8.81±0.10, their ‘traits’"),
        (
            '<p><p>matrices &lt;Emphasis Type="Bold"&gt;L&lt;/Emphasis&gt;and &amp;lt;i&amp;gt;M&amp;lt;/i&amp;gt;</p>',
            "matrices Land M",
        ),
        ("<jats:title>Abstract</jats:title><jats:p>We <jats:italic>do</jats:italic> it.</jats:p>", "We do it."),
        ("success.<p>More <b>words</b><br/>here", "success. More words here"),
        ("5-HT<inf>2A</inf>, 10<sup>6</sup>, m<sub>i</sub>, 1<sup>st</sup>", "5-HT2A, 10^6, mi, 1st"),
        ("p &lt; 0.05, 5 &mgr;g, users&#39; &#x201C;R&amp;D&#8221;", "p < 0.05, 5 μg, users' “R&D”"),
        ("a co\ufb03n, \ufb01rst", "a coffin, first"),
        ("knowle-\n  dge-intensive, linear-\nGaussian", "knowledge-intensive, linear-Gaussian"),
        ("compu- tational, us- ing, state-of- the-art", "computational, using, state-of-the-art"),
        (
            "We stu(cid:173) died e(cid:11)ects, self(cid:173) made, soft\xad ware",
            "We studied effects, self-made, software",
        ),
        ("an im- age; images and an image", "an image; images and an image"),
        ("context- aware, real- world", "context- aware, real- world"),  # not known to be one word: left
    ],
)
def test_mends_what_files_and_their_makers_have_broken(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("arXiv:2403.02936v1 Announce Type: new  Abstract: We do.", "We do."),
        ("arXiv:2308.09238v2 Announce Type: replace-cross\nAbstract: We do.", "We do."),
        ("Abstract: We do.", "We do."),
        ("ABSTRACT This paper", "This paper"),
        ("Abstract\u2014A robot", "A robot"),
        ("AbstractWe present", "We present"),
        ("Abstract In this paper", "In this paper"),
        ("Abstract Meaning Representation is", "Abstract Meaning Representation is"),
        ("Abstractive summarization", "Abstractive summarization"),
        ("Abstract-level reasoning", "Abstract-level reasoning"),
        ("AbstractBeam is fast. AbstractBeam wins.", "AbstractBeam is fast. AbstractBeam wins."),
    ],
)
def test_what_feeds_and_pages_put_before_an_abstract_goes(dirty: str, cleaned: str) -> None:
    assert clean_abstract(dirty) == cleaned


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [
        ("[PDF][PDF] Neural Networks", "Neural Networks"),
        ("On Trees. (arXiv:2403.02936v1 [cs.CL] UPDATED)", "On Trees."),
        ('{GPT}-4 and {{B}ERT} for {S}chr{\\"o}dinger', "GPT-4 and BERT for Schrödinger"),
        ("{A Whole Title, Protected}", "A Whole Title, Protected"),
        ("This Land is {Your, My} Land, x_{i}, $x_{i}$", "This Land is {Your, My} Land, x_{i}, $x_{i}$"),
    ],
)
def test_titles_lose_what_is_not_theirs(dirty: str, cleaned: str) -> None:
    assert clean_title(dirty) == cleaned


def test_names_lose_braces_and_code_points() -> None:
    assert clean_name("Linh KU+000E4stner") == "Linh Kästner"
    assert clean_name("{OpenAI} and JosÃ© Mu{\\~n}oz") == "OpenAI and José Muñoz"


ODD = st.text(alphabet="\\%$<>&~_{}`'\"-()[]# \n\u00a0a\u0301\u200b\ud800\xadâ\x80\x94ﬁ;xX1", max_size=40)
PIECES = [
    *(
        "&lt;",
        "&amp;",
        "<p>",
        "</p>",
        "<i>",
        "\\textbf{",
        "\\cite{a}",
        "\\href{x}{y}",
        "}",
        "{",
        "$",
        "~",
        "``",
        "''",
        "\\'e",
    ),
    *(
        "\\\\",
        "\\$",
        "(cid:173)",
        "- ",
        "-\n",
        "\\b{eta}",
        "&#38;",
        "&#60;",
        "Abstract: ",
        "arXiv:1v1 Announce Type: new ",
    ),
    *("\\emph ", "\\begin{itemize}", "\\(", "\\footnote{", "a", "word", "â€™", "[PDF] ", "mph{"),
]


@settings(deadline=None, max_examples=200)
@given(st.text() | ODD | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_is_idempotent_and_gives_one_line_that_can_be_stored(text: str) -> None:
    for cleaner in CLEANERS:
        once = cleaner(text)
        assert cleaner(once) == once
        assert once == unicodedata.normalize("NFC", once).strip()
        assert "\n" not in once
        assert once.encode().decode() == once


WORDS = st.from_regex(r"[a-zA-Z]{1,9}|[0-9]{1,4}(\.[0-9]{1,2})?%?", fullmatch=True)
SIGNED = st.sampled_from(
    ["<", ">", "&", "~", "_", "$", "%", "{", "}", "$5", "~42%", "{a}", "<3", ">=", "R&D", "x_1", "5%", "=", "|"]
)


@settings(deadline=None)
@given(st.lists(WORDS | SIGNED, min_size=1, max_size=30))
def test_plain_words_and_signs_survive_unchanged(words: list[str]) -> None:
    text = " ".join(["We", "show", *words])
    assert clean_abstract(text) == text


@pytest.mark.parametrize(
    "unit",
    ["\\textbf{", "\\href{a}{", "{\\em ", "<a ", "<p>", "&amp;", "$ ", "\\(", "\\begin{x}", "- a", "-\n", "a-",
     "(cid:173)","''", "``", "\\cite{", "}", "<sup>", "1<sup>", "~", "\\'", '\\"', "â€", "\xad", "http://",
     "\\footnote{"],
)  # fmt: skip
def test_takes_time_in_proportion_to_the_text(unit: str) -> None:
    started = time.process_time()
    clean_abstract(unit * (60_000 // len(unit)))
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "text",
    [
        "Abstract Unavailable",
        "No abstract available.",
        "The abstract for this article is not available.",
        "Summary form only given.",
        "This paper has been withdrawn by the author due to a crucial error in equation 4.",
        "Paper was withdrawn.",
        "withdrawn paper",
        "Withdrawn by the authors",
        "Part of",
        "Part of: Advances in Neural Information Processing Systems 5 (NIPS 1992)",
        "Discussion of",
        'Discussion of "Feature Matching in Time Series Modeling" by Y. Xia and H. Tong [arXiv:1104.3073]',
        "(HSS) developed an algo",
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
        "Part of the brain is explained.",
        "Discussion of causes among nurses shows three that matter.",
        "We ask who owns the copyright of a generated text, and © of what.",
        "本文提出一种新的问答方法，用于从论文摘要中回答问题",
    ],
)
def test_short_abstracts_that_speak_of_such_things_are_not_stubs(text: str) -> None:
    assert is_stub(text) is None
    assert clean_abstract(text) == text
