"""Reader of BibTeX: an entry that is broken or never closed costs only itself."""

from __future__ import annotations

import logging
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from ..paper import Problem, Record
from .fields import flipped, with_own_ids, year_of
from .tagged import LINE_WEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bibtexparser.model import Entry, ParsingFailedBlock

NAME = "BibTeX"

_HEAVIEST = 2_000_000  # what an entry may weigh: its characters and its lines
_LONGEST_STRING, _MOST_STRINGS = 1000, 100_000  # an abbreviation that is longer, or one more, is not kept
_HOLE = "\ufdd0"  # stands for a line that could not be read; no text holds this code point
_START = re.compile(r"[ \t]*@[ \t]*[A-Za-z]\w*[ \t]*[{(]")
_HALF_START = re.compile(r"[ \t]*@[ \t]*[A-Za-z]\w*[ \t]*\n")
_LOOSE_START = re.compile(r"\A([ \t]*@)[ \t]*(\w+)[ \t]*(?=[{(])")
_SIGN = re.compile(
    r"^[ \t]*@[ \t]*(?:(?:string|comment|preamble)\s*[{(]|[a-z]\w*\s*[{(]\s*(?:[^\s{}(),=]+\s*)?,)", re.I | re.M
)
_KEY = re.compile(r"@\s*\w+\s*[{(]\s*([^,\s]{0,80})")
_MARK = re.compile(r'(?<!\\)[{}"#]')
_ESCAPED = re.compile(r"\\([_%&#~])")
_URL = re.compile(r"\s*\\url\s*\{(.*)\}\s*", re.S)
_ARXIV_VENUE = re.compile(r"(?:arXiv:|\babs/)\s*([\w./-]+)", re.I)  # as Google Scholar and DBLP write it


def sniff(head: str) -> bool:
    """Whether a line begins an entry, with a key and a comma, or a string, comment or preamble."""
    found = _SIGN.search(head)
    return bool(found) and "```" not in head[: found.start() if found else 0]


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per entry, its LaTeX as it stands; strings are put in, comments and preambles passed over."""
    return with_own_ids(_items(lines, source))


def _items(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    # Else it repeats each broken entry, hostile text and all; a Problem tells of it.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)
    strings: dict[str, str] = {}
    nothing = True
    for line, text in _pieces(lines):
        for item in _read_piece(line, text, source, strings):
            nothing = False
            yield item
    if nothing:
        yield Problem(None, "is a BibTeX file without any entry, only comments or strings")


def _pieces(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The file cut before each line that begins an entry; what is too long is cut short and ends in a hole.

    The library gives an entry up at such a line too, so this changes only how much is held at a time.
    """
    held: list[str] = []
    line, weight = 1, 0
    for number, text in _whole_starts(lines):
        if held and _START.match(text):
            yield line, "".join(held)
            held, weight = [], 0
        line = line if held else number
        weight += len(text) + LINE_WEIGHT
        if weight <= _HEAVIEST:
            held.append(text)
        elif held[-1:] != [_HOLE]:
            held = [[*held, text][0][:200], _HOLE]
    if held:
        yield line, "".join(held)


