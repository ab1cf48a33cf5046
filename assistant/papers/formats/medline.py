"""Reader of MEDLINE text, PubMed's own format (.nbib)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from ..paper import Problem, Record
from .fields import flipped, year_of
from .tagged import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .tagged import Block

NAME = "PubMed MEDLINE text (.nbib)"

_PMID = re.compile(r"^\ufeff?PMID- +\d", re.M)
_TAG = re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{1,3}) *-(?:\s|$)")
_NOTED_ID = re.compile(r"(\S+)\s*\[(\w+)\]")


def sniff(head: str) -> bool:
    """Whether a line gives a PMID as MEDLINE does."""
    return bool(_PMID.search(head))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per block of tagged lines; a blank line or a second PMID ends a block."""
    for block in blocks(lines, _starts, lambda text: not text.strip()):
        if block.begun:
            yield Problem(block.line, block.fault) if block.fault else _record(block, source)


def _starts(text: str, held: list[str]) -> bool:
    if held and _TAG.match(held[0]):
        return text.startswith("PMID-") and any(line.startswith("PMID-") for line in held)
    return bool(_TAG.match(text))


def _record(block: Block, source: str) -> Record | Problem:
    values = _values(block.texts)

    def one(*tags: str) -> str:
        return next((value for tag in tags for value in values.get(tag, ()) if value), "")

    title, abstract = one("TI", "BTI"), " ".join(values.get("AB", ()))
    if block.breaks_off(abstract):
        return Problem(block.line, "the file ends inside the abstract of the record that begins here")
    noted = {kind: name for tag in ("LID", "AID") for name, kind in _noted(values.get(tag, []))}
    keywords = values.get("OT", []) + values.get("MH", [])
    return Record(
        block.line,
        source,
        title,
        abstract,
        own_id=one("PMID") or one("PMC") or None,
        authors=tuple(map(flipped, (values.get("FAU") or values.get("AU") or []) + values.get("CN", []))),
        year=year_of(one("DP")),
        venue=one("JT", "TA") or None,
        doi=noted.get("doi"),
        arxiv_id=noted.get("pii") if "arxiv" in noted.get("pii", "").lower() else None,
        pmid=one("PMID") or None,
        extra={"keywords": keywords} if keywords else {},
    )


def _noted(values: list[str]) -> Iterator[tuple[str, str]]:
    """The ids of "10.1118/1.4748329 [doi]" with their kinds."""
    for value in values:
        found = _NOTED_ID.fullmatch(value)
        if found:
            yield found[1], found[2].lower()


def _values(texts: list[str]) -> dict[str, list[str]]:
    """What each tag holds, a text per time it is there; its continuation lines begin with six blanks."""
    lines: dict[str, list[list[str]]] = defaultdict(list)
    last: list[str] = []
    for text in texts:
        found = _TAG.match(text)
        if found:
            last = []
            lines[found[1]].append(last)
        last.append(text[5:].strip() if found else text.strip())
    return {
        tag: [joined for parts in all_parts if (joined := " ".join(parts).strip())] for tag, all_parts in lines.items()
    }
