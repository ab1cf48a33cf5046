"""Reader of Web of Science's tagged export ("plain text"), which is often named .ris or .txt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..paper import Problem, Record
from .fields import flipped, year_of
from .tagged import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .tagged import Block

NAME = "Web of Science tagged text"

_FILE = re.compile(r"\s*FN [^\n]*\n\s*VR ")
_START = re.compile(r"PT [A-Z]\s*$")
_RECORD = re.compile(r"^PT [A-Z][ \t]*\n[A-Z][A-Z0-9] \S", re.M)
_TAG = re.compile(r"[A-Z][A-Z0-9](?: |$)")
_AROUND = re.compile(r"(?:FN|VR|EF|ER)(?: |$)")


def sniff(head: str) -> bool:
    """Whether it begins with the export's FN and VR lines, or has a record that opens with PT."""
    return bool(_FILE.match(head) or _RECORD.search(head))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per PT line; tagged lines outside of any record are a Problem."""
    nothing = True
    for block in blocks(lines, lambda text, _: bool(_START.match(text)), lambda text: text.rstrip() == "ER"):
        if block.begun:
            nothing = False
            yield Problem(block.line, block.fault) if block.fault else _record(block, source)
        elif any(_TAG.match(text) and not _AROUND.match(text) for text in block.texts):
            nothing = False
            yield Problem(block.line, "has lines of a record but none with the tag PT, which begins one")
    if nothing:
        yield Problem(None, "is a Web of Science file without any record (no line with the tag PT)")


def _record(block: Block, source: str) -> Record | Problem:
    values = _values(block.texts)

    def text(name: str) -> str:
        return "\n".join(values.get(name, ())).strip()

    title, abstract = text("document_title"), text("abstract")
    if block.breaks_off(abstract):
        return Problem(block.line, "the file ends inside the abstract of the record that begins here")
    names = values.get("author_full_name") or values.get("authors") or values.get("group_authors") or []
    listed = (text("author_keywords"), text("keywords_plus"))
    keywords = [" ".join(word.split()) for words in listed for word in words.split(";") if word.strip()]
    return Record(
        block.line,
        source,
        title,
        abstract,
        own_id=text("accession_number") or None,
        authors=tuple(flipped(name) for name in names if name),
        year=year_of(text("publication_year")) or year_of(text("early_access_year")),
        venue=text("publication_name") or None,
        doi=text("doi") or None,
        pmid=text("pubmed_id") or None,
        extra={"keywords": keywords} if keywords else {},
    )


def _values(texts: list[str]) -> dict[str, list[str]]:
    """The lines of each field by the name that rispy gives its tag."""
    from rispy import WokParser  # type: ignore[import-untyped]

    lines = [text if _TAG.match(text) else f"   {text.strip()}" for text in texts if text.strip()]
    every = list(WokParser.DEFAULT_MAPPING)  # lists do not join a text line by line, which takes quadratic time
    parser = WokParser(list_tags=every, skip_unknown_tags=True)
    found: list[dict[str, Any]] = parser.parse_lines(iter([*lines, "ER"]))
    return found[0]
