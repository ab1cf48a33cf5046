"""What can go wrong with a model, each as one sentence with its cure; load it inside functions only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import ModelError
from ..servers import retry_after, short

if TYPE_CHECKING:
    from openai import APIStatusError

    from .settings import ModelSettings

_TOO_LONG = re.compile(r"context[ _](length|window|size)|maximum context|too many tokens|prompt is too long", re.I)
_OPTIONS = ("temperature", "stream_options")


class Fault(Exception):
    """An answer that came and cannot be used."""


class Unfinished(Fault):
    """The stream ended with no reason to end: the answer may be half."""


class Filtered(Fault):
    """The server's content filter stopped the answer."""


class Unreadable(Fault):
    """The answer is no chat completion; the argument is its content type."""


def explain(fault: Exception, settings: ModelSettings, *, opened: bool) -> ModelError:
    """The ModelError for a fault; `opened` says that the server had begun to answer."""
    import openai

    if isinstance(fault, openai.APIStatusError):
        return _status(fault, settings)
    if isinstance(fault, Fault):
        return _unusable(fault, settings)
    if isinstance(fault, openai.APITimeoutError) or "Timeout" in type(fault).__name__:
        return _error(
            f"{_server(settings)} sent nothing for {settings.timeout:g} seconds.",
            cure="Ask again, or raise the model timeout.",
            retryable=True,
        )
    if isinstance(fault, ValueError):
        return _error(f"{_server(settings)} sent an event that cannot be read.", cure="Ask again.", retryable=True)
    if type(fault) is openai.APIError:  # an error event in the stream
        return _error(
            f"{_server(settings)} reported an error in its answer{_words(fault, settings)}.",
            cure="Ask again.",
            retryable=True,
        )
    return _broken(fault, settings, opened)


def too_long(settings: ModelSettings) -> ModelError:
    """The deadline has passed."""
    who = f"the model {settings.model}" if settings.model else _server(settings)
    return _error(
        f"{who} did not finish within {settings.deadline:g} seconds.",
        cure="Ask again, choose a faster model, or raise the model deadline.",
        retryable=True,
    )


def refused_option(fault: Exception, request: dict[str, Any]) -> str | None:
    """The optional part of the request that the server refuses to take, when that is why it failed."""
    if getattr(fault, "status_code", None) not in (400, 422):
        return None
    body = getattr(fault, "body", None)
    named = [str(body.get("param")) if isinstance(body, dict) else "", str(fault)]
    return next((option for option in _OPTIONS if option in request and any(option in text for text in named)), None)


def _status(fault: APIStatusError, settings: ModelSettings) -> ModelError:
    status, code = fault.status_code, str(fault.code or "")
    server, words = _server(settings), _words(fault, settings)
    if status == 401:
        return _error(f"{server} refused the key.", cure="Set OPENAI_API_KEY to a key that is valid there.")
    if status == 403:
        return _error(f"{server} does not allow this{words}.", cure="Check what the key may use.")
    if status == 429 and code != "insufficient_quota":
        return _error(
            f"{server} is receiving too many requests{_asked_to_wait(fault)}.",
            cure="Wait, or use another model.",
            retryable=True,
        )
    if status == 429:
        return _error(f"The account at {server} has no credit left.", cure="Add credit, or use another model.")
    if status in (408, 409) or status >= 500:
        return _error(f"{server} failed with status {status}{words}.", cure="Ask again later.", retryable=True)
    if status == 404:
        return _not_found(fault, settings)
    return _bad_request(fault, settings)


def _not_found(fault: APIStatusError, settings: ModelSettings) -> ModelError:
    words = _words(fault, settings)
    if fault.code == "model_not_found" or (settings.model and settings.model in words):
        return _error(f"{_server(settings)} has no model {settings.model}.", cure="Name another with --model.")
    return _error(
        f"{_server(settings)} does not speak chat completions at {urlsplit(settings.address).path or '/'}{words}.",
        cure="Check OPENAI_BASE_URL: it mostly ends in /v1.",
    )


def _bad_request(fault: APIStatusError, settings: ModelSettings) -> ModelError:
    words = _words(fault, settings)
    if fault.code == "context_length_exceeded" or _TOO_LONG.search(words):
        return _error(
            f"The question and its sources are longer than {settings.model} reads.",
            cure="Ask with a smaller --top-k, or state the tokens that the model reads.",
        )
    if fault.code in ("content_filter", "content_policy_violation"):
        return _unusable(Filtered(), settings)
    return _error(
        f"{_server(settings)} refused the request with status {fault.status_code}{words}.",
        cure="Check the model's name and settings.",
    )


def _unusable(fault: Fault, settings: ModelSettings) -> ModelError:
    server = _server(settings)
    if isinstance(fault, Filtered):
        return _error(
            f"The content filter of {server} stopped the answer.", cure="Ask in other words, or use another model."
        )
    if isinstance(fault, Unreadable):
        kind = short(str(fault).partition(";")[0]) or "something unknown"
        return _error(
            f"{server} answered with {kind} and not with a chat completion.",
            cure="Check OPENAI_BASE_URL: it mostly ends in /v1.",
        )
    return _error(f"The answer of {settings.model} broke off.", cure="Ask again.", retryable=True)


def _broken(fault: Exception, settings: ModelSettings, opened: bool) -> ModelError:
    if opened:
        return _error(
            f"The connection to {_server(settings)} broke off before the answer was whole.",
            cure="Ask again.",
            retryable=True,
        )
    reason = short(str(fault.__cause__ or fault), settings.api_key)
    return _error(
        f"{_server(settings)} cannot be reached: {reason}.",
        cure="Check that it runs, and its address in OPENAI_BASE_URL."
        if settings.base_url
        else "Check the network connection.",
        retryable=True,
    )


def _words(fault: Exception, settings: ModelSettings) -> str:
    """The server's own explanation after a colon, or nothing; a page of HTML is no explanation."""
    body = getattr(fault, "body", None)
    said = (body.get("message") or body.get("detail") or body.get("error")) if isinstance(body, dict) else None
    words = short(said, settings.api_key) if isinstance(said, str) else ""
    return f": {words}" if words else ""


def _asked_to_wait(fault: Exception) -> str:
    seconds = retry_after(fault)
    return f" and asks to wait {seconds:.0f} seconds" if seconds else ""


def _server(settings: ModelSettings) -> str:
    if settings.is_openai:
        return "OpenAI"
    return f"the server at {urlsplit(settings.address).netloc.rpartition('@')[2]}"


def _error(message: str, cure: str, retryable: bool = False) -> ModelError:
    return ModelError(message[0].upper() + message[1:], cure=cure, retryable=retryable)
