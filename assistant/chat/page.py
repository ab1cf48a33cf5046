"""The page: its layout, its events and its server, in gradio; what it says comes from show.py and turns.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from ..assistant import Assistant
from ..errors import AssistantError, SettingsError
from ..settings import SAMPLE
from .cards import sources
from .show import conversation, safe
from .turns import Meter, Turn, converse, failed, stopped

EXAMPLES = (  # they fit the bundled sample
    "How does Point-CMAE bring contrastive learning into masked autoencoders?",
    "What do the abstracts say about catastrophic forgetting?",
    "Which methods adapt large models with few trainable parameters?",
    "What is CLIP used for?",
)
_AT_ONCE = 20  # questions that are being answered at the same time; the others wait
_FOLDER = Path(__file__).parent
# Even if something slipped through: nothing is fetched from, or sent to, another host.
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self'; form-action 'none'; "
    "object-src 'none'; base-uri 'self'"
)

Update = dict[Any, Any]
Served = tuple[str, Callable[[], None], Callable[[], None]]


class Page:
    """The components of one page, and what its events do. Sessions share the assistant; each has its own turns."""

    def __init__(self, assistant: Assistant, meter: Meter | None) -> None:
        self.assistant = assistant
        self.meter = meter
        with gr.Blocks(title="Assistant", analytics_enabled=False, fill_width=True) as self.blocks:
            self.turns = gr.State([])
            self._layout()
            self._events()

    def _layout(self) -> None:
        with gr.Row(elem_id="bar"):
            gr.HTML(_TITLE, elem_id="name", apply_default_css=False)
            self.new = gr.Button("New conversation", elem_id="new", size="sm")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk"):
                with gr.Column(elem_id="welcome") as self.welcome:
                    gr.HTML(_WELCOME, apply_default_css=False)
                    fitting = EXAMPLES if self.assistant.corpus == SAMPLE else ()
                    self.examples = [gr.Button(example, elem_classes="example") for example in fitting]
                self.conversation = gr.HTML(elem_id="conversation", apply_default_css=False)
                with gr.Column(elem_id="composer"):
                    self._composer()
            with gr.Column(elem_id="side"):
                self.sources = gr.HTML(sources([]), elem_id="sources", apply_default_css=False)

    def _composer(self) -> None:
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
            self.ask = gr.Button("Ask", elem_id="ask", variant="primary")
            self.stop = gr.Button("Stop", elem_id="stop", visible=False)
        self.hint = gr.HTML(self._hint(), elem_id="hint", apply_default_css=False)

    def _hint(self) -> str:
        return f"<p>{safe(f'Corpus {self.assistant.corpus}. Only abstracts are read.')}</p>"

    def _events(self) -> None:
        outputs = [
            self.turns,
            self.conversation,
            self.sources,
            self.box,
            self.ask,
            self.stop,
            self.welcome,
            self.hint,
        ]
        quiet: dict[str, Any] = {"outputs": outputs, "show_progress": "hidden", "api_visibility": "private"}
        asking = [gr.on([self.box.submit, self.ask.click], self._ask, [self.box, self.turns], **quiet)]
        asking += [button.click(self._ask, [button, self.turns], **quiet) for button in self.examples]
        for one in asking:
            one.failure(self._fail, self.turns, **quiet)
        self.stop.click(self._stop, self.turns, cancels=asking, queue=False, **quiet)
        self.new.click(self._begin, None, cancels=asking, queue=False, **quiet)
        api(self.answer, api_name="ask")

    def _ask(self, question: str, past: Sequence[Turn]) -> Iterator[Update]:
        """Updates of the page while a question is answered. Closing it closes the assistant's stream."""
        question = question.strip()
        if not question:
            yield {self.hint: "<p>Type a question first.</p>", self.conversation: gr.skip()}
            return
        past = [turn for turn in past if turn.doing is None]
        yield {self.box: "", self.hint: self._hint(), **self._working(True), self.welcome: gr.Column(visible=False)}
        turn = Turn(question)
        with closing(converse(self.assistant, question, past, self.meter)) as growing:
            for turn in growing:
                yield self._shown([*past, turn])
        again = {self.box: question} if turn.error else {}
        yield {**self._working(False), **again}

    def _shown(self, turns: list[Turn]) -> Update:
        return {self.turns: turns, self.conversation: conversation(turns), self.sources: sources(turns)}

    def _working(self, working: bool) -> Update:
        return {self.ask: gr.Button(visible=not working), self.stop: gr.Button(visible=working)}

    def _stop(self, turns: Sequence[Turn]) -> Update:
        ended = [stopped(turn) if turn.doing else turn for turn in turns]
        return {**self._shown(ended), **self._working(False)}

    def _fail(self, turns: Sequence[Turn]) -> Update:
        """For an error that nobody foresaw; what it was is on the terminal, never on the page."""
        error = AssistantError("Something went wrong inside the assistant.", cure=_TERMINAL)
        ended = [failed(turn, error) if turn.doing else turn for turn in turns]
        return {**self._shown(ended), **self._working(False)}

    def _begin(self) -> Update:
        empty = {self.box: "", self.hint: self._hint(), self.welcome: gr.Column(visible=True)}
        return {**self._shown([]), **self._working(False), **empty}

    def answer(self, question: str, history: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """The answer to a question as `assistant ask --json` prints it. history: [{role, content, citations}]."""
        try:
            return self.assistant.ask(question, history=history).to_dict()
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from None


def serve(assistant: Assistant, meter: Meter | None, *, host: str, port: int | None, open_browser: bool) -> Served:
    """Starts the server: its address, what waits for Ctrl-C, what stops it. SettingsError for a port in use."""
    blocks = Page(assistant, meter).blocks.queue(default_concurrency_limit=_AT_ONCE, max_size=200)
    try:
        _, url, _ = blocks.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            show_error=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            enable_monitoring=False,
            run_history=False,
            footer_links=[],
            theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
            head=_head(),
        )
    except OSError as error:
        raise SettingsError(f"The page cannot be served on {host}, port {port}.", cure=_PORT) from error
    blocks.server.config.timeout_graceful_shutdown = 1  # seconds; an open page holds a connection for ever
    return url, blocks.block_thread, blocks.close


_PORT = "Another program may be using it; give another with --port, or none."
_TERMINAL = "The terminal in which the page was started says more. Asking again may help."
_TITLE = "<h1>Assistant</h1>"
_WELCOME = (
    '<p class="lead">Ask what the papers say.</p>'
    '<p class="hint">Answers come from paper abstracts alone. Every sentence names its source and is checked against '
    "it before you see it; click a number to see the exact words.</p>"
)


def _head() -> str:
    style, script = ((_FOLDER / name).read_text(encoding="utf-8") for name in ("style.css", "page.js"))
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><meta name="referrer" content="no-referrer">'
        f"<style>{style}</style><script>{script}</script>"
    )
