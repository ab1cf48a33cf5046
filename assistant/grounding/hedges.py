"""What a sentence says more surely or more widely than its source: a dropped "may", an added "all"."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from . import called, quantities
from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .called import Names
    from .polarity import Reading

_HEDGE = re.compile(
    r"\b(?:may|might|could(?! not)|can (?:potentially|sometimes)|possibl[ey]|potentially|perhaps|presumably|probably"
    r"|likely|tends? to|seems?|appears?(?= to| that)|suggest(?:s|ed|ing)?(?= that)|believed?(?= that| to)"
    r"|hypothesi[sz]ed?|preliminary|speculated?|in some cases|sometimes|occasionally|in principle|to some extent"
    r"|often|usually|typically|mostly|largely|generally|frequently|partially|partly|moderately|slightly|marginally"
    r"|modest(?:ly)?|some|many|several|most|certain|a subset of|a few|under certain)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:may|might|could|can|would|should|possib\w+|potential\w*|perhaps|presumabl\w+|probabl\w+|likely|likelihood"
    r"|tend\w*|seem\w*|appear\w*|suggest\w*|indicat\w+|believe\w*|hypothes\w+|preliminary|speculat\w+|impl(?:y|ies|ied)"
    r"|some\w*|mostly|largely|frequent\w*|various|multiple|occasional\w*|often|usually|typically|generally"
    r"|in principle|partial\w*|partly|moderate\w*|slight\w*"
    r"|marginal\w*|modest\w*|certain|subset|few|many|several|most|aims?|hop(?:e|es|ing)|promis\w+|points? to|candidate"
    r"|think|thought|expect\w*|about|up to)\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"(?:\b(up to|at most|at least|as (?:much|many|few|little|high|low) as|no (?:more|less|fewer) than|more than"
    r"|less than|fewer than|over|under|above|below|nearly|almost|about|around|approximately|roughly|some|circa"
    r"|an? (?:average|mean|median|maximum|minimum) of|on average)|(~|≈|≤|≥|<|>|\+))[\s$]*$",
    re.IGNORECASE,
)
_ROUGH = re.compile(
    r"\b(?:up to|as \w+ as|at (?:most|least)|more|less|fewer|over|under|above|below|nearly|almost|about|around"
    r"|approx\w*|roughly|some|circa|average|mean|median|maximum|minimum|max|min|can|exceed\w*|beyond|within)\b|[~≈≤≥<>+]",
    re.IGNORECASE,
)
_WIDE = {
    "all": r"all|every|each|any|both|entire|whole|across|always|universal\w*|consistently|in total|overall|none|no",
    "always": r"always|consistently|invariably|every|all|any|never|without exception|constantly|guarantee\w*",
    "only": r"only|sole\w*|alone|exclusive\w*|just|merely|nothing but|unique\w*|single|entirely|purely|without|limited",
    "first": r"first|pioneer\w*|never before|previously un\w+|unexplored|initial|no (?:prior|previous)|1st",
    "best": r"best|state[- ]of[- ]the[- ]art|sota|outperform\w*|surpass\w*|exceed\w*|superior\w*|highest|lowest|top"
    r"|optimal|record|beat\w*|leading|most|better|greatest|strongest|win\w*",
    "proves": r"pro(?:ve[sdn]?|ving|of|ofs|vabl[ey])|guarantee\w*|theorem\w*|demonstrat\w+|establish\w*|confirm\w*"
    r"|show\w*",
    "fully": r"full\w*|complete\w*|entire\w*|total\w*|perfect\w*|whole|eliminat\w+|all|solve\w*|without",
}
"""What widens a claim, and which words of a source leave room for it."""
_WIDENS = {
    "all": r"(?<!not )(?<!without )(?<!no )(?:all|every|any)",
    "always": r"always|invariably|in every case|guarantee[sd]?",
    "only": r"(?<!not )only|(?<!not )solely|exclusively",
    "first": r"(?:the|is) (?:very )?first",
    "best": r"(?:the|its) best|the (?:highest|strongest|greatest)|unrivall?ed",
    "proves": r"proves?|proved|proven|conclusively|definitively|undoubtedly",
    "fully": r"completely|perfectly|entirely|totally|fully",
}
_WIDER = {
    name: (re.compile(rf"\b(?:{said})\b", re.IGNORECASE), re.compile(rf"\b(?:{there})\b", re.IGNORECASE))
    for name, said in _WIDENS.items()
    for there in (_WIDE[name],)
}
_LIMIT = re.compile(
    r"\b(?:in|on|under|with|using|for)\s+(?:(?!(?:in|on|and|that|which|we)\b)[\w-]+\s+){0,3}?"
    r"(?P<word>mice|mouse|rats?|murine|rodents?|zebrafish|drosophila|yeast|monkeys|macaques|pigs|rabbits|animals?"
    r"|vitro|silico|cell lines?|simulations?|simulated|synthetic|toy|low-resource|small-scale|pilot"
    r"|healthy volunteers|idealized|overparameterized)\b",
    re.IGNORECASE,
)
_KIN = {
    word: group
    for group in (
        "mice mouse murine rodent rodents rat rats animal animals knockout",
        "simulation simulations simulated simulator synthetic toy silico",
    )
    for word in group.split()
}
_GROUND = re.compile(r"\b(?:on|in|for|at) (?:the |both |multiple )?(?P<name>[A-Z][\w-]*[A-Z0-9][\w-]*)")
_BREAK = re.compile(r"[.;:]\s|\bwhile\b|\bwhereas\b")
_LAST = re.compile(
    r"(?<=[^\s,;:.(—–] )(?:\w+ly|often|sometimes|in some cases|to some extent)(?=[,;:.)])", re.IGNORECASE
)
"""A hedge that ends its clause weakens what goes before it: "which occurs frequently, and ..."."""
_AHEAD = 3
_REACH = 50


def findings(said: Reading, near: Sequence[Reading], far: Sequence[str], names: Names = ()) -> Iterator[Finding]:
    """Doubts, bounds and limits of the evidence that the sentence lacks, and claims to all that it adds.

    A word within one of the `names` in the sentence claims nothing.
    """
    if near:
        yield from _hedges(said, near)
        yield from _bounds(said, near)
        yield from _widened(said, near, far, names)
        yield from _limits(said, near)


def _hedges(said: Reading, near: Sequence[Reading]) -> Iterator[Finding]:
    """A hedge goes before what it weakens, and the sentence says the same without any."""
    soft = [found.start() for found in _SOFT.finditer(said.text)]
    held = {u.key for u in said.units if not any(u.start - _REACH < at < u.end + _REACH // 2 for at in soft)}
    plain = {unit.key for reading in near if not _HEDGE.search(reading.text) for unit in reading.units}
    for reading in near:
        for found in _HEDGE.finditer(reading.text):
            first = bisect_left(reading.units, found.end(), key=lambda unit: unit.start)
            after = reading.units[first : first + _AHEAD]
            shared = [u.key for u in after if u.key in held and u.key not in plain]
            kept = found[0].lower() in said.text.lower()
            last = _LAST.match(reading.text, found.start())
            if not kept and not last and (len(shared) > 1 or (shared and shared[0] == after[0].key)):
                phrase = reading.text[found.start() : after[-1].end]
                yield Finding("hedge", "weaker", "", found[0], f'the source says it with a doubt: "{phrase}"')
                return


def _bounds(said: Reading, near: Sequence[Reading]) -> Iterator[Finding]:
    """ "Up to 50 %" in the source is less than "50 %"."""
    stated = {
        (q.value, q.unit): _LEAST.search(reading.text[max(0, q.start - 24) : q.start])
        for reading in near
        for q in quantities.read(reading.text).quantities
        if q.kind == "digits"
    }
    for q in quantities.read(said.text).quantities:
        bound = stated.get((q.value, q.unit))
        if bound and not _ROUGH.search(said.text[max(0, q.start - 40) : q.end + 12]):
            shown, word = said.text[q.start : q.end].strip(), bound[1] or bound[2]
            yield Finding("hedge", "weaker", shown, f"{word} {shown}", f'the source says "{word} {shown}"')


def _widened(said: Reading, near: Sequence[Reading], far: Sequence[str], names: Names) -> Iterator[Finding]:
    """A word for "all" or "first" that the evidence lacks beside the same word, or lacks at all."""
    for widens, room in _WIDER.values():
        found = next((one for one in widens.finditer(said.text) if not called.around(names, one.start())), None)
        if not found:
            continue
        after = next((unit.key for unit in said.units if unit.start >= found.end()), "")
        beside = [r.text[max(0, u.start - 50) : u.end + 20] for r in near for u in r.units if u.key == after]
        if not any(room.search(text) for text in beside or (*(reading.text for reading in near), *far)):
            yield Finding("scope", "weaker", found[0], "", f'the source does not say "{found[0]}"')


def _limits(said: Reading, near: Sequence[Reading]) -> Iterator[Finding]:
    """ "In mice" in every piece of evidence, "on ImageNet" of a number, and nothing like it in the sentence."""
    yield from _grounds(said, near)
    limits = [_LIMIT.search(reading.text) for reading in near]
    if not all(limits):
        return
    text = said.text.lower()
    for found in filter(None, limits):
        word = found["word"].lower()
        if not any(kin.rstrip("s") in text for kin in _KIN.get(word, word).split()):
            yield Finding("scope", "weaker", "", found[0], f'the source says it only "{found[0]}"')
            return


def _grounds(said: Reading, near: Sequence[Reading]) -> Iterator[Finding]:
    """A number that the evidence states on a named ground, where the sentence has the number and no ground."""
    values = {q.value for q in quantities.read(said.text).quantities if q.kind == "digits"}
    if not values or _GROUND.search(said.text):
        return
    for reading in near:
        for q in quantities.read(reading.text).quantities:
            ground = _GROUND.search(reading.text, q.end, q.end + 60)
            if q.value in values and ground and not _BREAK.search(reading.text, q.end, ground.start()):
                if ground["name"].lower() not in said.text.lower():
                    yield Finding("scope", "weaker", "", ground[0], f'the source says it only "{ground[0]}"')
                return
