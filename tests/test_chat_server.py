"""The chat page's server against raw HTTP: other sites, other names, uploads, sign-in, limits, command refusals."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from doors import knock, small_home
from model_server import ModelServer
from pages import COMMAND, called, form, send, serving

EVIL = "http://evil.example"
QUESTION = {"question": "What efficiency does the zebra grating reach?"}
ASK, UPLOAD = "/gradio_api/call/v2/ask", "/gradio_api/upload"
POSTS = (
    *(ASK, "/gradio_api/call/ask", "/gradio_api/run/ask", "/gradio_api/api/ask", "/gradio_api/queue/join", UPLOAD),
    *("/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/component_server", "/login", "/", "/gradio_api/anything"),
)
FOREIGN = (
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": "http://localhost:1"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://[::bad"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"},
)


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    with serving(small_home()) as url:
        yield url


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page for others, with a password and edits."""
    home = tmp_path_factory.mktemp("guarded") / "home"
    shutil.copytree(small_home(), home)
    arguments = ("--host", "0.0.0.0", "--allow-edit", "--questions-per-minute", "2", "--domain", "papers.example.org")
    with serving(home, *arguments, ASSISTANT_AUTH="lab: of owls:9") as url:
        yield url


def signed_in(url: str, password: str = " of owls:9") -> dict[str, str]:
    body = f"username=lab&password={password.replace(' ', '+')}".encode()
    reply = send(url, "POST", "/login", body, Content_Type="application/x-www-form-urlencoded")
    assert (reply.status, json.loads(reply.body)) == (200, {"success": True})
    return {"Cookie": reply.headers["set-cookie"].split(";")[0]}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_post_from_another_site_is_refused(page: str, path: str, headers: dict[str, str]) -> None:
    reply = send(page, "POST", path, b"{}", Content_Type="text/plain", **headers)
    assert reply.status == 403
    assert reply.refusal == "This request comes from another site. Open the page itself and ask there."


def test_the_pages_own_post_and_a_programs_are_answered(page: str) -> None:
    for headers in ({}, {"Origin": page.rstrip("/"), "Sec_Fetch_Site": "same-origin", "Sec_Fetch_Mode": "cors"}):
        assert "31.4%" in called(page, "ask", QUESTION, **headers).body


