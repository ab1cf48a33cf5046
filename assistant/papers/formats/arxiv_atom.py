"""Reader of arXiv feeds: answers of its API (Atom) and its daily announcements (RSS and Atom)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..ids import arxiv_address, arxiv_of, arxiv_year
from ..paper import Problem, Record
from .fields import year_of
from .markup import text_of
from .xml_document import Found, Layout
from .xml_stream import elements, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

NAME = "an arXiv feed (Atom or RSS)"

_LAYOUT = Layout(containers=frozenset({"feed", "rss", "RDF", "channel"}), papers=frozenset({"entry", "item"}))
COMPLAINT = "arXiv reports an error: "
"""How the reason of a Problem begins that tells an error of the API."""

_ERROR = "/api/errors"
_OAI = re.compile(r"oai:arxiv\.org:", re.I)
_VERSION = re.compile(r"\d(v\d+)(?!\d)", re.A)
_COMMA = re.compile(r",(?![^()]*\))")  # not one between brackets


def sniff(head: str) -> bool:
    """Whether it is a feed in which arXiv is named."""
    return root_of(head) in _LAYOUT.containers and "arxiv.org" in head.lower()


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per entry; an error of the API, which comes as an entry, is a Problem."""
    for found in elements(lines, _LAYOUT):
        if not isinstance(found, Found):
            yield found
        elif found.name in _LAYOUT.papers:
            yield _entry(found.line, found.element, source)


def _entry(line: int, entry: _Element, source: str) -> Record | Problem:
    given = _id(entry)
    summary = _text(entry, "summary") or _text(entry, "description")
    if _ERROR in given:
        return Problem(line, f"{COMPLAINT}{' '.join(summary.split())[:200]}")
    arxiv_id = arxiv_of(given)
    return Record(
        line,
        source,
        _text(entry, "title"),
        summary,
        own_id=arxiv_id or given.strip() or None,
        authors=tuple(_authors(entry)),
        year=_year(entry, arxiv_id),
        url=arxiv_address(arxiv_id) or _text(entry, "link") or None,
        doi=next(iter(_text(entry, "doi").split()), None),  # a second one is of an erratum
        arxiv_id=arxiv_id,
        extra=_extra(entry, given),
    )


def _text(entry: _Element, name: str) -> str:
    return text_of(entry.find(f"{{*}}{name}"))


def _texts(entry: _Element, path: str) -> list[str]:
    return [text for element in entry.findall(path) if (text := text_of(element).strip())]


def _id(entry: _Element) -> str:
    """What names the paper, with its version: an address of arXiv, or "arXiv:" and the id."""
    about = next((str(value) for name, value in entry.items() if str(name).endswith("}about")), "")
    named = [_text(entry, "id"), _text(entry, "guid"), about, _text(entry, "link")]
    given = [_OAI.sub("arXiv:", text.strip()) for text in named if text.strip()]
    return next((text for text in given if arxiv_of(text)), given[0] if given else "")


def _authors(entry: _Element) -> list[str]:
    """The API has an element for each author, an announcement one text for all."""
    return _texts(entry, "{*}author/{*}name") or [
        name.strip() for text in _texts(entry, "{*}creator") for name in _COMMA.split(text) if name.strip()
    ]


def _year(entry: _Element, arxiv_id: str | None) -> int | None:
    """Of the first version. The date of an announcement may be that of a later one, but the id tells."""
    announced = entry.find("{*}announce_type") is not None
    published = None if announced else year_of(_text(entry, "published"))
    return published or arxiv_year(arxiv_id)


def _extra(entry: _Element, given: str) -> dict[str, Any]:
    version = _VERSION.search(given)
    categories = [one.get("term") or text_of(one).strip() for one in entry.findall("{*}category")]
    values = {
        "version": version and version[1],
        "categories": [category for category in categories if category],
        **{name: " ".join(_text(entry, name).split()) for name in ("comment", "journal_ref", "announce_type")},
    }
    return {name: value for name, value in values.items() if value}
