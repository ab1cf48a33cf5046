"""A model server on loopback for tests: chat completions, models and embeddings over HTTP, and every way to fail."""

from __future__ import annotations

import base64
import hashlib
import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Messages = list[dict[str, Any]]
Script = str | Sequence[str] | Callable[[Messages], str]

STATUS: dict[str, tuple[int, dict[str, str], dict[str, Any]]] = {
    "refused_key": (401, {}, {"message": "Incorrect API key provided: sk-secret.", "code": "invalid_api_key"}),
    "forbidden": (403, {}, {"message": "Key local-secret-7 is barred.", "code": "barred"}),
    "unknown_model": (404, {}, {"message": "The model does not exist.", "code": "model_not_found"}),
    "rate_limit": (429, {"Retry-After": "0"}, {"message": "Slow down.", "code": "rate_limit_exceeded"}),
    "rate_limit_long": (429, {"Retry-After": "3600"}, {"message": "Slow down.", "code": "rate_limit_exceeded"}),
    "no_credit": (429, {"Retry-After": "0"}, {"message": "You exceeded your quota.", "code": "insufficient_quota"}),
    "broken": (500, {"Retry-After": "0"}, {"message": "boom\x1b[31m\u202e red", "code": None}),
    "overflow": (400, {}, {"message": "Maximum context length is 8 tokens.", "code": "context_length_exceeded"}),
    "filtered_prompt": (400, {}, {"message": "Filtered.", "code": "content_filter"}),
    "no_temperature": (400, {}, {"message": "Unsupported parameter: 'temperature'.", "param": "temperature"}),
    "no_stream_options": (422, {}, {"message": "stream_options: extra inputs are not permitted", "param": None}),
}
"""Faults that are an answer with a status: status, headers, error."""

OTHER = frozenset(
    "silent comments cut cut_at_start cut_after_finish error_event malformed html no_done no_finish"
    " length empty_choices content_filter odd_shapes".split()
)
"""silent: never answers; comments: only keep-alives, for ever; no_done: all but [DONE]; no_finish: no reason to end."""


