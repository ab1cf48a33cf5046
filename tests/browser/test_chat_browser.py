"""The chat page in a real browser: sentences arrive, every citation leads to its words, nothing hostile happens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from doors import small_home
from model_server import ModelServer
from pages import serving
from tiny import add

from assistant.embeddings import local
from assistant.index import Index
from assistant.papers import Record

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
]

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
FORGETTING = "What do the abstracts say about catastrophic forgetting?"
ADAPTERS = "Which methods adapt large models with few trainable parameters?"
BREAD = "What is the best recipe for sourdough bread?"
ZEBRA = "What efficiency does the zebra grating reach?"

HIT = "window.hit=(window.hit||0)+1"
PAYLOADS = (
    f"<script>{HIT}</script>",
    f'<img src=x onerror="{HIT}">',
    f'"><svg onload="{HIT}">',
    f'<a href="javascript:{HIT}">lantern</a>',
    '<img src="http://evil.example/pixel.png">',
    "![lantern](http://evil.example/pixel.png)",
    f"${{{HIT}}} {{{{{HIT}}}}} `lantern`",
    "<style>@import 'http://evil.example/a.css'; body{display:none}</style>",
    '<form action="http://evil.example/"><input name=q autofocus></form>',
    f'<iframe srcdoc="<script>parent.{HIT}</script>"></iframe>',
    f"' onfocus='{HIT}' autofocus tabindex=1 x='",
    '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
    f"</p></article><details open ontoggle={HIT}>",
)

# The spans that a followed citation names: their words, and whether a reader sees the first of them whole.
SEEN = """cite => {
  const spans = cite.dataset.cites.split(' ').map(key => [...document.querySelectorAll(`mark[data-spans~="${key}"]`)]);
  const inside = r => r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth;
  const shows = (mark, r) => mark.contains(document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2));
  return {
    words: spans.map(marks => marks.map(mark => mark.textContent).join('')),
    flashes: spans.flat().every(mark => mark.classList.contains('hit')),
    visible: spans[0].every(mark => [...mark.getClientRects()].every(r => inside(r) && shows(mark, r))),
  };
}"""
WATCH = """() => { window.seen = []; new MutationObserver(() => {
  const turn = document.querySelector('.turn:last-of-type');
  if (turn) window.seen.push([turn.querySelectorAll('.sentence').length, turn.getAttribute('aria-busy')]);
}).observe(document.body, {childList: true, subtree: true}); }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def sample_page(built_sample: Path) -> Iterator[str]:
    with serving(built_sample) as url:
        yield url


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Any]]:
    """A tab on a page. At the end nothing may have run, scrolled sideways, or been asked of another host."""
    tabs: list[tuple[Any, list[str]]] = []

    def tab(url: str, size: dict[str, int] = DESK, scheme: str = "light") -> Page:
        context = browser.new_context(viewport=size, color_scheme=scheme, has_touch=size is PHONE)
        shown, foreign = context.new_page(), []
        shown.on("request", lambda asked: foreign.append(asked.url) if not _own(asked.url, url) else None)
        shown.on("dialog", lambda dialog: foreign.append(f"dialog {dialog.message}") or dialog.dismiss())
        shown.on("pageerror", lambda error: foreign.append(f"error {error}"))
        tabs.append((shown, foreign))
        shown.goto(url)
        shown.wait_for_selector("#question textarea")
        return shown

    yield tab
    for shown, foreign in tabs:
        assert foreign == []
        assert shown.evaluate("window.hit") is None
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shown.context.close()


def _own(asked: str, url: str) -> bool:
    return asked.startswith((url, "data:", f"blob:{url}"))


def ask(shown: Page, question: str) -> Locator:
    """Types the question and waits for its settled turn."""
    turn = start(shown, question)
    shown.wait_for_selector(f'.turn[data-turn="{turn}"][aria-busy="false"]', timeout=60_000)
    return shown.locator(f'.turn[data-turn="{turn}"]')