def _whole_starts(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines, "@article" and the "{" of the line below it as one, and `_HOLE` for those that are missing."""
    half: tuple[int, str] | None = None
    expected: int | None = None
    for number, text in lines:
        if expected is not None and number != expected:
            yield expected, f"{half[1] if half else ''}{_HOLE}\n"
            half = None
        expected = number + 1
        if half:
            joined = half[1].rstrip() if text.lstrip().startswith(("{", "(")) else half[1]
            number, text, half = half[0], joined + text.lstrip(" \t"), None
        if _HALF_START.fullmatch(text):
            half = (number, text)
        else:
            yield number, text
    if half:
        yield half


def _read_piece(line: int, text: str, source: str, strings: dict[str, str]) -> Iterator[Record | Problem]:
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String
    from bibtexparser.splitter import Splitter

    for block in Splitter(_LOOSE_START.sub(r"\1\2", text)).split().blocks:
        begin = line + max(block.start_line or 0, 0)
        if isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
            block = block.ignore_error_block or block  # a key given twice is no reason to lose the paper
        if isinstance(block, String) and len(strings) < _MOST_STRINGS and len(block.value) <= _LONGEST_STRING:
            strings[block.key.lower()] = block.value
        elif isinstance(block, Entry):
            yield _entry(begin, block, source, strings)
        elif isinstance(block, ParsingFailedBlock) and not (block.raw or "").lower().startswith("@comment"):
            yield Problem(begin, _fault(block))


def _fault(block: ParsingFailedBlock) -> str:
    raw = block.raw or ""
    found = _KEY.match(raw)
    name = f"the entry '{found[1]}'" if found else "the entry that begins here"
    if _HOLE in raw:
        return f"{name} is longer than 2 MB or has a line that cannot be read"
    cause = str(getattr(block.error, "abort_reason", block.error))
    if "end of file" in cause or "block start" in cause:
        return f"{name} cannot be read: it is not closed, a brace or quote is missing"
    return f"{name} cannot be read: {cause[:1].lower()}{cause[1:200].rstrip('.')}"


def _entry(line: int, entry: Entry, source: str, strings: dict[str, str]) -> Record | Problem:
    name = f"the entry '{entry.key[:80]}'"
    if _HOLE in (entry.raw or ""):
        return Problem(line, f"a line of {name} cannot be read")
    values: dict[str, str] = {}
    for field in entry.fields:
        parts = _parts(str(field.value))
        if parts is None:
            return Problem(line, f"{name} cannot be read: there is no comma after its field '{field.key[:80]}'")
        value = "".join(_unwrapped(strings.get(part.lower(), part)) for part in parts)
        if value.strip():
            values.setdefault(field.key.strip().lower(), value)
    return _record(line, entry.key, values, source)


def _record(line: int, key: str, values: dict[str, str], source: str) -> Record:
    def take(*names: str) -> str | None:
        return next((values.pop(name) for name in names if name in values), None)

    def id_of(*names: str) -> str | None:
        return _ESCAPED.sub(r"\1", take(*names) or "").strip() or None

    venue, eprint = take("journal", "journaltitle", "booktitle"), id_of("eprint", "arxivid", "arxiv")
    kind = (take("archiveprefix", "eprinttype") or "arxiv").strip().lower()
    in_venue = _ARXIV_VENUE.search(f"{(venue or '')[:500]} {values.get('volume', '')[:100]}")
    url = take("url")
    enclosed = _URL.fullmatch(url or "")
    date = next((name for name in ("year", "date") if year_of(values.get(name))), None)
    return Record(
        line,
        source,
        take("title") or "",
        take("abstract") or "",
        own_id=key or None,
        authors=_authors(take("author") or ""),
        year=year_of(values.pop(date)) if date else None,
        venue=venue,
        url=_ESCAPED.sub(r"\1", enclosed[1] if enclosed else url or "").strip() or None,
        doi=id_of("doi"),
        arxiv_id=(eprint if kind == "arxiv" else None) or (in_venue[1] if in_venue else None),
        pmid=id_of("pmid") or (eprint if kind in ("pubmed", "pmid") else None),
        extra=dict(values),
    )


def _parts(value: str) -> list[str] | None:
    """What stands between the "#" of a value; None if more than one text in braces or quotes stands there."""
    cuts, groups, depth = [-1], [0], 0
    quoted = False
    for mark in _MARK.finditer(value):
        at = mark.start()
        if mark[0] == '"' and not depth and not (quoted and value[at - 1 : at + 2] == '{"}'):
            quoted = not quoted
            groups[-1] += quoted
        elif not quoted and mark[0] in "{}":
            groups[-1] += not depth
            depth += 1 if mark[0] == "{" else -1
        elif mark[0] == "#" and not (quoted or depth):
            cuts.append(at)
            groups.append(0)
    parts = [value[one + 1 : other].strip() for one, other in pairwise([*cuts, len(value)])]
    return parts if all(map(_is_one, parts, groups)) else None


def _is_one(part: str, groups: int) -> bool:
    return groups == 0 or (groups == 1 and part[0] + part[-1] in ("{}", '""'))


def _unwrapped(part: str) -> str:
    return part[1:-1] if len(part) > 1 and (part[0], part[-1]) in (("{", "}"), ('"', '"')) else part


def _authors(text: str) -> tuple[str, ...]:
    from bibtexparser.middlewares.names import split_multiple_persons_names

    names = (" ".join(name.split()) for name in split_multiple_persons_names(text))
    shown = (name if name[:1] == "{" and name[-1:] == "}" else flipped(name) for name in names)
    return tuple(name for name in shown if name and name.lower() != "others")
