"""The cited papers as cards: each abstract with the words that answers rest on marked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ..render import bibtex
from .show import read_link, safe, span_key
from .turns import Turn


def sources(turns: Sequence[Turn]) -> str:
    """A card for each paper cited so far: those of the newest answer, open, then the earlier ones; each by number."""
    papers = {paper["paper_id"]: paper for turn in turns for paper in turn.papers}
    newest = _newest(turns)
    now = {paper["paper_id"] for paper in turns[newest].papers} if turns else set()
    ordered = sorted(papers.values(), key=lambda paper: int(paper["number"]))
    cards = {
        one["paper_id"]: _card(
            one, _spans(turns, one["paper_id"], newest), _why(turns, one["paper_id"]), one["paper_id"] in now
        )
        for one in ordered
    }
    latest = "".join(card for paper_id, card in cards.items() if paper_id in now)
    before = "".join(card for paper_id, card in cards.items() if paper_id not in now)
    parts = [_head("Sources") + (latest or _NO_SOURCES)] if latest or not before else []
    parts += [_head("Cited earlier") + before] if before else []
    return "".join(parts)


def _head(text: str) -> str:
    return f'<h2 class="sources-head">{text}</h2>'


def _newest(turns: Sequence[Turn]) -> int:
    """The turn whose sources are in front: the last, or the one before while the last has nothing to show yet."""
    waiting = len(turns) > 1 and turns[-1].doing is not None and not turns[-1].papers
    return len(turns) - 2 if waiting else len(turns) - 1


_NO_SOURCES = (
    '<p class="hint">The papers that an answer cites appear here. '
    "A number behind a sentence leads to the exact words it rests on.</p>"
)

Span = tuple[int, int, str, bool]
"""Start and end in code points, the span's key, whether the newest answer cites it."""


def _spans(turns: Sequence[Turn], paper_id: str, newest: int) -> list[Span]:
    return [
        (citation["start"], citation["end"], span_key(number, citation["id"]), number == newest)
        for number, turn in enumerate(turns)
        for citation in turn.citations
        if citation["paper_id"] == paper_id
    ]


def _why(turns: Sequence[Turn], paper_id: str) -> str:
    """Why the paper was retrieved for the newest question that it answers, as far as that is known."""
    for turn in reversed(turns):
        passages = [one for one in (turn.answer or {}).get("passages", ()) if one["paper_id"] == paper_id]
        if passages:
            return _reasons(passages)
    return ""


def _reasons(passages: Sequence[Mapping[str, Any]]) -> str:
    first = passages[0]
    likeness = max(float(passage["similarity"]) for passage in passages)
    ways = [
        f"no. {int(first[rank])} by {name}"
        for rank, name in (("dense_rank", "meaning"), ("lexical_rank", "words"))
        if first[rank] is not None
    ]
    return f"Found as no. {int(first['rank'])}: {', '.join([*ways, f'similarity {likeness:.2f}'])}."


def _card(paper: Mapping[str, Any], spans: Sequence[Span], why: str, is_open: bool) -> str:
    number = int(paper["number"])
    reasons = f'<p class="why">{safe(why)}</p>' if why else ""
    entry = safe(_entry(json.dumps(paper, sort_keys=True)))
    return (
        f'<details class="card" id="paper-{number}"{" open" if is_open else ""}>'
        f'<summary><span class="number">{number}</span><span class="title">{safe(paper["title"])}</span></summary>'
        f'{_byline(paper)}<p class="abstract">{marked(paper["abstract"], spans)}</p>{reasons}'
        f'<button type="button" class="copy" data-copy="{entry}">Copy BibTeX</button>'
        f'<a class="back" href="#conversation">Back to the answer</a></details>'
    )


@lru_cache(1024)  # the cards are made anew with every sentence
def _entry(paper: str) -> str:
    return bibtex({"papers": [json.loads(paper)]}).strip()


def _byline(paper: Mapping[str, Any]) -> str:
    authors = list(paper["authors"])
    names = ", ".join(authors[:3]) + (" et al." if len(authors) > 3 else "")
    date = paper["year"] or paper.get("listed")
    known = [safe(part) for part in (names, paper["venue"], date) if part]
    known += [there] if (there := read_link(paper)) else []
    return f'<p class="byline">{" · ".join(known)}</p>' if known else ""


def marked(text: str, spans: Sequence[Span]) -> str:
    """The text with each cited span in `<mark>`s; where spans overlap, a piece carries the keys of all of them."""
    cuts = sorted({0, len(text), *(min(edge, len(text)) for span in spans for edge in span[:2])})
    return "".join(
        _piece(text[start:end], [span for span in spans if span[0] <= start and end <= span[1]])
        for start, end in pairwise(cuts)
    )


def _piece(text: str, spans: Sequence[Span]) -> str:
    if not spans:
        return safe(text)
    age = "" if any(span[3] for span in spans) else ' class="before"'
    return f'<mark{age} data-spans="{" ".join(span[2] for span in spans)}">{safe(text)}</mark>'
