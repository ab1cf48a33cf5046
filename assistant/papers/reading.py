"""Reading: find files, tell their format by content, and stream records and problems out of them."""

from __future__ import annotations

import glob
import io
import itertools
import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ..errors import PapersError
from .cleaning import clean, clean_abstract, clean_name, clean_title, is_stub, one_line, valid
from .export import restored
from .formats import PIECEWISE, READERS
from .ids import arxiv_of, doi_of, pmid_of
from .lines import Lines
from .paper import Problem, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .formats import Reader

STDIN = Path("-")
"""Stands for the standard input, which is read once."""

EMPTY = "the file is empty"
"""The reason of the one Problem of a file without any text."""

_HEAD = 1 << 16  # characters that a reader may look at to know its format
_ALSO = {"json": "jsonl", "csv": "tables", "tsv": "tables", "bib": "bibtex", "nbib": "medline", "wos": "web-of-science"}


def find(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, those that fit a pattern and those in folders, at any depth, each once; hidden ones are skipped.

    A pattern is a path that does not exist and holds `*`, `?` or `[`; `**` stands for folders at any depth.
    Raises PapersError for a path that does not exist, a folder that cannot be opened or that holds no file.
    """
    found: list[Path] = []
    for path in (_expanded(given) for given in paths):
        if path == STDIN or not _is_there(path):
            found += [path] if path == STDIN else _fitting(path)
        elif path.is_dir():
            found += _files_in(path)
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def read(path: Path, *, source: str | None = None, form: str | None = None) -> Iterator[Record | Problem]:
    """Records, cleaned, and problems of one file as it streams by, so problems may come a little early.

    A record's source is `source`, else the one it names itself, else `source_name`. `form` is one of `forms()`, for
    a file that is not to be recognised by its content. Raises PapersError, once iterated, where the file cannot be
    opened or is of no known format.
    """
    for item in untidied(path, form):
        yield tidied(item, source)


def untidied(path: Path, form: str | None = None) -> Iterator[Record | Problem]:
    """The same as `read` gives before it is cleaned: `tidied` does that."""
    reader = reader_named(form) if form else None
    try:
        with _opened(path) as stream:
            lines = Lines(stream)
            nothing = True
            for item in _items(path, lines, reader):
                yield from _flush(lines)
                yield from restored(item) if isinstance(item, Record) else (item,)
                nothing = False
            if nothing and not lines.problems:
                yield Problem(None, "the file holds no papers")
            yield from _flush(lines)
    except OSError as error:
        cause = error.strerror or str(error)
        raise PapersError(f"{_shown(path)} cannot be read: {cause}.", cure="Check the file.") from error


def tidied(item: Record | Problem, source: str | None = None) -> Record | Problem:
    """A record with its texts cleaned and its ids in their one spelling, or why it is of no use; a problem as it is."""
    if isinstance(item, Problem):
        return item
    title, abstract = clean_title(item.title), clean_abstract(item.abstract)
    if not title:
        return Problem(item.line, "has no title")
    stub = "is missing" if not abstract else is_stub(abstract)
    if stub:
        return Problem(item.line, f"the abstract of '{title[:80]}' {stub}", "no_abstract")
    own, url = _line_of(item.own_id), _line_of(item.url)
    given = (item.doi, own, url)
    return replace(
        item,
        source=clean(source or item.source) or item.source,
        title=title,
        abstract=abstract,
        raw_abstract=valid(item.raw_abstract or item.abstract),
        authors=tuple(name for name in map(clean_name, item.authors) if name),
        own_id=own,
        listed=_line_of(item.listed),
        venue=clean(item.venue or "") or None,
        url=url,
        doi=next(filter(None, map(doi_of, given)), None),
        arxiv_id=arxiv_of(item.arxiv_id, bare=True) or next(filter(None, map(arxiv_of, given)), None),
        pmid=pmid_of(item.pmid, bare=True) or next(filter(None, map(pmid_of, (own, url))), None),
    )


def source_name(path: Path) -> str:
    """The source of records that name none: the file's name without extension and `.gz`."""
    if path == STDIN:
        return "stdin"
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    return clean(Path(name).stem) or clean(path.name)


def forms() -> list[str]:
    """The short names of the formats that are read."""
    names = (str(reader.__name__) for reader in READERS)  # type: ignore[attr-defined]  # each is a module
    return [name.rpartition(".")[2].replace("_", "-") for name in names]


def reader_named(form: str) -> Reader:
    """The reader of a format. Raises PapersError, with the names of all, where there is none."""
    wanted = form.lower().replace("_", "-")
    known = dict(zip(forms(), READERS, strict=True))
    if (reader := known.get(_ALSO.get(wanted, wanted))) is None:
        raise PapersError(f"There is no format {form!r}.", cure=f"Known: {', '.join(known)}.")
    return reader


def what_is_read() -> str:
    """A sentence that names the formats."""
    return f"These are read, plain or gzip: {'; '.join(reader.NAME for reader in READERS)}."


def _expanded(given: str | Path) -> Path:
    try:
        return Path(given).expanduser()
    except RuntimeError:
        raise PapersError(f"'{given}' begins with a user that there is not.", cure="Check the path.") from None


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        cause = f"'{path}' cannot be looked at: {error.strerror or error}."
        raise PapersError(cause, cure="Check the path and its permissions.") from error


def _fitting(pattern: Path) -> list[Path]:
    if not glob.has_magic(str(pattern)):
        raise PapersError(f"There is no file or folder '{pattern}'.", cure="Check the path.")
    found = [Path(name) for name in sorted(glob.glob(str(pattern), recursive=True))]  # noqa: PTH207  # skips hidden ones
    files = [file for path in found for file in (_walked(path) if path.is_dir() else [path])]
    if not files:
        raise PapersError(f"No file fits the pattern '{pattern}'.", cure="Check the path.")
    return files


def _files_in(folder: Path) -> list[Path]:
    files = _walked(folder)
    if not files:
        raise PapersError(f"The folder '{folder}' holds no files.", cure="Name a folder with papers in it.")
    return files


def _walked(folder: Path) -> list[Path]:
    files: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        shown = (Path(parent, name) for name in names if not name.startswith("."))
        files += [file for file in shown if file.is_file() or file.is_symlink()]
    return sorted(files)


def _refuse(error: OSError) -> None:
    cause = f"The folder '{error.filename}' cannot be read: {error.strerror}."
    raise PapersError(cause, cure="Check its permissions.") from error


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader[Any]]:
    if path != STDIN:
        with path.open("rb") as stream:
            yield stream
        return
    if sys.stdin is None:
        raise PapersError("There is no standard input.", cure="Name a file.")
    given = io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))  # whatever it is, it can be read
    try:
        yield given
    finally:
        given.detach()


def _shown(path: Path) -> str:
    return "The standard input" if path == STDIN else f"'{path}'"


def _items(path: Path, lines: Lines, reader: Reader | None) -> Iterator[Record | Problem]:
    stream = iter(lines)
    first = _first_lines(stream)
    head = "".join(text for _, text in first)[:_HEAD]
    if not head.strip():
        if not lines.problems:
            yield Problem(None, EMPTY)
        return
    reader = reader or next((one for one in READERS if one.sniff(head)), None)
    if reader is None:
        raise PapersError(f"{_shown(path)} is in no format that is known here.", cure=what_is_read())
    pieces = itertools.chain(first, stream)
    yield from reader.read(pieces if reader in PIECEWISE else lines.whole(pieces), source_name(path))


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


def _flush(lines: Lines) -> Iterator[Problem]:
    while lines.problems:
        yield lines.problems.popleft()


def _line_of(text: str | None) -> str | None:
    return one_line(text or "") or None
