"""What a question asks for: its shape, its parts, and the kinds of sentence that answer it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..lexical import NAME
from ..retrieval import Passage
from .naming import is_named

Shape = Literal["fact", "open", "list", "survey", "comparison"]
"""One paper's answer; that of the best paper and of some others that may be meant; the papers that fit; what many
papers say; some set side by side."""

_WH = r"how|what|which|when|where|why|who|whose|does|do|is|are"
_CLAUSE = re.compile(
    rf"(?:,|;|[.?]|,? and|,? or)\s+(?=(?:(?:by|in|at|on|to|with|for|from|about)\s)?(?:{_WH})\b)", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\b(how (m\w{2,4}|few|little|large|big|fast|long|often|far|well|accurate)|what (\S+ ){0,3}?(accuracy|scores?|rate|"
    r"number|percentage|share|speed-?up|throughput|size|improvement|gain|margin|reduction|bleu|fid|(?-i:mAP)|f1|auc|"
    r"top-1|factors?)|(by|to) (how much|what)|when (was|were|did|is)|which year|pass@1|(?-i:mAP)|points|speed-?ups?|"
    r"accurac(y|ies)|top-1|throughput|percent\w*|GPU hours?|in size|size of|wie ?viele?|cu[aá]nt[oa]s?|combien|"
    r"di quanto|quanti|quante)\b|多少|何%|いくつ",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\bhow\b(?! (many|much|few|little|large|big|fast|long|often|far|well|accurate))|\bwhat (exactly|trick|does|do|did|"
    r"repairs?|rule)|\bby what steps|\b(way|alternative) to\b|\b(wie|comment|come|c[oó]mo)\b|どのよう|如何|怎么",
    re.IGNORECASE,
)
_REASON = re.compile(r"\b(why|reasons?|blame|causes?|warum|pourquoi|por qu[eé]|perch[eé])\b", re.IGNORECASE)
_SETTING = re.compile(
    r"\b(which|what) (\w+ )?(benchmarks|datasets?|tasks)\b|\b(evaluated?|tested|trained) (on|with)\b|\bdid (they|it) "
    r"(evaluate|test)",
    re.IGNORECASE,
)
_LONG_FORM = re.compile(
    r"\b(stands? for|short for|spel\w+ out|abbreviat\w+|acronym|meaning of|words? (hide|behind)|full (name|form)|"
    r"expand\w*|what does \S+ mean)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(rf"\b({_WH}|can|could)\b", re.IGNORECASE)
_PAPERS = (
    r"(papers|works|studies|articles|methods|approaches|techniques|models|datasets|benchmarks|authors|researchers)"
)
_NAMES_PAPERS = re.compile(
    rf"\b(which|what|list|name|find|show|give) (\w+ ){{0,3}}?{_PAPERS}\b(?! (does|is|was|has|reports|gets|comes)\b)|"
    rf"\blist\b|\b{_PAPERS} (devoted|that|which|about|on|for|in which|dealing)\b|overview|survey of|collect the",
    re.IGNORECASE,
)
_MANY = re.compile(
    r"\b(what (work|ways|options|are the|helps|could|can)|which (\w+ )?(\w+[^s\W]s)\b.*\b(have|are|were)\b|"
    r"(have|has) been (proposed|found|put forward|tried|proved|shown|asked|studied|said|done)|do we (have|know|learn)|"
    r"different ways|are there|is there on|what have|what has|what is there|evidence|ways (to|of)|options|"
    r"has any(one|body)|any (papers|works?|methods?) (on|that|about|for)|how can (one|we|i)\b.*\b(more|better|best)|"
    r"have worked|which papers)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"(?<!\bit )\b(compar(e|es|ing|ison)\b|versus\b|vs\b|differences?\b|how (do|does|did|are|is) .*\bdiffer\w*|"
    r"in contrast|as opposed to|relative to|unterschied\w*|diff[eé]ren\w*)|"
    r"\bboth\b.*[.?;:].*\b(each|which|how|their)\b|\btwo (papers|works|studies|methods|groups|teams)\b|"
    r"\bside by side\b|\bone\b.*\b(another|the other)\b|\beach (of (the|them)|one|do|does|use|change|gain|keep|put|"
    r"rely|get|take|need|make|target)\b|\b(each|in each case)\s*\?",
    re.IGNORECASE,
)
_SETS_AGAINST = re.compile(r"\b(versus|vs)\b|(?:^|[:;,] )compare\b|\bdiffer(s|ence)?\b.*\bfrom\b", re.IGNORECASE)
_LEAST = 3  # words of a question after its topic
# By how much the best paper's score may be ahead of the second's where more than one paper is meant; without any word
# that says so, and where words say so.
_OPEN, _MANY_FIT, _LISTED, _SET_AGAINST = 1.3, 2.0, 2.4, 4.0
_UNREAD = 4.0  # times as far apart are the scores, of 3.2 at most, of papers that were not read word by word


@dataclass(frozen=True, slots=True)
class Kinds:
    """What sort of thing is asked for; more than one may hold. several: of more papers than one."""

    number: bool
    method: bool
    reason: bool
    setting: bool
    long_form: bool
    several: bool = False


def shape_of(question: str, papers: Sequence[Passage]) -> Shape:
    """The shape of the answer, from the words of the question, from how many of the retrieved papers it names, and from
    how far the papers' scores, best first, lie apart: where one stands out it alone is meant."""
    ahead = scored(papers[0]) - scored(papers[1]) if len(papers) > 1 else math.inf
    named = sum(is_named(passage.paper, question) for passage in papers)
    kinds = kinds_of(question)
    _, _, asks = question.rpartition(": ")
    if len(asks.split()) >= _LEAST:  # what stands before is the topic
        question = asks
    compares = _SETS_AGAINST if kinds.number else _COMPARES
    if named > 1 or (compares.search(question) and ahead <= _SET_AGAINST):
        return "comparison"
    if _NAMES_PAPERS.search(question) and ahead <= _LISTED and not kinds.number:
        return "list"
    if kinds.long_form:
        return "fact"
    if ahead <= _MANY_FIT and _MANY.search(question):
        return "survey"
    return "open" if ahead <= _OPEN and not kinds.number else "fact"


def scored(passage: Passage) -> float:
    """The score of a paper, on the scale of those that were read word by word."""
    return passage.score * (_UNREAD if passage.closeness is None else 1.0)


def kinds_of(question: str, *, several: bool = False) -> Kinds:
    """The kinds of a question; `several` as its shape says."""
    number = bool(_NUMBER.search(question))
    bare = len(question.split()) <= 9 and bool(NAME.search(question)) and not _ASKS.search(question)
    return Kinds(
        number,
        bool(_METHOD.search(question)) and not number,
        bool(_REASON.search(question)),
        bool(_SETTING.search(question)),
        bool(_LONG_FORM.search(question)) or bare,
        several,
    )


def clauses(question: str) -> list[str]:
    """The parts of a question that asks for several things, and what stands after the colon of one that names its
    topic first; nothing where it asks for one thing."""
    topic, _, asks = question.rpartition(": ")
    if not asks or len(asks.split()) < _LEAST:
        topic, asks = "", question
    parts = [part.strip() for part in _CLAUSE.split(asks) if part and part.strip()]
    return parts if len(parts) > 1 or topic else []
