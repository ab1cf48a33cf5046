"""A glossary of the field: a question in another language read as English key words, where no model translates it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..lexical import NAME
from ..missing.notes import is_foreign

_MOST = 4_000  # characters that are read, so that a pasted page costs no more
_ENDING = 3  # letters that an inflected word may have more than the form in the glossary
_STEM = 4  # letters of the shortest form that is looked for inside a word
_BEGINNING = 6  # letters of a known beginning that make the rest of a compound, known or not, another part
_LONGEST = 40  # letters of the longest word that is taken for a compound
_SCRIPT = 0.3  # share of letters from which a script tells the language
_COMPOUNDING = frozenset({"de", "nl"})
_MARKS = re.compile("[\u0300-\u036f]")
_KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]")
_EAST_ASIAN = re.compile("[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f]+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_TOKEN = re.compile(rf"{NAME.pattern}\+*|\d+(?:[.,]\d+)*[^\W_]*%?|[^\W\d_]+(?:-[^\W\d_]+)*")
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_SENTENCE_ENDS = ".?!:¿¡"


@dataclass(frozen=True, slots=True)
class _Tongue:
    """A language: form -> English, dropped small words, the most words and letters that a form has."""

    code: str
    forms: Mapping[str, str]
    dropped: frozenset[str]
    most_words: int
    most_letters: int


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of the question. fixed: a name or a number, which stays as it is."""

    text: str
    fixed: bool


def glossed(question: str) -> str | None:
    """The question in English key words, in its own order; None for an English one, or where no word of it is known.

    Names, numbers and unknown words of a Latin script, which may be cognates, stay; small words go, and so does what is
    unknown in another script, which no English text has. Only the first 4,000 characters are read.
    """
    text = unicodedata.normalize("NFC", question[:_MOST])
    tongue = _tongue_of(text) if is_foreign(text) else None
    if tongue is None:
        return None
    tokens, read, known, place = list(_tokens(text, tongue)), [], 0, 0
    while place < len(tokens):
        taken, english = _phrase(tongue, tokens[place : place + tongue.most_words])
        known += bool(english)
        if english is None:
            english = "" if _is_strange(tokens[place].text) else tokens[place].text
        read.append(english)
        place += taken
    return " ".join(filter(None, read)) if known else None


def _tongue_of(text: str) -> _Tongue | None:
    """The language that the script tells, else the one that has the most of the words, small words counted twice."""
    letters = sum(map(str.isalpha, text))
    if sum(len(run) for run in _EAST_ASIAN.findall(text)) > _SCRIPT * letters:
        return _tongues()["ja" if _KANA.search(text) else "zh"]
    if len(_CYRILLIC.findall(text)) > _SCRIPT * letters:
        return _tongues()["ru"]
    words = [_folded(word) for word in re.findall(r"[^\W\d_]+", text)]
    scores = {
        code: sum(2 * (word in tongue.dropped) + (word in tongue.forms) for word in words)
        for code, tongue in _tongues().items()
    }
    best = max(scores, key=lambda code: scores[code])
    return _tongues()[best] if scores[best] else None


def _tokens(text: str, tongue: _Tongue) -> Iterator[_Token]:
    """The words in order; a hyphenated one in its parts where the glossary knows one of them."""
    text = _EAST_ASIAN.sub(r" \g<0> ", text)
    for found in _TOKEN.finditer(text):
        word, before = found[0], text[max(0, found.start() - 2) : found.start()].rstrip()
        if word[0].isdigit():
            yield _Token(word, True)
        elif NAME.fullmatch(word.rstrip("+")):
            head, _, tail = word.rpartition("-")  # CLIP-Modell
            split = bool(head) and not NAME.fullmatch(tail) and bool(_word(tongue, tail))
            yield from [_Token(head, True), _Token(tail, False)] if split else [_Token(word, True)]
        else:
            # Inside a sentence only German writes nouns with a capital: elsewhere it is a name.
            named = word[0].isupper() and tongue.code != "de" and bool(before) and before[-1] not in _SENTENCE_ENDS
            yield from (_Token(part, named) for part in _parts(tongue, word))


