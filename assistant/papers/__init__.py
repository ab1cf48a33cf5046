"""Papers: read them from files, clean them, and decide which records are the same paper."""

from __future__ import annotations

from .cleaning import clean, is_stub
from .identity import Decision, Known, resolve, same_abstract, title_key
from .paper import Paper, Problem, Record
from .reading import find, read

__all__ = [
    "Decision",
    "Known",
    "Paper",
    "Problem",
    "Record",
    "clean",
    "find",
    "is_stub",
    "read",
    "resolve",
    "same_abstract",
    "title_key",
]
