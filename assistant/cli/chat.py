"""The command that serves the chat page."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..errors import SettingsError
from .door import say
from .options import corpus, mode, model, using

if TYPE_CHECKING:
    from ..chat import Site


@click.command()
@using(corpus, mode, model)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Serve on this address.")
@click.option("--port", type=click.IntRange(1, 65535), help="Serve on this port [default: a free one from 7860].")
@click.option(
    "--domain", "domains", metavar="NAME", multiple=True, help="A name by which others reach it, e.g. through a proxy."
)
@click.option("--allow-edit", is_flag=True, help="Those who signed in may add and remove papers.")
@click.option("--insecure", is_flag=True, help="Serve to others without a password: everyone who reaches it may ask.")
@click.option("--no-log", is_flag=True, help="Keep no log of the questions.")
@click.option(
    "--questions-per-minute",
    type=click.IntRange(0, 10_000),
    metavar="N",
    help="For each user; 0 is no limit [default: 30; none on this machine alone].",
)
@click.option("--spend-cap", type=click.FloatRange(0), metavar="USD", help="What the model may cost until Ctrl-C.")
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
def chat(**given: Any) -> None:
    """Ask in a web page; Ctrl-C ends it.

    It is for this machine alone, where papers can be added and removed too. Elsewhere (--host, --domain) visitors sign
    in: with the name and the password in ASSISTANT_AUTH="name:password", else you are asked for them. They may edit
    only with --allow-edit.

    \b
    assistant chat --open
    ASSISTANT_AUTH="lab:..." assistant chat --host 0.0.0.0 --spend-cap 5
    """
    from ..assistant import Assistant
    from ..chat import Site, launch
    from ..chat.server import rules_for
    from ..chat.turns import Meter
    from ..settings import Settings

    settings, meter = Settings.load(**{name: given[name] for name in ("corpus", "mode", "model")}), Meter()
    site = Site(given["host"], tuple(name.lower() for name in given["domains"]))
    auth = _auth(site, given["insecure"])
    chosen = {name: given[name] for name in ("allow_edit", "insecure", "questions_per_minute", "spend_cap")}
    rules = rules_for(site, auth=auth is not None, keep_log=not given["no_log"], **chosen)
    with Assistant(settings) as first:
        settings = replace(settings, corpus=first.corpus)  # one page shows one corpus, whatever is indexed meanwhile
    with (
        Assistant(settings, on_progress=meter) as assistant,
        launch(
            assistant,
            rules=rules,
            site=site,
            port=given["port"],
            auth=auth,
            open_browser=given["open_browser"],
            meter=meter,
        ) as page,
    ):
        say(f"The page is at {page.url}\nCtrl-C ends it.")
        page.wait()


def _auth(site: Site, insecure: bool) -> tuple[str, str] | None:
    """Name and password: of the environment, else asked for where visitors need them and someone can be asked."""
    given = os.environ.get("ASSISTANT_AUTH")
    if given:
        name, _, password = given.partition(":")
        if not (name.strip() and password):
            raise SettingsError("ASSISTANT_AUTH is not a name and a password.", cure="Set it to name:password.")
        return name.strip(), password
    if insecure or not site.exposed or not sys.stdin.isatty():
        return None
    name = click.prompt("Name for visitors", default="reader", err=True)
    return name, click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
