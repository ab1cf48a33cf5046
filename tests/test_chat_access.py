"""Who may do what on the chat page: rules by where it is served, limits, money, the log, the names it knows."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import SettingsError
from assistant.chat.access import Gate, Limiter, Rules, user_of
from assistant.chat.guard import Guard
from assistant.chat.log import Log
from assistant.chat.server import rules_for
from assistant.chat.site import Site
from assistant.chat.uploads import is_read, names_another_file


@dataclass
class Clock:
    """A clock that stands until it is set."""

    now: float = 1000.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> float:
        return self.now


def visitor(host: str = "10.0.0.7", name: str | None = None) -> Any:
    return SimpleNamespace(client=SimpleNamespace(host=host), username=name)


def answer(cost: float | None) -> dict[str, Any]:
    return {"state": "answered", "usage": {"cost": cost}}


def test_a_user_asks_so_often_and_again_when_the_first_is_a_minute_old() -> None:
    clock = Clock()
    limiter = Limiter(Rules(questions_per_minute=2), clock)
    limiter.admit("a")
    clock.now += 50
    limiter.admit("a")
    with pytest.raises(SettingsError, match=r"more than 2 questions in a minute\. Ask again in 10 s\.") as caught:
        limiter.admit("a")
    assert caught.value.retryable
    limiter.admit("b")
    clock.now += 10
    limiter.admit("a")
    with pytest.raises(SettingsError):
        limiter.admit("a")


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 5))
def test_no_minute_ever_holds_more_than_the_limit(gaps: list[float], limit: int) -> None:
    clock = Clock()
    limiter, times = Limiter(Rules(questions_per_minute=limit), clock), []
    for gap in gaps:
        clock.now += gap
        before = sum(time > clock.now - 60 for time in times)
        try:
            limiter.admit("a")
        except SettingsError:
            assert before >= limit
        else:
            assert before < limit
            times.append(clock.now)


def test_threads_together_get_no_more_than_the_limit() -> None:
    limiter, passed = Limiter(Rules(questions_per_minute=7), Clock()), []

    def come() -> None:
        for _ in range(20):
            try:
                limiter.admit("a")
            except SettingsError:
                continue
            passed.append(1)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 7


def test_many_addresses_are_forgotten_after_their_minute() -> None:
    clock = Clock()
    limiter = Limiter(Rules(questions_per_minute=1), clock)
    for number in range(3000):
        clock.now += 0.1
        limiter.admit(str(number))
    assert len(limiter._window._came) <= 1000


def test_the_cap_stops_all_users_and_none_is_no_cap() -> None:
    capped, free = Limiter(Rules(spend_cap=0.05)), Limiter(Rules())
    for limiter in (capped, free):
        limiter.admit("a")
        limiter.spent(0.05)
    free.admit("b")
    with pytest.raises(SettingsError, match=r"cost the 0\.05 USD .* --spend-cap"):
        capped.admit("b")


def test_a_question_that_was_stopped_counts_as_much_as_the_dearest() -> None:
    gate = Gate(Rules(spend_cap=0.75))
    with gate.asking(visitor(), "How?", "mine") as ending:
        ending.settled(answer(0.25))
    for _ in range(2):
        with gate.asking(visitor(), "How?", "mine"):
            pass
    with pytest.raises(SettingsError, match="cost the"), gate.asking(visitor(), "How?", "mine"):
        pass


def test_what_costs_nothing_never_meets_the_cap() -> None:
    gate = Gate(Rules(spend_cap=0.001))
    for _ in range(10):
        with gate.asking(visitor(), "How?", "mine") as ending:
            ending.settled(answer(None))
        with gate.asking(visitor(), "", "mine") as ending:
            ending.settled(None, {"type": "SettingsError"})


def test_a_stopped_generator_is_counted_and_logged(tmp_path: Path) -> None:
    gate = Gate(Rules(spend_cap=0.01), Log(tmp_path / "log"))

    def asked() -> Any:
        with gate.asking(visitor(), "How?", "mine"):
            yield 1
            yield 2

    growing = asked()
    next(growing)
    growing.close()
    assert json.loads((tmp_path / "log").read_text())["state"] == "stopped"
    with pytest.raises(SettingsError):
        next(asked())


def test_the_log_has_a_line_a_question_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "questions.jsonl"
    before = os.umask(0)
    try:
        gate = Gate(Rules(), Log(path))
        with gate.asking(visitor(name="ada"), "How?\n\ud800", "mine") as ending:
            ending.settled(answer(0.25))
    finally:
        os.umask(before)
    line = json.loads(path.read_text())
    assert {**line, "time": 0, "seconds": 0} == {
        **{"time": 0, "seconds": 0, "user": "ada@10.0.0.7", "corpus": "mine", "question": "How?\n?"},
        **{"state": "answered", "cost": 0.25},
    }
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)] == [0o600, 0o700]


def test_a_log_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("old\n")
    path.chmod(0o644)
    Log(path).write(question="How?")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and len(path.read_text().splitlines()) == 2


def test_a_log_that_cannot_be_written_ends_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "logs").write_text("a file, no folder")
    log = Log(tmp_path / "logs" / "questions.jsonl")
    for _ in range(3):
        log.write(question="How?")
    assert len(caplog.records) == 1 and "cannot be written" in caplog.text


def test_a_user_is_a_name_and_an_address_and_no_session() -> None:
    assert user_of(visitor(name="ada")) == "ada@10.0.0.7" and user_of(visitor()) == "10.0.0.7"
    assert user_of(visitor("2001:db8:1:2::1")) == user_of(visitor("2001:db8:1:2:ffff::9"))
    assert user_of(visitor("2001:db8:1:3::1")) != user_of(visitor("2001:db8:1:2::1"))
    assert user_of(visitor("2001:db8:1:2::1", "ada")) == "ada@2001:db8:1:2::/64"
    assert [user_of(visitor(host)) for host in ("::ffff:10.0.0.7", "::1", "testclient")] == [
        "10.0.0.7",
        "::1",
        "testclient",
    ]
    assert user_of(None) == ""


HERE, ELSEWHERE, BEHIND = Site(), Site("0.0.0.0"), Site(domains=("papers.example.org",))


@pytest.mark.parametrize("site", [ELSEWHERE, BEHIND, Site("192.168.1.5"), Site("::"), Site("box.example.org")])
def test_others_are_served_only_with_a_password_or_insecurely(site: Site) -> None:
    with pytest.raises(SettingsError, match=r"without a password.*ASSISTANT_AUTH.*--insecure"):
        rules_for(site, auth=False)
    with pytest.raises(SettingsError, match="could change the papers"):
        rules_for(site, auth=False, insecure=True, allow_edit=True)
    assert not rules_for(site, auth=False, insecure=True).may_edit
    assert not rules_for(site, auth=True).may_edit
    assert rules_for(site, auth=True, allow_edit=True).may_edit
    assert rules_for(site, auth=True).questions_per_minute == 30
    assert rules_for(site, auth=True, questions_per_minute=0).questions_per_minute == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.0.1"])
def test_on_this_machine_everyone_edits_unless_there_is_a_password(host: str) -> None:
    assert rules_for(Site(host), auth=False) == Rules(may_edit=True, questions_per_minute=0)
    assert not rules_for(Site(host), auth=True).may_edit
    assert rules_for(Site(host), auth=True, allow_edit=True) == Rules(True, True, 30)


@pytest.mark.parametrize(
    ("site", "known", "unknown"),
    [
        (
            HERE,
            ["localhost", "127.0.0.1", "[::1]", "localhost."],
            ["evil.example", "10.0.0.7", "localhost.evil.example"],
        ),
        (ELSEWHERE, ["localhost", "10.0.0.7", "[2001:db8::1]"], ["evil.example", "10.0.0.7.evil.example", "0x7f.1"]),
        (BEHIND, ["papers.example.org", "127.0.0.1"], ["example.org", "evil-papers.example.org", "10.0.0.7"]),
    ],
)
def test_a_site_knows_its_own_names_alone(site: Site, known: list[str], unknown: list[str]) -> None:
    assert all(site.knows(name) for name in known)
    assert not any(site.knows(name) for name in unknown)


def test_passwords_cannot_be_tried_at_will(tmp_path: Path) -> None:
    statuses: list[int] = []

    async def signing_in(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 400, "headers": []})

    async def send(message: Any) -> None:
        statuses.append(message.get("status", 0))

    guard = Guard(signing_in, Site(), Rules(signed_in=True), tmp_path)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"username=lab&password=x"}

    for client in (*["10.0.0.7"] * 12, "10.0.0.8"):
        scope = {"type": "http", "method": "POST", "path": "/login/", "headers": [(b"host", b"localhost")]}
        asyncio.run(guard({**scope, "client": (client, 1)}, receive, send))
    assert [status for status in statuses if status] == [400] * 10 + [429] * 2 + [400]


def test_files_of_papers_are_told_by_their_names() -> None:
    assert all(map(is_read, ["a.bib", "A.JSONL", "x.tar.csv", "papers.ris.gz", "page-1.txt"]))
    assert not any(map(is_read, ["a.exe", "a.bib.exe", "a.gz", "bib", "a.zip", "a.html.svg", ".gz", "a.svg.gz", ""]))


@given(st.recursive(st.none() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_file_that_was_not_uploaded_is_found_however_deep_it_stands(around: Any) -> None:
    folder = Path("/uploads")
    for path in ("http://evil.example/a.bib", "/etc/passwd", "/uploads/../etc/passwd", "a.bib", ""):
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        assert names_another_file(json.dumps({"data": [around, {"deep": [[file]]}]}).encode(), folder)
    file = {"path": "/uploads/a/a.bib", "meta": {"_type": "gradio.FileData"}}
    assert not names_another_file(json.dumps({"data": [around, file]}).encode(), folder)
    assert not names_another_file(b"{", folder) and not names_another_file(b"[" * 100_000, folder)
