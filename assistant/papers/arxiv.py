"""Papers from arXiv's API: asked for politely, page by page, and kept on disk until the whole query is read."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import shutil
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from ..errors import PapersError
from .formats import arxiv_atom
from .paper import Problem, Record
from .polite import Fault, Polite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OFFICIAL = "https://export.arxiv.org/api/query"
MOST = 30_000
"""Papers that the API gives for one query."""

_PAGE = 100  # papers a request
_FEWEST = 20  # papers a page on average, which may be fewer than asked for; below it, it is not asked on and on
_LEAST = 10  # pages that may be asked for in any case
_FRESH = 24 * 3600  # seconds for which a kept page counts; arXiv announces new papers once a day
_TOTAL = re.compile(r"<opensearch:totalResults\b[^>]*>\s*(\d{1,9})\s*<", re.A)
_AGAIN = "Check the network and the query, and give the same command again later."
_RESUMED = f"{_AGAIN[:-1]}: it goes on where it stopped."
_MANUAL = "https://info.arxiv.org/help/api/user-manual.html"


@dataclass(frozen=True, slots=True)
class _Page:
    records: list[Record]
    total: int  # papers that the query has on arXiv


def fetch(
    query: str,
    limit: int,
    *,
    base_url: str = OFFICIAL,
    pause: float = 3.0,
    timeout: float = 30.0,
    retries: int = 4,
    cache: Path | None = None,
) -> Iterator[Record | Problem]:
    """At most `limit` papers that match, the most relevant first, uncleaned; `line` is the place among them.

    `query` is in arXiv's words, such as "cat:cs.CL AND abs:retrieval". Waits `pause` seconds between two
    requests, and `timeout` seconds for a sign of the server; a request that failed is made again up to `retries`
    times. Pages lie below `cache` until all of them are read, for a day at most: the same call goes on from them.
    Raises PapersError, once iterated, when the query is refused or the server cannot be reached or understood.
    """
    _check(query, limit, base_url)
    polite = Polite(base_url, pause=pause, timeout=timeout, retries=retries, cure=_RESUMED if cache else _AGAIN)
    folder = cache / hashlib.sha256(f"{base_url} {query}".encode()).hexdigest()[:16] if cache else None
    start, total, pages = 0, limit, 0
    while start < min(limit, total):
        pages += 1
        if pages > _LEAST + limit // _FEWEST:
            cause = f"arXiv gave only {start:,} papers in {pages - 1} pages."
            raise PapersError(cause, cure=polite.cure, retryable=True)
        page = _page(polite, query, (start, min(_PAGE, limit - start)), folder)
        total = page.total
        for number, record in enumerate(page.records, start + 1):
            yield replace(record, line=number)
        start += len(page.records)
    if total == 0:
        yield Problem(None, f"arXiv has no paper for the query '{query}'")
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


def _check(query: str, limit: int, base_url: str) -> None:
    if not query.strip():
        raise PapersError("The query to arXiv is empty.", cure='Write one such as arxiv:"cat:cs.CL AND abs:retrieval".')
    if not 1 <= limit <= MOST:
        cure = "For more, narrow the query, for instance by submittedDate, and ask in parts."
        raise PapersError(f"arXiv gives 1 to {MOST:,} papers for a query, not {limit:,}.", cure=cure)
    try:
        address = urlsplit(base_url)
        usable = address.scheme in ("http", "https") and address.hostname and not address.query and address.port != 0
    except ValueError:  # a port that is no number
        usable = False
    if not usable:
        raise PapersError(f"'{base_url}' is no address of arXiv's API.", cure=f"The official one is {OFFICIAL}.")


def _page(polite: Polite, query: str, part: tuple[int, int], folder: Path | None) -> _Page:
    """The page from `part[0]` on, of `part[1]` papers; not empty unless nothing matches the query."""
    start, count = part
    file = folder / f"{start:05}-{count:03}.xml" if folder else None
    if file and (kept := _kept(file, part)):
        return kept
    order = {"sortBy": "relevance", "sortOrder": "descending"}
    address = {"search_query": query, "start": start, "max_results": count, **order}
    body, page = polite.get(urlencode(address), lambda body: _understood(body, part))
    if file:
        _keep(file, body)
    return page


def _understood(body: bytes, part: tuple[int, int]) -> _Page:
    """The page that a body holds. Raises Fault for any other body, PapersError for arXiv's own complaint."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    total = _TOTAL.search(text)
    if not (arxiv_atom.sniff(text) and total):
        raise Fault("answered with something that is no page of its papers", again=True)
    start, count = part
    records: list[Record] = []
    for item in itertools.islice(arxiv_atom.read(enumerate(io.StringIO(text), 1), "arxiv"), count):
        if isinstance(item, Record):
            records.append(item)
        elif item.reason.startswith(arxiv_atom.COMPLAINT):
            raise PapersError(f"{item.reason}.", cure=f"Check the query; {_MANUAL} says how one is written.")
        else:
            raise Fault(f"sent a page that {item.reason}", again=True)
    if not records and start < int(total[1]):  # as it does now and then
        raise Fault(f"sent an empty page after {start:,} of {int(total[1]):,} papers", again=True)
    return _Page(records, int(total[1]))


def _kept(file: Path, part: tuple[int, int]) -> _Page | None:
    try:
        if time.time() - file.stat().st_mtime > _FRESH:
            return None
        return _understood(file.read_bytes(), part)
    except (OSError, Fault, PapersError):
        return None


def _keep(file: Path, body: bytes) -> None:
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(body)
        part.replace(file)
    except OSError as error:
        cause = f"The pages from arXiv cannot be kept in '{file.parent}': {error.strerror or error}."
        raise PapersError(cause, cure="Make room there, or check its permissions.") from error
