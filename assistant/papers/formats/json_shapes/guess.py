"""Shape of any other object: a title, an abstract and the rest under one of the names that people give them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from ...cleaning import valid
from ...paper import Record
from .values import at, first, ident, names, plain, text, year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = "any objects with a title and an abstract"

# Written in small letters without blanks, hyphens and underscores, but for a leading one.
_TITLE = ("title", "papertitle", "articletitle", "documenttitle", "primarytitle", "displayname")
_ABSTRACT = ("abstract", "summary", "abstracttext", "abstractnote", "paperabstract", "description", "text")
_OWN_ID = ("id", "docid", "_id", "paperid", "uid", "key", "citationkey", "corpusid", "bibcode")
_AUTHORS = ("authors", "author", "creators", "creator", "authorlist", "authornames", "authorstring")
_YEAR = ("year", "pubyear", "publicationyear", "date", "published", "publishedat", "publicationdate", "pubdate",
    "datepublished", "publisheddate", "issued")  # fmt: skip
_VENUE = ("venue", "journal", "conference", "booktitle", "containertitle", "publicationtitle", "journaltitle")
_URL = ("url", "link", "paperurl", "puburl", "absurl", "arxivurl", "entryid", "href", "htmlurl", "pdfurl")
_ARXIV = ("arxivid", "arxiv", "arxivnumber", "eprint")
_PMID = ("pmid", "pubmedid", "pubmed")
# Under these lies one paper, where other names are ids with a paper each.
NESTS = ("paper", "data", "metadata", "bib", "attributes", "_source", "content", "citingPaper", "citedPaper")
_LONGEST_NAME = 40  # characters; a longer key is none of these

T = TypeVar("T")


def fits(_value: dict[str, Any]) -> bool:
    """Whether nothing else is known of it; asked last."""
    return True


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
    """What is not understood is left in `extra`. Its `source` is the one it names, else the file's."""
    left = _Left(value)
    yield Record(
        line,
        left.take(("source",), text) or source,
        left.take(_TITLE, text) or "",
        left.take(_ABSTRACT, text) or "",
        own_id=left.take(_OWN_ID, ident),
        authors=left.take(_AUTHORS, lambda found: names(found) or None) or (),
        year=left.take(_YEAR, year),
        listed=left.take(("listed",), text),
        venue=left.take(_VENUE, _venue),
        url=left.take(_URL, first),
        doi=left.take(("doi",), first),
        arxiv_id=left.take(_ARXIV, first),
        pmid=left.take(_PMID, ident),
        extra=left.extra(),
    )


class _Left:
    """What is left of a record; a paper that lies in it under a usual name is taken out first."""

    def __init__(self, value: dict[str, Any]) -> None:
        nest = None if "title" in value else next((name for name in NESTS if at(value, name, "title")), None)
        outer = {name: held for name, held in value.items() if name != nest}
        self._rest: dict[str, Any] = {**value[nest], **outer} if nest else outer
        self._keys: dict[str, list[str]] = {}
        for key in self._rest:
            if len(key) <= _LONGEST_NAME:
                self._keys.setdefault(_bare(key), []).append(key)

    def take(self, wanted: tuple[str, ...], understand: Callable[[Any], T | None]) -> T | None:
        """The first of the wanted whose value is understood, taken out, as are empty values."""
        for name in wanted:
            for key in self._keys.get(name, ()):
                if self._rest.get(key) in (None, "", []):
                    self._rest.pop(key, None)
                elif (found := understand(self._rest[key])) is not None:
                    del self._rest[key]
                    return found
        return None

    def extra(self) -> dict[str, Any]:
        return {valid(key): plain(value) for key, value in self._rest.items()}


@lru_cache(4096)
def _bare(key: str) -> str:
    return re.sub(r"(?<!^)[^a-z0-9]+", "", key.lower())


def _venue(value: Any) -> str | None:
    return first(value) or first(at(value, "name")) or first(at(value, "title"))
