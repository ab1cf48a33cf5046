"""Marks: how a sentence was judged, as a colour's class, a sign and words, so that no reader depends on the colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mark:
    """`key` is a class of page.css."""

    key: str
    sign: str
    word: str


SUPPORTED = Mark("supported", "✓", "supported")
MIS_CITED = Mark("miscited", "↷", "supported, but not by what it cites")
NOT_STATED = Mark("notstated", "?", "not stated")
CONTRADICTED = Mark("contradicted", "✗", "contradicted")
NOT_CHECKABLE = Mark("unchecked", "–", "not checkable")

MARKS = (SUPPORTED, MIS_CITED, NOT_STATED, CONTRADICTED, NOT_CHECKABLE)
_BY_OUTCOME = {
    "supported": SUPPORTED,
    "not_stated": NOT_STATED,
    "contradicted": CONTRADICTED,
    "not_checkable": NOT_CHECKABLE,
}


def mark_of(verdict: Mapping[str, Any]) -> Mark:
    """The mark of a judged sentence, as an outcome's details hold it."""
    return MIS_CITED if verdict["mis_cited"] else _BY_OUTCOME[verdict["outcome"]]
