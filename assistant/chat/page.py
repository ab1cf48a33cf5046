"""The page: its layout and which event calls what, in gradio; what is said comes from show.py and its neighbours."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from ..errors import AssistantError
from ..settings import SAMPLE
from .access import Gate
from .asking import Asking
from .assistants import Assistants
from .cards import sources
from .choosing import Choosing, hint
from .examples import examples
from .papers_panel import PapersPanel
from .show import safe

_FOLDER = Path(__file__).parent
# Even if something slipped through: nothing is fetched from, or sent to, another host.
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self'; form-action 'none'; "
    "object-src 'none'; base-uri 'self'"
)
_EXAMPLES = 4

Update = dict[Any, Any]


class Page:
    """The components of one page, and what its events do. Sessions share the assistants; each has its own turns.

    gate: every question passes it; its `rules` say what visitors may do.
    """

    def __init__(self, assistants: Assistants, gate: Gate) -> None:
        self._assistants = assistants
        self._rules = gate.rules
        self.choosing = Choosing(
            assistants.first.settings.top_k, has_model=assistants.first.settings.mode != "extractive"
        )
        self._panel = PapersPanel(assistants, gate.rules, self.choosing)
        self._asking = Asking(self, assistants, gate)
        with gr.Blocks(title="Assistant", analytics_enabled=False, fill_width=True) as self.blocks:
            self._state()
            self._layout()
            self._quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
            self._asking_events()
            self._other_events()

    @property
    def corpus(self) -> gr.Dropdown:
        """The corpus that this visitor asks."""
        return self._panel.corpus

    def _state(self) -> None:
        self.turns = gr.State([])
        self.id = gr.State("")  # of the conversation, once something was asked
        self.editing = gr.State(False)
        self.voting = gr.State("up")
        # Texts on their way to and from the page's script.
        self.record, self.wire, self.file = (gr.Textbox(visible="hidden", show_label=False) for _ in range(3))
        self._reopen = gr.Button(visible="hidden", elem_id="reopen")

    def _layout(self) -> None:
        with gr.Row(elem_id="bar"):
            self._show_past = gr.Button("Conversations", elem_id="show-past", size="sm", elem_classes="quiet")
            gr.HTML("<h1>Assistant</h1>", elem_id="name", apply_default_css=False)
            self._show_papers = gr.Button("Papers", elem_id="show-papers", size="sm", elem_classes="quiet")
            self.new = gr.Button("New conversation", elem_id="new", size="sm", elem_classes="quiet")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="past"):
                gr.HTML(_PAST, apply_default_css=False)
            with gr.Column(elem_id="talk"):
                with gr.Column(elem_id="welcome") as self.welcome:
                    self._greeting = gr.HTML(_WELCOME, apply_default_css=False)
                    self._examples = [gr.Button(visible=False, elem_classes="example") for _ in range(_EXAMPLES)]
                self.conversation = gr.HTML(elem_id="conversation", apply_default_css=False)
                with gr.Column(elem_id="composer"):
                    self._composer()
            with gr.Column(elem_id="side"):
                self.sources = gr.HTML(sources([]), elem_id="sources", apply_default_css=False)
                self._panel.layout()

    def _composer(self) -> None:
        with gr.Row(visible=False, elem_id="tools") as self.tools:
            self._tools = {
                name: gr.Button(label, size="sm", elem_id=name, elem_classes="tool") for name, label in _TOOLS
            }
        with gr.Row(elem_id="exports"):
            self._exports = {
                what: gr.Button(label, size="sm", elem_id=f"export-{what}", elem_classes="tool")
                for what, label in _EXPORTS
            }
        with gr.Row(visible=False, elem_id="reason-row") as self.reason_row:
            self.reason = gr.Textbox(
                elem_id="reason", label="Why?", show_label=False, container=False, max_lines=2, scale=1
            )
            self._send = gr.Button("Send", elem_id="send", size="sm")
        self.choosing.panel()
        self.choosing.chips()
        with gr.Row(elem_id="ask-row"):
            self.box = gr.Textbox(
                elem_id="question",
                label="Your question",
                show_label=False,
                container=False,
                placeholder="Ask the papers",
                max_lines=6,
                autofocus=True,
                scale=1,
            )
            self._show_choices = gr.Button("Filters", elem_id="show-choices", elem_classes="quiet")
            self.ask = gr.Button("Ask", elem_id="ask", variant="primary")
            self.stop = gr.Button("Stop", elem_id="stop", visible=False)
        self.hint = gr.HTML(hint(self._assistants.first.corpus), elem_id="hint", apply_default_css=False)

    def _asking_events(self) -> None:
        given = {self.turns, self.id, self.editing, self.corpus, self.box, *self.choosing.inputs}
        outputs = [
            *(self.turns, self.conversation, self.sources, self.box, self.ask, self.stop, self.welcome, self.hint),
            *(self.id, self.editing, self.tools, self.reason_row, self.record),
        ]
        quiet = {**self._quiet, "outputs": outputs}
        running = {**quiet, "concurrency_id": "asking"}
        asking = [gr.on([self.box.submit, self.ask.click], self._asking.ask, given, **running)]
        asking += [self._tools["retry"].click(self._asking.retry, given, **running)]
        asking += [button.click(self._example, {button, *given}, **running) for button in self._examples]
        for one in asking:
            one.failure(self._asking.fail, given, **quiet)
        self.stop.click(self._asking.stop, given, cancels=asking, queue=False, **quiet)
        gr.on(
            [self.new.click, self.corpus.input],
            self._asking.begin,
            given,
            cancels=asking,
            queue=False,
            **quiet,
        )
        for name, handler in (("edit", self._asking.edit), ("undo", self._asking.undo)):
            self._tools[name].click(handler, given, queue=False, **quiet)
        wanted = self._reopen.click(
            None, None, self.wire, js="() => window.assistantPage.wanted()", cancels=asking, **self._quiet
        )
        wanted.then(self._asking.reopen, {self.wire, *given}, [*outputs, self.corpus], queue=False, **self._quiet)
        self.record.change(None, self.record, None, js="text => window.assistantPage.keep(text)", **self._quiet)

    def _example(self, given: dict[Any, Any], request: gr.Request) -> Any:
        question = next(str(given[button]) for button in self._examples if button in given)
        yield from self._asking.example(question, given, request)

    def _other_events(self) -> None:
        quiet = {**self._quiet, "queue": False}
        turns: set[Any] = {self.turns, self.corpus, self.id, self.reason, self.voting}
        voted = [self.hint, self.reason_row, self.reason, self.voting, self.turns, self.record]
        voted += [self.ask, self.stop, self.tools]
        for name, kind in (("up", "up"), ("down", "down")):
            self._tools[name].click(partial(self._asking.vote, kind), turns, voted, **quiet)
        gr.on([self._send.click, self.reason.submit], self._asking.send, turns, voted, **quiet)
        for what, button in self._exports.items():
            asked = button.click(partial(self._asking.export, what), turns, [self.file, self.hint], **quiet)
            asked.then(None, self.file, None, js="text => window.assistantPage.download(text)", **self._quiet)
        self.choosing.events(**self._quiet)
        self._panel.events(self._show_papers, **self._quiet)
        arriving = [*self._examples, self._greeting, self.corpus, self.hint]
        self.corpus.change(self._fitting, self.corpus, arriving, **quiet)
        self.blocks.load(self._arrive, None, arriving, **quiet)

    def _arrive(self) -> Update:
        """What a reader finds: the corpus in use, which is another once papers were added beside the sample."""
        corpus = self._assistants.first.corpus
        known = sorted({*self._assistants.first.corpora(), SAMPLE, corpus})
        return {**self._fitting(corpus), self.corpus: gr.Dropdown(known, value=corpus)}

    def _fitting(self, chosen: str) -> Update:
        """Questions that fit the corpus; or, where it holds no papers, what to do about that."""
        try:
            fitting = examples(self._assistants.of(chosen))
        except AssistantError:
            fitting = []
        shown = [gr.Button(question, visible=True) for question in fitting]
        shown += [gr.Button(visible=False)] * (_EXAMPLES - len(shown))
        greeting = _WELCOME if fitting else _empty(chosen, may_edit=self._rules.may_edit)
        return {**dict(zip(self._examples, shown, strict=True)), self._greeting: greeting, self.hint: hint(chosen)}


_TOOLS = (
    ("retry", "Retry"),
    ("edit", "Edit"),
    ("undo", "Undo"),
    ("up", "Helpful"),
    ("down", "Not helpful"),
    ("show-exports", "Export"),
)
_EXPORTS = (("answer", "This answer"), ("conversation", "The conversation"), ("bibtex", "BibTeX alone"))
_PAST = (
    '<h2 class="sources-head">Conversations</h2><nav id="kept" aria-label="Earlier conversations"></nav>'
    '<p class="hint">Kept in this browser alone.</p>'
)
_WELCOME = (
    '<p class="lead">Ask what the papers say.</p>'
    '<p class="hint">Answers come from paper abstracts alone. Every sentence names its source and is checked against '
    "it before you see it; click a number to see the exact words.</p>"
)


def _empty(corpus: str, *, may_edit: bool) -> str:
    add = (
        "Open Papers and drop files there"
        if may_edit
        else f"Whoever serves the page can run: assistant index FILE --corpus {corpus}"
    )
    return f'<p class="lead">There are no papers here yet.</p><p class="hint">{safe(add)}.</p>'


def theme() -> gr.themes.Base:
    """Fonts of the reader's own system: none is fetched."""
    return gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])


def head() -> str:
    """What stands in the page's head: its policy, its style and its script."""
    style, script = ((_FOLDER / name).read_text(encoding="utf-8") for name in ("style.css", "page.js"))
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><meta name="referrer" content="no-referrer">'
        f"<style>{style}</style><script>{script}</script>"
    )
