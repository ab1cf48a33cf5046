"""The commands `papers`: what is in a corpus, shown, removed and exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from .door import corpus_note, emit, json_option, say, session
from .options import corpus as corpus_option
from .options import filters, page, title, using


@click.group()
def papers() -> None:
    """List, show, remove and export the papers of a corpus."""


@papers.command("list")
@using(corpus_option, *filters, title, *page, json_option)
def list_papers(corpus: str | None, as_json: bool, **chosen: Any) -> None:
    """The papers that pass the filters: id, year and title."""
    with session(corpus) as assistant:
        found = assistant.each_paper(**chosen)
        if as_json:
            emit({"corpus": assistant.corpus, "papers": [paper.to_dict() for _, paper in found]})
            return
        corpus_note(assistant)
        for _, paper in found:
            say(f"{paper.id}  {paper.year or '    '}  {paper.title}")


@papers.command()
@click.argument("paper_id")
@using(corpus_option, json_option)
def show(paper_id: str, corpus: str | None, as_json: bool) -> None:
    """One paper, by any of its ids."""
    from ..errors import PapersError
    from ..render import byline

    with session(corpus) as assistant:
        found = assistant.papers(paper_ids=[paper_id])
        if not found:
            cure = "See: assistant papers list"
            raise PapersError(f"The corpus {assistant.corpus!r} has no paper {paper_id!r}.", cure=cure)
        if as_json:
            emit({"corpus": assistant.corpus, "papers": [paper.to_dict() for paper in found]})
            return
        for paper in found:
            say(f"{byline(paper.to_dict())}\n{paper.id}  (from {', '.join(paper.sources)})\n\n{paper.abstract}")


@papers.command()
@click.argument("paper_ids", nargs=-1)
@click.option("--yes", is_flag=True, help="Remove all that pass the filters, without being asked.")
@using(corpus_option, *filters, title, json_option)
def remove(paper_ids: tuple[str, ...], yes: bool, corpus: str | None, as_json: bool, **chosen: Any) -> None:
    """Take papers out of the corpus, by any of their ids, or with --yes all that pass the filters."""
    from ..errors import PapersError

    filtered = any(value is not None for value in chosen.values())
    if bool(paper_ids) == filtered:
        raise click.UsageError("Name papers by their ids, or give filters: one of the two.")
    with session(corpus, writing=True) as assistant:
        wanted = [paper.id for _, paper in assistant.each_paper(**chosen)] if filtered else paper_ids
        if filtered and wanted and not yes:
            cure = "Give --yes as well to remove them, or see them: assistant papers list"
            raise PapersError(f"{len(wanted)} papers of {assistant.corpus!r} pass these filters.", cure=cure)
        gone = assistant.remove(*wanted)
        if not gone:
            cure = "Nothing was removed. See: assistant papers list"
            raise PapersError(f"The corpus {assistant.corpus!r} has no such paper.", cure=cure)
        if as_json:
            emit({"corpus": assistant.corpus, "removed": [paper.id for paper in gone]})
            return
        for paper in gone:
            say(f"Removed {paper.id}  {paper.title}")


@papers.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "bibtex", "csv"]), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of printing.")
@using(corpus_option, *filters, title, *page)
def export(corpus: str | None, form: str, out: Path | None, **chosen: Any) -> None:
    """The papers that pass the filters: JSON lines, which index again to the same papers, BibTeX or CSV."""
    with session(corpus) as assistant:
        pieces = assistant.export(form, **chosen)
        if out is None:
            corpus_note(assistant)
            for piece in pieces:
                click.echo(piece.encode(), nl=False)
            return
        _write(out.resolve(), pieces)
        say(f"Written to {out}", err=True)


def _write(path: Path, pieces: Iterator[str]) -> None:
    """All or nothing, but for a pipe or a device."""
    special = path.exists() and not path.is_file()
    part = path if special else path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        if not special:
            part.replace(path)
    finally:
        if not special:
            part.unlink(missing_ok=True)
