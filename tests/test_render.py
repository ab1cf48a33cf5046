"""Rendering: an answer's dict as text, Markdown and BibTeX, whatever its papers lack or hold."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string

from assistant.render import bibtex, byline, json_text, link, markdown, plain, terminal, text_of

PAPER: dict[str, Any] = {
    "paper_id": "arxiv:1",
    "number": 1,
    "title": "Owls & Drones",
    "abstract": "Owls are quiet. Drones are not.",
    "url": None,
    "year": None,
    "authors": [],
    "venue": None,
    "doi": None,
    "arxiv_id": None,
}
FULL = PAPER | {
    "url": "https://example.org/owls_1",
    "year": 2024,
    "authors": ["Ada Berg", "Bo Lind", "Chen Wu", "Di Xu"],
    "venue": "Journal of Flight",
    "doi": "10.5555/owl_1",
    "arxiv_id": "2401.00001",
}


def sentence(text: str, *citations: str, block: str = "paragraph", label: str = "supported") -> dict[str, Any]:
    return {"text": text, "block": block, "citations": [*citations], "label": label}


def cited(name: str, number: int = 1, quote: str = "Owls are quiet.") -> dict[str, Any]:
    return {"id": name, "number": number, "paper_id": f"arxiv:{number}", "quote": quote}


def answer(**changes: Any) -> dict[str, Any]:
    whole = {
        "question": "Which are quiet?",
        "state": "answered",
        "text": "Owls are quiet. [1]",
        "sentences": [sentence("Owls are quiet.", "a")],
        "citations": [cited("a")],
        "papers": [PAPER],
        "nearest": [],
        "missing": None,
    }
    return whole | changes


def test_marks_follow_their_sentence_once_a_paper():
    citations = [cited("a"), cited("b"), cited("c", 2)]
    assert text_of([sentence("Owls are quiet.", "a", "b", "c")], citations) == "Owls are quiet. [1][2]"
    assert text_of([sentence("Owls are quiet.")], citations) == "Owls are quiet."


def test_paragraphs_run_on_and_bullets_and_headings_stand_alone():
    blocks = [
        sentence("Birds", block="heading"),
        sentence("One.", "a"),
        sentence("Two.", "a"),
        sentence("Three.", "a", block="bullet"),
        sentence("Four.", block="bullet"),
    ]
    assert text_of(blocks, [cited("a")]) == "Birds\n\nOne. [1] Two. [1]\n\n- Three. [1]\n- Four."


def test_a_paper_of_which_little_is_known_renders_well():
    assert byline(PAPER) == "Owls & Drones"
    assert terminal(answer()) == "Owls are quiet. [1]\n\n[1] Owls & Drones\n    “Owls are quiet.”"
    assert terminal(answer(), quotes=False) == "Owls are quiet. [1]\n\n[1] Owls & Drones"
    assert "()" not in markdown(answer())
    assert "None" not in markdown(answer()) + bibtex(answer()) + terminal(answer())


def test_a_paper_of_which_much_is_known_is_cited_with_it():
    expected = "Owls & Drones. Ada Berg, Bo Lind, Chen Wu et al., Journal of Flight, 2024. https://example.org/owls_1"
    assert byline(FULL) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "https://example.org/owls_1"),
        ({"url": None}, "https://doi.org/10.5555/owl_1"),
        ({"url": None, "doi": None}, "https://arxiv.org/abs/2401.00001"),
        ({"url": "javascript:alert(1)", "doi": None, "arxiv_id": None}, ""),
        ({"url": "https://x.y/) [z](javascript:1", "doi": None, "arxiv_id": None}, ""),
        ({"url": 'https://x.y/"onclick=1', "doi": None, "arxiv_id": None}, ""),
    ],
)
def test_a_link_is_a_web_address_or_made_of_an_id(known: dict[str, Any], expected: str):
    assert link(FULL | known) == expected


def test_what_is_partly_found_or_doubtful_is_said():
    doubtful = answer(
        state="partial",
        missing="No retrieved abstract mentions GPT-9.",
        sentences=[sentence("Owls are loud.", label="contradicted")],
    )
    assert "Not found: No retrieved abstract mentions GPT-9." in terminal(doubtful)
    assert "Check this yourself (contradicted): Owls are loud." in terminal(doubtful)
    assert "*Not found:* No retrieved abstract mentions GPT-9." in markdown(doubtful)


def test_a_decline_names_the_nearest_papers():
    declined = answer(
        state="not_in_corpus", text="Nothing fits.", sentences=[], citations=[], papers=[], nearest=[{"title": "A_b"}]
    )
    assert terminal(declined) == "Nothing fits.\n\nThe nearest papers:\n  - A_b"
    assert markdown(declined).endswith("Nothing fits.\n\nThe nearest papers:\n\n- A\\_b\n")
    assert bibtex(declined).strip() == ""


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\r", "\x7f", "\x9b", "\u061c", "\u200b", "\u202e", "\u2066", "\ufeff"]
)
def test_plain_takes_out_what_steers_a_terminal(character: str):
    assert plain(f"a{character}b\tc\nd é 日 🦓") == "ab\tc\nd é 日 🦓"
    assert character not in terminal(answer(text=f"a{character}b", papers=[FULL | {"title": f"t{character}"}]))


def test_halves_of_characters_and_tags_are_taken_out_too():
    assert plain("a\ud83db\U000e0041c\U000e0100d") == "abcd"


def test_json_is_safe_on_a_terminal_and_exact():
    value = {"text": "é 日 🦓 \x1b\x9b\u202e\ud83d\U000e0041 \\u202e \n"}
    text = json_text(value)
    assert json.loads(text) == value
    assert plain(text) == text
    assert "é 日 🦓" in text


def test_markdown_shows_the_text_of_papers_as_it_is():
    hostile = "<script>x</script> [a](http://b) ![c](d) `e` *f* _g_ #h | $i$ &amp;\n\n# j"
    shown = markdown(
        answer(
            question=hostile,
            sentences=[sentence(hostile, "a")],
            papers=[PAPER | {"title": hostile}],
            citations=[cited("a", quote=hostile)],
        )
    )
    bare = re.sub(r"\\.", "", shown)
    assert not {*bare} & {*"<`_#|$&!()"}
    assert bare.replace("[1]", "").count("[") == 0
    assert bare.count("*") == 4
    assert shown.count("\n> ") == 1


@pytest.mark.parametrize("text", ["- no bullet", "+ no bullet", "1. no item", "2) no item", "=== no heading"])
def test_a_sentence_does_not_become_a_list_or_a_heading_in_markdown(text: str):
    line = markdown(answer(sentences=[sentence(text, "a")])).split("\n")[2]
    assert line.replace("\\", "") == f"{text} [1]"
    assert "\\" in line[:3]


def test_bibtex_reads_back_with_authors_apart_and_only_what_is_known():
    library = parse_string(bibtex(answer(papers=[FULL, PAPER | {"number": 2}])))
    first, second = ({field.key: field.value for field in entry.fields} for entry in library.entries)
    assert first["author"] == "Ada Berg and Bo Lind and Chen Wu and Di Xu"
    assert (first["year"], first["doi"], first["url"]) == ("2024", "10.5555/owl_1", "https://example.org/owls_1")
    assert second == {"title": "{Owls \\& Drones}"}
    assert [entry.entry_type for entry in library.entries] == ["article", "misc"]


@pytest.mark.parametrize(
    "text", ["a } b", "a { b", "a \\end{x} 100% #1 $x_1^2$ ~ & c", "@article{x,", "a\n}\n@misc{y,"]
)
def test_no_text_ends_its_bibtex_field(text: str):
    hostile = FULL | {"title": text, "venue": text, "authors": [text, "Ada and Bo"], "doi": text, "url": None}
    library = parse_string(bibtex(answer(papers=[hostile])))
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == ["paper1"]
    values = {field.key: field.value for field in library.entries[0].fields}
    assert values["author"].endswith(" and {Ada and Bo}")
    assert all(value.count("{") == value.count("}") for value in values.values())
