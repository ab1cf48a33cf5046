"""arXiv's API on loopback for tests: pages of numbered papers, and every way to fail."""

from __future__ import annotations

import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">
<id>https://arxiv.org/api/x</id><opensearch:totalResults>{total}</opensearch:totalResults>{entries}</feed>
"""
ENTRY = """<entry><id>http://arxiv.org/abs/2401.{:05}v1</id><title>T</title><summary>It works.</summary></entry>"""
ERROR = "<entry><id>https://arxiv.org/api/errors#1</id><title>Error</title><summary>malformed query\n</summary></entry>"


class Arxiv(ThreadingHTTPServer):
    """Has `total` papers. `faults` are for one request each (None is no fault), then there are none."""

    daemon_threads = True

    def __init__(self, total: int = 250, faults: tuple[str | None, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.total, self.faults = total, list(faults)
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []
        self.times: list[float] = []
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/query"

    def __enter__(self) -> Arxiv:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: Arxiv

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""

    def do_GET(self) -> None:
        server = self.server
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        server.asked.append(asked)
        server.times.append(time.monotonic())
        server.agents.append(self.headers["User-Agent"])
        start, count = int(asked["start"]), int(asked["max_results"])
        entries = "".join(map(ENTRY.format, range(start, min(start + count, server.total))))
        whole = FEED.format(total=server.total, entries=entries).encode()
        fault = server.faults.pop(0) if server.faults else None
        statuses = {"busy": (503, {}), "wait": (429, {"Retry-After": "0"}), "wait long": (429, {"Retry-After": "3600"})}
        if fault in statuses:
            return self._send(b"", *statuses[fault])
        if fault == "error":
            return self._send(FEED.format(total=1, entries=ERROR).encode(), 400)
        if fault == "missing":
            return self._send(b"<html>Not here</html>", 404)
        if fault and fault.startswith("to "):
            return self._send(b"", 301, {"Location": fault[3:].format(path=self.path)})
        if fault in ("slow", "drip", "hold"):
            return self._slow(whole, {"slow": 3.0, "drip": 0.05, "hold": 60.0}[fault], b"<" if fault == "drip" else b"")
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.send_response(200)
            return self.end_headers()
        if fault == "large":
            return self._send(b"<!--" + b"x" * 21_000_000)
        bodies = {
            "html": b"<html><body>Sign in</body></html>",
            "bytes": b"\xff\xfe\x00garbage",
            "half": whole[: len(whole) // 2],
            "one": FEED.format(total=server.total, entries=ENTRY.format(start)).encode(),
            "empty": FEED.format(total=server.total, entries="").encode(),
        }
        length = {"Content-Length": str(len(whole) + 99)} if fault == "cut" else {}
        return self._send(bodies.get(fault or "", whole), 200, length)

    def _slow(self, body: bytes, pause: float, piece: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.stopping.wait(pause) and piece:
            self.wfile.write(piece)
        self.wfile.write(body)

    def _send(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
