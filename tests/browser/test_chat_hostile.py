"""Papers, answers and records that attack the page: nothing of them runs, and nothing is asked of another host."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chatting import BREAD, PAYLOADS, STRANGE, ask, check_citations, hostile_home, settled, written_by
from pages import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hostile_page() -> Iterator[str]:
    with serving(hostile_home()) as url:
        yield url


def test_there_are_thirty_attacks_and_more() -> None:
    assert len(set(PAYLOADS)) >= 30


def test_hostile_papers_run_nothing_and_fetch_nothing(hostile_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(hostile_page)
    for question in ("How far does the harbour lantern shine?", "Which harbour lantern shines 5 km far?", BREAD):
        ask(shown, question)
    assert check_citations(shown) >= 1
    shown.locator("a.cite").first.hover()
    assert "window.hit" in shown.locator("#side").inner_text()  # shown as text
    assert shown.locator(STRANGE).count() == 0


def test_every_hostile_paper_is_listed_and_runs_nothing(hostile_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(hostile_page)
    shown.locator(".example:visible").first.wait_for()
    shown.locator("#show-papers").click()
    seen = 0
    while True:
        shown.wait_for_function(f"document.querySelector('#paper-count').innerText.startsWith('{seen + 1} to')")
        shown.evaluate("document.querySelectorAll('#paper-list details').forEach(one => one.open = true)")
        seen += shown.locator("#paper-list li").count()
        assert shown.locator(STRANGE).count() == 0
        if seen == len(PAYLOADS):
            break
        shown.locator("#later").click()
    links = shown.eval_on_selector_all("#paper-list a", "all => all.map(one => one.href)")
    assert all(link.startswith("https://") for link in links)


def test_hostile_questions_run_nothing_when_asked_kept_and_found_again(
    hostile_page: str, opened: Callable[..., Any]
) -> None:
    shown = opened(hostile_page)
    for payload in PAYLOADS[:4]:
        ask(shown, f"What do harbour lanterns do? {payload}")
    shown.reload()
    shown.locator(".kept .open").click()
    settled(shown, 3)
    assert shown.locator(STRANGE).count() == 0


def test_a_hostile_record_runs_nothing(hostile_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(hostile_page)
    ask(shown, "What do harbour lanterns do?")
    shown.wait_for_selector(".kept .open")
    key, entry = shown.evaluate("Object.entries(localStorage).find(([key]) => key.startsWith('assistant-'))")
    whole = json.loads(entry)
    spoilt = {**whole, "title": "".join(PAYLOADS), "record": _spoilt(whole["record"])}
    shown.evaluate("([key, entry]) => localStorage.setItem(key, entry)", [key, json.dumps(spoilt)])
    shown.reload()
    shown.locator(".kept .open").click()
    settled(shown, 0)
    assert shown.locator(".card, .decline").count() >= 1 and shown.locator(STRANGE).count() == 0


def _spoilt(record: str) -> str:
    """The record with every attack at the end of each of its longer texts."""

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: walk(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [walk(one, key) for one in value]
        harmed = key in (
            "question",
            "text",
            "title",
            "abstract",
            "quote",
            "venue",
            "url",
            "id",
            "citations",
            "label",
            "model",
        )
        return value + "".join(PAYLOADS) if isinstance(value, str) and harmed else value

    return json.dumps({**(given := json.loads(record)), "turns": walk(given["turns"])})


def test_hostile_model_output_runs_nothing_and_fetches_nothing(opened: Callable[..., Any]) -> None:
    reply = "".join(f"- Harbour lanterns guide ships at night {payload} [1].\n" for payload in PAYLOADS)
    with written_by(hostile_home(), reply) as (url, _):
        shown = opened(url)
        turn = ask(shown, "What do harbour lanterns do? <script>window.hit=1</script>")
        assert turn.inner_text().count("window.hit") >= 8  # shown as text
        assert shown.locator(STRANGE).count() == 0
