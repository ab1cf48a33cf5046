"""Names of methods, data sets and things: one that no source holds, and one in the place of another."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from . import quantities, slots, words
from .finding import Finding, against

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .slots import Filler

_WORD = re.compile(r"[^\W_]+(?:[-‐‑/&][^\W_]+)*(?:['’]s)?")
_PART = re.compile(r"[^\W_]+")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "k"})
_LATER = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OPENERS = frozenset(".!?:;([\"“”'‘’*•")
_COMMON = frozenset(
    """
    ai ml dl nlp cv gpu gpus cpu cpus api apis us uk usa eu i ii iii iv a an the sota pdf url id conclusion conclusions
    results methods background objective significance purpose figure table section eq however moreover
    we our this these it its in on for to and or but not with by from as at of
    """.split()
)
_SMALL = frozenset("a an and as at by for from in of on or the to via with".split())
_LONGEST = 6
_MUCH = 6


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Filler, ...]:
    """The names without digits in a text: inner capitals and acronyms anywhere, capitals inside a sentence."""
    found, shouted = [], _is_title(text)
    for match in _WORD.finditer(_URL.sub(lambda url: " " * len(url[0]), text)):
        bare = match[0].removesuffix("'s").removesuffix("’s")
        if any(c.isdigit() for c in bare) or not _is_name(bare, shouted or _opens(text, match.start())):
            continue
        found.append((match.start(), match.start() + len(bare), key(bare)))
    return tuple(found)


def key(name: str) -> str:
    """A name in small letters without hyphens and plural s."""
    small = name.casefold().translate(_GREEK).replace("kappa", "k")
    return "".join(_PART.findall(small)).removesuffix("s")


def _is_title(text: str) -> bool:
    """Whether most longer words of a text have capitals, so that one says nothing."""
    longer: list[str] = [word for word in _PART.findall(text[:2000]) if len(word) > 3]
    return len([word for word in longer if word[0].isupper()]) * 2 > len(longer)


def _opens(text: str, start: int) -> bool:
    """Whether the word at `start` may owe its capital to its place."""
    before = text[max(0, start - 3) : start].rstrip()
    return not before or before[-1] in _OPENERS


def _is_name(word: str, opens: bool) -> bool:
    parts = _PART.findall(word)
    if all(part.casefold() in _COMMON for part in parts):
        return False
    if any(sum(c.isupper() for c in part) > 1 or (part[0].islower() and not part.islower()) for part in parts):
        return True
    return not opens and len(word) > 1 and any(part[0].isupper() for part in parts)


@lru_cache(maxsize=1024)
def known(text: str) -> frozenset[str]:
    """Every form under which a text holds a name: words, their pieces and joints, and what they abbreviate."""
    forms: set[str] = set()
    for match in _WORD.finditer(text):
        parts = _PART.findall(match[0])
        forms.update((key(match[0]), *map(key, parts), *(words.stem(part.casefold()) for part in parts)))
        forms.update(key(piece) for part in parts for piece in _LATER.split(part))
        forms.update("".join(map(key, pair)) for pair in pairwise(parts))
    plain = [part.casefold() for part in _PART.findall(text)]
    forms.update(_initials(plain))
    forms.update(_initials([part for part in plain if part not in _SMALL]))
    forms.update("".join(pair).removesuffix("s") for pair in pairwise(plain))
    return frozenset(forms)


def _initials(plain: Sequence[str]) -> Iterator[str]:
    letters = "".join(word[0] for word in plain)
    for size in range(2, _LONGEST + 1):
        for start in range(len(letters) - size + 1):
            yield letters[start : start + size]


def findings(
    sentence: str, evidence: Sequence[str], sources: Sequence[str], titles: Sequence[str]
) -> Iterator[Finding]:
    """Names that neither the sources nor the titles hold, and names that stand where the evidence has another."""
    said = read(sentence)
    for url in _URL.finditer(sentence):
        shown = url[0].rstrip(".,;:)]}'\"")
        if not any(shown in text for text in (*evidence, *titles, *sources)):
            yield Finding("name", "absent", shown, "", f"{shown} does not occur in the source")
    wrong = dict(_misplaced(sentence, evidence))
    own = set(_initials([part.casefold() for part in _PART.findall(sentence)]))
    for filler, rival in wrong.items():
        yield against("name", sentence[filler[0] : filler[1]], rival)
    for filler in said:
        shown = sentence[filler[0] : filler[1]]
        if (
            filler not in wrong
            and filler[2] not in own
            and not any(_holds(t, shown) for t in (*evidence, *titles, *sources))
        ):
            yield Finding("name", "absent", shown, "", f"{shown} does not occur in the source")


def _misplaced(sentence: str, evidence: Sequence[str]) -> Iterator[tuple[Filler, str]]:
    """The names in whose place the evidence has another, with that other; long forms and brackets tell nothing."""
    there = [slots.cut(text, _all(text)) for text in evidence]
    for filler, at, rival, likeness in slots.exchanged(slots.cut(sentence, _all(sentence)), there):
        telling = _telling(sentence, filler, likeness) and _telling(evidence[at], rival, likeness)
        if telling and not filler[2].startswith(rival[2]) and not rival[2].startswith(filler[2]):
            yield filler, evidence[at][rival[0] : rival[1]]


def _all(text: str) -> tuple[Filler, ...]:
    """The names of a text, those with digits too."""
    numbered = ((start, end, key(text[start:end])) for start, end in quantities.read(text).names)
    return tuple(sorted((*read(text), *numbered)))


def _telling(text: str, filler: Filler, likeness: int) -> bool:
    """Not a name in brackets, unless much agrees, nor one of several capitalised plain words."""
    start, end, _ = filler
    if text[max(0, start - 1) : start] == "(":
        return likeness >= _MUCH
    plain = sum(c.isupper() for c in text[start:end]) == 1 and text[start:end].isalpha()
    beside = f"{text[max(0, start - 40) : start].split(' ')[-2:][0]} {text[end : end + 2].strip()}"
    return not plain or not any(word[:1].isupper() for word in beside.split())


def _holds(text: str, shown: str) -> bool:
    forms = known(text)
    if key(shown) in forms:
        return True
    return all(_part_held(part, forms) for part in _PART.findall(shown) if not part.islower())


def _part_held(part: str, forms: frozenset[str]) -> bool:
    small, whole = part.casefold(), key(part)
    if whole in forms or small in _COMMON or words.stem(small) in forms or len(part) == 1:
        return True
    if sum(c.isupper() for c in part) > 1:
        pieces = [key(piece) for piece in _LATER.split(part) if len(piece) > 1]
        numbered = (form[len(whole) :] for form in forms if form.startswith(whole))
        return (len(pieces) > 1 and forms.issuperset(pieces)) or any(tail.isdigit() for tail in numbered)
    root = small[: max(4, len(small) - 3)]
    return len(small) > 4 and any(form.startswith(root) for form in forms)
