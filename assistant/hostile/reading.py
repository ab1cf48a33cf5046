"""Whether a text reads like orders to a program, in whatever disguise."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from .orders import ORDERS

_HIDES = "it hides text from the eye"

# Tags, a run of variation selectors, turned direction, zero-width signs between letters, commands to a terminal.
_HIDDEN = re.compile(
    r"[\U000e0020-\U000e007e]{4}|[\U000e0100-\U000e01ef]{4}|[\u202d\u202e]|(?:\w\u200b){6}|[\x1b\x9b][\[\]\d]"
)
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e01ef]")
_LETTERS = str.maketrans("асеіорхуАСЕІОРХУВНКМТԁѕјοΟ", "aceiopxyACEIOPXYBHKMTdsjoO")
_TWO_SCRIPTS = re.compile(r"[a-zA-Z][\u0370-\u052f]|[\u0370-\u052f][a-zA-Z]")
_SPELT = re.compile(r"(?<!\w)(?:\w ){5,400}\w(?!\w)")
_ORDER_WORDS = re.compile(r"(ignore|disregard|forget|all|previous|prior|above|the|and)")
_CODED = re.compile(r"(?<![\w+/])[A-Za-z\d+/]{32,4000}={0,2}(?![\w+/=])")


@lru_cache(maxsize=2048)
def suspicious(text: str) -> tuple[str, ...]:
    """Why a text from a paper reads like instructions to a program, in plain words; empty where it does not.

    It sees through letters of another script, blanks between letters, base64 and characters that nobody sees, and
    takes time linear in the text. A paper on such attacks may quote one: the reasons are for a warning.
    """
    forms = {form: form.lower() for form in (text, *_undisguised(text))}
    found = [order.reason for order in ORDERS for form, small in forms.items() if order.read_in(form, small)]
    return tuple(dict.fromkeys((*hidden(text), *found)))


def hidden(text: str) -> tuple[str, ...]:
    """Why, of a text as its file gave it: cleaning takes out what nobody sees."""
    return (_HIDES,) if _HIDDEN.search(text) else ()


def _undisguised(text: str) -> Iterator[str]:
    """What the text says to a reader who overlooks its disguises; nothing where it wears none."""
    if not text.isascii():
        shown = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
        shown = shown.translate(_LETTERS) if _TWO_SCRIPTS.search(shown) else shown
        if shown != text:
            yield shown
    if _SPELT.search(text):
        yield _SPELT.sub(lambda run: _ORDER_WORDS.sub(r"\1 ", run[0].replace(" ", "").lower()), text)
    if max(map(len, text.split()), default=0) >= 32:
        yield from filter(None, (_decoded(run[0]) for run in _CODED.finditer(text)))


def _decoded(run: str) -> str:
    try:
        return base64.b64decode(run + "=" * (-len(run) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""
