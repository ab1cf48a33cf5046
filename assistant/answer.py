"""Passages in; a checked and cited answer, or an honest decline, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Literal

from . import render
from .citations import Binder, Citation, Outcome, Sentence, Writer, cited_papers
from .retrieval import Passage, Retrieved
from .retrieval.answerable import FLOOR

SCHEMA_VERSION = 1

State = Literal["answered", "partial", "not_in_corpus"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. `to_dict()` follows assistant/schemas/answer.schema.json.

    answerable: probability 0..1. timings: milliseconds by stage. Where `state` is `not_in_corpus`, sentences and
    citations are empty, `text` says so and `nearest` names papers; where it is `partial`, `missing` says what was
    asked and no retrieved abstract states.
    """

    question: str
    state: State
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    papers: tuple[dict[str, Any], ...]
    answerable: float
    checks: dict[str, int]
    passages: tuple[dict[str, Any], ...]
    nearest: tuple[dict[str, Any], ...]
    missing: str | None
    mode: Literal["extractive", "llm"]
    model: str | None
    usage: dict[str, Any]
    timings: dict[str, float]
    corpus: str
    index_fingerprint: str
    prompt_fingerprints: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable form, the same at every door."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        plain |= {name: list(plain[name]) for name in ("papers", "passages", "nearest", "warnings")}
        plain["sentences"] = [sentence.to_dict() for sentence in self.sentences]
        plain["citations"] = [citation.to_dict() for citation in self.citations]
        return {"schema_version": SCHEMA_VERSION, **plain}

    def turns(self) -> list[dict[str, Any]]:
        """The question and the answer as history items, for the next question of the conversation."""
        cited = [{"number": paper["number"], "paper_id": paper["paper_id"]} for paper in self.papers]
        return [
            {"role": "user", "content": self.question},
            {"role": "assistant", "content": self.text, "citations": cited},
        ]

    def markdown(self) -> str:
        """The answer with its references as Markdown."""
        return render.markdown(self.to_dict())

    def bibtex(self) -> str:
        """The cited papers as BibTeX."""
        return render.bibtex(self.to_dict())

    def __str__(self) -> str:
        return render.terminal(self.to_dict())


@dataclass(frozen=True, slots=True)
class Event:
    """One step of an answer on its way: what `kind` names is set, the rest is None. The last is always `answer`."""

    kind: Literal["stage", "sentence", "revised", "answer"]
    stage: dict[str, Any] | None = None
    sentence: Sentence | None = None
    citations: tuple[Citation, ...] = ()
    reason: str | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer reports of where it came from, and the numbers that papers have from earlier turns."""

    question: str
    corpus: str
    index_fingerprint: str
    mode: Literal["extractive", "llm"] = "extractive"
    model: str | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)


def respond(found: Retrieved, writer: Writer, asked: Asked) -> Iterator[Event]:
    """Events up to and with the answer. The writer is only set to work where the floor is passed.

    What it raises passes through; then there is no answer, whatever sentences have been shown.
    """
    timings = dict(found.timings)
    yield from (Event("stage", stage={"name": name, "milliseconds": ms}) for name, ms in timings.items())
    binder = Binder([passage.paper for passage in found.papers], dict(asked.numbers))
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    if found.answerable >= FLOOR:
        started = perf_counter()
        with closing(writer.write(found.question, found.papers)) as drafts:
            for draft in drafts:
                sentence, cited = binder.bind(draft)
                sentences.append(sentence)
                citations += cited
                yield Event("sentence", sentence=sentence, citations=cited)
        timings["write"] = round((perf_counter() - started) * 1000, 2)
        yield Event("stage", stage={"name": "write", "milliseconds": timings["write"]})
    said = Said(tuple(sentences), tuple(citations), writer.outcome(), binder.recited)
    answer = _answer(found, said, asked)
    yield Event("answer", answer=_timed(answer, timings))


@dataclass(frozen=True, slots=True)
class Said:
    """What came of the writing."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    outcome: Outcome
    recited: int


def _answer(found: Retrieved, said: Said, asked: Asked) -> Answer:
    state, missing = _state(found, said, asked)
    sentences, citations = (said.sentences, said.citations) if state != "not_in_corpus" else ((), ())
    papers = {passage.paper.id: passage.paper for passage in found.passages}
    shown = [sentence.to_dict() for sentence in sentences]
    text = render.text_of(shown, [citation.to_dict() for citation in citations])
    return Answer(
        question=asked.question,
        state=state,
        text=text if sentences else _decline(found),
        sentences=sentences,
        citations=citations,
        papers=tuple(cited_papers(citations, papers)),
        answerable=round(found.answerable, 4),
        checks=_checks(said, sentences),
        passages=tuple(passage_dict(passage) for passage in found.passages),
        nearest=tuple(_nearest(passage) for passage in found.papers[:3]),
        missing=missing,
        mode=asked.mode,
        model=asked.model,
        usage=dict(said.outcome.usage),
        timings={},
        corpus=asked.corpus,
        index_fingerprint=asked.index_fingerprint,
        prompt_fingerprints=dict(said.outcome.prompt_fingerprints),
        warnings=(*_repairs(found), *_cut_warning(said.outcome), *_without_year(found)),
    )


def _state(found: Retrieved, said: Said, asked: Asked) -> tuple[State, str | None]:
    """The state, and what is missing where it is not `answered`: a model says so itself, names say so without one."""
    unknown = f"No retrieved abstract mentions {', '.join(found.unknown)}." if found.unknown else None
    missing = said.outcome.missing if asked.mode == "llm" else unknown
    if not any(sentence.label in ("supported", "partial") for sentence in said.sentences):
        return "not_in_corpus", missing or "No retrieved abstract states what was asked."
    if said.outcome.cut:
        return "partial", missing or "The model ran out of room before its answer was whole."
    return ("partial", missing) if missing else ("answered", None)


def _cut_warning(outcome: Outcome) -> list[str]:
    return ["The model stopped at its length limit; the unfinished sentence was left out."] if outcome.cut else []


def _timed(answer: Answer, timings: Mapping[str, float]) -> Answer:
    return replace(answer, timings={**timings, "total": round(sum(timings.values()), 2)})


def _checks(said: Said, shown: Sequence[Sentence]) -> dict[str, int]:
    failed = sum(sentence.label in ("unsupported", "contradicted") for sentence in shown)
    return {
        "invented_marks": said.outcome.invented,
        "recited": said.recited,
        "repaired": 0,
        "shown_unsupported": failed,
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
