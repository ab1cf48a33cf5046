"""Groundedness and citations: ALCE's rule, mis-citation, and what is never scored."""

from __future__ import annotations

from typing import Any

from evaluating import OWL, ZEBRA, Unscored, answer, case, grounding, measures

GRATING = "The zebra grating reaches an efficiency of 31.4% on the SunBench test."
PROPELLER = "Owl-shaped propellers lower the noise of a drone by 9 decibels in a wind tunnel."
NEITHER = "Grafted tomatoes survive salty soil for two summers."
CHECKS = {"invented_marks": 0, "dropped_marks": 0, "recited": 0, "repaired": 0}


def scores(*sentences: tuple[str, str], **fields: Any) -> dict[str, Any]:
    return dict(grounding.score(case(answer(*sentences, **fields))).scores)


def test_right_citations_score_one():
    found = scores((GRATING, "z"), (PROPELLER, "o"))
    assert found["supported"] == found["citation_recall"] == found["citation_precision"] == 1.0
    assert found["mis_citation"] == found["uncited"] == found["not_stated"] == 0.0


def test_a_wrong_citation_is_mis_citation_not_lack_of_support():
    found = scores((GRATING, "o"), (PROPELLER, "o"))
    assert found["supported"] == 1.0
    assert found["citation_recall"] == found["citation_precision"] == found["mis_citation"] == 0.5


def test_a_needless_citation_beside_a_right_one_does_not_count():
    assert scores((GRATING, "zo"))["citation_precision"] == 0.5


def test_citations_that_support_only_together_both_count():
    papers = [
        {"paper_id": "z", "title": "A", "abstract": "Random dropout masks lower image error."},
        {"paper_id": "o", "title": "B", "abstract": "Smooth mixup labels lower image error."},
    ]
    both = "Random dropout masks and smooth mixup labels lower image error."
    found = scores((both, "zo"), papers=papers)
    assert found["citation_recall"] == found["citation_precision"] == 1.0
    assert scores((both, "z"), papers=papers)["citation_recall"] == 0.0


def test_citations_of_an_unsupported_sentence_do_not_count():
    found = scores((NEITHER, "zo"), (GRATING, "z"))
    assert found["citation_precision"] == 1 / 3
    assert found["supported"] == found["not_stated"] == 0.5


def test_invented_marks_are_wrong_citations():
    assert scores((GRATING, "z"), checks=CHECKS | {"invented_marks": 1})["citation_precision"] == 0.5
    assert scores((GRATING, ""), checks=CHECKS | {"invented_marks": 2})["citation_precision"] == 0.0


def test_an_answer_without_citations_is_a_row_of_its_own():
    found = scores((GRATING, ""), (PROPELLER, ""))
    assert found["citation_precision"] == found["mis_citation"] == Unscored("no citations")
    assert found["no_citations"] == found["uncited"] == 1.0
    assert found["supported"] == 1.0 and found["citation_recall"] == 0.0


def test_mis_citation_is_support_by_all_less_support_by_what_is_cited():
    found = scores((GRATING, "z"), (PROPELLER, ""), (PROPELLER, "z"), (NEITHER, "z"))
    assert found["mis_citation"] == found["supported"] - found["citation_recall"] == 0.5


def test_another_number_is_contradicted():
    found = scores((GRATING.replace("31.4%", "41.9%"), "z"))
    assert found["contradicted"] == 1.0 and found["supported"] == found["citation_recall"] == 0.0


def test_a_refusal_is_never_grounded_nor_ungrounded():
    assert {*scores(state="not_in_corpus").values()} == {Unscored("declined")}


def test_headings_and_questions_are_left_out():
    given = answer(("Zebra gratings", "z"), ("Does it help?", ""), (GRATING, "z"))
    given["sentences"][0]["block"] = "heading"
    scored = grounding.score(case(given))
    assert [one["outcome"] for one in scored.details["sentences"]] == ["not_checkable", "not_checkable", "supported"]
    assert scored.scores["supported"] == scored.scores["citation_precision"] == 1.0


def test_an_answer_of_questions_alone_is_not_scored():
    assert {*scores(("Does it help?", "")).values()} == {Unscored("no checkable sentence")}


def test_abstracts_are_put_together_from_their_passages():
    half = ZEBRA.index(" The")
    pieces = [
        {"paper_id": "z", "title": "Zebra", "text": ZEBRA[half + 1 :], "start": half + 1, "rank": 1},
        {"paper_id": "z", "title": "Zebra", "text": ZEBRA[:half], "start": 0, "rank": 1},
    ]
    cited = {"paper_id": "o", "title": "Owl", "abstract": OWL}
    found = grounding.sources_of(answer(passages=pieces, papers=[cited]))
    assert {name: source.text for name, source in found.items()} == {"z": ZEBRA, "o": OWL}


def test_a_failed_question_is_unscored_everywhere_but_counted():
    scored = measures.failed("failed: ModelError").scores
    assert scored.pop("failed") == 1.0
    assert {*scored.values()} == {Unscored("failed: ModelError")} and {"failed", *scored} == {*measures.NAMES}
