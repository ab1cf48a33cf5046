"""The other endpoint of a model server: vectors for texts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import faults
from .clients import client_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .settings import ModelSettings


def embeddings(model: str, texts: Sequence[str], settings: ModelSettings) -> list[list[float]]:
    """A vector for each text, in order. Raises ModelError; what may pass is tried again, as for answers."""
    import openai

    client = openai.OpenAI(**client_options(settings, openai.DefaultHttpxClient), timeout=settings.timeout)
    with client:
        for attempt in range(settings.retries + 1):
            try:
                found = client.embeddings.create(model=model, input=list(texts))
                return [row.embedding for row in sorted(found.data, key=lambda row: row.index)]
            except (openai.OpenAIError, ValueError, AttributeError) as fault:
                error = faults.explain(fault, settings, opened=False)
                if not error.retryable or attempt == settings.retries:
                    raise error from fault
                asked = faults.retry_after(fault)
                time.sleep(min(0.5 * 2**attempt if asked is None else asked, settings.deadline))
    raise AssertionError("unreachable")
