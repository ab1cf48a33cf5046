"""The report in a real browser: it sorts, filters and opens, reads well in any light, and hostile texts do nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from report_runs import comparing, mixed, page_of, stored
from test_eval_report_hostile import PAYLOADS, hostile_comparison, hostile_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
]

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

# The texts whose contrast with what lies behind them is below 4.5, by WCAG's formula.
FAINT = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = colour => [...rgba(colour)].slice(0, 3).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (rgba(colour)[3] === 255) return colour;
    }
    return 'white';
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest('script, title')) continue;
    const inChart = element.closest('svg');
    const bar = element.classList.contains('on') && element.previousElementSibling;
    const text = light(getComputedStyle(element)[inChart ? 'fill' : 'color']);
    const ground = light(bar ? getComputedStyle(bar).fill : behind(element));
    const contrast = (Math.max(text, ground) + .05) / (Math.min(text, ground) + .05);
    if (contrast < 4.5) faint.push(`${walker.currentNode.data.trim()}: ${contrast.toFixed(2)}`);
  }
  return faint;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """A tab on a page. At the end nothing may have run that is not ours, been asked for, said, or scrolled sideways."""
    tabs: list[tuple[Page, list[str], str]] = []

    def tab(text: str, size: dict[str, int] = DESK, scheme: str = "light", scripts: bool = True) -> Page:
        path = tmp_path / f"{len(tabs)}.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(viewport=size, color_scheme=scheme, java_script_enabled=scripts)
        shown, told = context.new_page(), []
        shown.on("request", lambda asked: told.append(asked.url))
        shown.on("dialog", lambda dialog: told.append(f"dialog {dialog.message}") or dialog.dismiss())
        shown.on("pageerror", lambda error: told.append(f"error {error}"))
        shown.on("console", lambda message: told.append(f"console {message.text}"))
        context.on("page", lambda other: told.append(f"window {other.url}"))
        tabs.append((shown, told, path.as_uri()))
        shown.goto(path.as_uri())
        return shown

    yield tab
    for shown, told, url in tabs:
        assert told == [url]
        assert shown.url.partition("#")[0] == url
        assert shown.evaluate("window.hit") is None
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shown.context.close()


def ids(shown: Page) -> list[str]:
    """The questions that can be seen, in their order."""
    return [one.get_attribute("id") for one in shown.locator(".rows > li:visible").all()]


def open_all(shown: Page) -> None:
    shown.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_hostile_texts_run_nothing_and_fetch_nothing_in_a_report(
    opened: Callable[..., Any], size: dict[str, int]
) -> None:
    shown = opened(hostile_page(), size)
    open_all(shown)
    for control in (*shown.locator(".heads button").all(), *shown.locator(".tools button").all()):
        control.click()
    shown.locator("[data-search]").fill("javascript:")
    shown.locator("[data-search]").fill("")
    for place in ("type", "state", "flag"):
        for value in shown.locator(f"[data-filter={place}] option").all()[:3]:
            shown.locator(f"[data-filter={place}]").select_option(index=0)
            shown.locator(f"[data-filter={place}]").select_option(value.get_attribute("value"))
    shown.locator("[data-filter=flag]").select_option("")
    shown.mouse.move(300, 300)
    assert "evil.example" in shown.locator("#questions").text_content()  # shown as text
    assert shown.locator("img, iframe, object, embed, form form, link, base, math").count() == 0
    assert len(PAYLOADS) >= 20


def test_hostile_texts_run_nothing_and_fetch_nothing_in_a_comparison(
    opened: Callable[..., Any], tmp_path: Path
) -> None:
    shown = opened(hostile_comparison(tmp_path))
    open_all(shown)
    assert "evil.example" in shown.locator("#questions").text_content()
    assert shown.locator("img, iframe, object, embed, form, link, base, math").count() == 0


def test_the_policy_stops_what_would_slip_through(browser: Browser, tmp_path: Path) -> None:
    """The page's own law, beside the escaping: what is put into it by force is not run and not fetched either."""
    (tmp_path / "page.html").write_text(page_of(mixed()), encoding="utf-8")
    shown = browser.new_page()
    shown.goto((tmp_path / "page.html").as_uri())
    answered: list[str] = []
    shown.on("requestfinished", lambda request: answered.append(request.url))
    refused = """() => new Promise(done => {
      addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'window.hit = 1';
      document.body.append(script);
    })"""
    assert shown.evaluate(refused) == "script-src-elem"
    forced = """() => new Promise(done => {
      addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
      document.body.insertAdjacentHTML('beforeend', '<img src="http://evil.example/x.png">');
    })"""
    assert shown.evaluate(forced) == "img-src"
    assert shown.evaluate("window.hit") is None and answered == []
    shown.close()


