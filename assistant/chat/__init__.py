"""The chat page: one web page over shared assistants. `launch` starts it; gradio is imported only then."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .access import Rules
from .site import Site

if TYPE_CHECKING:
    from ..assistant import Assistant
    from .turns import Meter

__all__ = ["Chat", "Rules", "Site", "launch"]


@dataclass(frozen=True, slots=True)
class Chat:
    """A page that is being served. `wait` blocks until Ctrl-C; `close` stops it, twice is harmless."""

    url: str
    wait: Callable[[], None]
    close: Callable[[], None]

    def __enter__(self) -> Chat:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def launch(
    assistant: Assistant,
    *,
    rules: Rules | None = None,
    site: Site | None = None,
    port: int | None = None,
    auth: tuple[str, str] | None = None,
    open_browser: bool = False,
    meter: Meter | None = None,
) -> Chat:
    """Serves the page and returns at once. The assistant stays the caller's: it is shared by every session.

    rules: what visitors may do, as `rules_for` makes them; default: those for this machine alone. site: the address
    to bind to and the names by which others reach it; default: loopback. port: None takes the first free one from 7860.
    auth: name and password. meter: what the assistant's `on_progress` was given, so that the page can show how far a
    first indexing is. Raises SettingsError where the port cannot be used or the page would be open to everyone.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    site = site or Site()
    _around_proxies(site.host)
    from .server import rules_for, serve

    rules = rules or rules_for(site, auth=auth is not None)
    return Chat(*serve(assistant, meter, rules=rules, site=site, port=port, auth=auth, open_browser=open_browser))


def _around_proxies(host: str) -> None:
    """Gradio asks its own page whether it is there; a proxy in the environment must not get that question."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [one for one in os.environ.get(name, "").split(",") if one]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost", host]))
