"""The LLM over the openai client, for any server that speaks chat completions; load it inside functions only.

Every answer is a streamed one, also for `chat`, so that one path has the deadline, the retries and the check that it is
whole. A client lives for one attempt: nothing is left open, and no event loop or thread is tied to the object.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import asynccontextmanager, contextmanager
from socket import SHUT_RDWR, socket
from typing import TYPE_CHECKING, Any

import openai
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.custom import CustomLLM

from . import faults
from .clients import client_options
from .course import BROKEN, FAULTS, Course, Gathered
from .settings import ModelSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Sequence

_FIXED_TEMPERATURE = ("gpt-5", "gpt-6", "o1", "o3", "o4")
"""Beginnings of OpenAI's reasoning models, which answer 400 when a temperature is sent."""

_LARGE = ("gpt-4o", "gpt-4.1", *_FIXED_TEMPERATURE)
"""Beginnings of OpenAI's models that read 128,000 tokens or more; some read a million, which abstracts do not need."""


def served_models(settings: ModelSettings) -> list[str]:
    """The names of the server's models, in its order. Raises ModelError."""
    course = Course(settings)
    while True:
        try:
            with openai.OpenAI(**client_options(settings, openai.DefaultHttpxClient)) as client:
                page = client.models.list(timeout=course.timeout())
            if not isinstance(getattr(page, "data", None), list):  # a page of HTML comes back as a string
                raise faults.Unreadable("text/html")
            return [str(model.id) for model in page.data]
        except FAULTS as fault:
            time.sleep(course.pause(fault))


class ServedModel(CustomLLM):
    """A model behind chat completions. Each failure is a ModelError of one sentence with its cure."""

    model: str
    context: int
    _settings: ModelSettings = PrivateAttr()
    _refused: set[str] = PrivateAttr(default_factory=set)

    def __init__(self, settings: ModelSettings) -> None:
        name = (settings.model or "").rpartition("/")[2]
        context = settings.context or (128_000 if name.startswith(_LARGE) else 8192)
        super().__init__(model=settings.model or "", context=context)
        self._settings = settings
        self._refused = {"temperature"} if name.startswith(_FIXED_TEMPERATURE) else set()

    @classmethod
    def class_name(cls) -> str:
        return "served_model"

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=self.context, model_name=self.model, is_chat_model=True)

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        *_, last = self._answer(messages, kwargs)
        return last

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Generator[ChatResponse, None, None]:
        return self._answer(messages, kwargs)

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return [part async for part in self._aanswer(messages, kwargs)][-1]

    @llm_chat_callback()
    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> AsyncGenerator[ChatResponse, None]:
        return self._aanswer(messages, kwargs)

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        *_, last = self._answer(_asked(prompt), kwargs)
        return _completion(last)

    @llm_completion_callback()
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> Generator[CompletionResponse, None, None]:
        return (_completion(part) for part in self._answer(_asked(prompt), kwargs))

    @llm_completion_callback()
    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return _completion([part async for part in self._aanswer(_asked(prompt), kwargs)][-1])

    @llm_completion_callback()
    async def astream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> AsyncGenerator[CompletionResponse, None]:
        return (_completion(part) async for part in self._aanswer(_asked(prompt), kwargs))

    def _answer(self, messages: Sequence[ChatMessage], options: dict[str, Any]) -> Generator[ChatResponse, None, None]:
        course = Course(self._settings)
        while True:
            gathered = Gathered()
            request = self._request(messages, options)
            try:
                with self._opened(request, course) as chunks:
                    for chunk in chunks:
                        if delta := gathered.take(chunk):
                            yield _response(gathered, delta)
                gathered.check(course)
            except FAULTS as fault:
                if not (gathered.finish and isinstance(fault, BROKEN)):  # a line lost after the answer's end
                    time.sleep(self._pause(fault, request, course, gathered))
                    continue
            yield _response(gathered, "")
            return

    async def _aanswer(
        self, messages: Sequence[ChatMessage], options: dict[str, Any]
    ) -> AsyncGenerator[ChatResponse, None]:
        course = Course(self._settings)
        while True:
            gathered = Gathered()
            request = self._request(messages, options)
            try:
                async with self._aopened(request, course) as chunks:
                    while (chunk := await _next(chunks, course)) is not None:
                        if delta := gathered.take(chunk):
                            yield _response(gathered, delta)
                gathered.check(course)
            except FAULTS as fault:
                if not (gathered.finish and isinstance(fault, BROKEN)):
                    await asyncio.sleep(self._pause(fault, request, course, gathered))
                    continue
            yield _response(gathered, "")
            return

    @contextmanager
    def _opened(self, request: dict[str, Any], course: Course) -> Iterator[Iterator[Any]]:
        with (
            openai.OpenAI(**client_options(self._settings, openai.DefaultHttpxClient)) as client,
            client.chat.completions.create(**request, timeout=course.timeout()) as chunks,
        ):
            course.opened(chunks.response.headers)
            watchdog = threading.Timer(course.left(), _hang_up, [chunks.response])
            watchdog.daemon = True
            watchdog.start()
            try:
                yield chunks
            finally:
                watchdog.cancel()

    @asynccontextmanager
    async def _aopened(self, request: dict[str, Any], course: Course) -> AsyncIterator[AsyncIterator[Any]]:
        async with openai.AsyncOpenAI(**client_options(self._settings, openai.DefaultAsyncHttpxClient)) as client:
            async with asyncio.timeout(course.left()):
                chunks = await client.chat.completions.create(**request, timeout=course.timeout())
            async with chunks:
                course.opened(chunks.response.headers)
                yield chunks

    def _request(self, messages: Sequence[ChatMessage], options: dict[str, Any]) -> dict[str, Any]:
        request = {
            "model": self.model,
            "messages": [{"role": message.role.value, "content": message.content or ""} for message in messages],
            "temperature": self._settings.temperature,
            "stream_options": {"include_usage": True},
            **options,
            "stream": True,
        }
        return {name: value for name, value in request.items() if name not in self._refused}

    def _pause(self, fault: Exception, request: dict[str, Any], course: Course, gathered: Gathered) -> float:
        """Seconds to wait before asking again; raises the ModelError when there is to be no other try."""
        if refused := faults.refused_option(fault, request):
            self._refused.add(refused)  # and so each later request of this object goes without it
            return 0
        return course.pause(fault, started=bool(gathered.text))


async def _next(chunks: AsyncIterator[Any], course: Course) -> Any:
    async with asyncio.timeout(course.left()):
        return await anext(chunks, None)


def _hang_up(response: Any) -> None:
    """Wakes whoever waits for the next byte, which closing the socket would not; comments keep reads from ending."""
    connection = response.extensions.get("network_stream")
    if connection and (line := connection.get_extra_info("socket")):
        try:
            socket.shutdown(line, SHUT_RDWR)  # the plain socket's, as TLS would wait for a farewell
        except OSError:
            return  # the connection is gone already


def _asked(prompt: str) -> list[ChatMessage]:
    return [ChatMessage(role=MessageRole.USER, content=prompt)]


def _response(gathered: Gathered, delta: str) -> ChatResponse:
    message = ChatMessage(role=MessageRole.ASSISTANT, content=gathered.text)
    return ChatResponse(message=message, delta=delta, raw=gathered.raw())


def _completion(response: ChatResponse) -> CompletionResponse:
    return CompletionResponse(text=response.message.content or "", delta=response.delta, raw=response.raw)