def test_nothing_is_read_from_another_site_but_a_link_leads_to_the_page(page: str) -> None:
    for path in ("/", "/config", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x", f"{ASK}/x"):
        assert send(page, "GET", path, Origin=EVIL).status == 403
        assert send(page, "GET", path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert send(page, "GET", "/", **link).status == 200
    assert [send(page, "GET", path, **link).status for path in ("/logout", "/gradio_api/info")] == [403, 403]


def test_no_other_site_is_told_that_it_may_ask(page: str) -> None:
    for path in (ASK, UPLOAD):
        reply = send(page, "OPTIONS", path, Origin=EVIL, Access_Control_Request_Method="POST")
        assert "access-control-allow-origin" not in reply.headers


def test_no_file_of_the_machine_is_served(page: str) -> None:
    store = small_home() / "corpora" / "mine" / "papers.sqlite"
    for path in ("/etc/passwd", "../../../../etc/passwd", str(store), str(Path.cwd() / "pyproject.toml")):
        assert send(page, "GET", f"/gradio_api/file={path}").status in (403, 404), path


@pytest.mark.parametrize("path", ["/", "/config", ASK, UPLOAD, "/gradio_api/queue/data?session_hash=x", "/login"])
def test_another_name_that_leads_here_is_refused(page: str, path: str) -> None:
    port = urlsplit(page).port
    for host in (f"evil.example:{port}", "localhost.evil.example", "localhost@evil.example", "10.0.0.7", "a b", ""):
        reply = send(page, "POST" if path in (ASK, UPLOAD, "/login") else "GET", path, Host=host)
        assert reply.status == 403 and reply.refusal.startswith("This page is not served under that name."), host
    assert send(page, "GET", "/", Host=f"localhost:{port}").status == 200


def test_a_request_without_or_with_two_names_is_refused(page: str) -> None:
    at = urlsplit(page)
    for headers in (b"", b"Host: localhost\r\nHost: evil.example\r\n", b"Host: evil.example\r\nHost: localhost\r\n"):
        with socket.create_connection((at.hostname, at.port), timeout=20) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n" + headers + b"\r\n")
            assert connection.recv(100).split()[1] in (b"400", b"403")


@pytest.mark.parametrize("host", ["evil.example", "own"])
def test_a_websocket_gets_no_connection(page: str, host: str) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    named = {} if host == "own" else {"Host": host}
    reply = send(page, "GET", "/gradio_api/queue/join", Sec_WebSocket_Key="eA" * 11 + "==", **upgrade, **named)
    assert reply.status in (403, 404)


def test_what_the_page_does_not_use_is_not_there(page: str) -> None:
    for path in (
        "component_server",
        "process_recording",
        "proxy=http://evil.example/",
        "deep_link",
        "vibe-edit",
        "runs",
    ):
        assert send(page, "POST", f"/gradio_api/{path}", b"{}").status == 404, path
    for path in ("/docs", "/redoc", "/monitoring", "/gradio_api/mcp/", "/gradio_api/dev/reload"):
        assert send(page, "GET", path).status == 404, path


def test_the_page_cannot_be_framed_and_its_types_are_not_guessed(page: str) -> None:
    headers = send(page, "GET", "/").headers
    assert headers["x-frame-options"] == "DENY" and "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


def test_an_upload_of_papers_is_stored_where_its_owner_alone_can_look(page: str) -> None:
    body, kind = form(("a.bib", b"@misc{a}"), ("b.jsonl.gz", b"x"))
    reply = send(page, "POST", UPLOAD, body, Content_Type=kind)
    stored = [Path(path) for path in json.loads(reply.body)]
    assert [path.name for path in stored] == ["a.bib", "b.jsonl.gz"] and stored[0].read_bytes() == b"@misc{a}"
    root = next(parent for parent in stored[0].parents if parent.name.startswith("assistant-uploads-"))
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["a.exe", "a.bib.sh", "a", "a.zip", "a.svg", "../../a.py", "a.bib\x00.exe", ".htaccess"]
)
def test_an_upload_of_anything_else_is_refused_and_nothing_of_it_stays(page: str, name: str) -> None:
    kept, kind = form(("a.csv", b"kept?"))
    root = Path(json.loads(send(page, "POST", UPLOAD, kept, Content_Type=kind).body)[0]).parents[1]
    before = {path for path in root.rglob("*") if path.is_file()}
    body, kind = form(("fine.csv", b"no"), (name, b"#!/bin/sh"))
    reply = send(page, "POST", UPLOAD, body, Content_Type=kind)
    assert reply.status in (400, 415) and not (reply.status == 415 and "no file of papers" not in reply.refusal)
    assert {path for path in root.rglob("*") if path.is_file()} == before


def test_no_request_makes_the_server_fetch_or_open_a_file(page: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.5)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/a.bib"
        for path in (address, "http://198.51.100.1/a.bib", "/etc/passwd"):
            file = {"path": path, "meta": {"_type": "gradio.FileData"}}
            for arguments in (
                {**QUESTION, "filters": file},
                {**QUESTION, "history": [{"role": "user", "content": file}]},
            ):
                reply = called(page, "ask", arguments)
                assert (reply.status, "a file that was not uploaded" in reply.refusal) == (403, True)
        with pytest.raises(TimeoutError):
            listening.accept()


def test_what_is_too_long_is_refused_before_it_is_read(page: str) -> None:
    for path, length in ((UPLOAD, 50_200_000), (ASK, 4_000_001), ("/login", 10**12)):
        at = urlsplit(page)
        with socket.create_connection((at.hostname, at.port), timeout=20) as connection:
            connection.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode())
            assert connection.recv(100).split()[1] == b"413"
    chunked = send(page, "POST", UPLOAD, iter([b"x"]), Content_Type="text/plain")  # type: ignore[arg-type]
    assert chunked.status == 411


def test_who_did_not_sign_in_gets_nothing(guarded: str) -> None:
    assert called(guarded, "ask", QUESTION).status == 401
    body, kind = form(("a.bib", b"@misc{a}"))
    for method, path in (("POST", UPLOAD), ("GET", "/config"), ("GET", "/gradio_api/info"), ("GET", f"{ASK}/x")):
        assert send(guarded, method, path, body, Content_Type=kind).status == 401, path
    assert "31.4%" not in send(guarded, "GET", "/").body


def test_who_signed_in_asks_as_often_as_the_limit_allows_and_uploads(guarded: str) -> None:
    mine = signed_in(guarded)
    replies = [called(guarded, "ask", QUESTION, **mine).body for _ in range(3)]
    assert ["31.4%" in reply for reply in replies] == [True, True, False]
    assert "event: error" in replies[2] and "more than 2 questions in a minute. Ask again in" in replies[2]
    body, kind = form(("a.bib", b"@misc{a}"))
    assert send(guarded, "POST", UPLOAD, body, Content_Type=kind, **mine).status == 200


def test_a_cookie_is_of_no_use_to_another_site_and_a_domain_is(guarded: str) -> None:
    mine = signed_in(guarded)
    assert send(guarded, "POST", ASK, b"{}", Origin=EVIL, **mine).status == 403
    proxied = {"Host": "papers.example.org", "Origin": "https://papers.example.org"}
    assert send(guarded, "GET", "/config", **proxied, **mine).status == 200
    assert send(guarded, "GET", "/config", Host="10.1.2.3", **mine).status == 200
    assert send(guarded, "GET", "/config", Host="evil.example", **mine).status == 403


