"""What a reader chooses for a question: filters, shown as chips that can be taken off, and a few settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import gradio as gr

from ..assistant import Assistant
from ..errors import SettingsError
from .show import safe

_FILTERS = {  # name: label, how a chip begins, an example
    "year_from": ("From year", "from", "e.g. 2021"),
    "year_to": ("To year", "to", "e.g. 2024"),
    "source": ("Source", "source", "e.g. library"),
    "venue": ("Venue", "venue", "e.g. ACL"),
    "author": ("Author", "author", "e.g. Smith"),
}
_LONGEST = 60  # characters of a filter on its chip
_YEARS = ("year_from", "year_to")

Update = dict[Any, Any]


class Choosing:
    """The components, and what they say. They belong to one visitor; nothing of them is kept."""

    def __init__(self, top_k: int, *, has_model: bool) -> None:
        self._top_k = top_k
        self._has_model = has_model

    def chips(self) -> None:
        """The row of chips, empty at first."""
        with gr.Row(elem_id="chips"):
            self._chips = {name: gr.Button(visible=False, elem_classes="chip", size="sm") for name in _FILTERS}

    def panel(self) -> None:
        """The fields, behind a button."""
        with gr.Column(elem_id="choices"):
            gr.HTML("<h2>Filters and settings</h2>", apply_default_css=False)
            with gr.Row(elem_id="fields"):
                self._fields = {
                    name: gr.Textbox(label=label, placeholder=example, elem_id=f"filter-{name}", min_width=120)
                    for name, (label, _, example) in _FILTERS.items()
                }
            with gr.Row(elem_id="settings"):
                self._most = gr.Slider(1, 30, value=min(30, self._top_k), step=1, label="Papers to read for an answer")
                self._quotes = gr.Checkbox(label="Quote only, without the model", visible=self._has_model)

    @property
    def inputs(self) -> set[Any]:
        """The components that an event has to be given, so that `chosen` can read them."""
        return {*self._fields.values(), self._most, self._quotes}

    def events(self, **quiet: Any) -> None:
        """A field shows its chip; a click on a chip empties its field."""
        fields: set[Any] = set(self._fields.values())
        for name, field in self._fields.items():
            field.change(
                self._show, fields, list(self._chips.values()), queue=False, trigger_mode="always_last", **quiet
            )
            self._chips[name].click(partial(str), None, field, queue=False, **quiet)

    def _show(self, given: Mapping[Any, Any]) -> Update:
        values = {name: str(given[field] or "").strip() for name, field in self._fields.items()}
        return {self._chips[name]: gr.Button(_chip(name, value), visible=bool(value)) for name, value in values.items()}

    def filters(self, given: Mapping[Any, Any]) -> dict[str, Any]:
        """The filters as `Assistant.stream` takes them. SettingsError for a year that is none."""
        values = {name: str(given[field] or "").strip() for name, field in self._fields.items()}
        return {name: _year(value) if name in _YEARS else value for name, value in values.items() if value}

    def options(self, given: Mapping[Any, Any]) -> dict[str, Any]:
        """The options of `Assistant.stream`. SettingsError for a year that is none."""
        return {"filters": self.filters(given) or None, "top_k": int(given[self._most] or self._top_k)}

    def assistant(self, given: Mapping[Any, Any], assistant: Assistant) -> Assistant:
        """The assistant, or one over the same open corpus that only quotes, if the reader wants that."""
        if not given[self._quotes]:
            return assistant
        return Assistant(replace(assistant.settings, mode="extractive"), index=assistant.index)


def _chip(name: str, value: str) -> str:
    shown = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    return f"{_FILTERS[name][1]} {shown} ×"


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise SettingsError(f"{text[:20]!r} is no year.", cure="Write it in digits, e.g. 2021, or take the filter off.")
    return int(text)


def hint(corpus: str) -> str:
    """What stands below the question box."""
    return f"<p>Corpus {safe(corpus)}. Only abstracts are read.</p>"
