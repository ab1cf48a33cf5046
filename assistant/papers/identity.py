"""Identity: which stored paper a record is, what it adds to it, and the id of a paper that is new."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .ids import strong_ids
from .paper import Paper, Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

SAME_ABSTRACT = 0.8  # Jaccard similarity of the word sets
_DESCRIPTIVE = ("authors", "year", "listed", "venue", "url", "doi", "arxiv_id", "pmid")

Kind = Literal["new", "changed", "unchanged", "duplicate", "merged", "twin"]


class Known(Protocol):
    """The papers stored so far."""

    def by_ids(self, ids: Sequence[str]) -> list[Paper]:
        """Every paper with any of the ids among its `source_ids`, the oldest first."""
        ...

    def by_title(self, key: str) -> list[Paper]:
        """Every paper whose title has this `title_key`, the oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Decision:
    """What a record comes to: `paper` as it is now to be stored, whatever the kind.

    new: a paper of its own. twin: likewise, though another paper has its title. changed: its source gave it
    anew. merged: it added something to a paper from elsewhere, or joined several, of which those with the ids
    `absorbed` are gone. duplicate: a paper met before in this run gained at most a source, an id or a date.
    unchanged: there is nothing to store. `touched` is what the caller adds to `seen`; `changes` says whether there is
    anything to store.
    """

    kind: Kind
    paper: Paper
    absorbed: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    changes: bool = True


def resolve(record: Record, known: Known, seen: AbstractSet[str]) -> Decision:
    """Which paper the record is: by id, else by title and abstract, else by title within its own source.

    `seen` holds the `touched` of every earlier decision of the run; within a run a source's first text of a
    paper stands. A second run over the same records decides only unchanged and duplicate. (Where a run joins
    two older papers that it told different things about, this holds from the third run.)
    """
    found = [paper for paper in known.by_ids(_keys(record)) if _is_meant(record, paper)]
    if found:
        return _join(record, found, seen)
    titled = known.by_title(title_key(record.title))
    same = [paper for paper in titled if same_abstract(paper.abstract, record.abstract)]
    if same:
        return _join(record, same[:1], seen)
    stale = [paper for paper in titled if _is_update(record, paper, seen)]
    if stale:
        return _join(record, [_without_text_ids(stale[0])], seen, stored=stale[0])
    return _create(record, known, "twin" if titled else "new")


def title_key(title: str) -> str:
    """The title's letters and digits in lower case with single blanks: equal keys are equal titles."""
    text = unicodedata.normalize("NFKC", title).casefold()
    spaced = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)
    return " ".join(spaced.split()) or " ".join(text.split())


def same_abstract(one: str, other: str) -> bool:
    """Whether the Jaccard similarity of the two texts' word sets is at least `SAME_ABSTRACT`."""
    words, others = (set(re.findall(r"\w+", text.casefold())) for text in (one, other))
    if not words or not others:
        return one == other
    return len(words & others) >= SAME_ABSTRACT * len(words | others)


def new_id(record: Record) -> str:
    """The strongest id the record has: DOI, arXiv id, PMID, its source's own id, else a hash of its title."""
    strong = strong_ids(record.doi, record.arxiv_id, record.pmid)
    if strong:
        return strong[0]
    if record.own_id:
        return f"{record.source}:{record.own_id}"
    return f"title:{_hash(title_key(record.title), 16)}"


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _text_id(record: Record) -> str:
    """An id made of the text, by which a record that has no other finds its paper again after a change."""
    return f"title:{_hash(title_key(record.title), 16)}-{_hash(record.abstract, 8)}"


def _keys(record: Record) -> tuple[str, ...]:
    """The ids that tell which paper a record is."""
    strong = strong_ids(record.doi, record.arxiv_id, record.pmid)
    own = (f"{record.source}:{record.own_id}",) if record.own_id else ()
    return strong + own or (f"{record.source}:{_text_id(record)}",)


