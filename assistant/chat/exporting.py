"""An answer or a conversation as a file to take along: Markdown with references and BibTeX, or BibTeX alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import SettingsError
from ..render import bibtex, markdown, plain
from .turns import Turn


def exported(turns: Sequence[Turn], what: str) -> tuple[str, str]:
    """File name and text. what: `answer` (the last one), `conversation` or `bibtex` (of all that was cited).

    Raises SettingsError where there is nothing of that kind.
    """
    answered = [turn for turn in turns if turn.answer is not None]
    if what == "answer":
        answered = answered[-1:]
    if not answered:
        raise SettingsError("There is no answer to export yet.", cure="Ask a question first.")
    entries = _entries(answered)
    name = _file_name(answered[0].question)
    if what == "bibtex":
        if not entries:
            raise SettingsError("No paper has been cited yet.", cure="Ask a question that the papers answer.")
        return f"{name}.bib", entries
    parts = [markdown(turn.answer or {}) for turn in answered]
    left_out = len(turns) - len(answered) if what == "conversation" else 0
    if left_out:
        parts.append(f"*Left out: {left_out} of the questions, which got no whole answer.*\n")
    if entries:
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", entries) or [""]))
        parts.append(f"BibTeX:\n\n{fence}bibtex\n{entries.rstrip()}\n{fence}\n")
    return f"{name}.md", "\n---\n\n".join(parts)


def _entries(turns: Sequence[Turn]) -> str:
    papers: dict[str, dict[str, Any]] = {}
    for turn in turns:
        papers |= {paper["paper_id"]: paper for paper in turn.papers if paper["paper_id"] not in papers}
    ordered = sorted(papers.values(), key=lambda paper: int(paper["number"]))
    return plain(bibtex({"papers": ordered})) if ordered else ""


def _file_name(question: str) -> str:
    words = re.findall(r"[a-z0-9]+", question.lower())
    return "-".join(words)[:60].strip("-") or "answer"
