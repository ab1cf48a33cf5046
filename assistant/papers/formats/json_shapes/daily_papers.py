"""Shape of Hugging Face's daily papers: their API's answer, one paper of it, or a list derived from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...ids import arxiv_address, arxiv_of
from ...paper import Record
from .values import first, ident, kept, names, text, year

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "Hugging Face daily papers"

_OF_A_PAPER = frozenset({"upvotes", "ai_summary", "ai_keywords", "submittedOnDailyAt", "discussionId"})


def fits(value: dict[str, Any]) -> bool:
    """Whether it is a paper with the site's own keys, or holds one under "paper"."""
    paper = _inner(value) or value
    has_id = "id" in paper or "arxiv_id" in paper
    return has_id and "title" in paper and (paper is not value or not _OF_A_PAPER.isdisjoint(paper))


def records(value: dict[str, Any], line: int, source: str) -> Iterator[Record]:
    """The summary is the abstract by the authors; `ai_summary`, written by a machine, is never read."""
    paper = {**value, **_inner(value)}
    own = ident(paper.get("arxiv_id")) or ident(paper.get("id"))
    arxiv_id = arxiv_of(own, bare=True)
    yield Record(
        line,
        source,
        text(paper.get("title")) or "",
        text(paper.get("summary")) or text(paper.get("abstract")) or "",
        own_id=own,
        authors=names(paper.get("authors")),
        year=year(paper.get("publishedAt")) or year(paper.get("published_at")),
        url=first(paper.get("url")) or arxiv_address(arxiv_id),
        arxiv_id=arxiv_id,
        extra=kept(paper, "upvotes", "submittedOnDailyAt", "projectPage", "githubRepo"),
    )


def _inner(value: dict[str, Any]) -> dict[str, Any]:
    paper = value.get("paper")
    return paper if isinstance(paper, dict) else {}
