"""Shape of a Crossref work: CSL-JSON with its titles in lists, keys of its own, and JATS in the abstract."""

from __future__ import annotations

from typing import Any

from .csl import records

__all__ = ["NAME", "fits", "records"]

NAME = "Crossref"

_OF_A_WORK = frozenset({"is-referenced-by-count", "reference-count", "content-domain", "deposited", "member"})


def fits(value: dict[str, Any]) -> bool:
    """Whether it has a DOI and a key of Crossref's."""
    return "DOI" in value and (isinstance(value.get("title"), list) or not _OF_A_WORK.isdisjoint(value))
