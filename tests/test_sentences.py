"""Sentences end where a reader would end them, and every character lies in one of them."""

from __future__ import annotations

import gzip
import importlib.util
import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sentences import clip, split

PAGES = Path(__file__).parents[1] / "assistant" / "data" / "daily_papers"
SCIFACT = Path(__file__).parents[1].parent / "shared" / "data" / "scifact" / "corpus.jsonl.gz"


def texts(text):
    return [text[start:end] for start, end in split(text)]


# "|" marks where a sentence ends.
SPLITS = """
We use e.g. BERT, i.e. a model, cf. GPT.|We agree.
Smith et al. (2020) and Yang et al. show it.|Kataoka et. al. agree.
See Fig. 3, Tab. A, Eq. (2) and Ref. [4].|Then Sec. IV follows.
Better than A vs. BERT in the U.S. Department of Energy.|She lives in the U.S.|We met.
He holds a Ph.D. in biology.|Ranking No. 1 on it.|The answer is no.|We stop.
J. R. Smith, D. E. Knuth, Dr. Who and Prof. Jones wrote it.|It sold.
It uses 0.5 of v1.5, approx. 5 or resp. 6, w.r.t. GPT-3.5 is good.|We like it.
The code is at github.com/x.|We thank a.b@c.org.|See https://a.b/c?d=e.f.|The end.
Wait... what?|Really?!|"Yes."|(No.)|Then we go on...|We stop.
“Attention is all you need.”|In this work we ask "why?" and stay.
(1) We do.|(2) We do not.|3) Efficiency.|The time is short.
1. First things.|2. Second things.
There are two models: 1. Domain tuning, and 2. Universal ones.|For k in 1 and 2.|We stop.
The model is good.|iGPT is better.|mT5 too.|p53 falls.|α-Synuclein stays.
It ends.|3D models are new.|In 2019.|5 people came with 0. 24 points.
Loss falls.|$\\alpha$ is small as $x. Y$ is a formula.|It costs $5.|We pay $6.
They have cats, dogs, etc.|We like cats, etc. and more (birds, etc.).|Bayesian methods too.
METHODS: We did it.|RESULTS: It was done (P < .05).|CONCLUSIONS It works.
这是。|那是！|好？|“是。”|对
This is so.[1]|And that. [2, 3]|Then.|[12] showed it.|This too 【4】.|So.
This line
goes on.|Here is one more.
We show the results.|We use node.js and System.Text here.
hepatitis B.|The virus An. gambiae of type I.|We do S. Typhimurium and E. coli.
Data are i.i.d. here.|They are i.i.d.|We use "Let it Wag!" benchmarks from 10 ms.|It is 9 a.m. now.
**Bold.**|Then *italic.*|\\textbf{We} go.|😀 smile.
Merck & Co. Inc. makes it.|OpenAI Inc.|We know it.
""".strip().replace("\nThis line\ngoes", "\nThis line\0goes")


@pytest.mark.parametrize("line", SPLITS.splitlines())
def test_sentences_end_where_marked(line):
    line = line.replace("\0", "\n")
    glued = line.replace("results.|We", "results.We").replace("|", " ")
    if "这" in line:
        glued = line.replace("|", "")
    assert texts(glued) == line.split("|")


def test_a_blank_line_ends_a_sentence_without_a_stop():
    assert texts("One\n\nTwo goes\non\r\n \t\r\nThree\u2029Four") == ["One", "Two goes\non", "Three", "Four"]


def test_bullets_numbered_items_and_headings_are_sentences_of_their_own():
    answer = "# Title\nTwo points:\n- one\n  * two. More\n1. three\n(2) four\n## Next\nEnd"
    assert texts(answer) == [
        "# Title", "Two points:", "- one", "* two.", "More", "1. three", "(2) four", "## Next", "End"
    ]  # fmt: skip


def test_blank_text_has_no_sentences():
    assert split("") == split(" \n\n\t\u2028 ") == []


def test_spans_are_clipped_to_a_stretch():
    spans = [(0, 4), (5, 9), (10, 14)]
    assert clip(spans, 2, 10) == ((2, 4), (5, 9))
    assert clip(spans, 4, 5) == clip([], 0, 9) == ()


def assert_covers(text, spans):
    covered = [place for start, end in spans for place in range(start, end)]
    assert covered == sorted(set(covered))
    assert {place for place, char in enumerate(text) if not char.isspace()} <= set(covered)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


ODD = st.sampled_from(
    [
        "\n",
        "\n\n",
        "\u2028",
        "\u2029",
        "\x0b",
        "\x1c",
        "\xa0",
        "\r",
        "$",
        "# ",
        "- ",
        "1. ",
        "[1]",
        "。",
        "?!",
        "...",
        "e.g. ",
    ]
)


@given(st.lists(st.one_of(st.text(max_size=12), ODD, st.sampled_from(["We ", "see. ", "Fig. 3", '."', "al. "]))))
def test_every_character_lies_in_exactly_one_trimmed_span(parts):
    text = "".join(parts)
    assert_covers(text, split(text))


def abstracts():
    for page in sorted(PAGES.glob("*.txt")):
        yield from (block for block in re.split(r"\n\s*\n", page.read_text(encoding="utf-8")) if len(block) > 300)


def test_a_sentence_of_a_bundled_abstract_is_one_sentence_by_itself():
    found = [sentence for abstract in abstracts() for sentence in texts(abstract)]
    assert len(found) > 2000
    assert [sentence for sentence in found if texts(sentence) != [sentence]] == []


HOSTILE = [
    "a.",
    "(",
    ".",
    ". ",
    " .",
    "a. ",
    "\n",
    "\n ",
    "\n- ",
    " ",
    "$",
    "$a ",
    ".[1]",
    ". [1",
    ".)",
    "1. ",
    "。",
    "#\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_of_hostile_text_ends(piece):
    text = piece * (1_000_000 // len(piece))
    spans = split(text)
    assert sum(len(text[start:end].split()) for start, end in spans) == len(text.split())


def boundary_f1(splitter, papers):
    """F1 of the starts of inner sentences against the gold sentences, joined by blanks."""
    right = found = wanted = 0
    for gold in papers:
        starts, place = set(), 0
        for sentence in gold[:-1]:
            place += len(sentence) + 1
            starts.add(place)
        ours = {start for start, _ in splitter(" ".join(gold))} - {0}
        right, found, wanted = right + len(starts & ours), found + len(ours), wanted + len(starts)
    return 2 * right / (found + wanted)


def punkt():
    nltk = pytest.importorskip("nltk", reason="nltk, the yardstick, is not installed")
    (root,) = importlib.util.find_spec("llama_index").submodule_search_locations
    nltk.data.path.insert(0, f"{root}/core/_static/nltk_cache")
    return nltk.tokenize.punkt.PunktTokenizer().span_tokenize


@pytest.mark.skipif(not SCIFACT.exists(), reason="the shared SciFact abstracts are not here")
def test_finds_gold_sentence_boundaries_no_worse_than_punkt():
    with gzip.open(SCIFACT, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line)["abstract"] for line in lines]
    held_out = [[sentence.strip() for sentence in row if sentence.strip()] for row in rows[1::2]]
    sample = random.Random(7).sample(held_out, 500)
    assert boundary_f1(split, sample) >= max(boundary_f1(punkt(), sample), 0.97)
