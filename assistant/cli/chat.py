"""The command that serves the chat page."""

from __future__ import annotations

from typing import Any

import click

from .door import say


@click.command()
@click.option("--corpus", metavar="NAME", help="The corpus [default: mine once it exists, else sample].")
@click.option("--port", type=click.IntRange(1, 65535), help="Serve on this port [default: a free one from 7860].")
@click.option(
    "--mode", type=click.Choice(["auto", "extractive", "llm"]), help="Who answers [default: auto]: quotes or a model."
)
@click.option("--model", metavar="NAME", help="The model that writes the answers.")
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
def chat(port: int | None, open_browser: bool, **given: Any) -> None:
    """Ask in a web page, on this machine alone; Ctrl-C ends it."""
    from ..assistant import Assistant
    from ..chat import launch
    from ..chat.turns import Meter
    from ..settings import Settings

    meter = Meter()
    with (
        Assistant(Settings.load(**given), on_progress=meter) as assistant,
        launch(assistant, port=port, open_browser=open_browser, meter=meter) as page,
    ):
        say(f"The page is at {page.url}\nCtrl-C ends it.")
        page.wait()
