"""Flip a direction: more becomes less, raises becomes lowers, before becomes after."""

from __future__ import annotations

import random
import re

_PAIRS = """
increase decrease | increases decreases | increased decreased | increasing decreasing | higher lower | highest lowest
| improve worsen | improves worsens | improved worsened | improving worsening | better worse | best worst
| reduce raise | reduces raises | reduced raised | reducing raising | reduction rise | faster slower | larger smaller
| greater lesser | longer shorter | stronger weaker | earlier later | more less | enhance impair | enhances impairs
| enhanced impaired | enhancing impairing | promotes suppresses | promoted suppressed | promoting suppressing
| activates inhibits | activated inhibited | activation inhibition | upregulated downregulated
| up-regulated down-regulated | upregulation downregulation | outperform underperform | outperforms underperforms
| outperformed underperformed | outperforming underperforming | exceeds undercuts | gain loss | gains losses
| accelerates slows | accelerated slowed | strengthens weakens | positively negatively | above below | before after
| beneficial harmful | protective harmful | favourable unfavourable | favorable unfavorable | elevated lowered
"""
_ONE_WAY = {"lesser", "undercuts"}
_OPPOSITE: dict[str, str] = {}
for _pair in _PAIRS.split("|"):
    _one, _other = _pair.split()
    _OPPOSITE.setdefault(_one, _other)
    if _other not in _ONE_WAY:
        _OPPOSITE.setdefault(_other, _one)

_WORD = re.compile(rf"(?<![\w-])({'|'.join(sorted(_OPPOSITE, key=len, reverse=True))})(?![\w-])")
_FIXED = re.compile(
    r"\b(?:more|less) and (?:more|less)\b|\bmore or less\b|\bno (?:more|less|longer)\b|\bany(?:more| longer)\b"
    r"|\bonce more\b|\b(?:let alone|not|n['’]t|without|neither|nor|never|fail\w*)\b"
    r"|\bsooner or later\b|\b(?:activation|loss|gain) (?:function|term|map|patching|scheduling)"
    r"|\bbest (?:response|practice|effort|of our knowledge)|\bat best\b"
)
"""Where the word is part of a phrase, or denied: "not increased" flipped to "not decreased" may well hold."""
_NAMES_A_THING = re.compile(r"\b(?:training|contrastive|entropy|reconstruction|perceptual|auxiliary|the|a|this) $")


def flip_direction(sentence: str, dice: random.Random) -> str | None:
    """The sentence with one word of direction turned round, or None. One that says both directions is left alone."""
    if _FIXED.search(sentence):
        return None
    found = [one for one in _WORD.finditer(sentence) if not _is_a_thing(one, sentence)]
    words = {one[1] for one in found}
    if not found or any(_OPPOSITE[word] in sentence for word in words):
        return None
    one = dice.choice(found)
    return sentence[: one.start()] + _OPPOSITE[one[1]] + sentence[one.end() :]


def _is_a_thing(one: re.Match[str], sentence: str) -> bool:
    """Whether "loss" is what a network minimises, "above" points back in the text, "more" stands before nothing."""
    after = sentence[one.end() :]
    if one[1] in ("loss", "losses", "gain", "gains"):
        return bool(_NAMES_A_THING.search(sentence[: one.start()])) or not after.startswith((" of", " in"))
    if one[1] in ("above", "below"):
        return not re.match(r" (?:\d|the\b)", after)
    if one[1] in ("before", "after", "more", "less"):
        return not re.match(r" (?:\d|than\b|[a-z]{4,})", after)
    return False
