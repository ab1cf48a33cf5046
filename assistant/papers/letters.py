r"""Letters and signs that LaTeX writes in its own way: `\'e` is é, `\o` is ø, `\times` is ×, `~` is a blank."""

from __future__ import annotations

import re
import unicodedata

# The accents and the combining characters that they are; those that are letters need braces: `\c{c}`, `{\v s}`.
_MARKS = {
    **dict(zip("'`^\"~=.", "\u0301\u0300\u0302\u0308\u0303\u0304\u0307", strict=True)),
    **dict(zip("uvHckrdb", "\u0306\u030c\u030b\u0327\u0328\u030a\u0323\u0331", strict=True)),
}
_GREEK = (
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ "
    "pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π "
    "Sigma Σ Phi Φ Psi Ψ Omega Ω"
)
_LETTERS = "ss ß ae æ AE Æ oe œ OE Œ aa å AA Å o ø O Ø l ł L Ł dh ð DH Ð th þ TH Þ ng ŋ NG Ŋ"
_OTHERS = (
    "S § textemdash — textendash – ldots ... dots ... textellipsis ... textless < textgreater > textasciitilde ~ "
    "textasciicircum ^ textunderscore _ textbar | textregistered ® texttrademark ™ copyright © textcopyright © "
    "textdegree ° deg ° degree ° texttimes × pounds £ textsterling £ euro € texteuro € textquotesingle ' "
    "textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ” textbullet • textmu µ textpm ± "
    "textbackslash \\ times × pm ± mp ∓ sim ∼ approx ≈ simeq ≃ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ll ≪ gg ≫ rightarrow → to → "
    "leftarrow ← leftrightarrow ↔ Rightarrow ⇒ infty ∞ cdot · circ ° ell ℓ LaTeX LaTeX TeX TeX item • "
    "eg e.g. ie i.e. etc etc. vs vs."
)


def _pairs(words: str) -> dict[str, str]:
    names = words.split()
    return dict(zip(names[::2], names[1::2], strict=True))


GREEK = _pairs(_GREEK)
LETTERS = _pairs(_LETTERS)  # in words: the blank after them belongs to the command
SIGNS = {**GREEK, **LETTERS, **_pairs(_OTHERS)}

_ACCENTED = (
    r"\\(?:([\"'`^~=])(?:\s?\{\s?(\\?[A-Za-zı])\s?\}|(\\[ij])(?![A-Za-z])\s?|([A-Za-zı]))"
    r"|([.uvHckrdb])\{\s?(\\?[A-Za-zı])\s?\})"
)
_ACCENT = re.compile(_ACCENTED)
_BRACED = re.compile(rf"\{{\s?(?:{_ACCENTED}|\\([uvHckrdb])\s+([A-Za-z])|(\\[ij]))\s?\}}")
_SPLIT_GREEK = re.compile(r"\\([A-Za-z])\{([a-z]{1,6})\}")  # arXiv's own slip: \b{eta} was \beta
_TIED_NUMBER = re.compile(r"(?:\A|[\s(\[{~-])[A-Za-z]{2,}[.,]?\Z")  # "Type" before ~1; "2ms" before ~3ms is a range
_SYMBOL = re.compile(r"(?:\A|[\s(\[{])[B-HJ-Zb-z]\Z")  # the X of X~N(0,1)
_GROUP_BEFORE = re.compile(r"(?<![\d.])\d{1,3}\Z")
_GROUP_AFTER = re.compile(r"\d{3}(?!\d)")


def accented(text: str, place: int) -> tuple[str, int] | None:
    r"""The letter that the accent at `place` makes, and where it ends: `\'e`, `\"{o}`, `{\c c}`, `{\"{\i}}`.

    None where there is no such letter: no q has a hat.
    """
    found = (_BRACED if text[place] == "{" else _ACCENT).match(text, place)
    if not found:
        return None
    given = [group for group in found.groups() if group]
    mark, letter = given if len(given) == 2 else ("", given[0])
    letter = {"\\i": "i", "\\j": "j", "ı": "i"}.get(letter, letter.lstrip("\\"))
    whole = unicodedata.normalize("NFC", letter + _MARKS.get(mark, ""))
    if not mark:
        whole = {"i": "ı", "j": "ȷ"}[letter]
    return (whole, found.end()) if len(whole) == 1 else None


def split_greek(text: str, place: int) -> tuple[str, int] | None:
    r"""The Greek letter whose command an accent has cut, and where it ends: `\b{eta}`, `\r{ho}`, `\k{appa}`."""
    found = _SPLIT_GREEK.match(text, place)
    letter = GREEK.get(found[1] + found[2]) if found else None
    return (letter, found.end()) if found and letter else None


def is_tie(text: str, place: int) -> bool:
    """Whether the ~ at `place` is LaTeX's unbreakable blank, not "about", a range, a distribution or a home page."""
    before, after = text[max(0, place - 30) : place], text[place + 1 : place + 2]
    last = before[-1:]
    if not (last.isalnum() or last in tuple(".,;:)]}$%\"'")) or _SYMBOL.search(before):
        return False
    if after.isdigit():
        return bool(_TIED_NUMBER.search(before)) or last in ")]}"
    return after.isalpha() or after in ("\\", "(", "[", "{", '"', "`") or (after == "$" and last != "$")


def is_grouped(text: str, place: int) -> bool:
    r"""Whether the thin space at `place` parts thousands: the 1\,600 of 1,600, not 5\,kHz."""
    return bool(_GROUP_BEFORE.search(text[max(0, place - 5) : place]) and _GROUP_AFTER.match(text, place + 2))
