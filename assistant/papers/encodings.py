"""Encodings: which one a file of text is in, when neither a BOM nor valid UTF-8 says so."""

from __future__ import annotations

import codecs
import re

_ODD = re.compile(rb"[\x80-\xff]+")
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,80}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,80}?charset\s*=\s*["']?([\w.:-]+)"""
    rb"""|\A\s*%+\s*Encoding:\s*([\w.:-]+)""",  # JabRef's first line
    re.I,
)
_SURELY_WHOLE = 1 << 12  # bytes; a longer line without an end may be cut inside a character
_ANY_ODD = bytes(range(128, 256))
_DETECTED_FROM = 16_000  # bytes; more is slow and tells no more
_WESTERN = ("cp1252", "cp1250", "mac_roman")  # the first that reads best
_DAMAGE = re.compile(rb"(?<![A-Za-z\x80-\xff])\xff(?![A-Za-z\x80-\xff])")  # no text has such a sign
_IN_A_WORD = re.compile(r"(?<=[a-z])[^\x00-\x7f](?=[a-z])")
_WORD_SIGNS = frozenset("’–—·‐")


def is_utf8(data: bytes) -> bool:
    """Whether most of the lines with odd bytes are UTF-8. The last, which may be cut, counts for want of others."""
    *lines, last = data.split(b"\n")
    rest = last if len(last) < _SURELY_WHOLE else last.rstrip(_ANY_ODD)
    odd = [line for line in lines if not line.isascii()] or [rest]
    return 2 * sum(map(_decodes, odd)) >= len(odd)


def declared_in(head: bytes) -> str | None:
    """The encoding that XML, HTML or a BibTeX file names in its first kilobyte."""
    found = _DECLARED.search(head, 0, 1024)
    return next(name for name in found.groups() if name).decode() if found else None


def encoding_of(data: bytes, declared: str | None = None) -> str:
    """The codec of text that is not UTF-8: the one declared if the data agrees, else the likeliest.

    It stays UTF-8, with lines that cannot be read, where an odd byte is plain damage. Odd bytes that stand alone are
    a Western code page, pairs of them a language of East Asia; there charset_normalizer is asked.
    """
    name = declared and _codec(declared)
    if name and _decodes(data, name):
        return name
    if _DAMAGE.search(data):
        return "utf-8"
    sample = _sample(data)
    runs = _ODD.findall(sample)
    if _is_western(runs):
        return min(_WESTERN, key=lambda name: _unlikely(sample, name))
    from charset_normalizer import from_bytes

    found = [match.encoding for match in from_bytes(sample)]
    if found[:1] in (["cp949"], ["johab"]) and _is_chinese(runs):
        return "gb18030"
    return found[0] if found else "cp1252"


def _sample(data: bytes) -> bytes:
    """Whole lines from the first odd byte on: half a character would rule out the right encoding."""
    first = _ODD.search(data)
    lines = data[data.rfind(b"\n", 0, first.start()) + 1 :] if first else data
    return lines[: lines.rfind(b"\n", 0, _DETECTED_FROM) + 1] or lines[:_DETECTED_FROM]


def _codec(name: str) -> str | None:
    """The codec that is meant: its superset where files name a smaller one. None for none, and for UTF-16 and -7."""
    try:
        known = codecs.lookup(name).name
        "a".encode(known)  # zlib and rot13 are codecs too, but not of text
    except LookupError:
        return None
    if known.startswith(("utf", "unicode", "idna", "punycode")):
        return None
    wider = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "shift_jis": "cp932", "euc_kr": "cp949"}
    return wider.get(known, known)


def _decodes(data: bytes, name: str = "utf-8") -> bool:
    try:
        codecs.getincrementaldecoder(name)("strict").decode(data, final=name == "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


def _is_western(runs: list[bytes]) -> bool:
    """Whether most odd bytes stand alone; nearly all, if many are below A0, as in Japanese or on an old Mac."""
    low = sum(byte < 0xA0 for run in runs for byte in run) > 0.3 * sum(map(len, runs))
    return sum(len(run) == 1 for run in runs) >= (0.8 if low else 0.5) * len(runs)


def _unlikely(data: bytes, name: str) -> int:
    """How often a word holds what no word does: a sign, a capital or a byte that has no letter."""
    inner = _IN_A_WORD.findall(data.decode(name, "replace"))
    return sum(not letter.islower() and letter not in _WORD_SIGNS for letter in inner)


def _is_chinese(runs: list[bytes]) -> bool:
    """Korean's syllables begin with the bytes B0 to C8, Chinese characters with many above."""
    return any(lead > 0xC8 for run in runs if len(run) % 2 == 0 for lead in run[::2])
