"""The language model: a LlamaIndex LLM over the openai client, and one way to read the words of any LlamaIndex LLM."""

from __future__ import annotations

from contextlib import aclosing, closing
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import ModelError
from .prices import price
from .reply import Message, Reply, Usage
from .settings import ModelSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Sequence

    from llama_index.core.llms import LLM

__all__ = [
    "DEFAULT_MODEL",
    "Message",
    "ModelSettings",
    "Reply",
    "Usage",
    "acomplete",
    "astream",
    "complete",
    "connect",
    "is_configured",
    "price",
    "stream",
]

DEFAULT_MODEL = "gpt-6-luna"
"""Asked when a key for OpenAI is given and no model: the cheapest of its current models, and the one that it names as
the replacement of gpt-4o-mini and gpt-4.1-mini (developers.openai.com/api/docs/deprecations, read in November 2026;
gpt-5-mini ends on 2026-12-11)."""


def is_configured(settings: ModelSettings) -> bool:
    """Whether the user gave a key or a server; without either, no model is ever asked."""
    return bool(settings.api_key or settings.base_url)


def connect(settings: ModelSettings) -> LLM:
    """A LlamaIndex LLM for these settings; the network is used only to ask a server for its models when none is named.

    Raises ModelError when nothing is configured, an address or key cannot be used, or the model to ask is not clear.
    """
    checked = _checked(settings)
    from .adapter import ServedModel, served_models

    if not checked.model and not checked.is_openai:
        checked = replace(checked, model=_only_one(served_models(checked), checked.address))
    return ServedModel(replace(checked, model=checked.model or DEFAULT_MODEL))


def stream(llm: LLM, messages: Sequence[Message]) -> Generator[str | Reply]:
    """The answer's text as it comes, then the whole as a Reply; closing the iterator closes the connection.

    Works for any LlamaIndex LLM, chat model or not. Raises ModelError, also after text has been given, when the answer
    is not whole; a Reply is never half an answer, except one whose `finish` is `length`.
    """
    from .reading import Reading, name_of, responses

    reading = Reading(llm, messages)
    try:
        with closing(responses(llm, messages)) as parts:
            for part in parts:
                if text := reading.take(part):
                    yield text
    except ModelError:
        raise
    except Exception as error:  # a model from outside may raise anything
        raise _foreign(error, name_of(llm)) from error
    yield reading.reply()


async def astream(llm: LLM, messages: Sequence[Message]) -> AsyncGenerator[str | Reply, None]:
    """As `stream`, on the event loop; close it with `aclose`, or cancel the task, to close the connection."""
    from .reading import Reading, aresponses, name_of

    reading = Reading(llm, messages)
    try:
        async with aclosing(aresponses(llm, messages)) as parts:
            async for part in parts:
                if text := reading.take(part):
                    yield text
    except ModelError:
        raise
    except Exception as error:  # a model from outside may raise anything
        raise _foreign(error, name_of(llm)) from error
    yield reading.reply()


def complete(llm: LLM, messages: Sequence[Message]) -> Reply:
    """The whole answer. Raises as `stream` does."""
    *_, last = stream(llm, messages)
    assert isinstance(last, Reply)
    return last


async def acomplete(llm: LLM, messages: Sequence[Message]) -> Reply:
    """The whole answer, on the event loop. Raises as `stream` does."""
    parts = [part async for part in astream(llm, messages)]
    assert isinstance(parts[-1], Reply)
    return parts[-1]


def _checked(settings: ModelSettings) -> ModelSettings:
    """The settings with blanks trimmed from key and names; ModelError when they cannot be used."""
    model, base_url, key = (
        (value or "").strip() or None for value in (settings.model, settings.base_url, settings.api_key)
    )
    if not key and not base_url:
        raise ModelError(
            "No model is configured.",
            cure="Set OPENAI_API_KEY for OpenAI, or OPENAI_BASE_URL for a server that speaks its API (Ollama, vLLM).",
        )
    if base_url and (urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname):
        raise ModelError(
            "The model server's address is not a web address.", cure="Give one such as http://localhost:11434/v1."
        )
    if key and not (key.isascii() and key.isprintable()):
        raise ModelError("The API key has characters that no key has.", cure="Copy it again into OPENAI_API_KEY.")
    checked = replace(settings, model=model, base_url=base_url, api_key=key)
    if checked.is_openai and not key:
        raise ModelError("OpenAI needs a key.", cure="Set OPENAI_API_KEY.")
    return checked


def _only_one(models: Sequence[str], address: str) -> str:
    if len(models) == 1:
        return models[0]
    host = urlsplit(address).netloc.rpartition("@")[2]
    if not models:
        raise ModelError(f"The server at {host} has no model.", cure="Load one there, then ask again.")
    shown = ", ".join(models[:20]) + (f" and {len(models) - 20} more" if len(models) > 20 else "")
    raise ModelError(f"The server at {host} has {len(models)} models: {shown}.", cure="Name one with --model.")


def _foreign(error: Exception, name: str) -> ModelError:
    from ..servers import short

    return ModelError(
        f"The model {name} failed: {type(error).__name__}: {short(str(error))}.",
        cure="Check the model that was passed in.",
    )
