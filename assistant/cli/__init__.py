"""The command line: each command parses, calls one method and renders."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .door import Door, corpus_note, emit, json_option, progress_bar, session

_filters = [
    click.option("--source", help="Only papers from this source."),
    click.option("--year-from", type=int, help="Only papers of this year or later."),
    click.option("--year-to", type=int, help="Only papers of this year or earlier."),
    click.option("--author", help="Only papers with this in an author's name."),
    click.option("--venue", help="Only papers of this venue."),
]
_corpus = click.option("--corpus", metavar="NAME", help="The corpus [default: mine once it exists, else sample].")
_top_k = click.option("--top-k", type=click.IntRange(1, 100), help="How many papers to retrieve [default: 8].")


def _options(*decorators: Callable[..., Any]) -> Callable[..., Any]:
    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="abstract-assistant", prog_name="assistant")
def main(debug: bool) -> None:
    """Questions answered from paper abstracts, each sentence cited and checked.

    \b
    assistant ask "How does Point-CMAE bring contrastive learning into masked autoencoders?"
    assistant index my-papers.jsonl        then ask again: the answers come from your papers
    """


@main.command()
@click.argument("question")
@_options(_corpus, _top_k, *_filters, json_option)
@click.option("--markdown", "form", flag_value="markdown", help="Print Markdown with references.")
@click.option("--bibtex", "form", flag_value="bibtex", help="Print the cited papers as BibTeX.")
def ask(question: str, corpus: str | None, top_k: int | None, as_json: bool, form: str | None, **filters: Any) -> None:
    """Answer QUESTION with citations, or say that the papers do not.

    A question that begins with a dash goes behind two: assistant ask -- "-v, what is it?"
    """
    with session(corpus) as assistant:
        answer = assistant.ask(question, filters=filters, top_k=top_k)
        if as_json:
            emit(answer.to_dict())
            return
        corpus_note(assistant)
        for warning in answer.warnings:
            click.echo(warning, err=True)
        click.echo({"markdown": answer.markdown, "bibtex": answer.bibtex}.get(form or "", answer.__str__)())


@main.command()
@click.argument("query")
@_options(_corpus, _top_k, *_filters, json_option)
def search(query: str, corpus: str | None, top_k: int | None, as_json: bool, **filters: Any) -> None:
    """Find the papers that fit QUERY best, and show how each was found."""
    from ..render import plain

    with session(corpus) as assistant:
        found = assistant.retrieve(query, filters=filters, top_k=top_k).to_dict()
        if as_json:
            emit(found)
            return
        corpus_note(assistant)
        for hit in found["hits"]:
            ranks = [f"{name} {hit[f'{name}_rank'] or '-'}" for name in ("dense", "lexical")]
            click.echo(f"{hit['rank']:>3}. {plain(hit['title'])}  ({', '.join(ranks)})\n     {plain(hit['quote'])}")
        if not found["hits"]:
            click.echo("No paper fits.")


@main.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--source", help="Name the source of these papers [default: the record's own, else the file's name].")
@click.option("--rebuild", is_flag=True, help="Build the corpus's index anew with the present settings.")
@_options(_corpus, json_option)
def index(paths: tuple[str, ...], source: str | None, rebuild: bool, corpus: str | None, as_json: bool) -> None:
    """Index files and folders: daily-papers pages and JSONL, plain or .gz.

    Running it again changes nothing and embeds nothing; interrupted, it goes on where it stopped.
    """
    from ..settings import MINE

    if not paths and not rebuild:
        raise click.UsageError("Name a file or folder to index, or give --rebuild.")
    with progress_bar("Indexing") as show, session(corpus or MINE, show) as assistant:
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
        click.echo(f"Rebuilt the index of {name}.")
    for file in report["files"]:
        counts = ", ".join(f"{file[key]} {key.replace('_', ' ')}" for key in _COUNTS if file[key])
        click.echo(f"{file['path']}: {file['read']} read: {counts or 'nothing kept'}")
        for problem in file["unreadable"]:
            place = f"line {problem['line']}: " if problem["line"] else ""
            click.echo(f"  {place}{problem['reason']}", err=True)
        for note in file["notes"]:
            click.echo(f"  {note}", err=True)
    if report["files"]:
        total = report["totals"]
        click.echo(f"{name}: {total['kept']} papers kept of {total['read']} read, in {report['seconds']} s.")
        click.echo(f'Ask them something: assistant ask --corpus {name} "..."', err=True)


_COUNTS = ("new", "changed", "unchanged", "merged", "duplicate", "no_abstract")


@main.group()
def papers() -> None:
    """List, show and remove the papers of a corpus."""


@papers.command("list")
@click.option("--limit", type=click.IntRange(0), help="Show at most so many.")
@_options(_corpus, *_filters, json_option)
def list_papers(limit: int | None, corpus: str | None, as_json: bool, **filters: Any) -> None:
    """The papers that pass the filters: id, year and title."""
    from ..render import plain

    with session(corpus) as assistant:
        found = assistant.papers(limit=limit, **filters)
        if as_json:
            emit({"corpus": assistant.corpus, "papers": [paper.to_dict() for paper in found]})
            return
        corpus_note(assistant)
        for paper in found:
            click.echo(plain(f"{paper.id}  {paper.year or '    '}  {paper.title}"))


@papers.command()
@click.argument("paper_id")
@_options(_corpus, json_option)
def show(paper_id: str, corpus: str | None, as_json: bool) -> None:
    """One paper, by any of its ids."""
    from ..errors import PapersError
    from ..render import byline, plain

    with session(corpus) as assistant:
        found = assistant.papers(paper_ids=[paper_id])
        if not found:
            cure = "See: assistant papers list"
            raise PapersError(f"The corpus {assistant.corpus!r} has no paper {paper_id!r}.", cure=cure)
        if as_json:
            emit({"corpus": assistant.corpus, "papers": [paper.to_dict() for paper in found]})
            return
        for paper in found:
            click.echo(plain(f"{byline(paper.to_dict())}\n{paper.id}\n\n{paper.abstract}"))


@papers.command()
@click.argument("paper_ids", nargs=-1, required=True)
@_options(_corpus, json_option)
def remove(paper_ids: tuple[str, ...], corpus: str | None, as_json: bool) -> None:
    """Take papers out of the corpus, by any of their ids."""
    from ..settings import MINE

    with session(corpus or MINE) as assistant:
        gone = assistant.remove(*paper_ids)
        if as_json:
            emit({"corpus": assistant.corpus, "removed": [paper.id for paper in gone]})
            return
        for paper in gone:
            click.echo(f"Removed {paper.id}  {paper.title}")
        if not gone:
            click.echo(f"No paper of {assistant.corpus} has such an id; nothing was removed.", err=True)
            sys.exit(1)


@main.command()
@_options(json_option)
def doctor(as_json: bool) -> None:
    """Check versions, corpora and settings, and say what to do about each problem."""
    from ..doctor import examine
    from ..settings import Settings

    facts = examine(Settings.load())
    if as_json:
        emit(facts)
        return
    click.echo(f"home      {facts['home']}")
    click.echo(f"weights   {facts['model']['embedding_weights'] or 'not found'}")
    click.echo("versions  " + ", ".join(f"{name} {number}" for name, number in facts["versions"].items()))
    for one in facts["corpora"]:
        state = "healthy" if one["healthy"] else "needs repair"
        click.echo(f"corpus    {one['name']}: {one['papers']} papers, {one['chunks']} chunks, {state}")
    if not facts["corpora"]:
        click.echo("corpus    none yet; the bundled sample is indexed at the first question")
    for problem in facts["problems"]:
        click.echo(f"PROBLEM   {problem['problem']} {problem['cure']}")
    if not facts["problems"]:
        click.echo('All is well. Try: assistant ask "What is CLIP used for?"')
