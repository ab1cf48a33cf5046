"""The sentences of the retrieved abstracts, each with what speaks for its answering the question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from ..grounding import Source
from ..lexical import NAME, content_words
from ..papers import Paper
from ..retrieval import Passage
from ..sentences import split
from . import cues
from .naming import name_of
from .scoring import Features, score
from .shape import Kinds, clauses

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Stems = Callable[[str], Sequence[str]]
Weigh = Callable[[str], Mapping[str, float]]

_TOPIC = 0.3  # of the weight of a word that stands only in the topic
_FAR, _NEAR = 0.4, 0.8  # cosines of a word to another that it does not mean, and that it does
_SHORTEST = 4  # letters of a word that may be a paper's own term
# Words that half of all abstracts share say nothing of one paper's matter.
_COMMON = frozenset(
    "approach method model result show propos perform train data task learn improv achiev work paper use base "
    "generat experi demonstr state both with from that this these which their while than also more such into effect "
    "introduc present signific evalu framework novel provid exist recent network research high differ address larg "
    "addit furthermor however across various through over outperform".split()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the sentences are held against it.

    weights: the idf of its stems. parts: the stems of each clause, none where it has one. vectors: (1 + parts,
    dimension), the whole question first. names: its names, as typed. counted: what it wants
    counted, words without their endings.
    """

    text: str
    kinds: Kinds
    weights: Mapping[str, float]
    parts: tuple[frozenset[str], ...]
    vectors: NDArray[np.float32]
    names: tuple[str, ...]
    counted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of an abstract; its `paper` is the right one or not.

    ordinal: its place there, start: where its text begins in the abstract. stems: what it shares with the question.
    near_words: how near it comes to each word of the question. score: the log odds that it states what is asked, were
    its paper the right one.
    """

    passage: Passage
    ordinal: int
    start: int
    text: str
    stems: frozenset[str]
    vector: NDArray[np.float32]
    near_words: NDArray[np.float32]
    features: Features
    score: float

    @property
    def paper(self) -> Paper:
        return self.passage.paper


def read_question(question: str, kinds: Kinds, embed: Embed, stems: Stems, weigh: Weigh) -> Asked:
    """The question read; `weigh` gives the idf of the stems of a text. What stands before the colon of a topic tells
    which paper is meant, and less which of its sentences."""
    weights = weigh(" ".join(content_words(question)))
    parts = clauses(question)
    own = {_american(stem): weight for stem, weight in weights.items()}
    asks = {_american(stem) for stem in stems(question.rpartition(": ")[2])}
    own = {stem: weight if stem in asks else _TOPIC * weight for stem, weight in own.items()}
    return Asked(
        question,
        kinds,
        own,
        tuple(frozenset(map(_american, stems(part))) & own.keys() for part in parts),
        embed([question, *parts]),
        tuple(dict.fromkeys(NAME.findall(question))),
        cues.counted(question),
    )


def sentences_of(asked: Asked, passage: Passage, source: Source, embed: Embed, stems: Stems) -> list[Candidate]:
    """The sentences of a paper, in its order. `source` is its abstract, with vectors where the index holds them."""
    texts = [source.text[start:end] for start, end in source.sentences]
    if not texts:
        return []
    vectors = source.vectors if source.vectors is not None else embed(texts)
    read = _Abstract(asked, passage, source, vectors, stems)
    found = []
    for i, text in enumerate(texts):
        shared, features = frozenset(read.stems[i]) & asked.weights.keys(), read.features(i)
        found.append(
            Candidate(
                passage,
                i,
                source.sentences[i][0],
                text,
                shared,
                vectors[i],
                read.near_words[i],
                features,
                score(features),
            )
        )
    return found


def _near_words(passage: Passage, source: Source) -> NDArray[np.float32]:
    """(sentences, words of the question): how near each sentence of the source comes to each; (sentences, 0) where the
    paper was not read word by word."""
    if passage.closeness is None:
        return np.zeros((len(source.sentences), 0), np.float32)
    read = passage.closeness.best[1:]
    places = {start: i for i, (start, _) in enumerate(split(passage.paper.abstract)) if i < len(read)}
    unread = np.zeros(read.shape[1], np.float32)
    return np.array([read[places[start]] if start in places else unread for start, _ in source.sentences])


class _Abstract:
    """What the features of each sentence of one abstract rest on."""

    def __init__(
        self, asked: Asked, passage: Passage, source: Source, vectors: NDArray[np.float32], stems: Stems
    ) -> None:
        paper, texts = passage.paper, [source.text[start:end] for start, end in source.sentences]
        self.asked, self.texts = asked, texts
        self.stems = [{_american(stem) for stem in stems(text)} for text in texts]
        self.title = {_american(stem) for stem in stems(paper.title)}
        self.name = name_of(paper)
        self.held = Counter(stem for own in self.stems for stem in own)
        self.near = vectors @ asked.vectors.T
        middle = vectors.mean(axis=0)
        self.typical = vectors @ (middle / max(float(np.linalg.norm(middle)), 1e-9))
        self.weights = {
            stem: weight * log((len(texts) + 1) / (self.held[stem] + 0.5))
            for stem, weight in asked.weights.items()
            if self.held[stem]
        }
        self.words = [self._share(own, self.weights.keys()) for own in self.stems]
        self.most, self.next = sorted([0.0, 0.0, *self.words])[:-3:-1]
        parts = np.array([self._parts(i) for i in range(len(texts))]).reshape(len(texts), -1)
        self.best_part = parts.max(axis=1, initial=0.0)
        self.best_of = parts >= parts.max(axis=0)
        self.near_words = _near_words(passage, source)
        self.close = self.near_words @ self._word_weights(passage, stems)
        self.proposal = next((i for i, text in enumerate(texts) if cues.PROPOSES.search(text)), len(texts))

    def _word_weights(self, passage: Passage, stems: Stems) -> NDArray[np.float64]:
        """(words of the question,), which sum to 1."""
        words = passage.closeness.words if passage.closeness else ()
        known = self.asked.weights
        weights = np.sqrt(
            [max((known.get(_american(stem), 0.0) for stem in stems(word)), default=0.0) for word in words]
        )
        # A word that many of the paper's sentences come near to, as to its name, tells them less apart.
        holding = np.clip((self.near_words - _FAR) / (_NEAR - _FAR), 0.0, 1.0).sum(axis=0)
        weights *= np.log((len(self.texts) + 1) / (holding + 0.5))
        shares: NDArray[np.float64] = weights / max(float(weights.sum()), 1e-9)
        return shares

    def _share(self, own: set[str], wanted: Set[str]) -> float:
        """The share of the weight of the wanted stems that a sentence holds, 0..1."""
        known = wanted & self.weights.keys()
        total = sum(self.weights[stem] for stem in known)
        return sum(self.weights[stem] for stem in known & own) / total if total else 0.0

    def _parts(self, i: int) -> list[float]:
        return [
            self._share(self.stems[i], part) + float(near)
            for part, near in zip(self.asked.parts, self.near[i, 1:], strict=True)
        ]

    def features(self, i: int) -> Features:
        """Of sentence i."""
        text, own, kinds, n = self.texts[i], self.stems[i], self.asked.kinds, len(self.texts)
        digit = bool(cues.DIGIT.search(text))
        place = i / max(1, n - 1)
        matter = len((own & self.title) - self.asked.weights.keys()) / max(1, len(self.title))
        known = bool(self.asked.names)
        introduced = known and any(cues.introduces(name, text) for name in self.asked.names)
        return Features(
            words=self.words[i],
            ahead=self.words[i] - (self.next if self.words[i] == self.most else self.most),
            best_part=float(self.best_part[i]),
            only_part=float(self.best_of[i].any()),
            meaning=float(self.near[i, 0] - self.near[:, 0].max()),
            close=float(self.close[i] - self.close.max()),
            close_ahead=float(self.close[i] - np.delete(self.close, i).max(initial=0.0)),
            typical=float(self.typical[i]),
            matter=matter,
            terms=min(1.0, sum(self._is_term(stem) for stem in own) / 5),
            new_names=min(4, len({*NAME.findall(text)}.difference(self.asked.names))) / 4,
            asked_name=float(any(name.casefold() in text.casefold() for name in self.asked.names)),
            place=place,
            off_middle=(place - 0.5) ** 2,
            before=float(i < self.proposal < n),
            proposal=float(i == self.proposal),
            after=float(i > self.proposal),
            proposes=float(bool(cues.PROPOSES.search(text))),
            finds=float(bool(cues.FINDS.search(text))),
            scene=float(bool(cues.SETS_SCENE.search(text))),
            link=float(bool(cues.LINKS.search(text))),
            explains_method=float(kinds.method and bool(cues.EXPLAINS.search(text))),
            gains_method=float(kinds.method and bool(cues.GAINS.search(text))),
            reason_reason=float(kinds.reason and bool(cues.REASONS.search(text))),
            tested_setting=float(kinds.setting and bool(cues.TESTED.search(text))),
            counts_number=float(kinds.number and any(cues.counts(noun, text) for noun in self.asked.counted)),
            words_number=self.words[i] * (kinds.number and digit),
            meaning_number=float(self.near[i, 0]) * (kinds.number and digit),
            place_number=place * kinds.number,
            matter_number=matter * kinds.number,
            words_several=self.words[i] * kinds.several,
            place_several=place * kinds.several,
            proposes_several=float(kinds.several and bool(cues.PROPOSES.search(text))),
            names_several=float(kinds.several and cues.introduces(self.name, text)),
            introduces_name=float(introduced),
            introduces_long_form=float(introduced and kinds.long_form),
        )

    def _is_term(self, stem: str) -> bool:
        """Whether a stem is one of the paper's own terms: in its title or said again, and not asked for."""
        own = stem in self.title or self.held[stem] > 1
        return own and len(stem) >= _SHORTEST and stem not in _COMMON and stem not in self.asked.weights


_BRITISH = re.compile(r"(?:(is)(?=$|at$))|(l)l$|(o)ur$")


def _american(stem: str) -> str:
    """The stem of "optimised", "labelled" or "colour" as that of their American spelling."""
    return _BRITISH.sub(lambda found: "iz" if found[1] else "l" if found[2] else "or", stem)