def _parts(tongue: _Tongue, word: str) -> list[str]:
    """The parts of a hyphenated word: all in one where none is known, unless all are small words (French a-t-il)."""
    parts = word.split("-")
    readings = [_word(tongue, part) for part in parts]
    return parts if any(readings) or None not in readings else [word]


def _phrase(tongue: _Tongue, tokens: Sequence[_Token]) -> tuple[int, str | None]:
    """(how many of these tokens are read at once, their English): "" for a small word, None for an unknown one."""
    if tokens[0].fixed:
        return 1, None
    words = [_folded(token.text) for token in tokens]
    for taken in range(len(tokens), 1, -1):
        english = tongue.forms.get(" ".join(words[:taken]))
        if english and not any(token.fixed for token in tokens[:taken]):
            return taken, english
    return 1, _word(tongue, tokens[0].text)


def _word(tongue: _Tongue, text: str) -> str | None:
    """The English of a word; "" where it is dropped, None where it is unknown."""
    word = _folded(text)
    if _EAST_ASIAN.match(text):
        return " ".join(part for part, known in _pieces(tongue, word, 1) if known) or None
    if word in tongue.forms:
        return tongue.forms[word]
    if word in tongue.dropped:
        return ""
    for length in range(len(word) - 1, max(_STEM, len(word) - _ENDING) - 1, -1):
        if word[:length] in tongue.forms:
            return tongue.forms[word[:length]]
    return _compound(tongue, word) if tongue.code in _COMPOUNDING and len(word) <= _LONGEST else None


def _compound(tongue: _Tongue, word: str) -> str | None:
    """A compound in its parts. Up to three unknown letters join or end them, more are a part of their own."""
    pieces = list(_pieces(tongue, word, _STEM))
    unknown = [part for part, known in pieces if not known]
    begins = pieces[0][1] and len(word) - len("".join(unknown)) >= _BEGINNING if pieces else False
    if len(pieces) == len(unknown) or not (begins or 2 * len("".join(unknown)) <= len(word)):
        return None
    return " ".join(part for part, known in pieces if known or (len(part) > _ENDING and part not in tongue.dropped))


def _pieces(tongue: _Tongue, word: str, shortest: int) -> Iterator[tuple[str, bool]]:
    """(English or what stands there, whether it is known) by the longest known form at each place."""
    place = unknown = 0
    while place < len(word):
        lengths = range(min(tongue.most_letters, len(word) - place), shortest - 1, -1)
        form = next((word[place : place + n] for n in lengths if word[place : place + n] in tongue.forms), "")
        if form and unknown < place:
            yield word[unknown:place], False
        if form:
            yield tongue.forms[form], True
        place += len(form) or 1
        unknown = place if form else unknown
    if unknown < len(word):
        yield word[unknown:], False


def _is_strange(word: str) -> bool:
    """Whether no English text has the word: it has no Latin letter and no digit."""
    return not any(letter.isdigit() for letter in word) and not _LATIN.search(_folded(word))


def _folded(text: str) -> str:
    """In small letters without accents, hyphens as blanks: how forms and words are compared."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", plain).replace("-", " ")


@cache
def _tongues() -> dict[str, _Tongue]:
    """By language code, in the order of the file."""
    written = json.loads(files(__package__).joinpath("glossary.json").read_text("utf-8"))
    forms: dict[str, dict[str, str]] = {code: {} for code in written["small words"]}
    for english, by_language in written["words"].items():
        for code, ways in by_language.items():
            forms[code].update((_folded(way), english) for way in ways)
    return {
        code: _Tongue(
            code,
            known,
            frozenset(map(_folded, written["small words"][code].split())),
            max(way.count(" ") for way in known) + 1,
            max(map(len, known)),
        )
        for code, known in forms.items()
    }
