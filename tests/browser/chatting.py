"""Ways to use the chat page as its readers do, and what attackers would put into papers, file names and answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doors import small_home
from model_server import ModelServer
from pages import serving
from tiny import add

from assistant.embeddings import local
from assistant.index import Index
from assistant.papers import Record

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
FORGETTING = "What do the abstracts say about catastrophic forgetting?"
ADAPTERS = "Which methods adapt large models with few trainable parameters?"
BREAD = "What is the best recipe for sourdough bread?"
ZEBRA = "What efficiency does the zebra grating reach?"

HIT = "window.hit=(window.hit||0)+1"
_EVIL = "http://evil.example"
PAYLOADS = (
    f"<script>{HIT}</script>",
    f'<img src=x onerror="{HIT}">',
    f'"><svg onload="{HIT}">',
    f'<a href="javascript:{HIT}">lantern</a>',
    f'<img src="{_EVIL}/pixel.png">',
    f"![lantern]({_EVIL}/pixel.png)",
    f"${{{HIT}}} {{{{{HIT}}}}} `lantern`",
    f"<style>@import '{_EVIL}/a.css'; body{{display:none}}</style>",
    f'<form action="{_EVIL}/"><input name=q autofocus></form>',
    f'<iframe srcdoc="<script>parent.{HIT}</script>"></iframe>',
    f"' onfocus='{HIT}' autofocus tabindex=1 x='",
    f'<meta http-equiv="refresh" content="0;url={_EVIL}/">',
    f"</p></article><details open ontoggle={HIT}>",
    f'" onmouseover="{HIT}" style="position:fixed;inset:0" x="',
    f"<svg><script>{HIT}</script></svg>",
    f"<svg><animate onbegin={HIT} attributeName=x dur=1s>",
    f'<math><mtext><img src=x onerror="{HIT}"></mtext></math>',
    f"<body onload={HIT}>",
    f"<video><source onerror={HIT}></video>",
    f"<audio src=x onerror={HIT}>",
    f'<object data="javascript:{HIT}"></object>',
    f'<embed src="{_EVIL}/x.swf">',
    f'<link rel=stylesheet href="{_EVIL}/b.css">',
    f'<base href="{_EVIL}/">',
    f'<iframe src="{_EVIL}/"></iframe>',
    f'<div style="background:url({_EVIL}/c.png)">lantern</div>',
    f'<a href="data:text/html,<script>{HIT}</script>">lantern</a>',
    f"[lantern](javascript:{HIT})",
    f"<{_EVIL}/auto>",
    f"&lt;script&gt;{HIT}&lt;/script&gt;",
    f"\\u003cscript\\u003e{HIT}\\u003c/script\\u003e",
    f"</textarea><script>{HIT}</script>",
    f"--><img src=x onerror={HIT}><!--",
    f"{{{{constructor.constructor('{HIT}')()}}}} #{{{HIT}}} <%= {HIT} %>",
    f'<input type=image src="{_EVIL}/d.png" onerror={HIT} autofocus>',
    f'<select onfocus="{HIT}" autofocus><option>lantern</select>',
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
# Whatever an attacker could have made that is not ours.
_TAGS = "img script iframe form style svg math object embed link base meta video audio [onerror] [onload]"
STRANGE = ", ".join(f":is(.card, .turn, #paper-list, #report, #kept, #tip, .example) {tag}" for tag in _TAGS.split())


def ask(shown: Page, question: str) -> Locator:
    """Types the question and waits for its settled turn."""
    return settled(shown, start(shown, question))


def settled(shown: Page, turn: int) -> Locator:
    """A turn once it is settled, and the page ready for the next question."""
    shown.wait_for_selector(f'.turn[data-turn="{turn}"][aria-busy="false"]', timeout=60_000)
    shown.wait_for_selector("#ask", state="visible")
    return shown.locator(f'.turn[data-turn="{turn}"]')


def start(shown: Page, question: str) -> int:
    """Types the question and waits for its turn, of which this is the number."""
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
        assert cite.get_attribute("data-quote") == " … ".join(f"“{words}”" for words in seen["words"])
        assert seen["flashes"]
    return len(cites)


def texts(shown: Page, selector: str) -> list[str]:
    """What the elements say."""
    return [str(text) for text in shown.locator(selector).all_text_contents()]


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
            payload,
            f"Harbour lantern {i} {payload}",
            f"Harbour lanterns guide ships. The harbour lantern {i} {payload} shines {i + 3} km far.",
            own_id=f"h{i}{payload}",
            authors=(payload,),
            listed=payload,
            venue=payload,
            url=f"https://example.org/{payload}" if i % 2 else "javascript:window.hit=1",
        )
        for i, payload in enumerate(PAYLOADS)
    ]
    with Index(home / "corpora" / "mine", local) as index:
        add(index, records)
    return home


def counts(found: Locator, number: int) -> None:
    """Waits until there are so many; a page needs a moment."""
    from playwright.sync_api import expect

    expect(found).to_have_count(number)
