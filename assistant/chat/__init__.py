"""The chat page: one local web page over one shared assistant. `launch` starts it; gradio is imported only then."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..assistant import Assistant
    from .turns import Meter

__all__ = ["Chat", "launch"]


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
    host: str = "127.0.0.1",
    port: int | None = None,
    open_browser: bool = False,
    meter: Meter | None = None,
) -> Chat:
    """Serves the page and returns at once. The assistant stays the caller's: it is shared by every session.

    port: None takes the first free one from 7860. meter: what the assistant's `on_progress` was given, so that the
    page can show how far a first indexing is. Raises SettingsError where the port cannot be used.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    _around_proxies(host)
    from .page import serve

    return Chat(*serve(assistant, meter, host=host, port=port, open_browser=open_browser))


def _around_proxies(host: str) -> None:
    """Gradio asks its own page whether it is there; a proxy in the environment must not get that question."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [one for one in os.environ.get(name, "").split(",") if one]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost", host]))
