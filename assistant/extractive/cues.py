"""What a sentence of an abstract does, told by its wording: proposes, explains, finds, sets the scene."""

from __future__ import annotations

import re

from ..lexical import content_words

PROPOSES = re.compile(
    r"\b(we (\w+ )?(propose|present|introduce|develop|design|describe|devise|formulate)|(is|are) (proposed|introduced|"
    r"presented)|(this|the|our) (paper|work|article|study) (\w+ )?(proposes|presents|introduces|describes|develops|"
    r"investigates|shows)|called|named|dubbed|termed|novel|new (method|framework|approach|dataset|benchmark|model|"
    r"algorithm|task|technique))\b",
    re.IGNORECASE,
)
EXPLAINS = re.compile(
    r"\b(specifically|concretely|consists? of|first|then|by \w+ing|to (this|that) end|our (key|main|core) "
    r"(idea|insight)|based on|leverag\w+|uses?|using|we (\w+ )?(use|train|adopt|apply|employ|leverage|decompose|modify|"
    r"replace|incorporate|combine|learn|construct))\b",
    re.IGNORECASE,
)
FINDS = re.compile(
    r"\b(we (\w+ )?(find|found|show|observe|demonstrate|reveal|discover|prove|conclude)|findings?|reveals?|suggests?|"
    r"surprisingly|interestingly|results (show|reveal|indicate))\b",
    re.IGNORECASE,
)
GAINS = re.compile(
    r"\b(outperform\w*|achiev\w+|improv\w+|surpass\w*|exceed\w*|reduc\w+|experiments|state-of-the-art|sota|obtain\w*|"
    r"attain\w*|yield\w*|faster|gains?)\b",
    re.IGNORECASE,
)
SETS_SCENE = re.compile(
    r"^(recent|existing|current|previous|prior|traditional|conventional|in recent|over the|while|although|despite|with "
    r"the|many|most|however|yet|unfortunately)\b|\b(have|has) (been|become|shown|achieved|emerged|gained|"
    r"demonstrated)\b|\b(remains?|challeng\w+|suffer\w*|limit(ed|ation)\w*|lack\w*)\b",
    re.IGNORECASE,
)
REASONS = re.compile(
    r"\b(because|due to|since|causes?d?|reasons?|stems? from|arises?|as it|as a result|attribut\w+)\b", re.IGNORECASE
)
TESTED = re.compile(r"\b(evaluat\w+|benchmarks?|datasets?|experiments? on|tested)\b", re.IGNORECASE)
LINKS = re.compile(
    r"https?:|github|\bcodes?\b.{0,80}\b(available|released|found)\b|\bavailable at\b|"
    r"\brelease\w* (our|the|all)\b.{0,80}\b(code|models?)\b|project page",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
SPEAKS_OF_ITSELF = re.compile(
    r"\b(we|our|ours|us|it|its|they|their|this (paper|work|study|article|method|approach))\b", re.IGNORECASE
)


def introduces(name: str, text: str) -> bool:
    """Whether a text gives the long form of a name, or coins it: "Kernel Mixing (KM)", "dubbed KM"."""
    bare = re.escape(name.rstrip("s"))
    return bool(
        re.search(
            rf"\(\s*{bare}s?\b|[-–—,;] ?{bare}s?\)|\b{bare}s? \(|\b{bare}, (short|which stands)|"
            rf"\b(?:called|named|dubbed|termed|propose|introduce|present) {bare}\b",
            text,
        )
    )


_COUNTED = re.compile(r"\b(?:how many|number of|how much)((?: [\w-]{1,40}){1,4})", re.IGNORECASE)
_NUMBER = r"(?:\d[\w.,%]{0,20}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?)"
_LEAST = 4  # letters of a noun that is counted, without its ending


def counted(question: str) -> tuple[str, ...]:
    """What a question wants counted: the words after "how many", without their endings."""
    words = [word for found in _COUNTED.finditer(question) for word in content_words(found[1])]
    return tuple(word[: max(_LEAST, len(word) - 2)] for word in words if len(word) >= _LEAST)


def counts(noun: str, text: str) -> bool:
    """Whether a number stands in front of a noun, or three words before it."""
    return bool(
        re.search(rf"\b{_NUMBER}(?:\W{{1,3}}[\w-]{{1,40}}){{0,3}}?\W{{1,3}}{re.escape(noun)}", text, re.IGNORECASE)
    )
