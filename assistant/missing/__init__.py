"""What a question asks for and none of the retrieved abstracts states; pure functions of texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from ..lexical import NAME, content_words
from ..sentences import split
from .details import Detail, details
from .notes import is_foreign
from .stating import singular, states
from .vocabulary import CHIPS, MAKERS, METRIC

__all__ = ["Missing", "missing"]

Text = tuple[str, str]
"""The title and the abstract of a paper."""

_SUFFIX = re.compile(
    r"-(?:(?:style|like|type|free|level|aware|only|specific|[a-z]{1,20}(?:ed|ing))|(?:with|to|and|of|in)-.*)$"
)
_FOREIGN_PART = re.compile(r"-[A-Z][^\W\d_A-Z]{3,60}$")
_NUMBERED = re.compile(r"\b([A-Z][\w-]{0,40}\w \d[\d.]{0,9})(?=[\s?,;:]|\.?$)")
_HYPHENED = re.compile(r"\b[A-Z][a-z]{1,30}-[A-Z][a-z]\w{0,30}\b")
_OWNER = re.compile(r"\b([A-Z]\w{1,30})['’]s\b")
_CAPITAL = re.compile(r"(?<=[\w,;] )[A-Z][a-z]\w+")
_TOGETHER = re.compile(r"\b(compar\w*|versus|vs|differ\w*|both|or|than|relative)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_NAMED, _TITLED = 2.0, 0.5  # what a name, and a word of the title, weigh beside a word of the abstract
_ABOUT = 0.8  # share of the best paper's weight from which another is as much about what is asked
_MOST_CAPITALS = 0.4  # share of the words of a question that is not in title case
_MOST = 3  # papers that an answer comes from where things are compared; else it comes from one
_READ = 2000  # letters of a question
_RARE = 0.3  # share of the retrieved papers that a name is in at most, where it tells which one is meant


@dataclass(frozen=True, slots=True)
class Missing:
    """`details` are asked for and stated by none of the papers that the question is about, whose titles follow;
    `names` are in no retrieved paper. `foreign`: the question is most likely not in English."""

    details: tuple[Detail, ...] = ()
    names: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    foreign: bool = False

    def __bool__(self) -> bool:
        return bool(self.details or self.names)

    def __str__(self) -> str:
        """One or two sentences, in the question's own words."""
        parts = []
        if self.names:
            parts.append(f"No retrieved abstract mentions {_listed(self.names)}.")
        if self.details:
            nearest = f' The nearest, "{self.titles[0]}", does not.' if self.titles else ""
            parts.append(f"No retrieved abstract states {_listed([one.shown for one in self.details])}.{nearest}")
        return " ".join(parts)


def missing(question: str, papers: Sequence[Text]) -> Missing:
    """What is asked and not stated by the papers, which are in the order of their rank."""
    question = question[:_READ]
    unknown = unknown_names(question, [f"{title} {abstract}" for title, abstract in papers])
    about, named = _about(question, papers)
    sentences = [text[start:end] for paper in about for text in paper for start, end in split(text)]
    apart = not _together(question, papers)
    lacking = [
        one
        for one in details(question)
        if (apart and one.kind in ("measure", "count"))
        or ((named or one.kind not in ("thing", "extent")) and not states(one, sentences))
    ]
    return Missing(tuple(lacking), unknown, tuple(title for title, _ in about[:1]), is_foreign(question))


def _together(question: str, papers: Sequence[Text]) -> bool:
    """Whether one paper speaks of all that is named, as it must where a value of one thing on another is asked for."""
    named = [name for name in map(_squeezed, names(question)) if not METRIC.fullmatch(name)]
    if len(named) < 2 or _TOGETHER.search(question):
        return True
    texts = [_squeezed(f"{title} {abstract}") for title, abstract in papers]
    return any(all(name.rstrip("s") in text for name in named) for text in texts)


def names(question: str) -> tuple[str, ...]:
    """The names in a question: words with digits or inner capitals, and capitalised words inside a sentence.

    In other languages than English, and in a title, a capital says less.
    """
    found = [*NAME.findall(question), *_HYPHENED.findall(question), *_NUMBERED.findall(question)]
    capitals = _CAPITAL.findall(question)
    if is_foreign(question):
        found = [_FOREIGN_PART.sub("", name) for name in found]
    elif len(capitals) <= _MOST_CAPITALS * len(question.split()):
        found += capitals
    plain = (_SUFFIX.sub("", name) for name in found if name.isascii())
    makers = {maker for maker in _OWNER.findall(question) if maker.lower() in MAKERS}
    return tuple(dict.fromkeys(name for name in plain if name not in makers))


def unknown_names(question: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The names in a question that none of the texts contains."""
    contained = _squeezed(" ".join(texts))
    return tuple(name for name in names(question) if _squeezed(name).rstrip("s") not in contained)


def _about(question: str, papers: Sequence[Text]) -> tuple[list[Text], bool]:
    """The papers that hold the most of the question's words and names, the rare ones above all; and whether a name
    tells them from the others.

    Of those that hold nearly as much as the best, the first in rank; where things are compared, a few of them.
    """
    texts = [f"{title} {abstract}" for title, abstract in papers]
    words, titles = [_words(text) for text in texts], [_words(title) for title, _ in papers]
    squeezed = [_squeezed(text) for text in texts]
    named = [_squeezed(name).rstrip("s") for name in names(question) if not CHIPS.fullmatch(name)]
    held = {name: sum(name in text for text in squeezed) for name in named}
    asked = {singular(word) for word in content_words(question)}
    weight = {word: _rarity(sum(word in one for one in words), len(papers)) for word in asked}
    scores = [
        sum(weight[word] for word in asked & inside)
        + _TITLED * sum(weight[word] for word in asked & titled)
        + _NAMED * sum(_rarity(held[name], len(papers)) for name in named if name in text)
        for inside, titled, text in zip(words, titles, squeezed, strict=True)
    ]
    best = max(scores, default=0.0)
    telling = [name for name, count in held.items() if 0 < count <= max(2, _RARE * len(papers))]
    first = squeezed[scores.index(best)] if scores else ""
    ours = [name for name in telling if name in first]
    about = [
        paper
        for paper, score, text in zip(papers, scores, squeezed, strict=True)
        if score >= max(_ABOUT * best, 1e-9) and (not ours or any(name in text for name in ours))
    ]
    return about[: _MOST if _TOGETHER.search(question) else 1], bool(telling)


def _rarity(count: int, of: int) -> float:
    return log((of + 1) / (count + 0.5))


def _words(text: str) -> set[str]:
    return {singular(word) for word in _WORD.findall(text)}


def _squeezed(text: str) -> str:
    """Letters and digits only, so that VTAB-1k, VTAB 1K and VTAB1k are one name."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _listed(parts: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
