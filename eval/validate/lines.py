"""Lines of JSON that people or strangers wrote: objects and texts, or one sentence with the line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.errors import QuestionsError

from .. import dataset


def objects(path: Path, cure: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, object) of each line of a JSONL file, plain or .gz; `place` begins the message of an error.

    Raises QuestionsError, with the line and the cure, for what is not JSON or no object.
    """
    number = 0
    try:
        for number, value in dataset.lines(path):
            if not isinstance(value, dict):
                raise QuestionsError(f"{path.name} line {number} is not a JSON object.", cure=cure)
            yield f"{path.name} line {number}", value
    except RecursionError as error:
        message = f"{path.name} holds JSON that is nested too deeply, after line {number}."
        raise QuestionsError(message, cure=cure) from error
    except QuestionsError as error:
        raise QuestionsError(error.message, cure=cure) from error


def text_of(value: dict[str, Any], name: str, place: str, cure: str) -> str:
    """A field's text, "" where it is missing or null. Halves of surrogate pairs, which no library takes, become "?"."""
    given = value.get(name)
    if given is not None and not isinstance(given, str):
        raise QuestionsError(f"{place}: {name} is not a text.", cure=cure)
    return (given or "").encode("utf-8", "replace").decode("utf-8")
