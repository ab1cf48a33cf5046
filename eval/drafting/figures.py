"""Questions about figures: patterns of wording that state one, each with the question that asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_UNITS = (
    r"decibels?|dB|percent|points?|times|hours?|minutes?|seconds?|ms|days?|weeks?|years?|metres?|meters?|kilometres?|"
    r"km|cm|mm|kg|GB|MB|TB|FPS|fps|BLEU|ROUGE|perplexity|parameters|million|billion|k|K|M|B"
)
_FIGURE = rf"(?P<figure>\$?\d[\d,]*(?:\.\d+)?(?:\s?%|[x×]\b|\s(?:{_UNITS})\b|[KMB]\b)?)(?![\w.]*\d)"
_ABOUT = r"(?:(?:about|around|over|up to|at least|nearly|almost|only|just|more than|a|an|as much as|roughly) )*"
_METRIC = (
    r"accuracy|score|recall|precision|m?AP|m?IoU|F1|BLEU|ROUGE|AUC|AUROC|PSNR|SSIM|FID|perplexity|error|rate|efficiency|"
    r"speed-?up|throughput|latency|improvement|gain|reduction|increase|correlation|yield|sensitivity|specificity|"
    r"compression|parameters|FLOPs"
)
_TAIL = (
    r"(?P<tail> (?:on|in|at|for|under) (?:the )?(?:[\w@+-]+ ){0,5}[\w@+-]+"
    r"(?=[,.;:)]| (?:and|while|with|when|by|compared|using)\b))?"
)
_SUBJECT = (
    r"^(?!(?:Over|In|On|At|For|After|With|By|During|From|Under|Across|To|As)\b)"
    r"(?P<subject>(?:(?:The|the|A|a|An|an) )?(?:[\w-]+ ){0,4}[\w-]+) "
)

_BASE = {"reach": "reach", "achiev": "achieve", "attain": "attain", "obtain": "obtain", "yield": "yield", "get": "get"}
_CHANGE = {
    **{"improv": "improve", "reduc": "reduce", "increas": "increase", "lower": "lower", "decreas": "decrease"},
    **{"outperform": "outperform", "surpass": "surpass", "exceed": "exceed", "rais": "raise", "boost": "boost"},
    **{"cut": "cut", "accelerat": "accelerate", "shorten": "shorten"},
}
_HOLD = {"contain": "contain", "compris": "comprise", "includ": "include", "cover": "cover", "span": "span"}


def _verb(bases: dict[str, str]) -> str:
    return rf"(?P<verb>{'|'.join(bases)})(?:e?s|e?d|ing|e)?"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How a figure is stated, and the question with {subject}, {verb} and what else the pattern names."""

    stated: re.Pattern[str]
    question: str
    bases: dict[str, str]