def _is_meant(record: Record, paper: Paper) -> bool:
    """Whether the ids do not match by accident: another source's id may read `<this source>:<own id>`."""
    strong = strong_ids(record.doi, record.arxiv_id, record.pmid)
    return record.source in paper.sources or any(key in paper.source_ids for key in strong)


def _is_update(record: Record, paper: Paper, seen: AbstractSet[str]) -> bool:
    """Whether it is the paper's source giving another text, without ids and the first time in this run."""
    nameless = not record.own_id and not strong_ids(record.doi, record.arxiv_id, record.pmid)
    return nameless and _told_first(record, paper) and _touch(paper, record) not in seen


def _without_text_ids(paper: Paper) -> Paper:
    """An updated paper gives up its source's former text ids, or a later twin with that text finds it."""
    former = re.compile(re.escape(f"{paper.sources[0]}:title:") + r"[0-9a-f]{16}-[0-9a-f]{8}")
    return replace(paper, source_ids=tuple(i for i in paper.source_ids if not former.fullmatch(i)))


def _touch(paper: Paper, record: Record) -> str:
    return f"{paper.id}\n{record.source}"


def _create(record: Record, known: Known, kind: Kind) -> Decision:
    text_id = _text_id(record)
    names = chain((new_id(record), text_id), (f"{text_id}-{number}" for number in count(2)))
    name = next(name for name in names if not known.by_ids([name]))
    paper = Paper(name, record.title, record.abstract, record.raw_abstract, **_described(record, record))
    paper = _with_origin(paper, record)
    return Decision(kind, paper, touched=(paper.id, _touch(paper, record)))


def _join(record: Record, papers: list[Paper], seen: AbstractSet[str], stored: Paper | None = None) -> Decision:
    kept, *gone = papers
    before = stored or kept
    paper = reduce(_merge, gone, kept)
    if _told_first(record, before) and _touch(before, record) not in seen:
        paper = _retold(paper, record)
    paper = _with_origin(replace(paper, **_described(paper, record)), record)
    kind: Kind = "merged" if gone else _kind(before, paper, record, met=before.id in seen)
    touched = (paper.id, _touch(paper, record))
    return Decision(kind, paper, tuple(other.id for other in gone), touched, bool(gone) or paper != before)


def _merge(paper: Paper, other: Paper) -> Paper:
    ids, sources = _union(paper.source_ids, other.source_ids), _union(paper.sources, other.sources)
    return replace(paper, source_ids=ids, sources=sources, **_described(paper, other))


def _retold(paper: Paper, record: Record) -> Paper:
    described = _described(record, paper)
    return replace(paper, title=record.title, abstract=record.abstract, raw_abstract=record.raw_abstract, **described)


def _told_first(record: Record, paper: Paper) -> bool:
    """Whether the record's source is the one that gave the paper its abstract."""
    return paper.sources[:1] == (record.source,)


def _kind(before: Paper, after: Paper, record: Record, *, met: bool) -> Kind:
    if met:
        plain = replace(after, source_ids=before.source_ids, sources=before.sources, listed=before.listed)
        return "duplicate" if plain == before else "merged"
    if before == after:
        return "unchanged"
    return "changed" if _told_first(record, before) else "merged"


def _described(first: Paper | Record, second: Paper | Record) -> dict[str, Any]:
    """The descriptive fields of `first`, each that it lacks taken from `second`."""
    told = {name: getattr(first, name) or getattr(second, name) for name in _DESCRIPTIVE}
    return {**told, "extra": {**second.extra, **first.extra}}


def _with_origin(paper: Paper, record: Record) -> Paper:
    ids = (*_keys(record), record.own_id) if record.own_id else _keys(record)
    return replace(
        paper,
        source_ids=_union((*paper.source_ids, paper.id), ids),
        sources=_union(paper.sources, (record.source,)),
    )


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))
