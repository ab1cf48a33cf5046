"""Mojibake: text that was decoded by the wrong table ("â€™" for ’) is decoded again."""

from __future__ import annotations

import re

# Every case leaves a C1 control, a letter that leads two bytes of UTF-8, or two odd characters side by side. Below
# U+2C00, so that texts in other scripts are not looked at for nothing.
_SUSPECT = re.compile("[\x80-\x9f\xc2\xc3]|[\x80-\u2bff]{2}")


def mend(text: str) -> str:
    """The text with mojibake undone and nothing else changed: no quotes, no widths, no ligatures."""
    if text.isascii() or not _SUSPECT.search(text):
        return text
    from ftfy import fix_encoding

    return fix_encoding(text)
