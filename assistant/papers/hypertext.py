"""Hypertext: HTML, JATS and publishers' markup in a text is taken out; what only looks like a tag stays."""

from __future__ import annotations

import html
import re

# `&lt;` but not `R&D;` or `&copy=1` in an address: html.unescape alone would read names without a semicolon.
_ENTITY = re.compile(r"&(?:amp;)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_GREEK = dict(  # ISO's names (&mgr; in PubMed), which HTML does not know
    zip(
        "agr bgr ggr dgr egr zgr eegr thgr igr kgr lgr mgr ngr xgr ogr pgr rgr sgr tgr ugr phgr khgr psgr ohgr".split(),
        "αβγδεζηθικλμνξοπρστυφχψω",
        strict=True,
    )
)
_INLINE = (
    "a abbr b big cite code del em emphasis font i inf ins italic bold monospace roman sans-serif small span strong "
    "strike sub subscript sup superscript sc scp tt u underline xref ext-link email uri urlref emailref named-content "
    "styled-content inline-formula tex-math alternatives label"
).split()
_BLOCK = (
    "p br div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 hr table tbody thead tr td th title sec section abstract list "
    "list-item disp-formula break para simplepara blockquote pre center"
).split()
_NAME = rf"(?:(?:jats|mml):[a-z][\w-]*|{'|'.join((*_INLINE, *_BLOCK))})"
# After the name come attributes with values or nothing: `n<b and c>d` is a comparison.
_VALUE = r"""(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=]+)"""
_TAG = re.compile(rf"<(/?)({_NAME})((?:\s+[A-Za-z][\w:.-]*\s*=\s*{_VALUE})*)\s*(/?)>", re.I)
_COMMENT = re.compile(r"<!--[^<>]*-->")
_HEADING = re.compile(r"\s*<(?:jats:)?title>\s*abstract\s*</(?:jats:)?title>\s*", re.I)
_RAISED = re.compile(r"[-+−–]?\d+(?:[.,]\d+)*")
_SENTENCE_END = ".!?:;)]>"


def unescape(text: str) -> str:
    """The text with entities as their characters, those escaped again (`&amp;lt;`) too; unknown ones stay."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def strip_tags(text: str) -> str:
    """The text without tags of HTML and JATS; a block's tag becomes a blank, `10<sup>6</sup>` becomes 10^6.

    `p < 0.05 and x > 3`, `<EOS>` and `the <p> tag` stay: a tag must be known, and closed if it is an inline one.
    """
    if "<" not in text:
        return text
    text = _COMMENT.sub(" ", _HEADING.sub("", text))
    tags = list(_TAG.finditer(text))
    closed = {_plain(tag[2]) for tag in tags if tag[1] or tag[4]}
    pieces: list[str] = []
    end = 0
    for tag in tags:
        pieces.append(text[end : tag.start()])
        end = tag.end()
        pieces.append(_in_place_of(tag, text, closed))
    return "".join((*pieces, text[end:]))


def _character(entity: re.Match[str]) -> str:
    known = _GREEK.get(entity[1])
    return known or html.unescape(f"&{entity[1]};")


def _plain(name: str) -> str:
    return name.lower().removeprefix("jats:")


def _in_place_of(tag: re.Match[str], text: str, closed: set[str]) -> str:
    name = _plain(tag[2])
    if name in _BLOCK:
        return " " if name in closed or _between_sentences(text, tag.start()) else tag[0]
    if name not in closed and not name.startswith("mml:"):
        return tag[0]
    if (
        name in ("sup", "superscript", "sub", "subscript", "inf")
        and not tag[1]
        and text[max(0, tag.start() - 1) : tag.start()].isdigit()
    ):
        number = _RAISED.match(text, tag.end())
        if number and text.startswith("</", number.end()):  # 10<sup>6</sup> is not 106
            return "^" if name.startswith("sup") else "_"
    return ""


def _between_sentences(text: str, place: int) -> bool:
    """Whether a lone `<p>` stands where one may: first, or after a sentence or another tag."""
    before = text[max(0, place - 10) : place].rstrip()
    return (not before and place < 10) or before[-1:] in tuple(_SENTENCE_END)
