"""Reading: find files, tell their format by content, and stream records and problems out of them."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PapersError
from .cleaning import clean, is_stub, valid
from .formats import READERS
from .ids import arxiv_of, doi_of, pmid_of
from .lines import Lines
from .paper import Problem, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HEAD = 1 << 16  # characters that a reader may look at to know its format


def find(paths: Sequence[str | Path]) -> list[Path]:
    """The files named and those in the folders named, at any depth, each once; hidden ones are skipped.

    Raises PapersError for a path that does not exist, a folder that cannot be opened or that holds no file.
    """
    found: list[Path] = []
    for path in (Path(given).expanduser() for given in paths):
        if path.is_dir():
            found += _files_in(path)
        elif path.exists():
            found.append(path)
        else:
            raise PapersError(f"There is no file or folder '{path}'.", cure="Check the path.")
    return list(dict.fromkeys(found))


def read(path: Path, *, source: str | None = None) -> Iterator[Record | Problem]:
    """Records, cleaned, and problems of one file as it streams by, so problems may come a little early.

    A record's source is `source`, else the one it names itself, else the file's name without extension.
    Raises PapersError, once iterated, where the file cannot be opened or is of no known format.
    """
    try:
        with path.open("rb") as stream:
            lines = Lines(stream)
            nothing = True
            for item in _items(path, lines):
                yield from _flush(lines)
                yield _tidy(item, source) if isinstance(item, Record) else item
                nothing = False
            if nothing and not lines.problems:
                yield Problem(None, "the file holds no papers")
            yield from _flush(lines)
    except OSError as error:
        cause = error.strerror or str(error)
        raise PapersError(f"'{path}' cannot be read: {cause}.", cure="Check the file.") from error


def _files_in(folder: Path) -> list[Path]:
    files: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        shown = (Path(parent, name) for name in names if not name.startswith("."))
        files += [file for file in shown if file.is_file() or file.is_symlink()]
    if not files:
        raise PapersError(f"The folder '{folder}' holds no files.", cure="Name a folder with papers in it.")
    return sorted(files)


def _refuse(error: OSError) -> None:
    cause = f"The folder '{error.filename}' cannot be read: {error.strerror}."
    raise PapersError(cause, cure="Check its permissions.") from error


def _items(path: Path, lines: Lines) -> Iterator[Record | Problem]:
    stream = iter(lines)
    first = _first_lines(stream)
    head = "".join(text for _, text in first)[:_HEAD]
    if not head.strip():
        if not lines.problems:
            yield Problem(None, "the file is empty")
        return
    for reader in READERS:
        if reader.sniff(head):
            yield from reader.read(itertools.chain(first, stream), _source_name(path))
            return
    raise PapersError(
        f"'{path}' is in no format that is known here.",
        cure=f"These are read, plain or gzip: {'; '.join(reader.NAME for reader in READERS)}.",
    )


def _first_lines(stream: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """Enough lines to tell the format; any number of blank ones before them is not kept."""
    first: list[tuple[int, str]] = []
    size = 0
    for number, text in stream:
        if first or text.strip():
            first.append((number, text))
            size += len(text)
        if size >= _HEAD:
            break
    return first


def _source_name(path: Path) -> str:
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    return clean(Path(name).stem) or clean(path.name)


def _flush(lines: Lines) -> Iterator[Problem]:
    while lines.problems:
        yield lines.problems.popleft()


def _tidy(record: Record, source: str | None) -> Record | Problem:
    """The record with its texts cleaned and its ids in their one spelling, or why it is of no use."""
    title, abstract = clean(record.title), clean(record.abstract)
    if not title:
        return Problem(record.line, "has no title")
    stub = "is missing" if not abstract else is_stub(abstract)
    if stub:
        return Problem(record.line, f"the abstract of '{title[:80]}' {stub}", "no_abstract")
    own, url = _line_of(record.own_id), _line_of(record.url)
    given = (record.doi, own, url)
    return replace(
        record,
        source=clean(source or record.source) or record.source,
        title=title,
        abstract=abstract,
        raw_abstract=valid(record.abstract),
        authors=tuple(name for name in map(clean, record.authors) if name),
        own_id=own,
        listed=_line_of(record.listed),
        venue=_line_of(record.venue),
        url=url,
        doi=next(filter(None, map(doi_of, given)), None),
        arxiv_id=arxiv_of(record.arxiv_id, bare=True) or next(filter(None, map(arxiv_of, given)), None),
        pmid=pmid_of(record.pmid, bare=True) or next(filter(None, map(pmid_of, (own, url))), None),
    )


def _line_of(text: str | None) -> str | None:
    return clean(text or "") or None
