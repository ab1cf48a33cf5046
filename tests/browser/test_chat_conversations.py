"""What readers do with conversations: ask again, take back, judge, take along, and find again in their browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chatting import ADAPTERS, BREAD, FORGETTING, PHONE, ZEBRA, ask, check_citations, counts, settled, texts
from pages import serving

from assistant import Assistant, Settings

pytestmark = pytest.mark.slow


@pytest.fixture
def asked(sample_page: str, opened: Callable[..., Any]) -> Any:
    """A tab in which one question has been answered."""
    shown = opened(sample_page)
    ask(shown, FORGETTING)
    return shown


def test_a_mark_says_its_title_and_quote_to_the_pointer_and_to_the_keyboard(asked: Any) -> None:
    cite, tip = asked.locator("a.cite").first, asked.locator("#tip")
    cite.hover()
    assert cite.get_attribute("data-quote") in tip.inner_text()
    assert asked.locator(".card .title").first.inner_text() in tip.inner_text()
    asked.keyboard.press("Escape")
    assert not tip.is_visible()
    asked.locator("h1").hover()
    cite.focus()
    tip.wait_for(state="visible")
    assert cite.get_attribute("aria-describedby") == "tip"


def test_a_card_says_why_it_was_found_and_gives_its_bibtex(sample_page: str, asked: Any) -> None:
    assert "Found as no. 1: no. " in asked.locator(".card .why").first.inner_text()
    asked.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=sample_page.rstrip("/"))
    asked.locator(".copy").first.click()
    asked.wait_for_selector("text=Copied")
    copied = asked.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@misc{paper1,") and "title" in copied


def test_a_settled_answer_tells_the_times_of_its_stages(asked: Any) -> None:
    asked.locator(".foot summary").click()
    assert "searched" in asked.locator(".foot").inner_text() and " ms" in asked.locator(".foot").inner_text()


def test_retry_asks_the_last_question_again(asked: Any) -> None:
    before = asked.locator(".answer").inner_text()
    asked.locator("#retry").click()
    asked.wait_for_selector("#stop, .doing", state="attached")
    assert settled(asked, 0).locator(".answer").inner_text() == before
    counts(asked.locator(".turn"), 1)


def test_an_edited_question_replaces_the_last_and_the_edit_can_be_left(asked: Any) -> None:
    box = asked.locator("#question textarea")
    asked.locator("#edit").click()
    asked.wait_for_function(f"document.querySelector('#question textarea').value === {FORGETTING!r}")
    asked.locator("#edit").click()
    asked.wait_for_function("document.querySelector('#question textarea').value === ''")
    asked.locator("#edit").click()
    asked.wait_for_selector("text=asking replaces its answer")
    box.fill(ADAPTERS)
    box.press("Enter")
    asked.wait_for_selector(f'.question:text-is("{ADAPTERS}")')
    settled(asked, 0)
    assert texts(asked, ".question") == [ADAPTERS]


def test_undo_takes_the_last_question_back_into_the_box(asked: Any) -> None:
    ask(asked, BREAD)
    asked.locator("#undo").click()
    asked.wait_for_function(f"document.querySelector('#question textarea').value === {BREAD!r}")
    assert texts(asked, ".question") == [FORGETTING]
    asked.locator("#undo").click()
    asked.wait_for_selector("#welcome", state="visible")


def test_conversations_are_found_again_after_a_reload_and_go_on(asked: Any) -> None:
    asked.locator("#new").click()
    asked.wait_for_selector("#welcome", state="visible")
    ask(asked, ADAPTERS)
    asked.wait_for_function("document.querySelectorAll('#kept .kept').length === 2")
    asked.reload()
    asked.wait_for_selector(".kept .open")
    asked.locator(f'.kept .open:text-is("{FORGETTING}")').click()
    turn = settled(asked, 0)
    assert check_citations(asked) >= 1 and texts(asked, ".question") == [FORGETTING]
    first = set(turn.locator("a.cite").all_text_contents())
    assert first.isdisjoint(ask(asked, ADAPTERS).locator("a.cite").all_text_contents())  # the numbers go on
    asked.wait_for_function("document.querySelectorAll('#kept .kept').length === 2")


def test_a_conversation_is_deleted_from_the_browser(asked: Any) -> None:
    asked.wait_for_selector(".kept .forget")
    asked.locator(".kept .forget").click()
    asked.wait_for_selector("#welcome", state="visible")
    counts(asked.locator(".kept"), 0)
    assert asked.evaluate("Object.keys(localStorage).filter(key => key.startsWith('assistant-')).length") == 0


def test_a_phone_opens_and_closes_the_earlier_conversations(sample_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(sample_page, PHONE)
    ask(shown, FORGETTING)
    assert not shown.locator("#past").is_visible()
    shown.locator("#show-past").click()
    shown.locator(".kept .open").click()
    shown.wait_for_selector("#past", state="hidden")
    assert shown.locator("#show-past").get_attribute("aria-expanded") == "false"


def test_a_spoilt_record_is_refused_with_a_sentence(asked: Any) -> None:
    asked.wait_for_selector(".kept .open")
    asked.evaluate("""() => { for (const key of Object.keys(localStorage)) {
      const entry = JSON.parse(localStorage[key]);
      if (entry.record) localStorage[key] = JSON.stringify({...entry, record: '{"id": 1, "turns": [{}]}'}); } }""")
    asked.reload()
    asked.locator(".kept .open").click()
    asked.wait_for_selector("text=This conversation cannot be opened again.")


def test_an_answer_a_conversation_and_the_bibtex_are_exported(asked: Any) -> None:
    ask(asked, ADAPTERS)
    asked.locator("#show-exports").click()
    files = {}
    for what in ("answer", "conversation", "bibtex"):
        with asked.expect_download() as coming:
            asked.locator(f"#export-{what}").click()
        files[what] = (coming.value.suggested_filename, Path(coming.value.path()).read_text(encoding="utf-8"))
    assert files["conversation"][0] == "what-do-the-abstracts-say-about-catastrophic-forgetting.md"
    answer, conversation = (files[what][1].replace("\\", "") for what in ("answer", "conversation"))
    assert FORGETTING not in answer and ADAPTERS in answer and "```bibtex\n@misc{paper" in answer
    for words in (FORGETTING, ADAPTERS, "[1]", "> ", "@misc{paper1,"):
        assert words in conversation
    assert files["bibtex"][0].endswith(".bib") and files["bibtex"][1].startswith("@misc{paper1,")


def test_a_judgement_is_kept_with_its_reason_for_the_evaluation(own_home: Path, opened: Callable[..., Any]) -> None:
    with serving(own_home) as url:
        shown = opened(url)
        ask(shown, ZEBRA)
        shown.locator("#down").click()
        shown.locator("#reason textarea").fill("too short <b>")
        shown.locator("#send").click()
        shown.wait_for_selector("text=Thank you.")
        shown.locator("#up").click()
        shown.wait_for_selector("text=You have judged this answer already.")
    with Assistant(Settings(home=own_home)) as assistant:
        kept = [(one.question, one.vote, one.reason) for one in assistant.index.store.feedback.each()]
    assert kept == [(ZEBRA, "down", "too short <b>")]


def test_no_judgement_is_kept_where_no_log_is(own_home: Path, opened: Callable[..., Any]) -> None:
    with serving(own_home, "--no-log") as url:
        shown = opened(url)
        ask(shown, ZEBRA)
        shown.locator("#up").click()
        shown.wait_for_selector("text=Feedback is not kept on this page.")
        assert not shown.locator("#reason").is_visible()


def test_filters_are_chips_that_hold_for_the_question_until_they_are_taken_off(
    own_home: Path, opened: Callable[..., Any]
) -> None:
    with serving(own_home) as url:
        shown = opened(url)
        shown.locator("#show-choices").click()
        shown.locator("#filter-year_from textarea").fill("2023")
        shown.wait_for_selector('.chip:text-is("from 2023 ×")')
        assert "31.4" not in ask(shown, ZEBRA).inner_text()
        shown.locator(".chip:visible").click()
        shown.wait_for_selector(".chip", state="hidden")
        assert "31.4" in ask(shown, ZEBRA).inner_text()
        shown.locator("#filter-year_to textarea").fill("soon")
        assert "'soon' is no year." in ask(shown, ZEBRA).locator(".error").inner_text()
