"""Which details a question asks for, and whether a text states them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .vocabulary import ALIKE, GENERIC, LOOSE, METRIC, NUMBER, ONE, SIZES, TERMS, VALUES

Kind = Literal["term", "count", "measure", "extent", "thing", "letters"]

_AUXILIARY = (
    "does do did is was were are be been has have had can could may might should would will must get gets got use uses "
    "used reach reaches report reports achieve achieves obtain obtains need needs give gives make makes made take "
    "takes written built drawn given taken shown known held left kept found spent seen lost chosen"
)
_OTHER = "and or but when that than so then if while because there they it we you i he she what which who how not no"
_PREPOSITION = "of in on for with from by to at per within under over after before into as about between across during"
_STOP = frozenset(f"{_AUXILIARY} {_OTHER} {_PREPOSITION}".split())
_VERBS = frozenset(_AUXILIARY.split())
_JOINED = frozenset(("and", "or"))
_ARTICLES = frozenset("the a an its their his her this these those exact exactly precise many much few".split())
_LEAD = re.compile(
    r"\b(?P<count>how (?:many|few)|(?:^|what (?:is|was) )(?:the )?(?:number|amount|count) of)\s+|"
    r"\b(?P<much>how much)\s+|\b(?:which|what(?:'s| is| are| was| were)? the|what)\s+"
    r"(?:(?:exact|average|overall|kind of|type of|value of)\s+)*",
    re.IGNORECASE,
)
_EXTENT = re.compile(
    r"\b((?:by )?how (?:much|big|large|small|wide|deep|high|fast|long|accurate|often))\b([^?.;]{0,120})",
    re.IGNORECASE,
)
_LETTERS = re.compile(
    r"\b(?:letters|stands? for|short for|abbreviat\w+|acronym|spell(?:ed|t) out|meaning of)\b", re.IGNORECASE
)
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\b")
_WORD = re.compile(r"[^\W_][\w@%+.'’/-]*")
_TOKEN = re.compile(r"\d[\d.,]*%?|(?:(?:sub|multi|pre|co)-)?[^\W\d_]+", re.IGNORECASE)
_BREAK = re.compile(r"[,;:?!(]|\.\s")
_REASON = re.compile(r"\b(?:why|how)\b", re.IGNORECASE)
_WIDEST = 6  # words of a phrase
_LONGEST_THING = 3  # words; a longer phrase holds a verb that was not seen
_NEAR = 80  # letters between a measure and its value
_PREFIX, _LONGEST_ENDING = 4, 4  # letters that two forms of a word share, and in which longer ones may differ
_ENDINGS = frozenset(("", "e", "ed", "er", "es", "ing", "ion", "or"))


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
        elif phrase and not known:
            found += _asked(lead, phrase, closed)
    if not terms and not found and (extent := _EXTENT.search(question)):
        words = [word for word in _words(extent[2]) if word not in _STOP and word not in _ARTICLES]
        found += [Detail("extent", f"{extent[1].lower()}{extent[2].rstrip()}", tuple(words))] if words else []
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
    elif closed and measures:
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


def states(detail: Detail, sentences: Sequence[str]) -> bool:
    """Whether a sentence states the detail, or comes near enough to doing so."""
    if detail.kind == "term":
        term = next(term for term in TERMS if term.shown == detail.heads[0])
        return any(term.stated.search(sentence) for sentence in sentences)
    if detail.kind == "letters":
        return any(_spelt_out(detail.heads[0], sentence) for sentence in sentences)
    if detail.kind == "measure":
        return any(_measured(detail, sentence) for sentence in sentences)
    if detail.kind == "extent":
        return any(_counted(word, sentence) for sentence in sentences for word in detail.heads)
    if detail.kind == "count":
        return all(_any_counted(head, detail, sentences) for head in detail.heads)
    heads = [head for head in detail.heads if singular(head) not in GENERIC]
    words = {word for sentence in sentences for word in _words(sentence)}
    return all(any(alike(head, word) for word in words) for head in heads)


def _measured(detail: Detail, sentence: str) -> bool:
    loose = any(LOOSE.search(head) for head in detail.heads)
    wanted = detail.around if loose and len(detail.around) > 1 else detail.heads
    for word in wanted:
        named = re.escape(word.rstrip("s")).replace(r"\-", "[- ]?")
        for match in re.finditer(rf"(?<![\w-]){named}", sentence, re.IGNORECASE):
            around = sentence[max(0, match.start() - _NEAR) : match.start()] + "|" + sentence[match.end() :][:_NEAR]
            if re.search(r"(?<![\w-])[\d.]*\d", around):
                return True
    return False


def _any_counted(head: str, detail: Detail, sentences: Sequence[str]) -> bool:
    """Whether a sentence counts what a noun names; where none has it, what the words before it name."""
    known = any(alike(head, word) for sentence in sentences for word in _words(sentence))
    words = [head] if known or len(detail.heads) > 1 else [*detail.around]
    return any(_counted(word, sentence) for sentence in sentences for word in words)


def _counted(head: str, sentence: str) -> bool:
    """Whether a number stands up to seven words before the noun, "one" up to three, or any up to three after it."""
    tokens = [token.rstrip("%") for token in _TOKEN.findall(sentence)]
    nouns = [place for place, token in enumerate(tokens) if alike(head, token)]
    for place, token in enumerate(tokens):
        before = 7 if NUMBER.fullmatch(token) else 3 if ONE.fullmatch(token) else 0
        if before and any(-before <= place - noun <= (3 if before > 3 else 0) for noun in nouns):
            return True
    return False


def _spelt_out(letters: str, sentence: str) -> bool:
    if re.search(rf"\({re.escape(letters)}\w?[,;)]|\b{re.escape(letters)}\s\(\w", sentence):
        return True
    initials = "".join(word[0] for word in _words(sentence) if word not in ("of", "the", "and", "for", "in", "with"))
    return letters.lower() in initials


def _words(text: str) -> Iterator[str]:
    return (token.lower() for token in _TOKEN.findall(text))


def singular(word: str) -> str:
    """The word in lower case, without a plural s."""
    word = word.lower().replace("-", "")
    if word in ("gpus", "tpus", "cpus"):
        return word[:-1]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is")) else word


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one another, or stand for each other where things are counted."""
    a, b = singular(one), singular(other)
    if a == b or any(a in group and b in group for group in ALIKE):
        return True
    shared = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    endings = {a[shared:], b[shared:]}
    return shared >= _PREFIX and (
        endings <= _ENDINGS or (shared > _PREFIX and max(len(ending) for ending in endings) <= _LONGEST_ENDING)
    )
