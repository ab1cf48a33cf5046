"""Queries: questions with the papers that are to be found, from any of the three forms in which such sets come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import QuestionsError, SettingsError
from assistant.settings import check_question

from .. import dataset
from ..dataset import Question

_CURE = 'Write one JSON object a line: {"query": "...", "paper_id": "..."}; "paper_ids" takes a list.'


@dataclass(frozen=True, slots=True)
class Queries:
    """The questions that count, and how many were left out because no paper answers them."""

    questions: list[Question]
    left_out: int


def load(source: str | Path, *, split: str = "all", limit: int | None = None) -> Queries:
    """The queries of a JSONL file (plain or .gz) or of a bundled set.

    A line is `{query, paper_id | paper_ids}`, a question (eval/dataset.py) or a SciFact claim, whose gold is its
    `cited_doc_ids`. Questions that cannot be answered, or name no gold paper, are left out. split: "dev", "test" or
    "all", as `dataset.split` tells. limit: only the first so many.

    Raises QuestionsError, with the line, for what cannot be used.
    """
    path = dataset.find(Path(source))
    texts: dict[str, str] = {}
    found = []
    for line, value in dataset.lines(path):
        place = f"{path.name} line {line}"
        question = _question(value, place)
        if texts.setdefault(question.id, question.question) != question.question:
            message = f"{place} has the id {question.id!r}, which another query has too."
            raise QuestionsError(message, cure="Give every query an id of its own.")
        if split in ("all", dataset.split(question)):
            found.append(question)
    counting = [question for question in found if question.answerable and question.gold_papers]
    if not counting:
        cure = "Name the papers that answer each query, or choose another split."
        raise QuestionsError(f"{path} holds no query with gold papers.", cure=cure)
    return Queries(counting[:limit], len(found) - len(counting))


def _question(value: Any, place: str) -> Question:
    given = _as_question(value, place) if isinstance(value, Mapping) else value
    question = dataset.parse(given, place)
    try:
        check_question(question.question)
    except SettingsError as error:
        raise QuestionsError(f"{place}: {error.message}", cure=error.cure) from error
    return question


def _as_question(value: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """The fields of a question, from whichever form."""
    if "question" in value:
        return value
    if "claim" in value:
        text, kind, gold = value["claim"], "claim", _ids(value, "cited_doc_ids", place)
    elif "query" in value:
        name = "paper_ids" if "paper_ids" in value else "paper_id"
        text, kind, gold = value["query"], value.get("type") or "query", _ids(value, name, place)
    else:
        raise QuestionsError(f"{place} has no query, question or claim.", cure=_CURE)
    named = {"id": str(value["id"])} if value.get("id") is not None else {}
    return {**named, "question": text, "type": kind, "gold_papers": gold}


def _ids(value: Mapping[str, Any], name: str, place: str) -> list[str]:
    """Ids as texts; files give them as numbers too."""
    given = value.get(name)
    listed = given if isinstance(given, list) else [given]
    for one in listed:
        if isinstance(one, bool) or not isinstance(one, (str, int)) or not str(one).strip():
            raise QuestionsError(f"{place}: {name} is {given!r}.", cure=_CURE)
    return [str(one).strip() for one in listed]
