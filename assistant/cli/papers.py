"""The commands `index` and `papers`: what is in a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .door import corpus_note, emit, json_option, progress_bar, say, session
from .options import corpus as corpus_option
from .options import filters, using


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--source", help="Name the source of these papers [default: the record's own, else the file's name].")
@click.option("--rebuild", is_flag=True, help="Build the corpus's index anew with the present settings.")
@using(corpus_option, json_option)
def index(paths: tuple[str, ...], source: str | None, rebuild: bool, corpus: str | None, as_json: bool) -> None:
    """Index files and folders: daily-papers pages and JSONL, plain or .gz.

    Running it again changes nothing and embeds nothing; interrupted, it goes on where it stopped.
    """
    if not paths and not rebuild:
        raise click.UsageError("Name a file or folder to index, or give --rebuild.")
    with progress_bar("Indexing") as show, session(corpus, show, writing=True) as assistant:
        if rebuild:
            assistant.rebuild()
        report = assistant.add(*map(Path, paths), source=source)
        name = assistant.corpus
    if as_json:
        emit({"corpus": name, **report.to_dict()})
    else:
        _show_report(name, report.to_dict(), rebuilt=rebuild)


def _show_report(name: str, report: dict[str, Any], *, rebuilt: bool) -> None:
    if rebuilt:
        say(f"Rebuilt the index of {name}.")
    for file in report["files"]:
        counts = ", ".join(f"{file[key]} {key.replace('_', ' ')}" for key in _COUNTS if file[key])
        say(f"{file['path']}: {file['read']} read: {counts or 'nothing kept'}")
        for problem in file["unreadable"]:
            place = f"line {problem['line']}: " if problem["line"] else ""
            say(f"  {place}{problem['reason']}", err=True)
        for note in file["notes"]:
            say(f"  {note}", err=True)
    if report["files"]:
        total = report["totals"]
        say(f"{name}: {total['kept']} papers kept of {total['read']} read, in {report['seconds']} s.")
        say(f'Ask them something: assistant ask --corpus {name} "..."', err=True)


_COUNTS = ("new", "changed", "unchanged", "merged", "duplicate", "no_abstract")


@click.group()
def papers() -> None:
    """List, show and remove the papers of a corpus."""


@papers.command("list")
@click.option("--limit", type=click.IntRange(0), help="Show at most so many.")
@using(corpus_option, *filters, json_option)
def list_papers(limit: int | None, corpus: str | None, as_json: bool, **chosen: Any) -> None:
    """The papers that pass the filters: id, year and title."""
    with session(corpus) as assistant:
        found = assistant.papers(limit=limit, **chosen)
        if as_json:
            emit({"corpus": assistant.corpus, "papers": [paper.to_dict() for paper in found]})
            return
        corpus_note(assistant)
        for paper in found:
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
            say(f"{byline(paper.to_dict())}\n{paper.id}\n\n{paper.abstract}")


@papers.command()
@click.argument("paper_ids", nargs=-1, required=True)
@using(corpus_option, json_option)
def remove(paper_ids: tuple[str, ...], corpus: str | None, as_json: bool) -> None:
    """Take papers out of the corpus, by any of their ids."""
    from ..errors import PapersError

    with session(corpus, writing=True) as assistant:
        gone = assistant.remove(*paper_ids)
        if not gone:
            cure = "Nothing was removed. See: assistant papers list"
            raise PapersError(f"The corpus {assistant.corpus!r} has no paper with such an id.", cure=cure)
        if as_json:
            emit({"corpus": assistant.corpus, "removed": [paper.id for paper in gone]})
            return
        for paper in gone:
            say(f"Removed {paper.id}  {paper.title}")
