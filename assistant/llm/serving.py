"""The other endpoint of a model server: vectors for texts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import faults
from .clients import client_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openai import OpenAI, Timeout

    from .settings import ModelSettings


def embeddings(model: str, texts: Sequence[str], settings: ModelSettings) -> list[list[float]]:
    """A vector for each text, in order. Raises ModelError; retries and the deadline are those of answers."""
    import openai

    from .course import FAULTS, Course

    course = Course(settings)
    with openai.OpenAI(**client_options(settings, openai.DefaultHttpxClient)) as client:
        while True:
            try:
                return _vectors(client, model, texts, course.timeout())
            except FAULTS as fault:
                time.sleep(course.pause(fault))


def _vectors(client: OpenAI, model: str, texts: Sequence[str], timeout: Timeout) -> list[list[float]]:
    try:
        found = client.embeddings.create(model=model, input=list(texts), timeout=timeout)
    except AttributeError:  # a page sent with status 200 arrives as a text, of which the client wants the vectors
        raise faults.Unreadable("text/html") from None
    return [row.embedding for row in sorted(found.data, key=lambda row: row.index)]
