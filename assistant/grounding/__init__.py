"""Does this text support this sentence? Its words, its meaning and what the guards find; pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import scorer, verbatim, words
from .examine import examine, findings
from .nouns import Evidence, Judgement, Label, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Evidence", "Judgement", "Label", "Source", "check"]

_SHOWN = 8


def check(sentence: str, sources: Sequence[Source], vector: NDArray[np.float32] | None = None) -> Judgement:
    """Whether the sources support the sentence, which carries no citation marks.

    Text that occurs word for word is its own exact evidence; `examine` says what the evidence is otherwise. `vector`,
    of length 1, is the sentence's; it is used where all sources have vectors of the same model, all-MiniLM-L6-v2, and
    otherwise words alone decide. What the guards find comes first: a number that no source states is never supported,
    nor is what the evidence denies.
    """
    asked = words.content(sentence)
    if exact := _verbatim(sentence, sources, whole=not asked):
        return _quoted(sentence, sources, exact)
    if cut := _trimmed(sentence, sources):
        return Judgement("supported", 1.0, (), cut)
    if reason := _not_checkable(sentence, asked):
        return Judgement("not_checkable", 0.0, (reason,))
    if not sources:
        return Judgement("unsupported", 0.0, ("there is no source to check against",))
    vector = vector if vector is not None and _comparable(vector, sources) else None
    examined = examine(sentence, sources, vector)
    if examined is None:
        return Judgement("unsupported", 0.0, ("no source speaks of it",))
    given = scorer.score(examined.features, vector is not None)
    label, reasons = scorer.verdict(given, examined.found, scorer.bounds(vector is not None))
    if examined.lacking and label != "contradicted":
        reasons.append("not in the evidence: " + ", ".join(examined.lacking[:_SHOWN]))
    evidence = () if label == "unsupported" else examined.evidence
    return Judgement(label, round(given.probability, 4), tuple(reasons), evidence)


def _not_checkable(sentence: str, asked: Mapping[str, words.Word]) -> str:
    """Why nothing in the sentence can be held against a source; "" if something can."""
    text = sentence.strip()
    if text.startswith("#"):
        return "a heading"
    if text.rstrip("\"'”’)*_ ").endswith("?"):
        return "a question"
    if not asked:
        return "states nothing that a source could support"
    if text.rstrip("*_ ").endswith(":") and len(asked) <= 2 and all(word.weight <= 1 for word in asked.values()):
        return "only leads to what follows"
    return ""


def _verbatim(sentence: str, sources: Sequence[Source], whole: bool) -> tuple[Evidence, ...]:
    """Where the sentence stands word for word; one place per source.

    With `whole` only as a whole sentence: "In short" says nothing because it occurs somewhere.
    """
    return tuple(
        Evidence(index, *span, 1.0)
        for index, source in enumerate(sources)
        if (span := verbatim.place(sentence, source.text)) and (not whole or span in source.sentences)
    )


def _trimmed(sentence: str, sources: Sequence[Source]) -> tuple[Evidence, ...]:
    """What a sentence is visibly cut from, or named and then quoted whole: stretches of one source, nothing else."""
    for index, source in enumerate(sources):
        spans = verbatim.pieces(sentence, source.text, source.title)
        if spans and (len(spans) > 1 or verbatim.GAP in sentence or spans[0] in source.sentences):
            return tuple(Evidence(index, *span, 1.0) for span in spans)
    return ()


def _quoted(sentence: str, sources: Sequence[Source], exact: tuple[Evidence, ...]) -> Judgement:
    """Of text that stands in a source. A part of a sentence may still say something else than the whole."""
    if any((piece.start, piece.end) in sources[piece.source].sentences for piece in exact):
        return Judgement("supported", 1.0, (), exact)
    bounds = scorer.bounds(vectors=False)
    label, reasons = scorer.verdict(scorer.Score(1.0, 1.0, 1.0), findings(sentence, sources, exact), bounds)
    return Judgement(label, 1.0 if label == "supported" else bounds.partial, tuple(reasons), exact)


def _comparable(vector: NDArray[np.float32], sources: Sequence[Source]) -> bool:
    """Whether the sentence and every source have vectors that the scorer knows how to read."""
    size = scorer.dimension()
    shapes = [None if source.vectors is None else source.vectors.shape for source in sources]
    return vector.shape == (size,) and shapes == [(len(source.sentences), size) for source in sources]
