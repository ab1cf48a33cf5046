"""Answers: passages and drafts in; the right state, exact citations and the promised events out."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from doors import validator

from assistant import Answer, Event, Paper, Passage
from assistant.answering import Asked, respond
from assistant.chunks import Chunk
from assistant.drafts import Draft, Failed, Outcome
from assistant.missing import Missing
from assistant.retrieval import Retrieved, Why
from assistant.retrieval.answerable import Features

OWLS = Paper("a:owls", "Owls", "Owls hunt at night. Their wings are serrated, which lowers noise.", url="https://x.y/1")
ZEBRAS = Paper("a:zebras", "Zebras", "Zebras graze on plains. Their stripes confuse biting flies.")
ASKED = Asked(question="When do owls hunt?", corpus="mine", index_fingerprint="build@1")


def passage(paper: Paper, rank: int) -> Passage:
    chunk = Chunk(f"{paper.id}#0", paper.id, paper.abstract, 0, len(paper.abstract), 0, ((0, len(paper.abstract)),))
    return Passage(chunk, paper, 0.03 / rank, rank, 0.5, Why(rank, 0.5, None, None))


NEAR, FAR = Features(0.9, 1.0, 0.0, 0.0), Features(0.1, 0.0, 1.0, 0.0)
PASSAGES = (passage(OWLS, 1), passage(ZEBRAS, 2))
FOUND = Retrieved("When do owls hunt?", PASSAGES, 0.9, timings={"search": 2.0}, features=NEAR)
NIGHT = Draft("Owls hunt at night.", "paragraph", (OWLS,))
NONSENSE = Draft("Submarines dive below arctic ice sheets.", "paragraph", (OWLS,))


@dataclass
class Scripted:
    """A writer that proposes what it was told to, and remembers whether it was asked."""

    drafts: tuple[Draft, ...]
    result: Outcome = field(default_factory=Outcome)
    repairs: tuple[Draft, ...] = ()
    translations: Mapping[int, str] = field(default_factory=dict)
    worked: bool = False
    failed: list[Failed] = field(default_factory=list)

    def write(self, question: str, papers: Sequence[Passage]) -> Generator[Draft]:
        self.worked = True
        yield from self.drafts

    def repair(self, failed: Sequence[Failed]) -> Mapping[int, Draft]:
        self.failed = [*failed]
        return {one.index: draft for one, draft in zip(failed, self.repairs, strict=False)}

    def translate(self, texts: Sequence[str]) -> Mapping[int, str]:
        return self.translations

    def outcome(self) -> Outcome:
        return self.result


def events(found: Retrieved, *drafts: Draft) -> list[Event]:
    return list(respond(found, Scripted(drafts), ASKED))


def answer(found: Retrieved, *drafts: Draft) -> Answer:
    last = events(found, *drafts)[-1].answer
    assert last is not None
    validator("answer").validate(last.to_dict())
    return last


def test_a_supported_sentence_makes_an_answer():
    given = answer(FOUND, NIGHT)
    assert (given.state, given.missing, given.text) == ("answered", None, "Owls hunt at night. [1]")
    assert [paper["paper_id"] for paper in given.papers] == [OWLS.id]
    assert (given.corpus, given.index_fingerprint, given.mode, given.model) == ("mine", "build@1", "extractive", None)


def test_a_name_that_no_paper_holds_makes_it_partial_and_is_named():
    given = answer(replace(FOUND, missing=Missing(names=("GPT-9", "VTAB-7"))), NIGHT)
    assert (given.state, given.missing) == ("partial", "No retrieved abstract mentions GPT-9 or VTAB-7.")


def test_a_question_for_the_full_text_is_told_that_only_abstracts_were_read():
    wanted = replace(ASKED, question="What does table 3 say of owls?")
    last = list(respond(FOUND, Scripted((NIGHT,)), wanted))[-1].answer
    assert last is not None
    assert any("Only abstracts were read" in warning for warning in last.warnings)


def test_a_foreign_question_without_a_model_is_told_so():
    foreign = replace(ASKED, question="Wann jagen die Eulen und warum sind sie so leise?")
    extractive = list(respond(FOUND, Scripted((NIGHT,)), foreign))[-1].answer
    written = list(respond(FOUND, Scripted((NIGHT,)), replace(foreign, mode="llm")))[-1].answer
    assert extractive is not None and written is not None
    assert any("not to be in English" in warning for warning in extractive.warnings)
    assert written.warnings == ()


def test_below_the_floor_nothing_is_written_at_all():
    writer = Scripted((NIGHT,))
    *stages, last = respond(replace(FOUND, features=FAR), writer, ASKED)
    assert last.answer is not None
    assert last.answer.state == "not_in_corpus"
    assert (last.answer.sentences, last.answer.citations, last.answer.papers) == ((), (), ())
    assert [stage.kind for stage in stages] == ["stage"]
    assert not writer.worked


def test_without_a_supported_sentence_it_is_declined_with_the_nearest_papers():
    given = answer(FOUND, NONSENSE)
    assert given.state == "not_in_corpus"
    assert given.sentences == given.citations == given.papers == ()
    assert [paper["title"] for paper in given.nearest] == ["Owls", "Zebras"]
    assert given.missing == "No retrieved abstract states what was asked."
    assert given.checks["shown_unsupported"] == 0


def test_an_unsupported_sentence_beside_a_supported_one_is_shown_with_its_label_and_counted():
    given = answer(FOUND, NIGHT, NONSENSE)
    assert [sentence.label for sentence in given.sentences] == ["supported", "unsupported"]
    assert given.checks["shown_unsupported"] == 1
    assert "Check this yourself (unsupported): Submarines" in str(given)


def test_an_empty_corpus_is_declined():
    given = answer(Retrieved("When do owls hunt?", (), 0.0))
    assert given.text == "No paper in this corpus fits the question, so it is not answered."
    assert (given.nearest, given.passages) == ((), ())


def test_every_sentence_is_an_event_with_its_citations_and_the_answer_comes_last():
    given = events(FOUND, NIGHT, Draft("Zebras graze on plains.", "paragraph", (ZEBRAS,)))
    assert [event.kind for event in given] == ["stage", "sentence", "sentence", "stage", "answer"]
    assert [event.stage["name"] for event in given if event.stage] == ["search", "write"]
    last = given[-1].answer
    assert last is not None
    assert [event.sentence for event in given if event.sentence] == list(last.sentences)
    assert [citation for event in given for citation in event.citations] == list(last.citations)


def test_timings_add_up_to_their_total():
    given = answer(FOUND, NIGHT)
    assert set(given.timings) == {"search", "write", "total"}
    assert given.timings["total"] == round(given.timings["search"] + given.timings["write"], 2)


def test_papers_left_out_for_lack_of_a_year_are_counted_in_a_warning():
    assert answer(replace(FOUND, without_year=2), NIGHT).warnings == (
        "The year filter left out 2 papers whose year is not known.",
    )
    assert "1 paper whose" in answer(replace(FOUND, without_year=1), NIGHT).warnings[0]


def test_a_passage_is_reported_with_how_each_retriever_saw_it():
    first = answer(FOUND, NIGHT).to_dict()["passages"][0]
    assert (first["rank"], first["dense_rank"], first["lexical_rank"]) == (1, 1, None)
    assert first["text"] == OWLS.abstract[first["start"] : first["end"]]
