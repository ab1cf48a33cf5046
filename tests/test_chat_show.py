"""The chat page's HTML: made from an Answer's dict, nothing in it is markup but what we wrote, spans are exact."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from assistant.answer import Event
from assistant.chat import cards, show
from assistant.chat.turns import Turn, after, history, stopped
from assistant.citations import Citation, Sentence

ABSTRACT = "Owls fly quietly. We copy their wings: noise falls by 9 dB. Thrust falls by 3%."
PAYLOADS = (
    "<script>window.hit = 1</script>",
    '"><img src=x onerror="window.hit=1">',
    "<a href='javascript:alert(1)'>x</a>",
    "![pixel](http://evil.example/p.png)",
    "${window.hit = 1} {{constructor}} `x`",
    "\u202eevil\u200b\x1b[31m",
)


def quote(start: int, end: int, id: str = "s0c1", number: int = 1) -> dict[str, Any]:
    words = ABSTRACT[start:end]
    return {"id": id, "number": number, "paper_id": "p", "quote": words, "start": start, "end": end, "support": 1.0}


def sentence(text: str = "Noise falls.", label: str = "supported", **fields: Any) -> dict[str, Any]:
    whole = {"index": 0, "text": text, "block": "paragraph", "citations": ["s0c1"], "label": label, "support": 1.0}
    return {**whole, "reasons": [], **fields}


def paper(**fields: Any) -> dict[str, Any]:
    whole = {"paper_id": "p", "number": 1, "title": "Owl Blades", "abstract": ABSTRACT, "url": None, "year": None}
    return {**whole, "authors": [], "venue": None, "doi": None, "arxiv_id": None, **fields}


def answer(**fields: Any) -> dict[str, Any]:
    whole = {"state": "answered", "text": "Noise falls. [1]", "missing": None, "nearest": [], "passages": []}
    whole |= {"mode": "extractive", "model": None, "corpus": "mine", "timings": {"total": 420.0}, "warnings": []}
    return {**whole, "checks": {"invented_marks": 0}, **fields}


def settled(question: str = "How quiet?", **fields: Any) -> Turn:
    whole = {"sentences": (sentence(),), "citations": (quote(18, 60),), "papers": (paper(),), "answer": answer()}
    return Turn(question, doing=None, **{**whole, **fields})  # type: ignore[arg-type]


def declined(**fields: Any) -> Turn:
    said = answer(state="not_in_corpus", text="Not answered here.", missing="No abstract mentions bread.", **fields)
    return settled(answer=said, sentences=(), citations=(), papers=())


def marks(text: str) -> dict[str, str]:
    """The words marked for each span's key."""
    found: dict[str, str] = {}
    for keys, words in re.findall(r'<mark[^>]*data-spans="([^"]*)">(.*?)</mark>', text):
        for key in keys.split():
            found[key] = found.get(key, "") + html.unescape(words)
    return found


def test_a_mark_leads_to_exactly_the_quoted_words() -> None:
    turns = [settled()]
    assert 'data-cites="t0-s0c1"' in show.conversation(turns)
    assert marks(cards.sources(turns)) == {"t0-s0c1": ABSTRACT[18:60]}


@pytest.mark.parametrize("second", [(0, 17), (18, 60), (30, 50), (40, len(ABSTRACT))])
def test_spans_that_overlap_touch_or_repeat_each_keep_their_words(second: tuple[int, int]) -> None:
    turns = [settled(citations=(quote(18, 60), quote(*second, id="s1c1")))]
    assert marks(cards.sources(turns)) == {"t0-s0c1": ABSTRACT[18:60], "t0-s1c1": ABSTRACT[slice(*second)]}


def test_spans_count_code_points_and_the_abstract_stays_whole() -> None:
    text = "𝛼 < 𝛽 & “naïve” 🦉 owls"
    shown = cards.marked(text, [(4, 17, "t0-a", True)])
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == text
    assert marks(shown) == {"t0-a": text[4:17]}


def test_a_mark_holds_the_papers_title_and_the_quote() -> None:
    told = re.search(r'class="cite"[^>]*data-title="([^"]*)" data-quote="([^"]*)"', show.conversation([settled()]))
    assert told and [html.unescape(text) for text in told.groups()] == ["Owl Blades", f"“{ABSTRACT[18:60]}”"]


def test_one_mark_stands_for_all_spans_of_a_paper_in_a_sentence() -> None:
    cited = (quote(0, 17), quote(18, 60, id="s0c2"))
    shown = show.conversation([settled(sentences=(sentence(citations=["s0c1", "s0c2"]),), citations=cited)])
    assert re.findall(r'data-cites="([^"]*)"', shown) == ["t0-s0c1 t0-s0c2"]


def test_a_supported_sentence_carries_no_verdict() -> None:
    assert "verdict" not in show.conversation([settled()])


@pytest.mark.parametrize("label", ["partial", "unsupported", "contradicted", "not_checkable"])
def test_any_other_label_is_said_in_words_with_its_reason(label: str) -> None:
    shown = show.conversation([settled(sentences=(sentence(label=label, reasons=["9 kg is not there"]),))])
    assert f'class="sentence {label}"' in shown
    assert re.search(r'class="verdict">[a-z ]+: 9 kg is not there<', shown)


def test_a_label_nobody_knows_counts_as_unsupported() -> None:
    assert 'class="sentence unsupported"' in show.conversation([settled(sentences=(sentence(label='x" y'),))])


def test_a_heading_is_not_called_unchecked() -> None:
    shown = show.conversation([settled(sentences=(sentence(label="not_checkable", block="heading", citations=[]),))])
    assert "<h3>" in shown and "verdict" not in shown


