"""Negate: a sentence says that something is, does or did; the altered one says that it is not, does not, did not."""

from __future__ import annotations

import random
import re

_NEGATED = re.compile(
    r"\b(?:no|not|nor|none|never|neither|cannot|without|unable|hardly|rarely|barely|scarcely|fail(?:s|ed|ing)?|lack\w*"
    r"|nothing|nobody|absence|absent|absen\w*|instead|rather)\b|n['’]t\b",
    re.IGNORECASE,
)
"""Sentences that already deny something are left alone: denied twice they may be true again."""

# "is" and the like take "not" after them, where what follows can be denied ("is shown", "is higher", "are a cause").
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|will|has been|have been|had been)\b(?= [a-z])")
_AFTER = re.compile(r" (?:that|what|how|why|when|where|whether|if|and|or|but|then|as|one of)\b")

_VERBS = """
achieve achieves achieved | affect affects affected | allow allows allowed | cause causes caused
| demonstrate demonstrates demonstrated | depend depends depended | enable enables enabled | enhance enhances enhanced
| exceed exceeds exceeded | identify identifies identified | improve improves improved | increase increases increased
| induce induces induced | inhibit inhibits inhibited | introduce introduces introduced | lead leads led
| outperform outperforms outperformed | predict predicts predicted | prevent prevents prevented
| produce produces produced | promote promotes promoted | propose proposes proposed | provide provides provided
| reduce reduces reduced | regulate regulates regulated | require requires required | reveal reveals revealed
| show shows showed | suggest suggests suggested | support supports supported | surpass surpasses surpassed
| use uses used | yield yields yielded | find finds found | reach reaches reached | contribute contributes contributed
"""
_THIRD = {third: base for base, third, _ in (verb.split() for verb in _VERBS.split("|"))}
_BASE = set(_THIRD.values())
_PAST = {past: base for base, _, past in (verb.split() for verb in _VERBS.split("|"))}

# "shows" after a word is a verb; "show" and "showed" are surely one only after a pronoun.
_VERB = re.compile(rf"(?<=[\w)] )({'|'.join(_THIRD)})\b(?! of\b)")
_WE = re.compile(rf"\b(?P<who>[Ww]e|[Tt]hey) (?P<how>\w+ly )?(?P<verb>{'|'.join([*_BASE, *_PAST])})\b")
_NOUNS_TOO = {"increases", "supports", "yields", "uses", "leads", "causes", "finds", "shows", "requires"}
_NOT_A_SUBJECT = re.compile(
    r"\b(?:of|in|by|to|for|with|and|or|the|a|an|these|those|that|which|who|both|large|small|further|significant"
    r"|performance|[a-z]+ing|\d[\d.%]*) $"
)


def negate(sentence: str, dice: random.Random) -> str | None:
    """The sentence with one verb denied, or None where no verb can safely be."""
    if _NEGATED.search(sentence):
        return None
    ways = [made for way in (_after_we, _third_person, _auxiliary) if (made := way(sentence, dice))]
    return dice.choice(ways) if ways else None


def _after_we(sentence: str, dice: random.Random) -> str | None:
    """ "We improve" -> "We do not improve" or "We fail to improve"."""
    found = _WE.search(sentence)
    if found is None:
        return None
    verb = found["verb"]
    past = verb in _PAST and verb not in _BASE
    denied = dice.choice([("did" if past else "do") + " not", "failed to" if past else "fail to"])
    said = f"{found['who']} {denied} {found['how'] or ''}{_PAST.get(verb, verb)}"
    return sentence[: found.start()] + said + sentence[found.end() :]


def _third_person(sentence: str, dice: random.Random) -> str | None:
    """ "X improves Y" -> "X does not improve Y" or "X fails to improve Y"."""
    for found in _VERB.finditer(sentence):
        before = sentence[: found.start()]
        doubtful = found[1] in _NOUNS_TOO and not re.search(
            r"\b(?:[Ii]t|[Tt]his|method|model|approach|study) $", before
        )
        if not doubtful and not _NOT_A_SUBJECT.search(before):
            denied = dice.choice(["does not", "fails to"])
            return f"{before}{denied} {_THIRD[found[1]]}{sentence[found.end() :]}"
    return None


def _auxiliary(sentence: str, dice: random.Random) -> str | None:
    """ "X is Y" -> "X is not Y"; "X has been Y" -> "X has not been Y"."""
    for found in _AUXILIARY.finditer(sentence):
        if found.start() == 0 or _AFTER.match(sentence, found.end()):
            continue
        first, _, rest = found[1].partition(" ")
        denied = "cannot" if first == "can" else f"{first} not{' ' * bool(rest)}{rest}"
        return sentence[: found.start()] + denied + sentence[found.end() :]
    return None
