"""What is to be indexed: files, the standard input and queries to arXiv, each with a name and its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..errors import PapersError
from ..papers import Problem, Record, clean, find, reader_named, source_name, untidied

_ARXIV = "arxiv:"
_COUNTED = 100_000_000  # bytes of files that are read twice, the first time to count


@dataclass(frozen=True, slots=True)
class Arxiv:
    """How arXiv is asked. `limit`: papers a query. `url`: another server than arXiv's. `cache`: where pages are kept
    until the query is read whole; nowhere where it is None."""

    limit: int = 100
    url: str | None = None
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One thing to read. `source` is what its records come from where they name nothing themselves; `size` is in
    bytes, None for what can be read once only; `items` begins to read it."""

    name: str
    source: str
    size: int | None
    items: Callable[[], Iterator[Record | Problem]]

    @property
    def is_query(self) -> bool:
        """Whether it is asked of a server."""
        return self.name.startswith(_ARXIV)

    def readable(self) -> Iterator[Record | Problem]:
        """What it holds, not yet cleaned; where it cannot be read at all that is a problem of its own."""
        try:
            yield from self.items()
        except PapersError as error:
            if self.is_query:
                raise  # papers of which some did not come are no reason to read no others, but to ask again
            yield Problem(None, error.message.removesuffix("."))


def inputs(given: Sequence[str | Path], source: str | None, form: str | None, arxiv: Arxiv | None) -> list[Input]:
    """The inputs that paths, patterns, folders, "-" and "arxiv:QUERY" stand for, in their order, each once.

    Raises PapersError for a path that is not there and a format that there is not.
    """
    if form:
        reader_named(form)  # or each file would complain
    source = clean(source or "") or None  # as records get it
    found: dict[str, Input] = {}
    for one in given:
        if isinstance(one, str) and one.startswith(_ARXIV) and not Path(one).exists():
            found.setdefault(one, _query(one, source, arxiv or Arxiv()))
        else:
            found |= {file.name: file for file in _files([one], source, form) if file.name not in found}
    return list(found.values())


def count_ahead(wanted: Iterable[Input]) -> int | None:
    """How many records there are, where reading them twice costs little; else None."""
    sizes = [one.size for one in wanted]
    if None in sizes or sum(size or 0 for size in sizes) > _COUNTED:
        return None
    return sum(isinstance(item, Record) for one in wanted for item in one.readable())


def _files(given: Iterable[str | Path], source: str | None, form: str | None) -> Iterator[Input]:
    for path in find(given):
        size = path.stat().st_size if path.is_file() else None
        yield Input(str(path), source or source_name(path), size, partial(untidied, path, form))


def _query(name: str, source: str | None, arxiv: Arxiv) -> Input:
    from ..papers.arxiv import OFFICIAL, fetch

    query = name.removeprefix(_ARXIV).strip()
    items = partial(fetch, query, arxiv.limit, base_url=arxiv.url or OFFICIAL, cache=arxiv.cache)
    return Input(name, source or "arxiv", None, items)
