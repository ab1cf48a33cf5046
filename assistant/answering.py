"""Passages in; a checked and cited answer, or an honest decline, out."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Literal

from . import render
from .answer import Answer, Event, State
from .citations import Binder, Citation, Sentence, cited_papers
from .drafts import Outcome, Writer
from .errors import ModelError
from .hostile import warnings as of_orders
from .missing.notes import full_text_note, language_note
from .retrieval import Passage, Retrieved
from .sources import Sources


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer reports of where it came from, and the numbers that papers have from earlier turns."""

    question: str
    corpus: str
    index_fingerprint: str
    mode: Literal["extractive", "llm"] = "extractive"
    model: str | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)


def respond(found: Retrieved, writer: Writer, asked: Asked, sources: Sources | None = None) -> Iterator[Event]:
    """Events up to and with the answer. The writer is only set to work where the floor is passed.

    sources: makes abstracts sources to check against; else they have no vectors. What the writer raises passes
    through; then there is no answer, whatever sentences have been shown.
    """
    timings = dict(found.timings)
    yield from (Event("stage", stage={"name": name, "milliseconds": ms}) for name, ms in timings.items())
    papers = [passage.paper for passage in found.papers]
    said = Said(Binder(sources or Sources(), papers, dict(asked.numbers)), writer)
    steps = {"write": said.write(found), "repair": said.repair(), "translate": said.translate()}
    for name, step in steps.items() if found.on_topic else ():
        started, busy = perf_counter(), name == "write"
        with closing(step):
            for event in step:
                busy = True
                yield event
        if busy:
            timings[name] = round((perf_counter() - started) * 1000, 2)
            yield Event("stage", stage={"name": name, "milliseconds": timings[name]})
    answer = _answer(found, said, asked)
    yield Event("answer", answer=_timed(answer, timings))


@dataclass(slots=True)
class Said:
    """What comes of the writing. trouble: what a model failed at after it. missing: what the writer said is missing."""

    binder: Binder
    writer: Writer
    sentences: list[Sentence] = field(default_factory=list)
    cited: dict[int, tuple[Citation, ...]] = field(default_factory=dict)
    trouble: str = ""
    missing: str | None = None

    def write(self, found: Retrieved) -> Generator[Event]:
        """Every draft, checked as it comes."""
        with closing(self.writer.write(found.read, found.papers)) as drafts:
            for draft in drafts:
                sentence, cited = self.binder.bind(draft)
                self.sentences.append(sentence)
                self.cited[sentence.index] = cited
                yield Event("sentence", sentence=sentence, citations=cited)

    def repair(self) -> Generator[Event]:
        """The failed sentences anew, as far as the writer can and the new ones pass; the others stay as they are."""
        failed = self.binder.failed(self.sentences)
        if not failed:
            return
        try:
            drafts = self.writer.repair(failed)
        except ModelError as error:  # what was shown and labelled stands without it
            self.trouble = f"Sentences that failed their check could not be repaired. {error}"
            return
        for one in failed:
            if one.index in drafts and (bound := self.binder.rebind(one.index, drafts[one.index])):
                sentence, self.cited[one.index] = bound
                self.sentences[one.index] = sentence
                reason = "; ".join(one.reasons) or "nothing that was retrieved supports it"
                yield Event("revised", sentence=sentence, citations=self.cited[one.index], reason=reason)

    def translate(self) -> Generator[Event]:
        """What was checked in English, in the language of the question; a sentence whose figures would differ stays."""
        said = self.writer.outcome().missing
        texts = [*(one.text for one in self.sentences), *([said] if said else [])]
        try:
            told = self.writer.translate(texts)
        except ModelError as error:
            self.trouble = f"The answer could not be translated. {error}"
            return
        self.missing = told.get(len(self.sentences), said)
        for place, one in enumerate(self.sentences):
            if place in told:
                self.sentences[place] = sentence = replace(one, text=told[place], original=one.text)
                yield Event("revised", sentence=sentence, citations=self.cited[one.index], reason="translated")

    @property
    def citations(self) -> list[Citation]:
        """All citations, in the order of their sentences."""
        return [citation for sentence in self.sentences for citation in self.cited[sentence.index]]


