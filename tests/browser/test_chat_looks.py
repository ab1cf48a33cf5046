"""How the page looks and whom it shuts out: by day and by night, at a desk and on a phone, by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chatting import ADAPTERS, BREAD, DESK, PHONE, ask
from pages import serving

pytestmark = pytest.mark.slow

LOOKS = [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")]
GROUNDS = {"light": (250, 248, 244), "dark": (20, 24, 27)}


def violations(shown: Any) -> list[str]:
    """What axe-core calls serious or critical on the page as it is, once nothing fades from one colour to another."""
    from axe_playwright_python.sync_playwright import Axe

    shown.wait_for_function(
        "document.getAnimations().every(a => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity)"
    )
    found = Axe().run(shown).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def ground(shown: Any) -> tuple[int, ...]:
    colour = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    return tuple(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))


@pytest.mark.parametrize(("size", "scheme"), LOOKS, ids=["desk", "desk at night", "phone", "phone at night"])
def test_nothing_on_the_page_shuts_anyone_out(
    sample_page: str, opened: Callable[..., Any], size: dict[str, int], scheme: str
) -> None:
    shown = opened(sample_page, size, scheme)
    shown.wait_for_selector(".example")
    assert ground(shown) == GROUNDS[scheme]
    found = violations(shown)
    ask(shown, BREAD)
    ask(shown, ADAPTERS)
    found += violations(shown)
    shown.locator("#show-exports").click()
    shown.locator("#show-choices").click()
    shown.locator("#filter-source textarea").fill("daily_papers")
    shown.locator("#up").click()
    shown.wait_for_selector("#reason", state="visible")
    shown.locator("#show-papers").click()
    shown.wait_for_selector("#paper-list li")
    found += violations(shown)
    assert found == []


@pytest.mark.parametrize(("size", "scheme"), LOOKS, ids=["desk", "desk at night", "phone", "phone at night"])
def test_a_picture_of_the_page_is_whole(
    sample_page: str, opened: Callable[..., Any], tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    shown = opened(sample_page, size, scheme)
    ask(shown, ADAPTERS)
    picture = shown.screenshot(path=tmp_path / "page.png")
    assert len(picture) > 20_000  # more than an empty page
    for place in ("#ask", "#question", "#retry", "#show-papers", "#new"):
        box = shown.locator(place).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
        above = place in ("#new", "#show-papers")  # they scroll away with the top of the page
        assert above or (box["y"] >= 0 and box["y"] + box["height"] <= size["height"])


def test_the_page_is_used_by_the_keyboard_alone(sample_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(sample_page)
    shown.wait_for_selector(".example")
    shown.keyboard.type(ADAPTERS)  # the box has the focus
    shown.keyboard.press("Enter")
    shown.wait_for_selector('.turn[aria-busy="false"] a.cite')
    for _ in range(60):
        shown.keyboard.press("Shift+Tab")
        if shown.evaluate("document.activeElement.matches('a.cite')"):
            break
    assert shown.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    shown.keyboard.press("Enter")
    shown.wait_for_selector("mark.hit")


def test_a_corpus_without_papers_says_what_to_do(own_home: Path, opened: Callable[..., Any]) -> None:
    with serving(own_home, "--corpus", "empty") as url:
        shown = opened(url)
        shown.wait_for_selector("text=There are no papers here yet.")
        assert "Open Papers and drop files there" in shown.locator("#welcome").inner_text()
        assert shown.locator(".example:visible").count() == 0
        assert "no corpus 'empty'" in ask(shown, BREAD).locator(".error").inner_text()


def test_the_questions_to_begin_with_fit_the_papers(own_home: Path, opened: Callable[..., Any]) -> None:
    with serving(own_home) as url:
        shown = opened(url)
        shown.wait_for_selector(".example")
        offered = shown.locator(".example:visible").all_inner_texts()
        assert "What is known about “Grafted Tomatoes Survive Salty Soil”?" in offered
        shown.locator('.example:has-text("Grafted Tomatoes")').click()
        assert shown.wait_for_selector('.turn[aria-busy="false"] a.cite')