def test_questions_are_sorted_by_a_score_and_back(opened: Callable[..., Any]) -> None:
    shown = opened(page_of(mixed()))
    button = shown.locator("[data-sort=required-facts]")
    button.click()
    assert ids(shown) == ["q5", "q1", "q2", "q3", "q4", "q6"]  # 0, .5, 1, then what has none
    button.click()
    assert ids(shown) == ["q2", "q1", "q5", "q3", "q4", "q6"]
    shown.locator("[data-sort=place]").click()
    assert ids(shown) == ["q1", "q2", "q3", "q4", "q5", "q6"]


def test_questions_are_filtered_and_searched(opened: Callable[..., Any]) -> None:
    shown = opened(page_of(mixed()))
    shown.locator("[data-filter=state]").select_option("declined")
    assert ids(shown) == ["q3", "q5"] and shown.locator("output").inner_text() == "2 of 6 questions"
    shown.locator("[data-filter=flag]").select_option("declined in vain")
    assert ids(shown) == ["q5"]
    shown.locator("[data-search]").fill("nothing has this")
    assert ids(shown) == [] and shown.locator("[data-none]").is_visible()
    for place in ("state", "flag"):
        shown.locator(f"[data-filter={place}]").select_option("")
    shown.locator("[data-search]").fill("OWLS ARE")
    assert ids(shown) == ["q2"]


def test_the_keyboard_opens_and_sorts_and_its_place_is_seen(opened: Callable[..., Any]) -> None:
    shown = opened(page_of(mixed()))
    shown.locator("#q1 > details > summary").focus()
    shown.keyboard.press("Enter")
    assert shown.locator("#q1 .sentences").is_visible()
    shown.keyboard.press("Tab")
    shown.locator("[data-sort=state]").focus()
    shown.keyboard.press("Space")
    assert shown.locator("[data-sort=state]").get_attribute("aria-pressed") == "true"
    shown.keyboard.press("Tab")
    focused = (
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert shown.evaluate(focused) == "solid3px"


def test_an_address_leads_to_its_question(opened: Callable[..., Any]) -> None:
    shown = opened(page_of(mixed()))
    shown.evaluate("location.hash = 'q4'")
    shown.wait_for_function("document.querySelector('#q4 > details').open")


def test_without_scripts_all_can_be_read_and_no_dead_control_is_shown(opened: Callable[..., Any]) -> None:
    shown = opened(page_of(mixed()), scripts=False)
    shown.locator("#q1 > details > summary").click()
    assert "Sentence contradicted here." in shown.locator("#q1").inner_text()
    assert not shown.locator(".tools").is_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(
    opened: Callable[..., Any], tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    worse = mixed()
    worse[0]["scores"]["supported"] = 0.0
    comparison = comparing.compare(stored(tmp_path / "a", mixed()), stored(tmp_path / "b", worse)).html()
    for text in (page_of(mixed()), comparison):
        shown = opened(text, size, scheme)
        open_all(shown)
        assert shown.evaluate(FAINT) == []
    grounds = {"light": "rgb(250, 248, 244)", "dark": "rgb(20, 24, 27)"}
    assert shown.evaluate("getComputedStyle(document.documentElement).backgroundColor") == grounds[scheme]


def test_it_prints_on_paper(opened: Callable[..., Any]) -> None:
    shown = opened(page_of(mixed()), scheme="dark")
    printed = shown.pdf()
    assert printed.startswith(b"%PDF") and len(printed) > 10_000
    shown.emulate_media(media="print")
    assert not shown.locator(".tools").is_visible()
