"""A conversation as the record that the reader's own browser keeps, and back. The server keeps none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import SettingsError
from .cards import sources
from .exporting import exported
from .show import conversation
from .turns import Turn, history

_LARGEST = 2_000_000  # characters of a record
_TITLE = 80  # characters
_PARTS = ("sentences", "citations", "papers")


def record(id: str, corpus: str, turns: Sequence[Turn]) -> str:
    """JSON `{id, title, corpus, turns}` of the settled turns; "" where there is none."""
    settled = [turn for turn in turns if turn.doing is None]
    if not settled:
        return ""
    title = " ".join(settled[0].question.split())[:_TITLE]
    kept = {"id": id, "title": title, "corpus": corpus, "turns": [_kept(turn) for turn in settled]}
    return json.dumps(kept, ensure_ascii=True)


def recalled(text: str) -> tuple[str, str, list[Turn]]:
    """Id, corpus and turns of a record. It comes from a browser, so it may be anything: SettingsError for another
    shape than `record` gives."""
    try:
        if len(text) > _LARGEST:
            raise ValueError
        given = json.loads(text)
        turns = [_recalled(one) for one in given["turns"]]
        conversation(turns), sources(turns), history(turns)  # what cannot be shown or exported is refused here
        if any(turn.answer is not None for turn in turns):
            exported(turns, "conversation")
        return str(given["id"])[:64], str(given["corpus"]), turns
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise SettingsError("This conversation cannot be opened again.", cure="Begin a new one.") from None


def _kept(turn: Turn) -> dict[str, Any]:
    """What showing and exporting a turn needs. Of an answer's passages that is why they came, and of the nearest of
    a decline their words."""
    kept: dict[str, Any] = {"question": turn.question, "stopped": turn.stopped, "error": turn.error, "vote": turn.vote}
    kept |= {"revised": {str(index): reason for index, reason in turn.revised.items()}}
    kept |= {name: list(getattr(turn, name)) for name in _PARTS}
    if turn.answer is None:
        return {**kept, "answer": None}
    near = {paper["paper_id"] for paper in turn.answer["nearest"]}
    cited = {paper["paper_id"] for paper in turn.papers}
    wanted = near if turn.answer["state"] == "not_in_corpus" else cited
    passages = [
        {**passage, "text": passage["text"] if passage["paper_id"] in near - cited else ""}
        for passage in turn.answer["passages"]
        if passage["paper_id"] in wanted
    ]
    answer = {name: value for name, value in turn.answer.items() if name not in _PARTS}
    return {**kept, "answer": {**answer, "passages": passages}}


def _recalled(given: Mapping[str, Any]) -> Turn:
    parts = {name: tuple(given[name]) for name in _PARTS}
    answer = given["answer"]
    if answer is not None:
        answer = {**answer, **{name: list(part) for name, part in parts.items()}}
    return Turn(
        str(given["question"]),
        doing=None,
        revised={int(index): str(reason) for index, reason in given["revised"].items()},
        answer=answer,
        error=given["error"],
        stopped=bool(given["stopped"]),
        kept=True,
        vote="kept" if given["vote"] else None,
        **parts,
    )
