"""One call to a model: its clock, its attempts, and the chunks that came; load it inside functions only."""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import openai

from ..servers import retry_after
from . import faults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .settings import ModelSettings

HTTP = import_module("httpx" if openai.__version__.startswith("2.") else "httpx2")
"""What the installed openai speaks HTTP with; under openai 2 its errors in a stream come through as they are."""

BROKEN: tuple[type[Exception], ...] = (openai.APIConnectionError, HTTP.HTTPError, TimeoutError)
"""A line that was lost, or silent for too long."""

FAULTS: tuple[type[Exception], ...] = (openai.OpenAIError, ValueError, faults.Fault, *BROKEN)
"""What a call can raise: ValueError is JSON that cannot be read."""

_CONNECT = 10.0
"""Seconds for a connection to stand."""

_LAST = 0.02
"""Seconds before the deadline that count as past it, as clocks and timers differ a little."""


class Course:
    """When a call must end, how often it was tried, and whether it is tried again."""

    def __init__(self, settings: ModelSettings) -> None:
        self.settings = settings
        self.end = time.monotonic() + settings.deadline
        self.attempts = 0
        self.content_type: str | None = None

    def left(self) -> float:
        """Seconds until the deadline."""
        return max(self.end - time.monotonic(), 0.0)

    def timeout(self) -> openai.Timeout:
        """For the next request: no read may outlast the deadline."""
        self.content_type = None
        longest = max(min(self.settings.timeout, self.left()), 0.001)
        return openai.Timeout(longest, connect=min(longest, _CONNECT))

    def opened(self, headers: Mapping[str, str]) -> None:
        """The server has begun to answer."""
        self.content_type = headers.get("content-type", "")

    def pause(self, fault: Exception, started: bool = False) -> float:
        """Seconds to wait before the next attempt; raises ModelError when there is none.

        Waits as the server asks (Retry-After), else 0.5 s, 1 s, 2 s ... up to 8 s, as the openai client does. A wait
        that would outlast the deadline is not begun.
        """
        if self.left() <= _LAST:
            raise faults.too_long(self.settings) from fault
        error = faults.explain(fault, self.settings, opened=self.content_type is not None)
        asked = retry_after(fault)
        wait = min(0.5 * 2**self.attempts, 8.0) if asked is None else asked
        self.attempts += 1
        if started or not error.retryable or self.attempts > self.settings.retries or wait >= self.left():
            raise error from fault
        return wait


class Gathered:
    """The chunks of one attempt, put together."""

    def __init__(self) -> None:
        self.text = ""
        self.finish: str | None = None
        self.chunks = 0
        self.usage: dict[str, int] | None = None

    def take(self, chunk: Any) -> str:
        """The text that a chunk adds; chunks without choices, or of no known shape, add none."""
        self.chunks += 1
        usage = getattr(chunk, "usage", None)
        if isinstance(getattr(usage, "prompt_tokens", None), int):
            self.usage = {name: getattr(usage, name, None) or 0 for name in ("prompt_tokens", "completion_tokens")}
        choices = getattr(chunk, "choices", None)
        if not isinstance(choices, list) or not choices:
            return ""
        finish = getattr(choices[0], "finish_reason", None)
        if finish == "content_filter":
            raise faults.Filtered
        self.finish = finish or self.finish
        text = getattr(getattr(choices[0], "delta", None), "content", None)
        self.text += text if isinstance(text, str) else ""
        return text if isinstance(text, str) else ""

    def check(self, course: Course) -> None:
        """Raises a fault when the chunks are not a whole answer."""
        if self.finish is None and not self.chunks and "event-stream" not in (course.content_type or ""):
            raise faults.Unreadable(course.content_type or "")
        if self.finish is None:
            raise faults.Unfinished

    def raw(self) -> dict[str, Any]:
        """The ending in OpenAI's words, as LlamaIndex's token counters read it."""
        return {"finish_reason": self.finish} | ({"usage": self.usage} if self.usage else {})
