"""Reader of the ACL Anthology's XML: a collection of volumes, each with its papers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..paper import Problem, Record
from .fields import year_of
from .markup import text_of
from .xml_document import Found, Layout
from .xml_stream import elements, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

NAME = "ACL Anthology XML"

_LAYOUT = Layout(
    containers=frozenset({"collection", "volume"}), papers=frozenset({"paper"}), context=frozenset({"meta"})
)
_COLLECTION = re.compile(r"<collection\s+id=")
_PLACE = "https://aclanthology.org/"


class _Where:
    """The collection and volume that the next papers are in."""

    def __init__(self) -> None:
        self.collection = self.volume = ""
        self.year: int | None = None
        self.venue: str | None = None

    def enter(self, name: str, element: _Element) -> None:
        if name == "meta":
            self.year = year_of(text_of(element.find("year")))
            self.venue = text_of(element.find("journal-title")) or text_of(element.find("booktitle")) or None
            return
        self.volume, self.year, self.venue = "", None, None
        if name == "collection":
            self.collection = element.get("id") or ""
        else:
            self.volume = element.get("id") or ""

    def anthology_id(self, number: str) -> str | None:
        """As the Anthology spells it: 2020.acl-main.1, P18-1001, W19-5001."""
        if not (self.collection and self.volume and number):
            return None
        if self.collection[0].isdigit():
            return f"{self.collection}-{self.volume}.{number}"
        if not (self.volume.isdecimal() and number.isdecimal()):
            return None
        two = (
            self.collection[0] == "W" or self.collection == "C69" or (self.collection == "D19" and int(self.volume) > 4)
        )
        digits = (2, 2) if two else (1, 3)
        return f"{self.collection}-{int(self.volume):0{digits[0]}}{int(number):0{digits[1]}}"


def sniff(head: str) -> bool:
    """Whether it is a collection with an id."""
    return root_of(head) == "collection" and bool(_COLLECTION.search(head))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per paper; a volume's front matter is none."""
    where = _Where()
    for found in elements(lines, _LAYOUT):
        if not isinstance(found, Found):
            yield found
        elif found.name in _LAYOUT.papers:
            yield _record(found.line, found.element, source, where)
        else:
            where.enter(found.name, found.element)


def _record(line: int, paper: _Element, source: str, where: _Where) -> Record:
    own_id = where.anthology_id(paper.get("id") or "")
    place = text_of(paper.find("url")).strip() or own_id
    return Record(
        line,
        source,
        text_of(paper.find("title")),
        text_of(paper.find("abstract")),
        own_id=own_id,
        authors=tuple(filter(None, map(_name, paper.findall("author")))),
        year=where.year,
        venue=where.venue,
        url=place if place is None or "://" in place else f"{_PLACE}{place}",
        doi=text_of(paper.find("doi")) or None,
    )


def _name(author: _Element) -> str:
    return f"{text_of(author.find('first'))} {text_of(author.find('last'))}".strip()