def _answer(found: Retrieved, said: Said, asked: Asked) -> Answer:
    outcome = said.writer.outcome()
    state, missing = _state(found, said, asked, outcome)
    sentences, citations = (said.sentences, said.citations) if state != "not_in_corpus" else ([], [])
    papers = {passage.paper.id: passage.paper for passage in found.passages}
    shown = [sentence.to_dict() for sentence in sentences]
    text = render.text_of(shown, [citation.to_dict() for citation in citations])
    return Answer(
        question=asked.question,
        state=state,
        text=text if sentences else _decline(found),
        sentences=tuple(sentences),
        citations=tuple(citations),
        papers=tuple(cited_papers(citations, papers)),
        answerable=round(found.answerable, 4),
        checks=_checks(said, sentences, outcome),
        passages=tuple(passage_dict(passage) for passage in found.passages),
        nearest=tuple(_nearest(passage) for passage in found.papers[:3]),
        missing=missing,
        mode=asked.mode,
        model=asked.model,
        usage=dict(outcome.usage),
        timings={},
        corpus=asked.corpus,
        index_fingerprint=asked.index_fingerprint,
        prompt_fingerprints=dict(outcome.prompt_fingerprints),
        warnings=tuple(_warnings(found, said, asked, outcome)),
    )


def _state(found: Retrieved, said: Said, asked: Asked, outcome: Outcome) -> tuple[State, str | None]:
    """The state, and what is missing where it is not `answered`, as a model says, else the question's own words."""
    missing = said.missing if asked.mode == "llm" else (str(found.missing) or None)
    if not any(sentence.label in ("supported", "partial") for sentence in said.sentences):
        return "not_in_corpus", missing or "No retrieved abstract states what was asked."
    if outcome.cut:
        return "partial", missing or "The model ran out of room before its answer was whole."
    return ("partial", missing) if missing else ("answered", None)


def _warnings(found: Retrieved, said: Said, asked: Asked, outcome: Outcome) -> Iterator[str]:
    """What a reader should know besides the answer."""
    yield from _repairs(found)
    if asked.mode == "extractive" and (note := language_note(asked.question)):
        yield f'{note} It was read as "{found.read}".'
    if note := full_text_note(asked.question):
        yield note
    if outcome.cut:
        yield "The model stopped at its length limit; the unfinished sentence was left out."
    if said.trouble:
        yield said.trouble
    yield from _without_year(found)
    cited = {citation.paper_id for citation in said.citations}
    read = [passage.paper for passage in found.papers]  # by a model, where there is one; else what is quoted counts
    yield from of_orders(paper for paper in read if asked.mode == "llm" or paper.id in cited)


def _timed(answer: Answer, timings: Mapping[str, float]) -> Answer:
    return replace(answer, timings={**timings, "total": round(sum(timings.values()), 2)})


def _checks(said: Said, shown: Sequence[Sentence], outcome: Outcome) -> dict[str, int]:
    return {
        "invented_marks": outcome.invented,
        "dropped_marks": said.binder.dropped,
        "recited": said.binder.recited,
        "repaired": said.binder.repaired,
        "shown_unsupported": sum(sentence.label in ("unsupported", "contradicted") for sentence in shown),
    }


def _decline(found: Retrieved) -> str:
    if not found.passages:
        return "No paper in this corpus fits the question, so it is not answered."
    return "The abstracts in this corpus do not answer this question."


def _repairs(found: Retrieved) -> list[str]:
    read = ", ".join(f"'{typed}' as '{word}'" for typed, word in found.repairs.items())
    return [f"No paper has these words as they are spelt, so they were read otherwise: {read}."] if read else []


def _without_year(found: Retrieved) -> list[str]:
    if not found.without_year:
        return []
    papers = "1 paper" if found.without_year == 1 else f"{found.without_year} papers"
    return [f"The year filter left out {papers} whose year is not known."]


def _nearest(passage: Passage) -> dict[str, Any]:
    paper = passage.paper
    return {"paper_id": paper.id, "title": paper.title, "url": paper.url, "score": round(passage.score, 6)}


def passage_dict(passage: Passage) -> dict[str, Any]:
    """A retrieved passage as the Answer reports it."""
    chunk, why = passage.chunk, passage.why
    return {
        "chunk_id": chunk.id,
        "paper_id": chunk.paper_id,
        "title": passage.paper.title,
        "text": chunk.text,
        "start": chunk.start,
        "end": chunk.end,
        "score": round(passage.score, 6),
        "rank": passage.rank,
        "similarity": round(passage.similarity, 4),
        "dense_rank": why.dense_rank,
        "lexical_rank": why.lexical_rank,
    }
