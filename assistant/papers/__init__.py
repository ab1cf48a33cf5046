"""Papers: read them from files, clean them, and decide which records are the same paper."""

from __future__ import annotations

from .cleaning import clean, is_stub, one_line
from .identity import Decision, Known, resolve, same_abstract, title_key
from .ids import strong_ids
from .likeness import Alike, abstract_key, near_duplicates
from .paper import Paper, Problem, Record
from .reading import EMPTY, find, read, reader_named, source_name, tidied, untidied, what_is_read

__all__ = [
    "EMPTY",
    "Alike",
    "Decision",
    "Known",
    "Paper",
    "Problem",
    "Record",
    "abstract_key",
    "clean",
    "find",
    "is_stub",
    "near_duplicates",
    "one_line",
    "read",
    "reader_named",
    "resolve",
    "same_abstract",
    "source_name",
    "strong_ids",
    "tidied",
    "title_key",
    "untidied",
    "what_is_read",
]
