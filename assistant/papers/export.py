"""Export: papers as lines of JSON, which index again to the same papers, and as rows for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..errors import SettingsError
from .bibliography import bibtex
from .ids import strong_ids
from .paper import Paper, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMS = ("jsonl", "bibtex", "csv")

_BATCH = 500  # papers written to BibTeX at once
_COLUMNS = ("id", "title", "authors", "year", "venue", "doi", "arxiv_id", "pmid", "url", "sources", "abstract")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # a cell that begins with one of these is run by some spreadsheet
_KEPT = ("raw_abstract", "source_ids", "sources", "extra")  # what an exported line has beyond a record


def exported(papers: Iterable[tuple[int, Paper]], form: str) -> Iterator[str]:
    """Numbered papers in one of FORMS, piece by piece. Raises SettingsError for another form."""
    if form not in FORMS:
        raise SettingsError(f"There is no form {form!r}.", cure=f"Use {', '.join(FORMS)}.")
    if form == "bibtex":
        return _bibliography(papers)
    return (jsonl if form == "jsonl" else table)(paper for _, paper in papers)


def _bibliography(papers: Iterable[tuple[int, Paper]]) -> Iterator[str]:
    stream = iter(papers)
    between = ""
    while part := list(islice(stream, _BATCH)):
        yield between + bibtex({**paper.to_dict(), "number": number} for number, paper in part)
        between = "\n"


def jsonl(papers: Iterable[Paper]) -> Iterator[str]:
    """A line of JSON a paper, with all that is known of it."""
    for paper in papers:
        told = {name: value for name, value in paper.to_dict().items() if value not in (None, "", [], {})}
        yield f"{_visible(json.dumps(told, ensure_ascii=False))}\n"


def table(papers: Iterable[Paper]) -> Iterator[str]:
    """A header and a row of CSV a paper. Every cell is quoted, and none can be taken for a formula."""
    yield _row(_COLUMNS)
    for paper in papers:
        yield _row([_cell(getattr(paper, name)) for name in _COLUMNS])


def restored(record: Record) -> Iterator[Record]:
    """The record; of an exported line, the records that made the paper, one for each source and own id.

    Read in this order they make it again: the first has only what gave the paper its id, for ids learned later do
    not change that.
    """
    kept = record.extra
    if not _is_exported(record):
        yield record
        return
    ids, sources = kept["source_ids"], kept["sources"]
    whole = replace(record, own_id=None, raw_abstract=kept.get("raw_abstract", ""), extra=kept.get("extra", {}))
    told = [replace(whole, source=source, own_id=own) for source in sources for own in _own_ids(source, ids)]
    first = _as_first_met(told[0], str(record.own_id))
    yield from told if first == told[0] else [first, *told]


def _is_exported(record: Record) -> bool:
    ids, sources, raw = (record.extra.get(name) for name in ("source_ids", "sources", "raw_abstract"))
    lists = all(
        isinstance(value, list) and value and all(isinstance(o, str) for o in value) for value in (ids, sources)
    )
    rest = isinstance(raw, str | None) and isinstance(record.extra.get("extra", {}), dict)
    return lists and rest and record.extra.keys() <= {*_KEPT} and record.own_id in (ids or ())


def _own_ids(source: str, ids: list[str]) -> list[str | None]:
    """The source's own ids of the paper; those made of its text are made again."""
    prefix = f"{source}:"
    own = [one.removeprefix(prefix) for one in ids if one.startswith(prefix)]
    return [one for one in own if one in ids and not one.startswith("title:")] or [None]


def _as_first_met(record: Record, paper_id: str) -> Record:
    strong = strong_ids(record.doi, record.arxiv_id, record.pmid)
    if paper_id in strong:
        before = strong[: strong.index(paper_id)]
    else:
        before = strong
        own = record.own_id if paper_id == f"{record.source}:{record.own_id}" else None
        record = replace(record, own_id=own)
    names = {"doi": "doi", "arxiv": "arxiv_id", "pmid": "pmid"}
    unknown: dict[str, Any] = {names[one.partition(":")[0]]: None for one in before}
    return replace(record, **unknown, url=None) if before else record  # an address may tell an id too


def _visible(text: str) -> str:
    """JSON in which what cannot be seen, and could steer a terminal, is written as an escape."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def _cell(value: Any) -> str:
    text = "; ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    shown = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return f"'{shown}" if text.startswith(_FORMULA) or shown.startswith(_FORMULA) else shown


def _row(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return written.getvalue()
