"""The guard before the page's server: who is no visitor of this page, or sends what it does not take, gets a sentence.

A web page elsewhere can make its reader's browser send requests here (cross-site request forgery), or have its own name
lead here (DNS rebinding); a browser says so in `Origin`, `Sec-Fetch-Site` and `Host`, which scripts cannot forge.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from ..errors import AssistantError, SettingsError
from .access import Rules, Window, network
from .site import Site
from .uploads import UPLOADS, names_another_file, refused

__all__ = ["UPLOADS", "Guard"]

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Refusal = tuple[int, AssistantError]

_BODY = 4_000_000  # bytes of a request that is no upload: a question with its history
_FRAME = 100_000  # bytes of a form around its files
_LOGINS = 10  # attempts a minute from one address
_API = "/gradio_api/"
# The part of gradio's own interface that the page and the API use.
_USED = re.compile(
    r"(info|openapi\.json|config|app_id|user|login_check|queue/(join|data)|call/.+|run/.+|api/.+|upload|upload_progress"
    r"|file=.+|heartbeat/.+|cancel|reset|startup-events|theme\.css)/?"
)
_HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(self, app: App, site: Site, rules: Rules, uploads: Path) -> None:
        self._app = app
        self._site = site
        self._rules = rules
        self._uploads = uploads
        self._logins = Window(_LOGINS)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if refusal := self._refusal(scope):
            await _refuse(scope, send, refusal)
            return
        send = _hardened(send)
        if scope.get("method") == "POST" and _is_upload(scope):
            await self._app(scope, receive, _Stored(send).take)
        elif scope.get("method") == "POST":
            await self._checked(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _checked(self, scope: Message, receive: Receive, send: Send) -> None:
        """A request whose body is read first."""
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if names_another_file(body, self._uploads):
            error = SettingsError(
                "The request names a file that was not uploaded.", cure="Upload it to the page first."
            )
            await _refuse(scope, send, (403, error))
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, again, send)

    def _refusal(self, scope: Message) -> Refusal | None:
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        given = dict(headers)
        hosts = [value for name, value in headers if name == "host"]
        return (
            self._by_host(hosts)
            or self._by_origin(scope, given)
            or self._by_path(scope)
            or self._by_size(scope, given)
            or self._by_login(scope)
        )

    def _by_host(self, hosts: list[str]) -> Refusal | None:
        if len(hosts) == 1 and self._site.is_named(hosts[0]):
            return None
        cure = "Open the address that the terminal shows; whoever serves the page can allow a name with --domain NAME."
        return 403, SettingsError("This page is not served under that name.", cure=cure)

    def _by_origin(self, scope: Message, given: dict[str, str]) -> Refusal | None:
        origin, relation = given.get("origin"), given.get("sec-fetch-site", "none")
        own = origin is None or self._site.is_origin(origin, given["host"])
        followed = (  # a link elsewhere that leads to the page
            scope.get("method") in ("GET", "HEAD")
            and given.get("sec-fetch-mode") == "navigate"
            and not scope["path"].startswith((_API, "/logout"))
        )
        if own and (relation in ("none", "same-origin") or followed):
            return None
        return 403, SettingsError("This request comes from another site.", cure="Open the page itself and ask there.")

    def _by_path(self, scope: Message) -> Refusal | None:
        path = scope["path"]
        if _is_upload(scope) and not self._rules.may_edit:
            cure = "Whoever serves the page can allow it with --allow-edit and a password."
            return 403, SettingsError("Papers cannot be added on this page.", cure=cure)
        inside = path.startswith(_API) and not _USED.fullmatch(path.removeprefix(_API))
        if inside or path.startswith(("/monitoring", "/docs", "/redoc")) or scope["type"] == "websocket":
            return 404, SettingsError("There is nothing at this address.", cure="See docs/chat.md for those in use.")
        return None

    def _by_size(self, scope: Message, given: dict[str, str]) -> Refusal | None:
        if "transfer-encoding" in given:
            return 411, SettingsError("The request does not say how long it is.", cure="Send a Content-Length.")
        most = self._rules.upload_bytes + _FRAME if _is_upload(scope) else _BODY
        if int(given.get("content-length", "0")) <= most:
            return None
        cure = "Send less at once, or index the file on the machine itself: assistant index FILE."
        return 413, SettingsError(f"The request is longer than {most / 1e6:.0f} MB.", cure=cure)

    def _by_login(self, scope: Message) -> Refusal | None:
        if scope["path"].rstrip("/") != "/login" or scope.get("method") != "POST":
            return None
        seconds = self._logins.wait(network((scope.get("client") or ("",))[0]))
        if not seconds:
            return None
        return 429, SettingsError("Too many attempts to sign in.", cure=f"Try again in {seconds} s.", retryable=True)


class _Stored:
    """Holds the reply to an upload until it is known that all its files are taken."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def take(self, message: Message) -> None:
        """What the server says, in place of `send`."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        if self._start["status"] == 200 and (name := refused(self._body)) is not None:
            error = SettingsError(
                f"{name!r} is no file of papers.", cure=f"These are, plain or .gz: {' '.join(UPLOADS)}."
            )
            await _refuse({"type": "http"}, self._send, (415, error))
        else:
            await self._send(self._start)
            await self._send({"type": "http.response.body", "body": self._body})


def _hardened(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
        await send(message)

    return with_headers


async def _refuse(scope: Message, send: Send, refusal: Refusal) -> None:
    status, error = refusal
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = json.dumps({"error": error.to_dict()}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _is_upload(scope: Message) -> bool:
    return bool(scope["path"].rstrip("/") == f"{_API}upload")
