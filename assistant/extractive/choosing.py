"""Which sentences, of which papers, and how much of each: by the shape of the question, within a number of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..drafts import Block, Draft
from ..lexical import NAME
from . import cues
from .candidates import Asked, Candidate
from .naming import is_named, lead_of
from .shape import Shape
from .trimming import shown, trimmed

# Words of a paragraph, of a bullet, of the bullets of a paper.
_WORDS = {"fact": 60, "open": 50, "list": 28, "survey": 36, "comparison": 52}
_LONGEST = 45  # words of a sentence
_LEAST = 13  # words that are worth beginning another sentence for
_SENTENCES = 4  # of a paper at most
_FIGURE = 2  # where a figure is asked for
_PAPERS = {"open": 4, "list": 8, "survey": 8, "comparison": 2}
_LOOKED_AT = 40  # sentences of a paper
_STILL_FITS = 3.3  # by how much a paper of a list may score less than the best
_SAME = 0.9  # cosine at which a sentence says nothing new
_NEW, _BESIDE, _ALIKE = 1.0, 0.3, 0.25  # what counts besides the score, once a sentence is chosen
_NEVER = 10.0  # taken off a sentence that only links
_CUT_SHORT = 0.5  # taken off a sentence that fits only in part
_SPELLED_OUT = 3.0  # for a sentence that spells out a name, where that is asked
_UNLIKELY = -2.5  # log odds at which a further sentence is filler
_SHORT = 3  # letters of words that say little
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Abstract:
    """A retrieved paper and its sentences, in its order; the papers' scores say how far they lie apart."""

    sentences: tuple[Candidate, ...]
    score: float


def drafts(asked: Asked, shape: Shape, papers: Sequence[Abstract]) -> Iterator[Draft]:
    """The answer: a paragraph from one paper, or bullets from several, best paper first."""
    papers = [paper for paper in papers if paper.sentences]
    if not papers:
        return
    if shape == "fact":
        yield from _paragraph(asked, papers[0], _WORDS[shape])
    elif shape == "open":
        yield from _paragraph(asked, papers[0], _WORDS[shape])
        yield from _one_each(asked, papers[1 : _PAPERS[shape]], papers[0].score, _WORDS["survey"])
    elif shape == "comparison":
        for paper in _compared(asked, papers):
            yield from _bullets(asked, paper, _SENTENCES, _WORDS[shape])
    else:
        yield from _one_each(asked, papers[: _PAPERS[shape]], papers[0].score, _WORDS[shape])


def _one_each(asked: Asked, papers: Sequence[Abstract], best: float, words: int) -> Iterator[Draft]:
    """A bullet a paper, of those that fit about as well as the best."""
    for paper in papers:
        if paper.score >= best - _STILL_FITS:
            yield from _bullets(asked, paper, 1, words)


def _paragraph(asked: Asked, paper: Abstract, words: int) -> Iterator[Draft]:
    """The paper's best sentences in its own order; the first names the paper where it speaks of "us" and "it"."""
    own = paper.sentences[0].paper
    words, kept = words - len(lead_of(own, "").split()), list[tuple[int, Draft]]()
    for candidate in _picked(asked, paper, words):
        draft = _quoted(asked, candidate, "paragraph", min(words, _LONGEST))
        kept.append((candidate.ordinal, draft))
        words -= len(draft.text.split())
        if words < _LEAST or len(kept) == _sentences(asked, candidate):
            break
    first, *others = [draft for _, draft in sorted(kept, key=lambda one: one[0])]
    if any(cues.SPEAKS_OF_ITSELF.search(draft.text) for draft in (first, *others)):
        first = replace(first, lead=lead_of(own, first.text))
    yield from (first, *others)


def _sentences(asked: Asked, candidate: Candidate) -> int:
    """How many sentences are enough: one a name where a sentence spells it out, two for a figure."""
    if candidate.features.introduces_long_form:
        return len(asked.names)
    return _FIGURE if asked.kinds.number else _SENTENCES


