"""Citations: every quote is that stretch of its abstract, numbers stay with their papers, headings are not checked."""

from __future__ import annotations

import pytest

from assistant.citations import Binder, cited_papers
from assistant.drafts import Draft
from assistant.papers import Paper

OWLS = Paper(
    "a:owls", "Owls", "Owls hunt at night. Their wings are serrated, which lowers noise by 9 decibels. Ünïq 🦉 end."
)
ZEBRAS = Paper("a:zebras", "Zebras", "Zebras graze on plains. Their stripes confuse biting flies in the tall grass.")


def bound(text: str, *papers: Paper, block: str = "paragraph"):
    return Binder().bind(Draft(text, block, papers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["Owls hunt at night.", "Their wings are serrated, which lowers noise by 9 decibels.", "Ünïq 🦉 end."]
)
def test_a_verbatim_sentence_is_supported_by_its_own_words(text: str):
    sentence, (citation,) = bound(text, OWLS)
    assert (sentence.text, sentence.label, sentence.support) == (text, "supported", 1.0)
    assert citation.quote == OWLS.abstract[citation.start : citation.end]
    assert citation.quote.rstrip(".") == text.rstrip(".")
    assert sentence.citations == (citation.id,)


def test_a_paraphrase_cites_whole_sentences_of_the_abstract():
    _, citations = bound("The serrated wings of owls lower noise by 9 decibels.", ZEBRAS, OWLS)
    assert citations
    for citation in citations:
        assert citation.paper_id == OWLS.id
        assert citation.quote == OWLS.abstract[citation.start : citation.end]
        assert 0 <= citation.support <= 1


def test_a_wrong_number_is_not_supported():
    sentence, _ = bound("Their wings are serrated, which lowers noise by 12 decibels.", OWLS)
    assert sentence.label in ("unsupported", "contradicted")
    assert any("12" in reason for reason in sentence.reasons)


def test_a_sentence_about_something_else_is_cited_to_nothing():
    sentence, citations = bound("Submarines dive below arctic ice sheets.", OWLS, ZEBRAS)
    assert (sentence.label, citations, sentence.citations) == ("unsupported", (), ())


def test_a_sentence_without_a_paper_is_unsupported():
    assert bound("Owls hunt at night.")[0].label == "unsupported"


def test_a_heading_cites_nothing_and_must_say_what_the_sources_speak_of():
    def headed(text: str):
        return Binder(retrieved=[OWLS]).bind(Draft(text, "heading", (OWLS,)))

    sentence, citations = headed("Owls hunt at night")
    assert (sentence.label, citations) == ("not_checkable", ())
    assert headed("Main results")[0].label == "not_checkable"
    sentence, citations = headed("Professor Plumdrum wins the Grand Prize")
    assert (sentence.label, citations) == ("unsupported", ())


def test_papers_are_numbered_in_the_order_of_their_first_citation_and_keep_their_number():
    binder = Binder()
    drafts = [Draft(text, "paragraph", (OWLS, ZEBRAS)) for text in ("Zebras graze on plains.", "Owls hunt at night.")]
    numbers = [binder.bind(draft)[1][0].number for draft in [*drafts, drafts[0]]]
    assert numbers == [1, 2, 1]
    assert binder.numbers == {ZEBRAS.id: 1, OWLS.id: 2}


def test_in_a_conversation_new_papers_continue_the_count():
    binder = Binder(numbers={"a:earlier": 1, ZEBRAS.id: 4})
    assert binder.bind(Draft("Owls hunt at night.", "paragraph", (OWLS,)))[1][0].number == 5
    assert binder.bind(Draft("Zebras graze on plains.", "paragraph", (ZEBRAS,)))[1][0].number == 4


def test_sentences_count_up_and_every_citation_has_an_id_of_its_own():
    binder = Binder()
    draft = Draft("Owls hunt at night.", "bullet", (OWLS, ZEBRAS))
    results = [binder.bind(draft) for _ in range(3)]
    ids = [citation.id for _, citations in results for citation in citations]
    assert [sentence.index for sentence, _ in results] == [0, 1, 2]
    assert len({*ids}) == len(ids) >= 3


def test_cited_papers_come_once_each_in_the_order_of_their_numbers():
    binder = Binder()
    texts = ["Zebras graze on plains.", "Owls hunt at night.", "Their stripes confuse biting flies in the tall grass."]
    citations = [one for text in texts for one in binder.bind(Draft(text, "paragraph", (OWLS, ZEBRAS)))[1]]
    shown = cited_papers(citations, {OWLS.id: OWLS, ZEBRAS.id: ZEBRAS})
    assert [(paper["number"], paper["paper_id"]) for paper in shown] == [(1, ZEBRAS.id), (2, OWLS.id)]
    assert (shown[0]["url"], shown[0]["year"], shown[0]["authors"]) == (None, None, [])


def test_quotes_are_their_own_evidence_and_a_lead_claims_nothing():
    quotes = ((0, 19), (ZEBRAS.abstract.index("stripes"), ZEBRAS.abstract.index("stripes") + 7))
    text = f"{ZEBRAS.abstract[:19]} … {ZEBRAS.abstract[quotes[1][0] : quotes[1][1]]} …"
    sentence, citations = Binder().bind(Draft(text, "bullet", (ZEBRAS,), lead="Zebras: ", quotes=quotes))
    assert sentence.text == f"Zebras: {text}"
    assert (sentence.label, sentence.support) == ("supported", 1.0)
    assert [(one.start, one.end) for one in citations] == [*quotes]


def test_a_text_that_is_not_its_quotes_is_checked_like_any_other():
    sentence, _ = Binder().bind(Draft("Submarines dive below ice.", "bullet", (ZEBRAS,), quotes=((0, 19),)))
    assert sentence.label == "unsupported"
