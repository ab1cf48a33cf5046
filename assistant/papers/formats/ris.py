"""Reader of RIS, as Zotero, EndNote, Scopus, Ovid, Embase, ProQuest and Rayyan write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..paper import Problem, Record
from .fields import flipped, with_own_ids, year_of
from .tagged import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .tagged import Block

NAME = "RIS"

_START = re.compile(r"TY(?: {1,2}|\t)-")
_HEAD = re.compile(rf"^\ufeff?{_START.pattern}", re.M)
_END = re.compile(r"ER(?: {2}-|\t-| -\s*$)")
_TAG = re.compile(r"([A-Z][A-Z0-9])(?: {2}| ?\t)-")
_TEXT_TAG = re.compile(r"(?:TI|T1|AB|N2)(?: {2}| ?\t)-")  # Ovid writes other tags after ER
# In records copied from a web page, which then begin with "TY -"; elsewhere "ER - positive" is a line of text.
_NARROW_TAG = re.compile(r"([A-Z][A-Z0-9])[ \t]{1,2}-(?=\s)")
_NEXT_ADDRESS = re.compile(r";\s*(?=https?://)")
_PUBMED = re.compile(r"\ANLM\Z|pubmed|medline", re.I)


def sniff(head: str) -> bool:
    """Whether a line opens a reference with the tag TY."""
    return bool(_HEAD.search(head))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per reference, whether or not ER closes it; a title or abstract outside of any is a Problem."""
    return with_own_ids(_references(lines, source))


def _references(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    for block in blocks(lines, lambda text, _: bool(_START.match(text)), lambda text: bool(_END.match(text))):
        if block.begun and block.fault:
            yield Problem(block.line, block.fault)
        elif block.begun:
            yield _record(block, source)
        elif any(_TEXT_TAG.match(text) for text in block.texts):
            yield Problem(block.line, "has lines of a reference but none with the tag TY, which begins one")


def _record(block: Block, source: str) -> Record | Problem:
    values = _values(block.texts)

    def text(*names: str) -> str:
        return next((found for name in names if (found := "\n".join(values.get(name, ())).strip())), "")

    def one(*names: str) -> str | None:
        return next((value for name in names for value in values.get(name, ()) if value), None)

    title = text("title", "primary_title", "short_title")
    abstract = text("abstract", "notes_abstract")
    if block.breaks_off(abstract):
        return Problem(block.line, "the file ends inside the abstract of the reference that begins here")
    number, keywords = one("accession_number"), [word for word in values.get("keywords", ()) if word]
    names = values.get("authors") or values.get("first_authors") or []
    return Record(
        block.line,
        source,
        title,
        abstract,
        own_id=number or one("id"),
        authors=tuple(flipped(name) for name in names if name),
        year=year_of(one("year")) or year_of(one("publication_year")) or year_of(one("date")),
        venue=one("alternate_title3", "secondary_title", "journal_name", "alternate_title2"),
        url=_NEXT_ADDRESS.split(one("urls") or "")[0] or None,
        doi=one("doi"),
        pmid=number if _PUBMED.search(one("name_of_database", "database_provider") or "") else None,
        extra={"keywords": keywords} if keywords else {},
    )


def _values(texts: list[str]) -> dict[str, list[str]]:
    """The lines of each field by the name that rispy gives its tag, all of them where it is there twice."""
    from rispy import RisParser  # type: ignore[import-untyped]

    # Lists, as rispy otherwise keeps the first of two, and joins a long text line by line in quadratic time.
    every = list(RisParser.DEFAULT_MAPPING)
    parser = RisParser(list_tags=every, delimiter_tags_mapping={}, skip_unknown_tags=True)
    tags = every if texts[0].startswith("TY -") else None
    lines = [_spaced(text, tags) for text in texts if not _END.match(text)]
    found: list[dict[str, Any]] = parser.parse_lines(iter([*lines, "ER  - "]))
    return found[0]


def _spaced(text: str, narrow_tags: list[str] | None) -> str:
    """The line with its tag, if it has one, as rispy wants it: two blanks, a hyphen, a blank."""
    found = _TAG.match(text) if narrow_tags is None else _NARROW_TAG.match(text)
    is_tag = found and (narrow_tags is None or found[1] in narrow_tags)
    return f"{found[1]}  - {text[found.end() :].strip()}" if found and is_tag else text