def start(shown: Page, question: str) -> int:
    turn = int(shown.locator(".turn").count())
    shown.locator("#question textarea").fill(question)
    shown.locator("#question textarea").press("Enter")
    shown.wait_for_selector(f'.turn[data-turn="{turn}"]')
    return turn


def check_citations(shown: Page) -> int:
    """Clicks every citation and finds its words on the screen; how many there were."""
    cites = shown.locator("a.cite").element_handles()
    for cite in cites:
        cite.scroll_into_view_if_needed()
        cite.click()
        handle = shown.wait_for_function(f"cite => {{ const s = ({SEEN})(cite); return s.visible && s }}", arg=cite)
        seen = handle.json_value()
        quoted = " … ".join(f"“{words}”" for words in seen["words"])
        assert cite.get_attribute("title").split("\n")[1] == quoted
        assert seen["flashes"]
    return len(cites)


@contextmanager
def written_by(home: Path, reply: Any, **faults: Any) -> Iterator[tuple[str, ModelServer]]:
    """A page whose answers a scripted model writes."""
    with ModelServer(reply, **faults) as model:
        keys = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "test"}
        with serving(home, "--mode", "llm", "--model", "test-model", **keys) as url:
            yield url, model


@cache
def hostile_home() -> Path:
    """A corpus about harbour lanterns, every field of which attacks the page; nothing has cleaned it on its way in."""
    home = small_home().parent / f"{small_home().name}-hostile"
    records = [
        Record(
            i,
            "hostile",
            f"Harbour lantern {i} {payload}",
            f"Harbour lanterns guide ships. The harbour lantern {i} {payload} shines {i + 3} km far.",
            own_id=f"h{i}",
            authors=(payload,),
            venue=payload,
            url=f"https://example.org/{payload}" if i % 2 else "javascript:window.hit=1",
        )
        for i, payload in enumerate(PAYLOADS)
    ]
    with Index(home / "corpora" / "mine", local) as index:
        add(index, records)
    return home


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
    shown.locator("a.cite").last.focus()
    shown.keyboard.press("Enter")
    shown.wait_for_selector("mark.hit")
    assert shown.evaluate("document.activeElement.closest('.card').id") == "paper-1"


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
    assert shown.locator(".turn, .card").count() == 0


def test_papers_keep_their_numbers_in_a_follow_up(sample_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(sample_page)
    first = ask(shown, FORGETTING).locator("a.cite").all_text_contents()
    second = ask(shown, ADAPTERS).locator("a.cite").all_text_contents()
    assert set(first) == {"1"} and "1" not in second
    assert shown.locator(".card .number").all_text_contents()[-1] == "1"  # behind the new ones
    assert set(ask(shown, FORGETTING).locator("a.cite").all_text_contents()) == {"1"}


def test_a_decline_names_the_nearest_papers(sample_page: str, opened: Callable[..., Any]) -> None:
    declined = ask(opened(sample_page), BREAD)
    assert "do not answer" in declined.inner_text()
    assert declined.locator("details").count() == 3 and declined.locator("a.cite").count() == 0


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


def test_hostile_papers_run_nothing_and_fetch_nothing(opened: Callable[..., Any]) -> None:
    with serving(hostile_home()) as url:
        shown = opened(url)
        for question in ("How far does the harbour lantern shine?", "Which harbour lantern shines 5 km far?", BREAD):
            ask(shown, question)
        assert check_citations(shown) >= 1
        assert "window.hit" in shown.locator("#side").inner_text()  # shown as text
        assert shown.locator(".card img, .card script, .card iframe, .turn form, .turn img, .turn script").count() == 0


def test_hostile_model_output_runs_nothing_and_fetches_nothing(opened: Callable[..., Any]) -> None:
    reply = "".join(f"- Harbour lanterns guide ships at night {payload} [1].\n" for payload in PAYLOADS)
    with written_by(hostile_home(), reply) as (url, _):
        shown = opened(url)
        turn = ask(shown, "What do harbour lanterns do? <script>window.hit=1</script>")
        assert "evil.example" in turn.inner_text()  # shown as text
