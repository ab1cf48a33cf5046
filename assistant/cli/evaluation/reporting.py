"""`eval report`: a run as one page for people, and as Markdown and JSON."""

from __future__ import annotations

from pathlib import Path

import click

from ..door import emit, json_option, say


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--open", "opening", is_flag=True, help="Show the page in the browser.")
@json_option
def report(folder: str, opening: bool, as_json: bool) -> None:
    """Write the report of the run in DIR: report.html, report.md and report.json.

    The page is one file that loads nothing. A run that is not finished is reported as far as it has come.

    \b
    assistant eval report results --open
    """
    from importlib import import_module

    from ...harness import load_eval

    written = import_module(".report.rereading", load_eval().__name__).report_again(folder)
    page = Path(folder, "report.html").absolute()
    if opening:
        import webbrowser

        webbrowser.open(page.as_uri())
    if as_json:
        emit(written)
        return
    for one in written["headlines"]:
        say(f"{one['title']}: {one['value']}  {one['says']}")
    say(f"\nThe report is {page}.", err=True)
