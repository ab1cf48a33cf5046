"""The command `index`: papers in, a report out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from .bars import progress_bar
from .door import emit, json_option, say, session
from .options import corpus as corpus_option
from .options import using

if TYPE_CHECKING:
    from ..ingest import Report

_SHOWN = 10  # notes of a file
_COUNTS = ("new", "changed", "unchanged", "merged", "duplicate", "no_abstract", "removed")


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--source", help="Name the source of these papers [default: the record's own, else the file's name].")
@click.option("--format", "form", metavar="F", help="Read the files as bibtex, ris, csv, json ...")
@click.option("--max", "limit", type=click.IntRange(1), metavar="N", help="Papers of an arXiv query [default: 100].")
@click.option("--dry-run", is_flag=True, help="Read, clean and compare, write nothing, and print the same report.")
@click.option("--sync", is_flag=True, help="Remove what is of this source and not in these files any more.")
@click.option("--near-duplicates", is_flag=True, help="Look for them also among more than 20,000 papers.")
@click.option("--rebuild", is_flag=True, help="Build the corpus's index anew with the present settings.")
@using(corpus_option, json_option)
def index(paths: tuple[str, ...], corpus: str | None, as_json: bool, **given: Any) -> None:
    """Index papers: files, folders, quoted patterns, "-" for the standard input, or arxiv:"QUERY".

    \b
    assistant index library.bib
    assistant index "exports/**/*.ris" --sync --source zotero
    assistant index arxiv:"cat:cs.CL AND abs:retrieval" --max 200

    A file's format is told by its content; gzip is unpacked. Running it again changes nothing and embeds nothing;
    interrupted, it goes on where it stopped. Only an arXiv query uses the network.
    """
    rebuild, limit = given.pop("rebuild"), given.pop("limit")
    _check_usage(paths, rebuild=rebuild, limit=limit, **given)
    label = "Reading" if given["dry_run"] else "Indexing"
    with progress_bar(label) as show, session(corpus, show, writing=True) as assistant:
        if rebuild:
            assistant.rebuild()
        report = assistant.add(*paths, **given, **({"limit": limit} if limit else {}))
        name = assistant.corpus
    if as_json:
        emit({"corpus": name, **report.to_dict()})
    else:
        _show_report(name, report, rebuilt=rebuild)
    for fault in report.faults:
        say(f"assistant: {fault}", err=True)
    if report.faults:
        click.get_current_context().exit(1)


def _check_usage(paths: tuple[str, ...], *, rebuild: bool, limit: int | None, **given: Any) -> None:
    if not paths and not rebuild:
        raise click.UsageError("Name a file or folder to index, or give --rebuild.")
    if rebuild and given["dry_run"]:
        raise click.UsageError("--rebuild writes an index and --dry-run writes nothing: give one of them.")
    if given["sync"] and not paths:
        raise click.UsageError("Name the files to --sync with.")
    if limit and not any(path.startswith("arxiv:") for path in paths):
        raise click.UsageError('--max is for a query to arXiv, such as arxiv:"cat:cs.CL AND abs:retrieval".')


def _show_report(name: str, report: Report, *, rebuilt: bool) -> None:
    if rebuilt:
        say(f"Rebuilt the index of {name}.")
    told = report.to_dict()
    for file in told["files"]:
        counts = ", ".join(f"{file[key]} {key.replace('_', ' ')}" for key in _COUNTS if file.get(key))
        say(f"{file['path']}: {file['read']} read: {counts or 'nothing kept'}")
        places = (f"line {one['line']}: " if one["line"] else "" for one in file["unreadable"])
        problems = [f"{place}{one['reason']}" for place, one in zip(places, file["unreadable"], strict=True)]
        _show_some(problems, "problems")
        _show_some(file["notes"], "notes")
    if told["files"]:
        total = told["totals"]
        removed = f", {total['removed']} removed" if total.get("removed") else ""
        say(f"{name}: {total['kept']} papers kept of {total['read']} read{removed}, in {told['seconds']} s.")
        _show_alike(report)
        if report.dry_run:
            say("Nothing was written: the same command without --dry-run does it.", err=True)
        else:
            say(f'Ask them something: assistant ask --corpus {name} "..."', err=True)


def _show_alike(report: Report) -> None:
    groups = [_named(group) for group in report.shared_abstracts]
    pairs = [f"{pair.similarity:.0%}: {_named([pair.one, pair.other])}" for pair in report.near_duplicates or ()]
    for lines, what in ((groups, "abstracts of two or more papers"), (pairs, "pairs of near-duplicates")):
        if lines:
            say(f"{len(lines):,} {what}; nothing was merged for that:", err=True)
            _show_some(lines, what)
    if report.near_duplicates is None and any(report.totals[kind] for kind in ("new", "changed", "merged")):
        say("So many papers are compared for near-duplicates only when asked to: --near-duplicates", err=True)


def _named(papers: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {title!r}" for name, title in papers)


def _show_some(lines: list[str], what: str) -> None:
    for line in lines[:_SHOWN]:
        say(f"  {line}", err=True)
    if len(lines) > _SHOWN:
        say(f"  and {len(lines) - _SHOWN:,} more {what}; --json has all", err=True)