def test_a_page_for_everyone_takes_questions_and_no_papers(tmp_path: Path) -> None:
    shutil.copytree(small_home(), tmp_path / "home", ignore=shutil.ignore_patterns("logs"))
    with serving(tmp_path / "home", "--host", "0.0.0.0", "--insecure", "--no-log", TMPDIR=str(tmp_path)) as url:
        assert "31.4%" in called(url, "ask", QUESTION).body
        body, kind = form(("a.bib", b"@misc{a}"))
        reply = send(url, "POST", UPLOAD, body, Content_Type=kind)
        assert reply.status == 403 and reply.refusal.startswith("Papers cannot be added on this page.")
        assert list(tmp_path.glob("assistant-uploads-*"))
    assert not list((tmp_path / "home").rglob("questions.jsonl")) and not list(tmp_path.glob("assistant-uploads-*"))


def test_questions_are_logged_for_their_owner_alone_and_papers_are_closed_to_others(tmp_path: Path) -> None:
    shutil.copytree(small_home(), tmp_path / "home", ignore=shutil.ignore_patterns("logs"))
    store = tmp_path / "home" / "corpora" / "mine" / "papers.sqlite"
    store.chmod(0o644)
    with serving(tmp_path / "home") as url:
        called(url, "ask", QUESTION)
        called(url, "search", {"query": "owls", "filters": {"colour": "red"}})
    log = tmp_path / "home" / "logs" / "questions.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    asked = [(line["question"], line["state"]) for line in lines]
    assert asked == [(QUESTION["question"], "answered"), ("owls", "SettingsError")]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (log, store)] == [0o600, 0o600]


def test_a_spend_cap_ends_the_questions_to_a_model() -> None:
    prices = {"ASSISTANT_PRICE_IN": "1000", "ASSISTANT_PRICE_OUT": "1000"}
    with ModelServer("The zebra grating reaches 31.4%. [1]") as model:
        where = {"OPENAI_BASE_URL": model.url}
        with serving(small_home(), "--spend-cap", "0.01", **prices, **where) as url:
            first, second = (called(url, "ask", QUESTION).body for _ in range(2))
            assert "event: complete" in first and '"cost": ' in first
            assert "event: error" in second and "has cost the 0.01 USD that it may cost" in second
            assert len(model.requests) == 1
        unpriced = knock("chat", "--spend-cap", "1", home=small_home(), **where)
    assert unpriced.exit_code == 1 and "price of test-model is not known" in unpriced.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["--host", "0.0.0.0"], {}, "without a password. Set ASSISTANT_AUTH="),
        (["--domain", "papers.example.org"], {}, "without a password. Set ASSISTANT_AUTH="),
        (["--host", "0.0.0.0", "--insecure", "--allow-edit"], {}, "Everyone who reaches the page could change"),
        ([], {"ASSISTANT_AUTH": "owls"}, "ASSISTANT_AUTH is not a name and a password."),
        (["--host", "0.0.0.0"], {"ASSISTANT_AUTH": ":"}, "ASSISTANT_AUTH is not a name and a password."),
    ],
)
def test_the_command_refuses_to_serve_everyone(
    arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    ended = knock("chat", *arguments, home=small_home(), **environment)
    assert ended.exit_code == 1 and sentence in ended.stderr


def test_ctrl_c_ends_it_in_silence_while_a_page_is_open(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-c", COMMAND, "chat"]
    variables = {**os.environ, "ASSISTANT_HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        at = urlsplit(process.stdout.readline().split()[-1])
        with socket.create_connection((at.hostname, at.port), timeout=20) as connection:
            connection.sendall(b"GET /gradio_api/heartbeat/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"200" in connection.recv(100)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        assert (process.stderr.read(), process.stdout.read()) == ("", "Ctrl-C ends it.\n")


def test_a_terminal_asks_for_the_password_and_shows_none() -> None:
    terminal, other = pty.openpty()
    command = [sys.executable, "-u", "-c", COMMAND, "chat", "--host", "0.0.0.0"]
    variables = {**os.environ, "ASSISTANT_HOME": str(small_home()), "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, env=variables, stdin=other, stdout=subprocess.PIPE, stderr=other) as process:
        shown = b""
        for prompt, said in ((b"visitors", b"lab"), (b"Password", b" of owls:9"), (b"Repeat", b" of owls:9")):
            while prompt not in shown:
                shown += os.read(terminal, 1000)
            os.write(terminal, said + b"\n")
        assert process.stdout
        url = process.stdout.readline().decode().split()[-1]
        assert signed_in(url) and b"owls" not in shown
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    os.close(terminal)
    os.close(other)
