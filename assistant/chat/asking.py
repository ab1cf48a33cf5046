"""What becomes of a question on the page: asked, stopped, asked again, taken back, voted on, exported, kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import gradio as gr

from ..errors import AssistantError
from . import keeping
from .cards import sources
from .choosing import hint
from .exporting import exported
from .show import conversation, safe
from .turns import Turn, converse, failed, stopped

if TYPE_CHECKING:
    from .access import Gate
    from .assistants import Assistants
    from .page import Page

Update = dict[Any, Any]
Given = Mapping[Any, Any]

_TERMINAL = "The terminal in which the page was started says more. Asking again may help."
_EDITING = "Your last question is being edited: asking replaces its answer."


class Asking:
    """The handlers of the page's events. They hold nothing: the turns are in the visitor's own session."""

    def __init__(self, page: Page, assistants: Assistants, gate: Gate) -> None:
        self._page = page
        self._assistants = assistants
        self._gate = gate

    # Asking

    def ask(self, given: Given, request: gr.Request) -> Iterator[Update]:
        """What is in the box, as a new question, or in place of the last one while that is edited."""
        past = list(given[self._page.turns])
        question = str(given[self._page.box]).strip()
        if not question:
            yield {self._page.hint: "<p>Type a question first.</p>"}
            return
        yield from self._asked(question, past[:-1] if given[self._page.editing] else past, given, request)

    def retry(self, given: Given, request: gr.Request) -> Iterator[Update]:
        """The last question once more."""
        past = list(given[self._page.turns])
        if past:
            yield from self._asked(past[-1].question, past[:-1], given, request)

    def example(self, question: str, given: Given, request: gr.Request) -> Iterator[Update]:
        """An example's question."""
        yield from self._asked(question, list(given[self._page.turns]), given, request)

    def _asked(self, question: str, past: list[Turn], given: Given, request: gr.Request) -> Iterator[Update]:
        """Updates of the page while a question is answered. Closing it closes the assistant's stream."""
        page, corpus = self._page, str(given[self._page.corpus])
        id = given[page.id] or uuid4().hex
        past = [turn for turn in past if turn.doing is None]
        yield {
            **{page.box: "", page.hint: hint(corpus), page.id: id, page.editing: False},
            **{page.welcome: gr.Column(visible=False), page.reason_row: gr.Row(visible=False)},
            **self._working(True),
        }
        turn = Turn(question)
        try:
            chosen = page.choosing.options(given)
            assistant = page.choosing.assistant(given, self._assistants.of(corpus))
            with (
                self._gate.asking(request, question, corpus) as ending,
                closing(converse(assistant, question, past, self._assistants.meter, chosen)) as growing,
            ):
                for turn in growing:
                    ending.settled(turn.answer, turn.error)
                    yield self._shown([*past, turn])
        except AssistantError as error:  # no such year, corpus or key; or the gate lets nothing more through
            turn = failed(turn, error)
            yield self._shown([*past, turn])
        again = {page.box: question} if turn.error else {}
        yield {**self._settled(id, corpus, [*past, turn]), **again}

    def stop(self, given: Given) -> Update:
        """After the question in hand was cancelled."""
        page, turns = self._page, [stopped(turn) if turn.doing else turn for turn in given[self._page.turns]]
        return {**self._shown(turns), **self._settled(given[page.id], str(given[page.corpus]), turns)}

    def fail(self, given: Given) -> Update:
        """For an error that nobody foresaw; what it was is on the terminal, never on the page."""
        page = self._page
        error = AssistantError("Something went wrong inside the assistant.", cure=_TERMINAL)
        turns = [failed(turn, error) if turn.doing else turn for turn in given[page.turns]]
        return {**self._shown(turns), **self._settled(given[page.id], str(given[page.corpus]), turns)}

    # The last question

    def edit(self, given: Given) -> Update:
        """Puts the last question into the box; clicked again, it leaves everything as it was."""
        page, turns = self._page, given[self._page.turns]
        if given[page.editing] or not turns:
            return {page.editing: False, page.box: "", page.hint: hint(str(given[page.corpus]))}
        return {page.editing: True, page.box: turns[-1].question, page.hint: f"<p>{_EDITING}</p>"}

    def undo(self, given: Given) -> Update:
        """Takes the last question and its answer back."""
        page, turns = self._page, list(given[self._page.turns])
        if not turns:
            return {page.hint: gr.skip()}
        rest, corpus = turns[:-1], str(given[page.corpus])
        back = {page.box: turns[-1].question, page.editing: False, page.hint: hint(corpus)}
        empty = {page.welcome: gr.Column(visible=not rest), page.reason_row: gr.Row(visible=False)}
        return {**self._shown(rest), **self._settled(given[page.id], corpus, rest), **back, **empty}

    def vote(self, kind: str, given: Given) -> Update:
        """Asks for the reason of a vote; it is kept once that is sent."""
        page, turns = self._page, given[self._page.turns]
        if refusal := self._no_vote(turns):
            return {page.hint: f"<p>{refusal}</p>", page.reason_row: gr.Row(visible=False)}
        question = "What was good about this answer?" if kind == "up" else "What was wrong with this answer?"
        return {
            page.voting: kind,
            page.reason_row: gr.Row(visible=True),
            page.reason: gr.Textbox("", placeholder=f"{question} (optional)", label=question),
        }

    def _no_vote(self, turns: Sequence[Turn]) -> str:
        if not self._gate.rules.keep_log:
            return "Feedback is not kept on this page."
        if not turns or turns[-1].answer is None:
            return "There is no answer to judge yet."
        if turns[-1].kept:
            return "Only an answer of this visit can be judged. Retry gives one."
        return "You have judged this answer already." if turns[-1].vote else ""

    def send(self, given: Given) -> Update:
        """Keeps the vote beside the papers, where the evaluation finds it."""
        page, turns = self._page, list(given[self._page.turns])
        if refusal := self._no_vote(turns):
            return {page.hint: f"<p>{refusal}</p>", page.reason_row: gr.Row(visible=False)}
        turn, reason = turns[-1], str(given[page.reason] or "")
        try:
            store = self._assistants.of(turn.answer["corpus"]).index.store
            with store.transaction():
                store.feedback.add(turn.answer, given[page.voting], reason)
        except AssistantError as error:
            return {page.hint: f"<p>{safe(error)}</p>"}
        voted = [*turns[:-1], replace(turn, vote=given[page.voting])]
        said = "<p>Thank you. Your judgement is kept with the papers, to evaluate the answers by.</p>"
        kept = self._settled(given[page.id], str(given[page.corpus]), voted)
        return {**kept, page.turns: voted, page.hint: said, page.reason_row: gr.Row(visible=False)}

    def export(self, what: str, given: Given) -> Update:
        """A file for the page's script to save."""
        page = self._page
        try:
            name, text = exported(given[page.turns], what)
        except AssistantError as error:
            return {page.hint: f"<p>{safe(error)}</p>", page.file: ""}
        return {page.file: json.dumps({"name": name, "text": text}), page.hint: hint(str(given[page.corpus]))}

    # Conversations

    def begin(self, given: Given) -> Update:
        """A new conversation."""
        page = self._page
        fresh: Update = {page.id: "", page.record: "", page.box: "", page.hint: hint(str(given[page.corpus]))}
        fresh |= {page.welcome: gr.Column(visible=True), page.reason_row: gr.Row(visible=False), page.editing: False}
        return {**self._shown([]), **self._working(False), page.tools: gr.Row(visible=False), **fresh}

    def reopen(self, given: Given) -> Update:
        """A conversation that the reader's browser kept."""
        page = self._page
        try:
            id, corpus, turns = keeping.recalled(str(given[page.wire]))
            self._assistants.of(corpus)
        except AssistantError as error:
            return {page.hint: f"<p>{safe(error)}</p>"}
        opened = {page.id: id, page.hint: hint(corpus), page.corpus: corpus, page.box: "", page.editing: False}
        rest = {page.welcome: gr.Column(visible=False), page.reason_row: gr.Row(visible=False)}
        return {**self._shown(turns), **self._settled(id, corpus, turns), **opened, **rest}

    # What is shown

    def _shown(self, turns: list[Turn]) -> Update:
        return {
            self._page.turns: turns,
            self._page.conversation: conversation(turns),
            self._page.sources: sources(turns),
        }

    def _working(self, working: bool) -> Update:
        page = self._page
        shown = {page.ask: gr.Button(visible=not working), page.stop: gr.Button(visible=working)}
        return {**shown, page.tools: gr.Row(visible=False)} if working else shown

    def _settled(self, id: str, corpus: str, turns: Sequence[Turn]) -> Update:
        record = keeping.record(id, corpus, turns) if id else ""
        return {**self._working(False), self._page.tools: gr.Row(visible=bool(turns)), self._page.record: record}
