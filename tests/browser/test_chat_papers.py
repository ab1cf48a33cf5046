"""The panel of the papers: browsed, searched, added to while others ask, taken from, and closed to strangers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chatting import PAYLOADS, STRANGE, ZEBRA, ask, check_citations, counts, settled, start, texts, written_by
from doors import written
from pages import serving

pytestmark = pytest.mark.slow

KITES = "How high do the paper kites fly?"
PAPER = {
    "id": "k1",
    "title": "Kites of Paper",
    "abstract": "Kites are toys. We fold kites from a sheet of paper. The paper kites fly 83 meters high in a breeze.",
    "authors": ["Kim Vane"],
    "year": 2025,
}


def papers_of(shown: Any) -> Any:
    """The panel, open, with its list."""
    shown.locator("#show-papers").click()
    shown.wait_for_selector("#paper-list li, #paper-list .hint")
    return shown.locator("#papers")


def upload(shown: Any, *files: Path) -> str:
    """Drops files and returns the report's text."""
    shown.locator("#files input[type=file]").set_input_files([str(file) for file in files])
    shown.wait_for_selector("#report .report, #report .error", timeout=60_000)
    return str(shown.locator("#report").inner_text())


def test_the_papers_are_paged_searched_and_filtered(sample_page: str, opened: Callable[..., Any]) -> None:
    shown = opened(sample_page)
    panel = papers_of(shown)
    first = texts(shown, "#paper-list summary")
    assert len(first) == 20 and "1 to 20 of 3" in panel.inner_text()
    shown.locator("#later").click()
    shown.wait_for_selector("text=21 to 40 of 3")
    assert not set(first) & set(texts(shown, "#paper-list summary"))
    shown.locator("#earlier").click()
    shown.wait_for_selector("text=1 to 20 of 3")
    shown.locator("#title-words textarea").fill("masked point")
    shown.locator("#title-words textarea").press("Enter")
    shown.wait_for_function("document.querySelectorAll('#paper-list summary').length < 20")
    assert all("mask" in title.lower() for title in texts(shown, "#paper-list summary"))
    shown.locator("#show-choices").click()
    shown.locator("#filter-source textarea").fill("nowhere")
    shown.wait_for_selector(".chip:visible")
    shown.locator("#title-words textarea").press("Enter")
    shown.wait_for_selector("text=No papers here.")


def test_an_uploaded_paper_is_asked_about_while_another_conversation_goes_on(
    own_home: Path, tmp_path: Path, opened: Callable[..., Any]
) -> None:
    reply = "The zebra grating reaches an efficiency of 31.4% on the SunBench test [1]. " * 300
    with written_by(own_home, reply, pause=0.05) as (url, _):
        other, shown = opened(url), opened(url)
        start(other, ZEBRA)
        other.wait_for_selector(".sentence")
        papers_of(shown)
        report = upload(shown, written(tmp_path, [PAPER], "kites.jsonl"))
        assert "1 new" in report and "kites.jsonl: 1 new" in report and "/" not in report
        shown.wait_for_selector('#paper-list summary:text-is("Kites of Paper")')
        shown.locator("#show-choices").click()
        shown.get_by_label("Quote only").check()
        assert "83 meters" in ask(shown, KITES).inner_text()
        assert check_citations(shown) >= 1
        assert other.locator(".turn").get_attribute("aria-busy") == "true"
        before = other.locator(".sentence").count()
        other.wait_for_function(f"document.querySelectorAll('.sentence').length > {before}")
        other.locator("#stop").click()
        other.wait_for_selector("text=Stopped.")


def test_papers_added_from_the_sample_make_a_corpus_of_ones_own(
    tmp_path: Path, built_sample: Path, opened: Callable[..., Any]
) -> None:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "sample").symlink_to(built_sample / "corpora" / "sample")
    with serving(tmp_path) as url:
        shown = opened(url)
        papers_of(shown)
        assert "in corpus mine" in upload(shown, written(tmp_path, [PAPER], "kites.jsonl"))
        shown.wait_for_selector("text=Corpus mine.")
        shown.wait_for_selector('.example:text-is("What is known about “Kites of Paper”?")')
        shown.locator(".example:visible").click()
        assert settled(shown, 0).locator("a.cite").count() >= 1
        shown.locator("#corpus input").click()
        shown.locator('[role="option"]:has-text("sample")').click()
        shown.wait_for_selector("text=Corpus sample.")
        shown.wait_for_selector("text=What is CLIP used for?")
        counts(shown.locator(".turn"), 0)


def test_a_file_without_papers_is_told_with_its_reason(
    own_home: Path, tmp_path: Path, opened: Callable[..., Any]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"a": ')
    with serving(own_home) as url:
        shown = opened(url)
        papers_of(shown)
        report = upload(shown, broken)
    assert "broken.json" in report and "/" not in report


def test_file_names_that_attack_are_shown_as_text(own_home: Path, tmp_path: Path, opened: Callable[..., Any]) -> None:
    (tmp_path / "up").mkdir()
    files = []
    for number, payload in enumerate(PAYLOADS):
        name = f"{payload.replace('/', '∕')[:200]}{number}.jsonl"
        title, abstract = f"Kite {number} {payload}", f"We fold the paper kite {number} {payload} and it flies high."
        paper = {"id": f"k{number}", "title": title, "abstract": abstract}
        files.append(tmp_path / "up" / name)
        files[-1].write_text(json.dumps(paper) + "\n", encoding="utf-8")
    with serving(own_home) as url:
        shown = opened(url)
        papers_of(shown)
        report = upload(shown, *files)
        assert report.count(".jsonl: 1 new") == len(PAYLOADS)
        shown.wait_for_selector("#paper-list summary:has-text('Kite 3')")
        assert shown.locator(STRANGE).count() == 0


def test_papers_are_removed_only_once_that_was_confirmed(own_home: Path, opened: Callable[..., Any]) -> None:
    with serving(own_home) as url:
        shown = opened(url)
        papers_of(shown)
        shown.locator("#remove").click()
        shown.wait_for_selector("text=Choose papers by their boxes first.")
        shown.get_by_label("Choose: Grafted Tomatoes").check()
        shown.locator("#remove").click()
        shown.wait_for_selector("text=Remove 1 paper from the corpus for good?")
        shown.locator("#keep").click()
        shown.wait_for_selector("#sure", state="hidden")
        counts(shown.locator("#paper-list li"), 4)
        shown.locator("#remove").click()
        shown.locator("#do-remove").click()
        shown.wait_for_selector("text=Removed: Grafted Tomatoes")
        counts(shown.locator("#paper-list li"), 3)


def test_who_may_not_edit_sees_papers_and_nothing_to_change_them_by(own_home: Path, opened: Callable[..., Any]) -> None:
    with serving(own_home, "--host", "localhost", ASSISTANT_AUTH="reader:a-good-password-1") as url:
        shown = opened(url, auth=("reader", "a-good-password-1"))
        papers_of(shown)
        counts(shown.locator("#paper-list li"), 4)
        counts(shown.locator("#files, #remove, .pick"), 0)
