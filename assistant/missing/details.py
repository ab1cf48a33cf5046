"""Which details a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .vocabulary import METRIC, SIZES, TERMS, VALUES

Kind = Literal["term", "count", "measure", "extent", "thing", "letters"]

_AUXILIARY = (
    "does do did is was were are be been has have had can could may might should would will must get gets got use uses "
    "used reach reaches report reports achieve achieves obtain obtains need needs give gives make makes made take "
    "takes written built drawn given taken shown known held left kept found spent seen lost chosen remains remain "
    "hurts helps help matters works happens happen serves serve comes come goes go runs run beats beat"
)
_OTHER = "and or but when that than so then if while because there they it we you i he she what which who how not no"
_PREPOSITION = (
    "of in on for with from by to at per within under over after before into as about between across during besides "
    "without among through via than against behind beside"
)
_STOP = frozenset(f"{_AUXILIARY} {_OTHER} {_PREPOSITION}".split())
_VERBS = frozenset(_AUXILIARY.split())
_JOINED = frozenset(("and", "or"))
_ARTICLES = frozenset("the a an its their his her this these those exact exactly precise many much few".split())
_LEAD = re.compile(
    r"\b(?P<count>how (?:many|few)|(?:^|what (?:is|was) )(?:the )?(?:number|amount|count) of)\s+|"
    r"\b(?P<much>how much)\s+|\b(?:which|what(?:['’]s| is| are| was| were)? "
    r"(?:the|[A-Z][\w-]{0,40}['’]s)|what)\s+"
    r"(?:(?:exact|average|overall|kind of|type of|value of)\s+)*",
    re.IGNORECASE,
)
_EXTENT = re.compile(
    r"\b((?:by )?how (?:much|big|large|small|wide|deep|heavy|high|fast|long|accurate|often)|"
    r"(?:what|which) (?:share|fraction|percentage|proportion) of)\b([^?.;]{0,120})",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"\b(?:letters|stands? for|short for|abbreviat\w+|acronym|spell(?:ed|t) out|meaning of)\b", re.IGNORECASE
)
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\b")
_WORD = re.compile(r"[^\W_][\w@%+.'’/-]*")
_LETTERS_ONLY = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(r"[,;:?!(]|\.\s")
_REACHED = re.compile(
    r"\bwhat (?:does|did|do|can)\b[^?.;,]{1,80}?\b(?:reach|score|get|achieve|obtain|attain)s? on (?:the )?"
    r"((?=\w*[A-Z\d])[\w-]{2,40})\b",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*\w+\s+of\s+(?:the\s+)?")
_REASON = re.compile(r"\b(?:why|how)\b", re.IGNORECASE)
_WIDEST = 6  # words of a phrase
_LONGEST_THING = 3  # words; a longer phrase holds a verb that was not seen


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that a question asks for. `shown` names it in the question's words; `heads` are the nouns that say
    what it is, in lower case, or the term's name; `around` is what else the phrase holds."""

    kind: Kind
    shown: str
    heads: tuple[str, ...]
    around: tuple[str, ...] = ()


def details(question: str) -> tuple[Detail, ...]:
    """The details that a question asks for; none where it asks how or why, or states something instead."""
    if question.rstrip().endswith("."):
        return ()
    terms = {term.shown: term.shown for term in TERMS if term.asked.search(question)}
    found = []
    if _LETTERS.search(question):
        found += [Detail("letters", f"what {name} stands for", (name,)) for name in _ACRONYM.findall(question)[:1]]
    for lead in _LEAD.finditer(question):
        phrase, closed = _phrase(question[lead.end() :])
        wanted = " ".join([lead[0].strip(), *phrase])
        known = [term.shown for term in TERMS if term.asked.search(wanted)]
        if known and lead["count"]:
            terms |= dict.fromkeys(known, f"how many {' '.join(phrase)}")
        elif len(phrase) == 1 and phrase[0].lower() in SIZES and (whole := _OF.match(question, lead.end())):
            of, _ = _phrase(question[whole.end() :])
            found += [Detail("measure", f"the {phrase[0]} of the {' '.join(of)}", tuple(of))] if of else []
        elif phrase and not known:
            found += _asked(lead, phrase, closed)
    if not terms and not found and (extent := _EXTENT.search(question)):
        words = [word for word in _words(extent[2]) if word not in _STOP and word not in _ARTICLES]
        found += [Detail("extent", f"{extent[1].lower()}{extent[2].rstrip()}", tuple(words))] if words else []
    if not found and (reached := _REACHED.search(question)):
        found.append(Detail("measure", f"the result on {reached[1]}", (reached[1],)))
    terse = _VERBS.isdisjoint(_words(question)) and not _LEAD.search(question) and not _REASON.search(question)
    if terse and (measure := METRIC.search(question)):
        found.append(Detail("measure", f"the {measure[0]}", (measure[0],)))
    return tuple(dict.fromkeys([*(Detail("term", shown, (term,)) for term, shown in terms.items()), *found]))


def _asked(lead: re.Match[str], phrase: Sequence[str], closed: bool) -> Iterator[Detail]:
    """What a phrase after "how many", "how much", "which" or "what" asks for. `closed`: a verb follows it."""
    shown = " ".join(phrase)
    measures = tuple(word for word in phrase if METRIC.fullmatch(word) or word.lower() in VALUES)
    if measures and phrase[-1] not in measures:
        return
    if not measures and len(phrase) > 1 and phrase[-1].lower() in SIZES:
        measures = tuple(phrase[:-1])
    if lead["count"] or lead["much"]:
        shown = f"how {'many' if lead['count'] else 'much'} {shown}"
        if measures:
            yield Detail("measure", shown, measures, tuple(phrase))
        elif lead["count"] and phrase[0] not in ("times", "percent", "points"):
            yield Detail("count", shown, _heads(phrase), tuple(phrase))
    elif measures and (closed or len(phrase) > 1 or METRIC.fullmatch(phrase[-1])):
        yield Detail("measure", f"the {shown}", measures, tuple(phrase))
    elif closed and sum(word not in _JOINED for word in phrase) <= _LONGEST_THING:
        yield Detail("thing", f"the {shown}", _heads(phrase), tuple(phrase))


def _phrase(rest: str) -> tuple[list[str], bool]:
    """The words up to the first verb, preposition or comma, and whether a verb or the end follows them.

    "layers and parameters" is one phrase.
    """
    words: list[str] = []
    end = 0
    for match in _WORD.finditer(rest):
        low = match[0].rstrip(".,'’").lower()
        if words and _BREAK.search(rest, end, match.start()):
            return _cut(words), True
        end = match.start() + len(match[0].rstrip(".,'’"))
        if low in _JOINED and words:
            words.append(low)
        elif low in _STOP or (words and low.endswith("ed")):
            return _cut(words), low in _VERBS or low.endswith("ed")
        elif len(words) == _WIDEST:
            return [], False
        elif low not in _ARTICLES:
            words.append(match[0].rstrip(".,'’"))
    return _cut(words), True


def _cut(words: list[str]) -> list[str]:
    return words[:-1] if words and words[-1] in _JOINED else words


def _heads(phrase: Sequence[str]) -> tuple[str, ...]:
    """The last noun of each part: layers and parameters of "layers and parameters"."""
    parts = re.split(r"\s(?:and|or)\s", " ".join(phrase).lower())
    return tuple(part.split()[-1] for part in parts if part.split())


def _words(text: str) -> Iterator[str]:
    return (word.lower() for word in _LETTERS_ONLY.findall(text))
