"""What a sentence rests on in its sources, what the guards find there, and the features of the two together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from . import guards, words
from .features import Against, known, measure
from .nouns import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from .features import Features
    from .finding import Finding
    from .nouns import Source

_ANOTHER = 0.5
"""Least share of the words that a second source must hold alone."""
_GAIN = 0.1
"""Least share of the sentence that a second piece of evidence must add."""


class Examined(NamedTuple):
    """The evidence for a sentence, best first; what the guards hold against it; the words that are not there."""

    evidence: tuple[Evidence, ...]
    found: tuple[Finding, ...]
    features: Features
    lacking: tuple[str, ...]


class _Chosen(NamedTuple):
    """The evidence from one source: how near its best sentence is, and the share of the words it holds together."""

    near: float
    share: float
    pieces: tuple[Evidence, ...]


def examine(sentence: str, sources: Sequence[Source], vector: NDArray[np.float32] | None = None) -> Examined | None:
    """None where no source has anything to do with the sentence. With `vector`, every source must have vectors too.

    Evidence is one sentence of the best source, or two where the second adds words that the first lacks, and the same
    of every other source that holds at least half of the words alone, so that a comparison can rest on two papers.
    """
    asked = words.content(sentence)
    evidence = _evidence(asked, sources, vector)
    if not evidence:
        return None
    found = findings(sentence, sources, evidence)
    against = _against(evidence, sources)
    features = measure(sentence, against, found, vector)
    there = {*against.evidence, *against.titles}
    lacking = tuple(word.shown for key, word in asked.items() if key not in there and key[0] != "#")
    return Examined(evidence, found, features, lacking)


def findings(sentence: str, sources: Sequence[Source], evidence: Sequence[Evidence]) -> tuple[Finding, ...]:
    """What the guards hold against the sentence, given its evidence."""
    stated = [_context(sources[piece.source], piece) for piece in evidence]
    titles = [sources[index].title for index in _places(evidence)]
    return guards.findings(sentence, stated, [source.text for source in sources], titles)


def _evidence(
    asked: Mapping[str, words.Word], sources: Sequence[Source], vector: NDArray[np.float32] | None
) -> tuple[Evidence, ...]:
    found = (_best(asked, source, index, vector) for index, source in enumerate(sources))
    ordered = sorted((one for one in found if one.pieces), key=lambda one: -one.near)
    kept = [one.pieces for i, one in enumerate(ordered) if i == 0 or one.share >= _ANOTHER]
    return tuple(piece for pieces in kept for piece in pieces)


def _best(asked: Mapping[str, words.Word], source: Source, index: int, vector: NDArray[np.float32] | None) -> _Chosen:
    held = known(source.text, source.sentences).held
    alone = [words.share(asked, keys) for keys in held]
    near = alone
    if vector is not None and source.vectors is not None:
        near = [share + float(cosine) for share, cosine in zip(alone, source.vectors @ vector, strict=True)]
    first = max(range(len(held)), key=lambda i: near[i], default=0)
    if not near or near[first] <= 0:
        return _Chosen(0.0, 0.0, ())
    chosen = [first]
    lacking = {key: word for key, word in asked.items() if key not in held[first]}
    # A second sentence must speak of the same thing: one that adds nothing but a number proves nothing.
    helps = [i for i, keys in enumerate(held) if any(key in keys and key[0] != "#" for key in lacking)]
    if helps:
        gain, _, second = max((words.share(asked, held[i] & lacking.keys()), -abs(i - first), i) for i in helps)
        chosen += [second] if gain >= _GAIN else []
    share = words.share(asked, frozenset().union(*(held[i] for i in chosen)))
    pieces = tuple(Evidence(index, *source.sentences[i], round(alone[i], 4)) for i in chosen)
    return _Chosen(near[first] + share - alone[first], share, pieces)


def _against(evidence: Sequence[Evidence], sources: Sequence[Source]) -> Against:
    used = [sources[index] for index in _places(evidence)]
    vectors = [source.vectors for source in used if source.vectors is not None]
    titles = {key for source in used for key in words.content(source.title) if key[0] != "#"}
    held = {key for e in evidence for key in words.content(sources[e.source].text[e.start : e.end])}
    return Against(
        [known(source.text, source.sentences) for source in used],
        np.concatenate(vectors) if len(vectors) == len(used) else None,
        titles,
        held,
    )


def _places(evidence: Sequence[Evidence]) -> list[int]:
    """The numbers of the sources that the evidence comes from."""
    return list(dict.fromkeys(piece.source for piece in evidence))


def _context(source: Source, piece: Evidence) -> str:
    """The whole sentences that a piece of evidence lies in: a quote may cut "76 million" to "76"."""
    spans = [span for span in source.sentences if span[0] < piece.end and piece.start < span[1]]
    return source.text[spans[0][0] : spans[-1][1]] if spans else source.text[piece.start : piece.end]
