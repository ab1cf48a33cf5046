"""Paper, and what a file gives on the way to one: a Record, or a Problem with the reason."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields
from typing import Any, Literal

_TUPLES = ("authors", "source_ids", "sources")


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. Nothing in it is invented: what no source gave is None or empty.

    `abstract` is cleaned and is what gets quoted; `raw_abstract` is the text as its file gave it. `listed` is
    a page's date as printed there. `doi`, `arxiv_id` (no version) and `pmid` are bare, without prefix.
    `source_ids` holds every id the paper can be looked up by, its own among them. The first of `sources` is
    the one that gave the abstract.
    """

    id: str
    title: str
    abstract: str
    raw_abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    listed: str | None = None
    venue: str | None = None
    url: str | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    pmid: str | None = None
    source_ids: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of what is embedded and searched; filters read the rest from the store."""
        return hashlib.sha256(json.dumps([self.title, self.abstract]).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, lists for tuples; `from_dict` reverses it."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Paper:
        """A paper from what `to_dict` gave; keys that a Paper does not have are left out."""
        known: dict[str, Any] = {f.name: values[f.name] for f in fields(cls) if f.name in values}
        for name in _TUPLES:
            known[name] = tuple(known.get(name, ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Record:
    """A paper as one file gives it, before it has an id.

    A reader puts the untouched text into `title` and `abstract`; `reading.read` cleans them and keeps the
    untouched abstract in `raw_abstract`. `line` is the record's first line in its file, counted from 1;
    `own_id` is the id that the file itself uses, which means nothing outside `source`.
    """

    line: int
    source: str
    title: str
    abstract: str
    own_id: str | None = None
    raw_abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    listed: str | None = None
    venue: str | None = None
    url: str | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    pmid: str | None = None
    extra: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that did not become a record: `reason` completes "line 12: "; None is the file."""

    line: int | None
    reason: str
    kind: Literal["unreadable", "no_abstract"] = "unreadable"
