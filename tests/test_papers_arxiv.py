"""arXiv as a source, against a server on loopback: pages, pauses, every fault, and a kill halfway."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from arxiv_server import Arxiv

from assistant.errors import PapersError
from assistant.papers import Problem, Record
from assistant.papers.arxiv import fetch


def ask(server: Arxiv, limit: int = 250, **options: Any) -> list[Record | Problem]:
    given = {"pause": 0.0, "timeout": 20.0, "base_url": server.url, **options}
    return list(fetch("cat:cs.CL AND abs:a b", limit, **given))


def refused(server: Arxiv, **options: Any) -> PapersError:
    with pytest.raises(PapersError) as caught:
        ask(server, **options)
    return caught.value


def ids(items: list[Record | Problem]) -> list[str | None]:
    assert all(isinstance(item, Record) for item in items)
    return [item.arxiv_id for item in items if isinstance(item, Record)]


ALL = [f"2401.{number:05}" for number in range(250)]


@pytest.fixture
def arxiv() -> Iterator[Arxiv]:
    with Arxiv() as server:
        yield server


def test_asks_page_by_page_for_as_many_as_wanted(arxiv: Arxiv) -> None:
    items = ask(arxiv, 230)
    assert ids(items) == ALL[:230]
    assert [item.line for item in items] == list(range(1, 231))
    parts = [("0", "100"), ("100", "100"), ("200", "30")]
    assert [(one["start"], one["max_results"]) for one in arxiv.asked] == parts
    assert {one["search_query"] for one in arxiv.asked} == {"cat:cs.CL AND abs:a b"}
    assert all(agent.startswith("abstract-assistant") for agent in arxiv.agents)


def test_pages_with_a_paper_each_are_not_asked_for_without_end() -> None:
    with Arxiv(total=100, faults=("one",) * 99) as server:
        assert refused(server, limit=100).message == "arXiv gave only 15 papers in 15 pages."


def test_ends_where_the_papers_end(arxiv: Arxiv) -> None:
    assert ids(ask(arxiv, 1000)) == ALL
    assert len(arxiv.asked) == 3


def test_pauses_between_requests(arxiv: Arxiv) -> None:
    ask(arxiv, pause=0.2)
    ask(arxiv, 1, pause=0.2)
    gaps = [after - before for before, after in zip(arxiv.times, arxiv.times[1:], strict=False)]
    assert len(gaps) == 3
    assert min(gaps) > 0.1


FAULTS = ("busy", "wait", "slow", "html", "bytes", "half", "cut", "reset", "empty")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_costs_nothing(fault: str) -> None:
    with Arxiv(faults=(None, fault)) as server:
        assert ids(ask(server, timeout=0.5 if fault == "slow" else 20.0)) == ALL
        starts = [one["start"] for one in server.asked]
        assert (starts.count("100") >= 2, list(dict.fromkeys(starts))) == (True, ["0", "100", "200"])


@pytest.mark.parametrize(
    ("fault", "said", "requests"),
    [
        ("busy", "asks for fewer requests.", 3),
        ("wait long", "asks for fewer requests and asks to wait 3600 seconds.", 1),
        ("slow", "did not answer within 0.1 seconds.", 3),
        ("drip", "did not answer within 0.1 seconds.", 3),
        ("html", "answered with something that is no page of its papers.", 3),
        ("empty", "sent an empty page after 0 of 250 papers.", 3),
        ("large", "sent more than 20 MB for one page.", 1),
        ("missing", "answered with status 404.", 1),
        ("to http://localhost:1{path}", "leads to another server, localhost:1, which is not asked.", 1),
        ("to file:///etc/passwd", "answered with status 301.", 1),
    ],
)
def test_a_fault_that_stays_is_one_sentence(fault: str, said: str, requests: int) -> None:
    with Arxiv(faults=(fault,) * 9) as server:
        error = refused(server, retries=2, timeout=0.1 if fault in ("slow", "drip") else 20.0)
        assert error.message == f"The server 127.0.0.1:{server.server_port} {said}"
        end = time.monotonic() + 20
        while len(server.asked) < requests and time.monotonic() < end:
            time.sleep(0.01)  # a busy server may take up a request after its client has left
        assert len(server.asked) == requests
        assert "give the same command again later." in error.cure


def test_a_redirect_on_the_same_server_is_followed() -> None:
    with Arxiv(faults=("to {path}",)) as server:
        assert ids(ask(server)) == ALL


def test_a_query_that_arxiv_refuses_is_told_in_its_words() -> None:
    with Arxiv(faults=("error",)) as server:
        assert refused(server).message == "arXiv reports an error: malformed query."
        assert len(server.asked) == 1


def test_no_match_is_a_problem() -> None:
    with Arxiv(total=0) as server:
        assert ask(server) == [Problem(None, "arXiv has no paper for the query 'cat:cs.CL AND abs:a b'")]


def test_without_a_network_it_says_so_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(PapersError) as caught:
            list(fetch("all:x", 10, base_url=f"http://127.0.0.1:{port}/", pause=60, cache=tmp_path))
    assert caught.value.message == f"The server 127.0.0.1:{port} cannot be reached (Connection refused)."
    assert caught.value.cure.endswith("again later: it goes on where it stopped.")


@pytest.mark.parametrize(
    ("query", "limit", "base_url"),
    [
        (" ", 1, "http://127.0.0.1:9"),
        ("a", 0, "http://127.0.0.1:9"),
        ("a", 30_001, "http://127.0.0.1:9"),
        ("a", 1, "file:///etc/passwd"),
        ("a", 1, "http://127.0.0.1:99999"),
    ],
)
def test_what_cannot_be_asked_is_not_asked(query: str, limit: int, base_url: str) -> None:
    with pytest.raises(PapersError):
        list(fetch(query, limit, base_url=base_url))


SCRIPT = """
import pathlib, sys
from assistant.papers.arxiv import fetch
cache = pathlib.Path(sys.argv[2])
for item in fetch("cat:cs.CL AND abs:a b", 250, base_url=sys.argv[1], pause=0.0, timeout=60.0, cache=cache):
    print(item.arxiv_id, flush=True)
