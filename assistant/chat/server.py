"""The page served: what its visitors may do by where it is served, its server with the guard before it, its end."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import SettingsError
from .access import Gate, Rules
from .assistants import Assistants
from .guard import Guard
from .log import Log
from .site import Site
from .uploads import private_folder

if TYPE_CHECKING:
    from ..assistant import Assistant
    from .turns import Meter

Served = tuple[str, Callable[[], None], Callable[[], None]]

AT_ONCE = 20  # questions of one kind that are being answered at the same time; the others wait their turn
_WAITING = 200  # questions that wait; who comes then is told to come again
_THREADS = 200  # every question that is being answered holds one, and stopping it must find one free
_UPLOADS_STAY = 3600  # seconds
_A_MINUTE = 30  # questions of each user, where the page is not one's own
_PORT = "Another program may be using it; give another with --port, or none."


class _Before(NamedTuple):
    """A middleware as the server's framework takes them."""

    cls: type
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def serve(
    assistant: Assistant,
    meter: Meter | None,
    *,
    rules: Rules,
    site: Site,
    port: int | None,
    auth: tuple[str, str] | None,
    open_browser: bool,
) -> Served:
    """Starts the server: its address, what waits for Ctrl-C, what stops it. SettingsError for a port in use.

    auth: the name and the password that every visitor must give. Questions are logged in `logs/questions.jsonl` of
    the home where the rules say so.
    """
    rules, uploads = _capped(rules, assistant), private_folder()
    from .api import Api
    from .page import Page

    log = Log(assistant.settings.home / "logs" / "questions.jsonl") if rules.keep_log else None
    gate, assistants = Gate(rules, log), Assistants(assistant, meter)
    page = Page(assistants, gate)
    for event in page.blocks.fns.values():
        event.api_name = False  # the page's own events have no names for programs, nor any that an endpoint wants
    with page.blocks:
        Api(assistants, gate).publish()
    page.blocks.delete_cache = (_UPLOADS_STAY, _UPLOADS_STAY)
    blocks = page.blocks.queue(default_concurrency_limit=AT_ONCE, max_size=_WAITING)

    def wait() -> None:
        with suppress(KeyboardInterrupt):
            blocks.server.thread.join()

    def close() -> None:
        # Pages that are open hold connections, whose end is no error to report.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        blocks.close(verbose=False)
        assistants.close()
        shutil.rmtree(uploads, ignore_errors=True)

    try:
        before = _Before(Guard, (site, rules, uploads), {})
        url = _launched(blocks, before, site, port, auth=auth, inbrowser=open_browser, max_file_size=rules.upload_bytes)
    except OSError as error:
        close()
        raise SettingsError(f"The page cannot be served on {site.host}, port {port}.", cure=_PORT) from error
    return url, wait, close


def rules_for(site: Site, *, auth: bool, allow_edit: bool = False, insecure: bool = False, **limits: Any) -> Rules:
    """What visitors may do on a page that is served there. limits: `questions_per_minute` and the others of Rules.

    Raises SettingsError where everyone could ask, or edit, without having signed in.
    """
    if site.exposed and not (auth or insecure):
        cure = 'Set ASSISTANT_AUTH="name:password", or pass --insecure if everyone who reaches it may ask.'
        raise SettingsError("Others than this machine's users could reach the page, without a password.", cure=cure)
    if site.exposed and allow_edit and not auth:
        cure = 'Set ASSISTANT_AUTH="name:password" besides --allow-edit.'
        raise SettingsError("Everyone who reaches the page could change the papers.", cure=cure)
    own = not site.exposed and not auth
    if limits.get("questions_per_minute") is None:
        limits["questions_per_minute"] = 0 if own else _A_MINUTE
    return Rules(may_edit=own or allow_edit, signed_in=auth, **limits)


def _capped(rules: Rules, assistant: Assistant) -> Rules:
    """The rules with a cap that can be kept: none where no model answers. SettingsError for one of unknown price."""
    if rules.spend_cap is None:
        return rules
    if (llm := assistant.llm) is None:
        return replace(rules, spend_cap=None)
    from ..llm import Usage, price
    from ..writers import model_settings

    name = llm.metadata.model_name
    if price(name, Usage(1, 1, True), model_settings(assistant.settings))[0] is None:
        cure = "Set ASSISTANT_PRICE_IN and ASSISTANT_PRICE_OUT, in USD per million tokens, or leave out --spend-cap."
        raise SettingsError(f"The price of {name} is not known, so no cap can be kept.", cure=cure)
    return rules


def _launched(blocks: Any, before: _Before, site: Site, port: int | None, **options: Any) -> str:
    from .page import head, theme

    _, url, _ = blocks.launch(
        server_name=f"[{site.host}]" if ":" in site.host and "[" not in site.host else site.host,
        server_port=port,
        app_kwargs={"middleware": [before], "docs_url": None, "redoc_url": None},
        max_threads=_THREADS,
        num_workers=0,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        theme=theme(),
        head=head(),
        **options,
    )
    blocks.server.config.timeout_graceful_shutdown = 1  # seconds; an open page holds a connection for ever
    return str(url)
