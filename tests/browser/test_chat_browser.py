"""The chat page in a real browser: sentences arrive, every citation leads to its words, trouble is told kindly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chatting import (
    ADAPTERS,
    BREAD,
    DESK,
    FORGETTING,
    PHONE,
    ZEBRA,
    ask,
    check_citations,
    counts,
    start,
    texts,
    written_by,
)
from doors import small_home

pytestmark = pytest.mark.slow

WATCH = """() => { window.seen = []; new MutationObserver(() => {
  const turn = document.querySelector('.turn:last-of-type');
  if (turn) window.seen.push([turn.querySelectorAll('.sentence').length, turn.getAttribute('aria-busy')]);
}).observe(document.body, {childList: true, subtree: true}); }"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_citation_leads_to_its_exact_words_on_the_screen(
    sample_page: str, opened: Callable[..., Any], size: dict[str, int]
) -> None:
    shown = opened(sample_page, size)
    ask(shown, FORGETTING)
    ask(shown, ADAPTERS)
    assert check_citations(shown) >= 6


def test_a_citation_follows_the_keyboard(sample_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(sample_page)
    ask(shown, FORGETTING)
    cite = shown.locator("a.cite").last
    cite.focus()
    shown.keyboard.press("Enter")
    shown.wait_for_selector("mark.hit")
    assert shown.evaluate("document.activeElement.closest('.card').id") == f"paper-{cite.inner_text()}"


def test_a_phone_shows_the_way_back_to_the_answer(sample_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(sample_page, PHONE)
    ask(shown, FORGETTING)
    shown.locator("a.cite").first.click()
    shown.locator("a.back:visible").click()
    shown.wait_for_function("document.activeElement.matches('a.cite')")


def test_an_example_is_asked_by_a_click_and_a_new_conversation_clears(
    sample_page: str, opened: Callable[..., Any]
) -> None:
    shown = opened(sample_page)
    shown.locator(".example").first.click()
    shown.wait_for_selector('.turn[aria-busy="false"] a.cite')
    assert not shown.locator("#welcome").is_visible()
    shown.locator("#new").click()
    shown.wait_for_selector("#welcome", state="visible")
    counts(shown.locator(".turn, .card"), 0)


def test_papers_keep_their_numbers_in_a_follow_up(sample_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(sample_page)
    first = set(ask(shown, FORGETTING).locator("a.cite").all_text_contents())
    second = set(ask(shown, ADAPTERS).locator("a.cite").all_text_contents())
    assert first == {str(number + 1) for number in range(len(first))} and first.isdisjoint(second)
    newest_first = sorted(second, key=int) + sorted(first, key=int)
    assert texts(shown, ".card .number") == newest_first
    assert set(ask(shown, FORGETTING).locator("a.cite").all_text_contents()) == first


def test_a_decline_names_the_nearest_papers(sample_page: str, opened: Callable[..., Any]) -> None:
    declined = ask(opened(sample_page), BREAD)
    assert "do not answer" in declined.inner_text()
    assert declined.locator(".decline details").count() == 3 and declined.locator("a.cite").count() == 0


def test_an_empty_question_is_met_kindly_and_an_error_gives_the_question_back(
    sample_page: str, opened: Callable[..., Any]
) -> None:
    shown = opened(sample_page)
    shown.locator("#ask").click()
    shown.wait_for_selector("text=Type a question first.")
    failed = ask(shown, "x" * 4001)
    assert "4001 characters" in failed.locator(".error").inner_text()
    shown.wait_for_function("document.querySelector('#question textarea').value.length === 4001")


def test_sentences_arrive_one_after_the_other_and_doubtful_ones_are_marked(opened: Callable[..., Any]) -> None:
    reply = (
        "The zebra grating reaches an efficiency of 31.4% on the SunBench test [1]. It bends light into the cell [1]. "
        "The zebra grating reaches an efficiency of 99.9% on the SunBench test [1]."
    )
    with written_by(small_home(), reply, pause=0.03) as (url, _):
        shown = opened(url)
        shown.evaluate(WATCH)
        turn = ask(shown, ZEBRA)
        busy = {count for count, state in shown.evaluate("window.seen") if state == "true"}
        assert busy >= {0, 1, 2}
        assert turn.locator(".sentence").first.get_attribute("class") == "sentence supported"
        assert "99.9" in turn.locator(".verdict").last.inner_text()
        assert "Written by test-model" in turn.locator(".foot").inner_text()
        assert check_citations(shown) >= 2


def test_stop_ends_the_answer_and_hangs_up_on_the_model(opened: Callable[..., Any]) -> None:
    reply = "The zebra grating reaches an efficiency of 31.4% [1]. " * 40
    with written_by(small_home(), reply, pause=0.05) as (url, model):
        shown = opened(url)
        start(shown, ZEBRA)
        shown.wait_for_selector(".sentence")
        shown.locator("#stop").click()
        shown.wait_for_selector("text=Stopped.")
        assert model.requests[0].disconnected.wait(20)
        assert shown.locator("#ask").is_visible()


def test_a_refused_key_is_a_sentence_with_its_cure(opened: Callable[..., Any]) -> None:
    with written_by(small_home(), "", faults="refused_key") as (url, _):
        text = ask(opened(url), ZEBRA).locator(".error").inner_text()
    assert "key" in text and "Traceback" not in text
