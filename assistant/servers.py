"""What a server says beside its answer: how long it asks to wait, and its own words, fit for one line."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from unicodedata import category

_SECRET = re.compile(r"\b(sk|Bearer)[-_ ][\w*.-]+")
_SHOWN = 200
"""Characters of a server's own words that are shown."""


def retry_after(fault: Exception) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, 10.2.3: a number or a date); None when it asks for nothing."""
    headers = getattr(getattr(fault, "response", None), "headers", None) or {}
    value = headers.get("retry-after", "")
    try:
        return max(float(value), 0.0)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except ValueError:
        return None


def short(text: str, secret: str | None = None) -> str:
    """A server's words for one line: no control or invisible characters, no key, at most 200 characters."""
    shown = "".join(" " if category(c).startswith(("C", "Z")) else c for c in text)
    shown = shown.replace(secret, "***") if secret else shown
    shown = " ".join(_SECRET.sub("***", shown).split()).rstrip(".")
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN].rstrip() + " ..."
