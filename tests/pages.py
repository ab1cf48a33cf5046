"""What the tests of the chat page share: the page served by a process of its own, as `assistant chat` serves it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

COMMAND = "from assistant.cli import main; main()"


@contextmanager
def serving(home: Path, *arguments: str, **environment: str) -> Iterator[str]:
    """The address of a page over a home, until the block ends; then Ctrl-C must end it with exit code 0."""
    command = [sys.executable, "-u", "-c", COMMAND, "chat", *arguments]
    variables = {**os.environ, "ASSISTANT_HOME": str(home), "PYTHONWARNINGS": "ignore", **environment}
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            url = process.stdout.readline().split()[-1]
            assert url.startswith("http://localhost:" if "--host" in arguments else "http://127.0.0.1:"), url
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            try:
                code = process.wait(30)
            finally:
                process.kill()  # nothing may wait for ever
    assert code == 0


@dataclass(frozen=True)
class Reply:
    """What a server said, as it came."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def refusal(self) -> str:
        """The sentence of a refusal, and its cure."""
        error = json.loads(self.body)["error"]
        return f"{error['message']} {error['cure']}"

    @property
    def event(self) -> tuple[str, Any]:
        """The name and the data of the last event."""
        name, data = self.body.strip().split("\n\n")[-1].split("\n")
        return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def send(url: str, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
    """One request with these headers (`_` for a dash), besides Host and Content-Length unless they are given."""
    at = urlsplit(url)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        return Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read().decode())
    finally:
        connection.close()


def form(*files: tuple[str, bytes]) -> tuple[bytes, str]:
    """Files as a browser uploads them: the body and its content type."""
    parts = [
        b'--cut\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n%s\r\n' % (name.encode(), content)
        for name, content in files
    ]
    return b"".join(parts) + b"--cut--\r\n", "multipart/form-data; boundary=cut"


def called(url: str, name: str, arguments: Any, **headers: str) -> Reply:
    """What an endpoint gives to a program that speaks plain HTTP: the reply to its first call unless that went well,
    else the events of the second."""
    path = f"/gradio_api/call/v2/{name}"
    first = send(url, "POST", path, json.dumps(arguments).encode(), Content_Type="application/json", **headers)
    return first if first.status != 200 else send(url, "GET", f"{path}/{json.loads(first.body)['event_id']}", **headers)