@dataclass
class Received:
    """One request as it came, and whether the client hung up before the answer's end."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    disconnected: threading.Event = field(default_factory=threading.Event)
    sent: int = 0  # events of the stream


class ModelServer:
    """`with ModelServer("An answer.") as server:` then `server.url`; `server.requests` has the chat requests.

    reply: a text, texts for one request each (the last one stays), or a function from messages to text.
    faults: a name for every request, or names for one request each (None is no fault), then none.
    pause: seconds before each piece of a stream. usage: whether it counts tokens (one a word).
    """

    def __init__(
        self,
        reply: Script = "Hello there.",
        *,
        faults: str | Sequence[str | None] = (),
        models: Sequence[str] = ("test-model",),
        pause: float = 0.0,
        usage: bool = True,
    ) -> None:
        unknown = {faults} if isinstance(faults, str) else set(faults)
        assert unknown <= {*STATUS, *OTHER, None}, unknown
        self.reply, self.faults, self.models, self.pause, self.usage = reply, faults, models, pause, usage
        self.requests: list[Received] = []
        self.embedded: list[Received] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._served = _Listener(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._served.server_port}/v1"

    def __enter__(self) -> ModelServer:
        threading.Thread(target=self._served.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._served.shutdown()
        self._served.server_close()

    def next(self, received: Received) -> tuple[str, str | None]:
        """The text and the fault for a request."""
        with self._lock:
            number = len(self.requests)
            self.requests.append(received)
        if isinstance(self.faults, str):
            fault: str | None = self.faults
        else:
            fault = self.faults[number] if number < len(self.faults) else None
        if callable(self.reply):
            return self.reply(received.body["messages"]), fault
        if isinstance(self.reply, str):
            return self.reply, fault
        return self.reply[min(number, len(self.reply) - 1)], fault


class _Listener(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def __init__(self, owner: ModelServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests want."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""

    def do_GET(self) -> None:
        if self.path != "/v1/models":
            return self._json(404, {"detail": "Not Found"})
        return self._json(200, {"object": "list", "data": [_model(name) for name in self.server.owner.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        received = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        try:
            if self.path == "/v1/embeddings":
                self.server.owner.embedded.append(received)
                return self._json(200, _embeddings(body))
            if self.path != "/v1/chat/completions":
                return self._json(404, {"detail": "Not Found"})
            return self._chat(received, *self.server.owner.next(received))
        except OSError:
            received.disconnected.set()
            self.close_connection = True

    def _chat(self, received: Received, text: str, fault: str | None) -> None:
        if fault in STATUS:
            status, headers, error = STATUS[fault]
            return self._json(status, {"error": {"type": "test", "param": None, **error}}, headers)
        if fault == "html":
            return self._send(200, "text/html; charset=utf-8", b"<html><body>Sign in</body></html>")
        if fault == "silent":
            return self._silent(received)
        counted = _usage(received.body["messages"], text) if self.server.owner.usage else None
        if not received.body.get("stream"):
            return self._json(200, _whole(received.body["model"], text, fault, counted))
        return self._stream(received, text, fault, counted)

    def _stream(self, received: Received, text: str, fault: str | None, usage: dict[str, int] | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if fault == "cut_at_start":
            return self._cut()
        if fault == "comments":
            while not self.server.owner.stopping.wait(0.05):
                self._piece(": keep-alive\n\n")
            return None
        wanted = received.body.get("stream_options", {}).get("include_usage")
        for event in _events(received.body["model"], text, fault, usage if wanted else None):
            if event is None:
                return self._cut()
            if self.server.owner.pause:
                self._wait(self.server.owner.pause)
            self._piece(event)
            received.sent += 1
        self.wfile.write(b"0\r\n\r\n")
        return None

    def _wait(self, seconds: float) -> None:
        """Waits; OSError when the client hangs up meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self.server.owner.stopping.is_set():
            if select.select([self.connection], [], [], min(left, 0.05))[0] and not self.connection.recv(
                1, socket.MSG_PEEK
            ):
                raise ConnectionResetError

    def _silent(self, received: Received) -> None:
        self._wait(3600)
        self.close_connection = True

    def _piece(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _json(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send(status, "application/json", json.dumps(body).encode(), headers)

    def _send(self, status: int, kind: str, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _events(model: str, text: str, fault: str | None, usage: dict[str, int] | None) -> Sequence[str | None]:
    """The events of a stream, as text; None is where the connection is cut."""
    words = [word + " " for word in text.split(" ")]
    words[-1] = words[-1][:-1]
    chunks: list[Any] = [_chunk(model, {"role": "assistant", "content": word}) for word in words]
    end = _chunk(model, {}, {"length": "length", "content_filter": "content_filter"}.get(fault or "", "stop"))
    half = chunks[: (len(chunks) + 1) // 2]
    events: dict[str | None, list[Any]] = {
        "cut": [*half, None],
        "cut_after_finish": [*chunks, end, None],
        "error_event": [*half, {"error": {"message": "The engine\x07 stopped.", "type": "server_error"}}],
        "malformed": [*half, '{"choices": [{"delta": {"content": "bro'],
        "no_finish": chunks,
        "no_done": [*chunks, end],
        "content_filter": [*half, end, "[DONE]"],
        "length": [*half, end, "[DONE]"],
        "odd_shapes": ["[]", '"text"', {"choices": "none"}, {"choices": [{}]}, *chunks, end, "[DONE]"],
    }
    whole = [*chunks, end, *([_chunk(model) | {"usage": usage}] if usage else []), "[DONE]"]
    if fault == "empty_choices":
        whole = [_chunk(model), *whole]
    return [_event(event) for event in events.get(fault, whole)]


def _event(event: Any) -> str | None:
    if event is None:
        return None
    return f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n"


def _chunk(model: str, delta: dict[str, Any] | None = None, finish: str | None = None) -> dict[str, Any]:
    """A chunk; without a delta, one with no choices, as the usage has it."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices}


def _whole(model: str, text: str, fault: str | None, usage: dict[str, int] | None) -> dict[str, Any]:
    finish = fault if fault in ("length", "content_filter") else "stop"
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    body = {"id": "c-1", "object": "chat.completion", "created": 1, "model": model, "choices": [choice]}
    return body | ({"usage": usage} if usage else {})


def _usage(messages: Messages, text: str) -> dict[str, int]:
    read = sum(len(str(message["content"]).split()) for message in messages)
    return {"prompt_tokens": read, "completion_tokens": len(text.split()), "total_tokens": read + len(text.split())}


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1, "owned_by": "test"}


def _embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Eight numbers for each text, from its hash, as base64 or as floats."""
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    rows = []
    for index, text in enumerate(texts):
        vector = [byte / 255 for byte in hashlib.sha256(str(text).encode()).digest()[:8]]
        packed = base64.b64encode(struct.pack("<8f", *vector)).decode()
        value = packed if body.get("encoding_format") == "base64" else vector
        rows.append({"object": "embedding", "index": index, "embedding": value})
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "data": rows, "model": body["model"], "usage": usage}