"""


def test_a_query_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with Arxiv(faults=(None, None, "hold")) as server:
        command = [sys.executable, "-c", SCRIPT, server.url, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as process:
            assert process.stdout is not None
            assert [process.stdout.readline().strip().decode() for _ in range(200)] == ALL[:200]
            process.send_signal(signal.SIGKILL)
        assert ids(ask(server, cache=tmp_path)) == ALL
        assert [one["start"] for one in server.asked] == ["0", "100", "200", "200"]


def test_nothing_is_kept_of_a_query_that_is_done_and_a_page_of_yesterday_does_not_count(tmp_path: Path) -> None:
    with Arxiv(faults=(None, "missing")) as server:
        refused(server, cache=tmp_path)
        (page,) = tmp_path.rglob("*.xml")
        os.utime(page, (time.time() - 90_000,) * 2)
        assert ids(ask(server, cache=tmp_path)) == ALL
        assert [one["start"] for one in server.asked] == ["0", "100", "0", "100", "200"]
        assert list(tmp_path.iterdir()) == []


def test_a_kept_page_that_was_spoilt_is_asked_for_again(tmp_path: Path) -> None:
    with Arxiv(faults=(None, "missing")) as server:
        refused(server, cache=tmp_path)
        (page,) = tmp_path.rglob("*.xml")
        page.write_bytes(page.read_bytes()[:500])
        assert ids(ask(server, cache=tmp_path)) == ALL


def test_a_folder_that_cannot_be_written_is_one_sentence(arxiv: Arxiv, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert refused(arxiv, cache=tmp_path / "file").message.startswith("The pages from arXiv cannot be kept in '")