def test_bullets_become_one_list_and_sentences_one_paragraph() -> None:
    blocks = ("paragraph", "paragraph", "bullet", "bullet", "paragraph")
    said = tuple(sentence(index=i, block=block, citations=[]) for i, block in enumerate(blocks))
    shown = show.conversation([settled(sentences=said)])
    assert [shown.count(tag) for tag in ("<ul>", "<li>", "<p>")] == [1, 2, 2]


def test_a_decline_says_what_is_missing_and_opens_to_the_nearest_passages() -> None:
    near = [{"paper_id": "p", "title": "Owl Blades", "url": "https://example.org/owl", "score": 0.1}]
    shown = show.conversation([declined(nearest=near, passages=[{"paper_id": "p", "text": "Owls fly."}])])
    for words in ("Not answered here.", "No abstract mentions bread.", "Owl Blades", "Owls fly."):
        assert words in shown
    assert 'href="https://example.org/owl"' in shown


def test_a_partial_answer_says_what_was_not_found() -> None:
    shown = show.conversation([settled(answer=answer(state="partial", missing="No abstract states a price."))])
    assert "Not found: No abstract states a price." in shown


def test_an_error_shows_its_message_and_cure() -> None:
    error = {"type": "ModelError", "message": "The key was refused.", "cure": "Set another.", "retryable": False}
    shown = show.conversation([Turn("Q", doing=None, error=error)])
    assert "The key was refused." in shown and "Set another." in shown


def test_the_footer_names_the_model_or_says_that_there_was_none() -> None:
    assert "no model" in show.conversation([settled()])
    assert "Written by owl-7b" in show.conversation([settled(answer=answer(mode="llm", model="owl-7b"))])


def test_an_indexing_shows_how_far_it_is() -> None:
    shown = show.conversation([Turn("Q", doing="Indexing", done=(120.0, 340.0))])
    assert re.search(r'<progress aria-label="[^"]+" max="340" value="120">', shown) and 'aria-busy="true"' in shown


def hostile(text: str) -> list[Turn]:
    """Turns in which every text from outside is `text`."""
    said = sentence(text, reasons=[text], label="partial")
    near = [{"paper_id": "p", "title": text, "url": text, "score": 0.1}]
    about = paper(listed=text, title=text, authors=[text], venue=text, url=text, doi=text, abstract=text)
    cited = {**quote(0, len(text)), "quote": text}
    found = [{"paper_id": "p", "text": text, "rank": 1, "similarity": 0.5, "dense_rank": 1, "lexical_rank": None}]
    named = answer(
        passages=found,
        timings={text: 3.0, "total": 3.0},
        missing=text,
        warnings=[text],
        mode="llm",
        model=text,
        corpus=text,
    )
    whole = settled(
        question=text, sentences=(said,), papers=(about,), citations=(cited,), answer=named, revised={0: text}
    )
    error = {"type": "E", "message": text, "cure": text, "retryable": False}
    return [
        whole,
        declined(nearest=near, passages=found),
        Turn(text, doing=None, error=error),
        Turn(text, doing=text),
    ]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_markup(payload: str) -> None:
    turns = [*hostile(payload)]
    shown = show.conversation(turns) + cards.sources(turns)
    harmless = show.conversation(hostile("plain words")) + cards.sources(hostile("plain words"))
    assert re.findall(r"</?[a-z0-9]+", shown) == re.findall(r"</?[a-z0-9]+", harmless)
    assert not re.search(r"[{}$`\u202e\u200b\x1b]", shown)
    assert all(link.startswith(("#", "https://doi.org/")) for link in re.findall(r'href="([^"]*)"', shown))


def test_a_link_is_shown_for_http_alone() -> None:
    for url, links in (("https://example.org/a", 1), ("javascript:alert(1)", 0), ("data:text/html,x", 0)):
        assert cards.sources([settled(papers=(paper(url=url),))]).count("Read the paper") == links


def test_earlier_sources_stay_closed_and_their_marks_keep_their_keys() -> None:
    later = settled(papers=(paper(paper_id="q", number=2),), citations=({**quote(0, 17, number=2), "paper_id": "q"},))
    shown = cards.sources([settled(), later])
    assert re.findall(r'id="paper-(\d)"( open)?', shown) == [("2", " open"), ("1", "")]
    assert marks(shown) == {"t0-s0c1": ABSTRACT[18:60], "t1-s0c1": ABSTRACT[0:17]}


def test_a_revised_sentence_takes_the_place_of_the_first_and_says_why() -> None:
    first, second = (Sentence(0, text, "paragraph", (id,), "supported", 1.0) for text, id in (("A.", "a"), ("B.", "b")))
    cited = [Citation(id, 1, "p", "Owls", 0, 4, 1.0) for id in ("a", "b")]
    turn = after(Turn("Q"), Event("sentence", sentence=first, citations=(cited[0],)))
    turn = after(turn, Event("revised", sentence=second, citations=(cited[1],), reason="the number was wrong"))
    assert [one["text"] for one in turn.sentences] == ["B."]
    assert [one["id"] for one in turn.citations] == ["b"]
    assert "revised: the number was wrong" in show.conversation([turn])


def test_history_holds_the_answered_turns_with_their_numbers() -> None:
    items = history([settled(), Turn("Q", doing=None, error={}), stopped(Turn("R"))])
    assert [item["role"] for item in items] == ["user", "assistant"]
    assert items[1]["citations"] == [{"number": 1, "paper_id": "p"}]