_PLAIN = r"(?!\w+(?:ing|ed)\b|(?:an?|the|has|have|yields?|leads?|to|while|with|at|of|at|in|on)\b)[\w@+-]+"
_NOUN = r"(?P<noun>(?:(?!(?:for|across|of|in|on|with|from|to|vs|at|by)\b)[\w@+-]+ ){0,3}"
_PATTERNS = (
    _Pattern(
        re.compile(rf"\b{_verb(_BASE)} {_ABOUT}(?:the )?{_NOUN}[\w@+-]+) of {_ABOUT}{_FIGURE}{_TAIL}"),
        "What {noun} does {subject} {verb}{tail}?",
        _BASE,
    ),
    _Pattern(
        re.compile(rf"\b{_verb(_BASE)} {_ABOUT}{_FIGURE} (?:in )?{_NOUN}(?:{_METRIC}))\b{_TAIL}"),
        "What {noun} does {subject} {verb}{tail}?",
        _BASE,
    ),
    _Pattern(
        re.compile(rf"\b(?P<noun>(?:{_PLAIN} ){{0,2}}(?:{_METRIC})) (?P<verb>of|is|was) {_ABOUT}{_FIGURE}{_TAIL}"),
        "What {noun} does {subject} report{tail}?",
        {},
    ),
    _Pattern(
        re.compile(rf"\b{_verb(_CHANGE)} (?P<noun>(?:[\w@+-]+ ){{0,7}}[\w@+-]+) by {_ABOUT}{_FIGURE}{_TAIL}"),
        "By how much does {subject} {verb} {noun}{tail}?",
        _CHANGE,
    ),
    _Pattern(
        re.compile(rf"\b{_verb(_HOLD)} {_ABOUT}{_FIGURE} {_NOUN}(?!across)[a-z-]+s)\b(?P<tail>)"),
        "How many {noun} does {subject} {verb}?",
        _HOLD,
    ),
)
# Words that leave a question hanging, or that speak of the paper itself.
_HANGS = re.compile(
    r"\b(we|our|ours|us|it|its|they|their|them|this|that|these|those|which|who|respectively|and|or|than|"
    r"results?|experiments?|former|latter|both|each|other|such|also|higher|lower|better|while|from|vs|can|may|could|would|will|not|(?<!-)\d+(?!-))\b",
    re.IGNORECASE,
)
_NO_NOUN = re.compile(
    r"^(total|new|mean|of|to|in|on|with|from|at|across|over|using|when|state-of-the-art|sota)$", re.IGNORECASE
)
_PRAISE = re.compile(
    r"^(?:(?:high|best|unprecedented|significant|substantial|remarkable|competitive|impressive|strong|notable|noteworthy|superior|"
    r"comparable|new|state-of-the-art|overall|carefully|diverse) )+"
)
_PLURAL = re.compile(r"(?:^| )[a-z-]+[^siu\W]s$")
_VAGUE = re.compile(r"^(\w+ )?(improvement|gain|reduction|increase|rate|error|score|performance)s?$", re.IGNORECASE)
_SUBJECT_OF = re.compile(_SUBJECT)


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure as a sentence states it: the question asks for it with `subject`, which is the sentence's own ("" where
    it speaks of "we" or "it": then the caller names one). fact: word for word, with its other spellings."""

    ask: Callable[[str], str]
    subject: str
    fact: tuple[str, ...]


def stated(sentence: str) -> Iterator[Stated]:
    """The figures that a sentence states in one of the patterns, each by the first that fits."""
    seen: set[int] = set()
    for pattern in _PATTERNS:
        for found in pattern.stated.finditer(sentence):
            noun, tail, figure = _PRAISE.sub("", found["noun"]), found["tail"] or "", found["figure"]
            at, bare = found.start("figure"), figure.isdigit() and len(figure) < 2
            if at in seen or bare or _HANGS.search(f"{noun} {tail}") or _NO_NOUN.match(noun.split()[0]):
                continue
            if not tail and _VAGUE.match(noun):
                continue
            seen.add(at)
            fields = {"noun": noun, "tail": tail, "verb": pattern.bases.get(found["verb"], "")}
            # Where no verb is read, what stands before the figure's noun need not be what has it.
            subject = _subject(sentence, found.start()) if pattern.bases else ""
            yield Stated(_asking(pattern.question, fields), subject, _spellings(figure))


def _asking(form: str, fields: dict[str, str]) -> Callable[[str], str]:
    return lambda subject: form.format(subject=subject, **fields).replace(
        f" does {subject} ", f" {'do' if _PLURAL.search(subject) else 'does'} {subject.removesuffix(' currently')} "
    )


def _subject(sentence: str, verb_at: int) -> str:
    """What stands before the verb, where it is short and needs no context to be understood."""
    found = _SUBJECT_OF.match(sentence[:verb_at])
    if found is None or found.end() != verb_at or _HANGS.search(found["subject"]):
        return ""
    subject = found["subject"]
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "A", "An") else subject


def _spellings(figure: str) -> tuple[str, ...]:
    """As it stands, and without the sign of percent, which an answer may write out."""
    number = figure.removesuffix("%").rstrip()
    return (figure,) if number == figure else (figure, number)
