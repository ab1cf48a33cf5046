"""The papers of a corpus, and what became of added files, as HTML. Every text passes `safe`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .show import progress, read_link, safe

if TYPE_CHECKING:
    from pathlib import Path

    from ..ingest import Report
    from ..papers import Paper

_SHOWN = 20  # problems and notes of a file


def papers(found: Sequence[Paper], *, may_edit: bool) -> str:
    """A list; with `may_edit` each paper has a box to choose it by."""
    if not found:
        return '<p class="hint">No papers here. Other words, or fewer filters, may find some.</p>'
    return f'<ul class="papers">{"".join(_paper(paper, may_edit) for paper in found)}</ul>'


def _paper(paper: Paper, may_edit: bool) -> str:
    box = f'<input type="checkbox" class="pick" value="{safe(paper.id)}" aria-label="Choose: {safe(paper.title)}">'
    names = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    about = [names, paper.venue, paper.year or paper.listed, f"source {', '.join(paper.sources)}"]
    line = " · ".join(
        [*(safe(part) for part in about if part), *([there] if (there := read_link(_linked(paper))) else [])]
    )
    return (
        f"<li>{box if may_edit else ''}<details><summary>{safe(paper.title)}</summary>"
        f'<p class="abstract">{safe(paper.abstract)}</p></details><p class="byline">{line}</p></li>'
    )


def _linked(paper: Paper) -> dict[str, Any]:
    return {"url": paper.url, "doi": paper.doi, "arxiv_id": paper.arxiv_id}


def adding(names: Sequence[str], so_far: tuple[float, float] | None) -> str:
    """That files are being indexed, and how far that is."""
    bar = f"{progress('Papers indexed', *so_far)} {so_far[0]:.0f} of {so_far[1]:.0f}" if so_far else ""
    return f'<p class="doing" role="status"><span class="pulse"></span>Reading {safe(", ".join(names))} {bar}</p>'


def report(made: Report, corpus: str, folders: Sequence[Path]) -> str:
    """What became of each file. folders: where uploads lay, which concerns no one."""
    total = made.totals
    head = f"{total['new']} new, {total['changed']} changed, {total['unchanged']} unchanged in corpus {corpus}."
    rows = "".join(_file(file.to_dict(), folders) for file in made.files)
    return f'<div class="report" role="status"><p>{safe(head)}</p>{rows}</div>'


def _file(file: dict[str, Any], folders: Sequence[Path]) -> str:
    kinds = ("new", "changed", "unchanged", "merged", "duplicate", "no_abstract")
    counts = ", ".join(f"{file[kind]} {kind.replace('_', ' ')}" for kind in kinds if file[kind])
    said = [f"line {one['line']}: {one['reason']}" if one["line"] else one["reason"] for one in file["unreadable"]]
    said += file["notes"]
    more = [f"and {len(said) - _SHOWN} more"] if len(said) > _SHOWN else []
    remarks = "".join(f"<li>{bare(one, folders)}</li>" for one in [*said[:_SHOWN], *more])
    notes = f"<ul>{remarks}</ul>" if remarks else ""
    return f"<p><b>{bare(file['path'], folders)}</b>: {safe(counts or 'nothing that can be indexed')}</p>{notes}"


def bare(text: str, folders: Sequence[Path]) -> str:
    """A text, safe, in which uploaded files have their names alone."""
    for folder in folders:
        text = text.replace(f"{folder}/", "")
    return safe(text)


def failure(message: str, cure: str | None) -> str:
    """An error with its cure."""
    return f'<div class="error" role="alert"><p class="says">{safe(message)}</p><p>{safe(cure or "")}</p></div>'
