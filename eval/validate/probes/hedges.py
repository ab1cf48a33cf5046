"""Drop a hedge: what may be so is said to be so, what holds in part is said to hold."""

from __future__ import annotations

import random
import re

_HEDGES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"(?<=[a-z)\d] )(?:may|might) have (?=[a-z]+ed\b)", "has certainly "),
        (r"(?<=[a-z)\d] )(?:may|might) (?=(?!not\b|possible\b|be possible\b|or\b|and\b|have\b)[a-z]+ )", "will "),
        (
            r"(?<=[a-z)\d] )could (?=(?:help|improve|lead|provide|enable|serve|offer|contribute|explain|reduce)\b)",
            "will ",
        ),
        (r"\b(?:is|are) likely to (?=[a-z])", "will "),
        (r"\b(?:appears|seems) to be\b", "is"),
        (r"\b(?:appear|seem) to be\b", "are"),
        (r"\bappeared to be\b", "was"),
        (r"\b(?:appear|seem) to (?=[a-z])", ""),
        (r"\bsuggests that\b", "proves that"),
        (r"\bsuggest that\b", "prove that"),
        (r"\bsuggested that\b", "proved that"),
        (r"\bsuggesting that\b", "proving that"),
        (r"\b(?:possibly|potentially|probably|presumably|perhaps|partly|in part|to some extent) (?=[a-z])", ""),
        (r"(?<=[a-z] )up to (?=\d)", ""),
        (r"\b(?:in some cases|under certain conditions|in certain settings),? ", ""),
        (r"\bsome of the (?=[a-z])", "all of the "),
        (r"\bmost of the (?=[a-z])", "all of the "),
        (r"\ba possible (?=[a-z])", "a proven "),
        (
            r"\ba potential (?=(?:role|cause|target|mechanism|treatment|therapy|link|risk|explanation|biomarker)\b)",
            "a proven ",
        ),
        (r"\bpotential (?=(?:targets?|mechanisms?|treatments?|therap(?:y|ies)|biomarkers?|causes?)\b)", "proven "),
    )
)
_LEFT_ALONE = re.compile(
    r"\bmay be found\b|\b(?:what|how|whether|why|if) (?:\w+ ){0,6}(?:may|might|could)\b", re.IGNORECASE
)
"""Where nothing is claimed: "what might cause it"."""


def drop_hedge(sentence: str, dice: random.Random) -> str | None:
    """The sentence without one of its hedges, so that it claims more than was found; None where it has none."""
    if _LEFT_ALONE.search(sentence):
        return None
    found = [(one, said) for pattern, said in _HEDGES for one in pattern.finditer(sentence)]
    if not found:
        return None
    one, said = dice.choice(found)
    made = sentence[: one.start()] + said + sentence[one.end() :]
    return made[:1].upper() + made[1:] if one.start() == 0 else made
