"""Reader of saved Hugging Face paper pages: the papers in the data that the page gives its scripts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ..paper import Problem
from .json_shapes import daily_papers, records
from .xml_stream import root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..paper import Record

NAME = "a Hugging Face paper page (HTML)"

_LONGEST_PAGE = 8_000_000  # characters
_PLACE = re.compile(r"(?:huggingface\.co|hf\.co)/papers\b", re.I)


def sniff(head: str) -> bool:
    """Whether it is HTML that names a paper on Hugging Face."""
    return root_of(head).lower() == "html" and bool(_PLACE.search(head))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per paper. Nothing is taken from what the page shows: its abstract opens with a machine's summary."""
    held: list[str] = []
    first, size = 1, 0
    for number, text in lines:
        first = first if held else number
        held.append(text)
        size += len(text)
        if size > _LONGEST_PAGE:
            yield Problem(number, f"the page is longer than {_LONGEST_PAGE:,} characters and is not read")
            return
    found = False
    for line, paper in _papers("".join(held)):
        found = True
        yield from records({"paper": paper}, first - 1 + line, source)
    if not found:
        yield Problem(None, "the page holds no paper's data; save it as the server sent it, not as it is shown")


def _papers(page: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Lines and papers, each once, out of the `data-props` of the page's elements."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(page.encode("utf-8", "replace"), parser)
    except etree.LxmlError:  # nothing in it is an element
        root = None
    seen: set[str] = set()
    for element in () if root is None else root.iterfind(".//*[@data-props]"):
        for paper in _named(_json(element.get("data-props") or "")):
            if paper["id"] not in seen:
                seen.add(paper["id"])
                line = element.sourceline
                yield line if isinstance(line, int) else 1, paper


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _named(props: Any) -> Iterator[dict[str, Any]]:
    """Under "paper" on a paper's page; a page of several has lists of objects with that key."""
    if not isinstance(props, dict):
        return
    listed = [one for value in props.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    for paper in (one.get("paper") for one in (props, *listed)):
        if isinstance(paper, dict) and isinstance(paper.get("id"), str) and daily_papers.fits({"paper": paper}):
            yield paper