def _bullets(asked: Asked, paper: Abstract, most: int, words: int) -> Iterator[Draft]:
    """The paper's best sentences, best first, each with the paper's name."""
    for count, candidate in enumerate(_picked(asked, paper, words), start=1):
        draft = _named(asked, candidate, min(words, _LONGEST))
        yield draft
        words -= len(draft.lead.split()) + len(draft.text.split())
        if words < _LEAST or count == most:
            break


def _picked(asked: Asked, paper: Abstract, words: int) -> Iterator[Candidate]:
    """The paper's sentences, best first, for about so many words; each is held against those before it: what they leave
    open counts for one, what they say already against it."""
    left = sorted(paper.sentences, key=lambda one: -one.score)[:_LOOKED_AT]
    chosen: list[Candidate] = []
    while left:
        best = max(left, key=lambda one: _worth(asked, one, chosen) - _CUT_SHORT * (len(one.text.split()) > words))
        left.remove(best)
        if not chosen or (best.score > _UNLIKELY and not any(_alike(best, one) > _SAME for one in chosen)):
            chosen.append(best)
            words -= min(len(best.text.split()), _LONGEST)
            yield best


def _worth(asked: Asked, one: Candidate, chosen: Sequence[Candidate]) -> float:
    """How much a sentence adds to those chosen."""
    worth = one.score + _SPELLED_OUT * one.features.introduces_long_form
    if one.features.link and not cues.LINKS.search(asked.text):
        worth -= _NEVER
    if chosen:
        covered = frozenset[str]().union(*(other.stems for other in chosen))
        asks = sum(asked.weights.values()) or 1.0
        worth += _NEW * sum(asked.weights[stem] for stem in one.stems - covered) / asks
        worth += _BESIDE * any(abs(one.ordinal - other.ordinal) == 1 for other in chosen)
        worth -= _ALIKE * max(_alike(one, other) for other in chosen)
    return worth


def _alike(a: Candidate, b: Candidate) -> float:
    return float(a.vector @ b.vector)


def _compared(asked: Asked, papers: Sequence[Abstract]) -> list[Abstract]:
    """The papers that the question names, else the best."""
    named = [paper for paper in papers if is_named(paper.sentences[0].paper, asked.text)]
    return [*named, *(paper for paper in papers if paper not in named)][: _PAPERS["comparison"]]


def _named(asked: Asked, candidate: Candidate, words: int) -> Draft:
    """The sentence within so many words, the paper's name in front of it where what is left does not hold it."""
    draft = _quoted(asked, candidate, "bullet", words)
    if not (lead := lead_of(candidate.paper, draft.text)):
        return draft
    return replace(_quoted(asked, candidate, "bullet", max(words - len(lead.split()), _LEAST // 2)), lead=lead)


def _quoted(asked: Asked, candidate: Candidate, block: Block, words: int) -> Draft:
    """The sentence within so many words."""
    pieces = trimmed(candidate.text, words, lambda part: _value(asked, part))
    quotes = tuple((candidate.start + start, candidate.start + end) for start, end in pieces)
    return Draft(shown(candidate.text, pieces), block, (candidate.paper,), quotes=quotes)


def _value(asked: Asked, part: str) -> float:
    """How much of what may answer stands in a part of a sentence: the question's words, numbers, names, terms."""
    if asked.kinds.long_form and any(cues.introduces(name, part) for name in asked.names):
        return 100.0 - len(part.split())
    known = {word.lower() for word in _WORD.findall(asked.text)}
    words = _WORD.findall(part)
    value: float = sum(1.0 if word.lower() in known else 0.5 * (len(word) > _SHORT) for word in words)
    value += (1.5 if asked.kinds.number else 0.5) * sum(word[0].isdigit() for word in words)
    names = {*NAME.findall(part)}.difference(asked.names)
    return value + 0.7 * len(names)
