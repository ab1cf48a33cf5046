"""Reader of tables with a header line: CSV and TSV of Zotero, Scopus, Embase, OpenReview and spreadsheets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from ..paper import Problem, Record
from .fields import flipped, is_finished, with_own_ids, year_of
from .rows import rows, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .rows import Row

NAME = "a table (CSV, TSV) whose first line names its columns, title and abstract among them"

_MOST_COLUMNS = 2000
_LONGEST_NAME = 60  # characters of a column's name
_COLUMNS = {
    "title": "title|article title|document title|paper title|primary title|ti|original title",
    "abstract": "abstract|abstract note|abstract text|summary|ab|original abstract",
    "authors": "authors|author|author full names|author names|author(s)|first authors|af|au",
    "year": "year|publication year|published year|py|date|publication date|published",
    "venue": "venue|journal|publication title|journal/book|source title|journal name|conference name|conference|so",
    "url": "url|link|urls",
    "doi": "doi|di",
    "arxiv_id": "arxiv id|arxiv|arxivid",
    "pmid": "pmid|pubmed id|pm",
    "own_id": "id|paper id|key|record id|eid|ut (unique wos id)|ut|accession number",
}
_KNOWN = {name: (what, rank) for what, names in _COLUMNS.items() for rank, name in enumerate(names.split("|"))}
_NOTHING = {"", "na", "n/a", "nan", "none", "null", "-"}
_NOTED = {  # ids that Zotero keeps in its column Extra
    "doi": re.compile(r"\bDOI:\s*(\S+)", re.I),
    "arxiv_id": re.compile(r"\barXiv:\s*(\S+)", re.I),
    "pmid": re.compile(r"\bPMID:\s*(\d+)", re.I),
}
_LIST = re.compile(r"\[.*\]", re.S)
_LISTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.S)
_AND = re.compile(r",?\s+(?:and|&)\s+")
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ -]?){1,4}")


@dataclass(frozen=True, slots=True)
class _Header:
    names: list[str]
    columns: dict[str, list[int]]  # of what a Record has, the best named first
    is_zotero: bool


def sniff(head: str) -> bool:
    """Whether the first line names a title or an abstract column, or the lines have equal numbers of cells."""
    lines = [*islice(_written((number, f"{line}\n") for number, line in enumerate(head.split("\n"), 1)), 50)]
    if not lines:
        return False
    delimiter = _delimiter(lines[0][1])
    names = split(lines[0][1], delimiter)
    named = {"title", "abstract"} & _header(names).columns.keys() and max(map(len, names)) <= _LONGEST_NAME
    return len(names) > 1 and bool(named or _is_even(lines, delimiter))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per row; a row that has not the header's number of cells is a Problem."""
    return with_own_ids(_records(lines, source))


def _records(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    written = _written(lines)
    opening = next(written, (1, ""))
    table = rows(chain([opening], written), _delimiter(opening[1]))
    header: _Header | None = None
    empty = True
    for row in table:
        if header is None:
            header = _header(row.cells)
            if fault := row.fault or _unusable(header):
                yield Problem(row.line, fault)
                return
            continue
        empty = False
        yield Problem(row.line, row.fault) if row.fault else _record(row, header, source)
    if empty:
        yield Problem(None, "is a table without any row below its header line")


def _unusable(header: _Header) -> str:
    if len(header.names) > _MOST_COLUMNS:
        return "has more than 2,000 columns"
    if not {"title", "abstract"} & header.columns.keys():
        return "names no column title or abstract; name the columns in the first line, such as title,abstract,year"
    return ""


def _written(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines from the first that is not blank nor only tells a spreadsheet the delimiter."""
    stream = iter(lines)
    for number, text in stream:
        if text.strip() and not re.fullmatch(r"sep=.\s*", text):
            yield number, text
            break
    yield from stream


def _delimiter(line: str) -> str:
    """The one that finds the most known names, then the most cells: prose in the rows below misleads counts."""

    def worth(delimiter: str) -> tuple[int, int]:
        cells = split(line, delimiter)
        return len(_header(cells).columns), len(cells)

    return max(",;\t|", key=worth)


def _header(cells: list[str]) -> _Header:
    places: dict[str, list[tuple[int, int]]] = {}
    names = [cell.strip().strip("\ufeff") for cell in cells]
    known = [_KNOWN.get(" ".join(name.casefold().replace("_", " ").split())) for name in names]
    for place, one in enumerate(known):
        if one:
            places.setdefault(one[0], []).append((one[1], place))
    columns = {what: [place for _, place in sorted(found)] for what, found in places.items()}
    return _Header(names, columns, "abstract note" in map(str.casefold, names))


def _is_even(lines: list[tuple[int, str]], delimiter: str) -> bool:
    """Whether the first rows have equal numbers of cells: a table, but one without a header line."""
    first = list(islice(rows(lines, delimiter), 3))
    fewest = 3 if delimiter == "\t" else 4
    return (
        len(first) == 3 and {len(row.cells) for row in first} == {len(first[0].cells)} and len(first[0].cells) >= fewest
    )


def _record(row: Row, header: _Header, source: str) -> Record | Problem:
    rest = {place: cell for place, cell in enumerate(row.cells) if cell.strip().casefold() not in _NOTHING}

    def take(what: str) -> str | None:
        place = next((place for place in header.columns.get(what, ()) if place in rest), None)
        return None if place is None else rest.pop(place)

    last = len(row.cells) - 1
    title, abstract = take("title") or "", take("abstract") or ""
    if row.open_ended and last in header.columns.get("abstract", ()) and not is_finished(row.cells[last]):
        return Problem(row.line, "the row that begins here breaks off in its abstract")
    years = ((place, year) for place in header.columns.get("year", ()) if (year := year_of(rest.get(place))))
    place, year = next(years, (None, None))
    if place is not None:
        del rest[place]
    return Record(
        row.line,
        source,
        title,
        abstract,
        own_id=take("own_id"),
        authors=_authors(" ".join((take("authors") or "").split()), header),
        year=year,
        venue=take("venue"),
        url=take("url"),
        doi=take("doi") or _noted("doi", row, header),
        arxiv_id=take("arxiv_id") or _noted("arxiv_id", row, header),
        pmid=take("pmid") or _noted("pmid", row, header),
        extra={header.names[place]: cell for place, cell in rest.items() if header.names[place]},
    )


def _noted(what: str, row: Row, header: _Header) -> str | None:
    place = header.names.index("Extra") if header.is_zotero and "Extra" in header.names else len(row.cells)
    found = _NOTED[what].search("".join(row.cells[place : place + 1]))
    return found[1] if found else None


def _authors(text: str, header: _Header) -> tuple[str, ...]:
    """Names from a list as Python writes it, or with ";", "and" or commas between them."""
    if _LIST.fullmatch(text) and (found := _LISTED.findall(text)):
        names = [one or other for one, other in found]
    elif ";" in text or header.is_zotero:
        names = text.split(";")
    else:
        *first, last = _AND.split(text)
        names = [*first, last] if "," in last and first else _between_commas(", ".join([*first, last]))
    return tuple(filter(None, map(flipped, names)))


def _between_commas(text: str) -> list[str]:
    """Of "Lee A., Wu B." and "Lee, A., Wu, B." two names, of "Lee, Ann" one."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    pairs = [", ".join(parts[n : n + 2]) for n in range(0, len(parts), 2)]
    if len(parts) % 2 == 0 and all(map(_INITIALS.fullmatch, parts[1::2])):
        return pairs
    return pairs if len(parts) == 2 and any(" " not in part for part in parts) else parts
