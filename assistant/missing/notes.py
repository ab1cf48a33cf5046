"""Notes on a question itself: that it wants more than abstracts hold, that it is not in English."""

from __future__ import annotations

import re
import unicodedata

_FULL_TEXT = re.compile(
    r"\b(?:appendi(?:x|ces)|supplement(?:s|ary)?|tables? [\dIVX]+|fig(?:ure|\.)? ?\d+|(?:in|from) (?:the|which|what) "
    r"(?:table|figure)|hyper-?parameters?|ablation table|proofs?|lemmas?|theorem \d+|(?:section|page|equation|eq\.?|"
    r"algorithm) \d+|pseudo-?code|(?:full|complete|entire|whole) (?:list|text|paper|derivation|table|results)|"
    r"bibliography|footnotes?|implementation details|word for word)\b",
    re.IGNORECASE,
)
_LETTERS_FOREIGN = 0.3  # share of letters outside the Latin script
_ENGLISH = frozenset(
    "the of and to in is are was were what which who how why when where does do did for with from by on that this "
    "it its there can could between than an has have had not be my i we you any some about into more".split()
)
_FOREIGN = frozenset(  # German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Polish, Turkish; none is English
    "der das ist sind wie wird welche welcher welches welchen wurde werden und mit von für auf eine einer eines "
    "nicht durch bei zum zur wenn warum wieviel viele im den dem des le les une est sont du dans pour avec sur "
    "quel quelle quels quelles comment pourquoi que qui combien par se aux cette ces el los las una del por qué "
    "cómo cuál cuáles cuántos cuántas para con entre sobre il lo gli della delle di che quanto quali quale si "
    "sono nel nella anche os uma dos das como qual quais não em ao het een van zijn wat hoe welke worden voor met "
    "att och som är hur vilka jak jest czy oraz nie bir ve için nasıl "
    "dem eines zu kann gibt ohne gegen aus auch nur mehr funktioniert perché cosa dell nell alla dei della nei "
    "può senza più contro chi cui questo quanti quante por da na pelo sem mais são quantos quantas há ou foi "
    "esta este funciona un une et où au aux ce cet est qu sans moins fait peut cómo qué cuánto cuántas hay sin "
    "más menos su y en hoeveel waarom kan zonder meer bij naar deze dit er".split()
)


def full_text_note(question: str) -> str | None:
    """That only abstracts were read, where the question asks for what stands in the full text only."""
    wanted = _FULL_TEXT.search(question)
    if wanted is None:
        return None
    return f'Only abstracts were read; what the question asks for ("{wanted[0]}") stands in the full text of a paper.'


def language_note(question: str) -> str | None:
    """That the question seems not to be in English, and what that means where no model translates it."""
    if not is_foreign(question):
        return None
    return (
        "The question seems not to be in English. Without a model only words of the field are translated, one by one, "
        "and the answer quotes English abstracts."
    )


def is_foreign(question: str) -> bool:
    """Whether a question is most likely not English: by its script, else by its small words."""
    letters = [letter for letter in question if letter.isalpha()]
    strange = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters if not letter.isascii())
    if letters and strange / len(letters) > _LETTERS_FOREIGN:
        return True
    if "¿" in question:
        return True
    words = re.findall(r"[^\W\d_]+", question.lower())
    foreign = sum(word in _FOREIGN or not word.isascii() for word in words)
    return foreign >= 2 and foreign > sum(word in _ENGLISH for word in words)
