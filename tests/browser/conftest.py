"""What the tests of the chat page in a browser share: one browser and one page of the sample for each file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from chatting import DESK, PHONE
from doors import small_home
from pages import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="there is no playwright: pip install playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def sample_page(built_sample: Path) -> Iterator[str]:
    with serving(built_sample, "--corpus", "sample") as url:
        yield url


@pytest.fixture
def own_home(tmp_path: Path) -> Path:
    """A copy of the small home, to write to."""
    return shutil.copytree(small_home(), tmp_path / "home")


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Any]]:
    """A tab on a page. At the end nothing may have run, scrolled sideways, or been asked of another host."""
    tabs: list[tuple[Any, list[str]]] = []

    def tab(url: str, size: dict[str, int] = DESK, scheme: str = "light", auth: tuple[str, str] | None = None) -> Page:
        context = browser.new_context(viewport=size, color_scheme=scheme, has_touch=size is PHONE)
        shown, foreign = context.new_page(), []
        context.on("page", lambda other: foreign.append(f"window {other.url}"))
        shown.on("request", lambda asked: foreign.append(asked.url) if not _own(asked.url, url) else None)
        shown.on("dialog", lambda dialog: foreign.append(f"dialog {dialog.message}") or dialog.dismiss())
        shown.on("pageerror", lambda error: foreign.append(f"error {error}"))
        tabs.append((shown, foreign))
        shown.goto(url)
        if auth:
            shown.wait_for_selector("input[type=password]")
            for field, text in zip(shown.locator("input").all(), auth, strict=True):
                field.fill(text)
            shown.get_by_role("button", name="Login").click()
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
