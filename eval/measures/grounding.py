"""Groundedness and citations: every sentence against the abstracts it cites, and against everything retrieved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from assistant.grounding import Judgement, Source, check
from assistant.sentences import split
from assistant.sources import Sources

from .case import Case, Scored, Unscored
from .retrieval import ranked_papers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.index import Index

    Vector = NDArray[np.float32] | None

NAMES = (
    "supported",
    "contradicted",
    "not_stated",
    "citation_recall",
    "citation_precision",
    "mis_citation",
    "uncited",
    "no_citations",
    "recited",
    "dropped_marks",
    "repaired",
)

Outcome = Literal["supported", "contradicted", "not_stated", "not_checkable"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence judged twice. `cited` and `retrieved` are the scorer's labels against what the sentence cites
    and against everything retrieved; `outcome` is what they come to.

    citations: how many papers it cites; counted: how many of those are right by ALCE's rule. mis_cited: something
    retrieved supports it, what it cites (which may be nothing) does not.
    """

    index: int
    outcome: Outcome
    cited: str
    retrieved: str
    citations: int
    counted: int
    mis_cited: bool
    reasons: tuple[str, ...]


def sources_of(answer: Mapping[str, Any]) -> dict[str, Source]:
    """Paper id -> its abstract as a source, of all that was retrieved or is cited, read from the answer alone.

    A retrieved paper that is not cited is put together from its passages, which hold every word of it once.
    """
    texts: dict[str, str] = {}
    titles: dict[str, str] = {}
    for passage in sorted(answer["passages"], key=lambda passage: passage["start"]):
        name = passage["paper_id"]
        texts[name] = texts.get(name, "").ljust(passage["start"]) + passage["text"]
        titles[name] = passage["title"]
    texts |= {paper["paper_id"]: paper["abstract"] for paper in answer["papers"]}
    titles |= {paper["paper_id"]: paper["title"] for paper in answer["papers"]}
    return {name: Source(text, tuple(split(text)), titles[name]) for name, text in texts.items()}


def verdicts(answer: Mapping[str, Any], index: Index | None = None) -> list[Verdict]:
    """Every sentence of an answer, judged; by words alone without the index that was asked."""
    reader = Sources(index)
    sources = _with_vectors(sources_of(answer), reader, index)
    papers = {citation["id"]: citation["paper_id"] for citation in answer["citations"]}
    retrieved = [paper_id for paper_id in ranked_papers(answer) if paper_id in sources]
    judged = []
    for sentence in answer["sentences"]:
        cited = list(dict.fromkeys(papers[one] for one in sentence["citations"]))
        everything = list(dict.fromkeys([*retrieved, *cited]))
        vector = reader.vector(_checked(sentence))
        judged.append(_judge(sentence, vector, _named(sources, cited), _named(sources, everything)))
    return judged


def _with_vectors(sources: dict[str, Source], reader: Sources, index: Index | None) -> dict[str, Source]:
    """The same with the vectors of those that the index still holds as they were."""
    held = index.store.by_ids(list(sources)) if index is not None else []
    read = {paper.id: source for paper, source in zip(held, reader.of(held), strict=True)}
    return {name: read[name] if read.get(name) == source else source for name, source in sources.items()}


def _named(sources: Mapping[str, Source], names: Iterable[str]) -> list[Source]:
    return [sources[name] for name in names]


def _judge(
    sentence: Mapping[str, Any], vector: Vector, cited: Sequence[Source], everything: Sequence[Source]
) -> Verdict:
    text, heading = _checked(sentence), sentence["block"] == "heading"
    by_cited, by_all = check(text, cited, vector), check(text, everything, vector)
    outcome: Outcome = "not_checkable" if heading else _outcome(by_cited, by_all)
    return Verdict(
        sentence["index"],
        outcome,
        by_cited.label,
        by_all.label,
        len(cited),
        _counted(text, vector, cited) if by_cited.label == "supported" else 0,
        outcome == "supported" and by_cited.label != "supported",
        (by_cited if cited else by_all).reasons,
    )


def _checked(sentence: Mapping[str, Any]) -> str:
    """What can be held against an English abstract: the sentence, or what it is a translation of."""
    return str(sentence.get("original") or sentence["text"])


def _outcome(by_cited: Judgement, by_all: Judgement) -> Outcome:
    # What is cited is part of everything, so its support counts even where other papers turn the scorer's head.
    labels = {by_cited.label, by_all.label}
    if "supported" in labels:
        return "supported"
    if by_all.label == "not_checkable":
        return "not_checkable"
    return "contradicted" if "contradicted" in labels else "not_stated"


def _counted(text: str, vector: Vector, cited: Sequence[Source]) -> int:
    """ALCE's citation precision (Gao et al., EMNLP 2023, sec. 4.2) for a sentence that its citations together support:
    a citation counts unless it fails alone and the others still support the sentence."""
    if len(cited) == 1:
        return 1
    return sum(
        _supports(text, vector, [source]) or not _supports(text, vector, [*cited[:i], *cited[i + 1 :]])
        for i, source in enumerate(cited)
    )


def _supports(text: str, vector: Vector, sources: Sequence[Source]) -> bool:
    return check(text, sources, vector).label == "supported"


def score(case: Case) -> Scored:
    """Shares of the answer's checkable sentences, and of its citations. A declined answer is not scored.

    `supported` rests on everything retrieved; `citation_recall` on what each sentence cites (Gao et al. 2023);
    `mis_citation` is the first less the second, `uncited` the sentences that cite nothing. An answer without any
    citation is not scored for precision and mis-citation: it counts in `no_citations`. Invented and out-of-range
    marks are wrong citations. `recited` are the sentences for which the assistant itself replaced what the writer
    had cited, `repaired` those that it had written anew, `dropped_marks` the papers that the writer cited in vain and
    that are not shown, each for one sentence.
    """
    if case.declined:
        return Scored(dict.fromkeys(NAMES, Unscored("declined")))
    judged = verdicts(case.answer, case.index)
    checkable = [verdict for verdict in judged if verdict.outcome != "not_checkable"]
    details = {"sentences": [asdict(verdict) | {"reasons": list(verdict.reasons)} for verdict in judged]}
    if not checkable:
        return Scored(dict.fromkeys(NAMES, Unscored("no checkable sentence")), details)
    scores: dict[str, float | Unscored] = {
        name: _share(verdict.outcome == name for verdict in checkable)
        for name in ("supported", "contradicted", "not_stated")
    }
    for name in ("recited", "dropped_marks", "repaired"):
        scores[name] = int(case.answer["checks"][name]) / len(judged)
    scores["citation_recall"] = _share(v.citations > 0 and v.cited == "supported" for v in checkable)
    return Scored(scores | _citations(checkable, int(case.answer["checks"]["invented_marks"])), details)


def _citations(checkable: Sequence[Verdict], invented: int) -> dict[str, float | Unscored]:
    citations = sum(verdict.citations for verdict in checkable) + invented
    uncited = {"uncited": _share(not verdict.citations for verdict in checkable), "no_citations": float(not citations)}
    if not citations:
        none = Unscored("no citations")
        return {"citation_precision": none, "mis_citation": none, **uncited}
    return {
        "citation_precision": sum(verdict.counted for verdict in checkable) / citations,
        "mis_citation": _share(verdict.mis_cited for verdict in checkable),
        **uncited,
    }


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
