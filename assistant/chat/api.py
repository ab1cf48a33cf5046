"""The endpoints for programs, /ask and /search: what they get is checked, what they return is what --json prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from ..errors import AssistantError, SettingsError

if TYPE_CHECKING:
    from ..assistant import Assistant
    from .access import Ending, Gate
    from .assistants import Assistants

_TURNS = 200  # of a history
_KINDS = {str: "a text", list: "a list", dict: "an object", int: "a whole number"}


class Api:
    """What programs may ask. `publish` is called within the page's blocks."""

    def __init__(self, assistants: Assistants, gate: Gate) -> None:
        self._assistants = assistants
        self._gate = gate

    def publish(self) -> None:
        """Makes the endpoints of the methods below, under their names."""
        for method in (self.ask, self.search):
            about = (method.__doc__ or "").strip()
            api(method, api_name=method.__name__, api_description=about, concurrency_id=method.__name__)

    def ask(
        self,
        request: gr.Request,
        question: str,
        history: list[dict[str, Any]] | None = None,
        corpus: str | None = None,
        filters: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The checked and cited answer to a question, as `assistant ask --json` prints it.

        history: earlier turns, {role, content, citations?: [{number, paper_id}]}; papers keep their numbers. corpus: a
        name, by default the page's. filters: any of source, year, year_from, year_to, author, venue, paper_ids.
        """

        with self._asked(request, question, corpus) as (assistant, ending):
            past = _checked("history", history, list)
            if past and len(past) > _TURNS:
                raise SettingsError(f"The history has {len(past)} turns.", cure=f"Send the last {_TURNS}.")
            given = {"history": past, "filters": _checked("filters", filters, dict)}
            answer = assistant.ask(_text("question", question), **given).to_dict()
            ending.settled(answer)
        return answer

    def search(
        self,
        request: gr.Request,
        query: str,
        corpus: str | None = None,
        filters: dict[str, Any] | None = None,
        top_k: int | None = None,
    ) -> dict[str, Any]:
        """The papers that fit a query best, as `assistant search --json` prints them.

        corpus and filters are those of /ask; top_k: how many papers, 1 to 100.
        """
        with self._asked(request, query, corpus) as (assistant, ending):
            given = {"filters": _checked("filters", filters, dict), "top_k": _checked("top_k", top_k, int)}
            found = assistant.retrieve(_text("query", query), **given).to_dict()
            ending.state, ending.cost = "found", 0.0
        return found

    @contextmanager
    def _asked(self, request: gr.Request, question: Any, corpus: Any) -> Iterator[tuple[Assistant, Ending]]:
        """The assistant of a corpus for one question that passed the gate; every AssistantError becomes gradio's."""
        try:
            assistant = self._assistants.of(_checked("corpus", corpus, str))
            with self._gate.asking(request, str(question), assistant.corpus) as ending:
                try:
                    yield assistant, ending
                except AssistantError as error:
                    ending.settled(None, error.to_dict())
                    raise
        except AssistantError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except OSError as error:
            message = f"The papers could not be used: {error.strerror or 'the disk failed'}."
            raise gr.Error(f"{message} Whoever serves the page finds more with `assistant doctor`.") from error


def _text(name: str, value: Any) -> str:
    text = _checked(name, value, str)
    if text is None:
        raise SettingsError(f"There is no {name}.", cure="Give a text.")
    return str(text)


def _checked(name: str, value: Any, kind: type) -> Any:
    """The value, if it is None or of the kind that JSON makes of it, with every text in it valid Unicode."""
    if value is not None and type(value) is not kind:
        raise SettingsError(f"{name} is {str(value)[:100]!r}.", cure=f"Give {_KINDS[kind]}.")
    try:
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise SettingsError(
            f"{name} is nested too deeply.", cure=f"Give {_KINDS[kind]} as docs/chat.md has it."
        ) from None
