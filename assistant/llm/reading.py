"""What the responses of any LlamaIndex LLM say: text as it comes, why it ended, how many tokens it took."""

from __future__ import annotations

from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from .reply import Reply, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Sequence

    from llama_index.core.llms import LLM, ChatMessage, ChatResponse, CompletionResponse

    from .reply import Message

    Response = ChatResponse | CompletionResponse

_SAME_WORD = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "MAX_TOKENS": "length",
    "STOP": "stop",
}
"""Other vendors' words for why an answer ended."""


def responses(llm: LLM, messages: Sequence[Message]) -> Generator[Response, None, None]:
    """What the LLM streams for the messages; a completion model gets them as one prompt."""
    parts: Any
    if llm.metadata.is_chat_model:
        parts = llm.stream_chat(_chat_messages(messages))
    else:
        parts = llm.stream_complete(_prompt(llm, messages), formatted=True)
    if hasattr(parts, "close"):
        with closing(parts):
            yield from parts
    else:
        yield from parts


async def aresponses(llm: LLM, messages: Sequence[Message]) -> AsyncGenerator[Response, None]:
    """As `responses`, on the event loop."""
    parts: Any
    if llm.metadata.is_chat_model:
        parts = await llm.astream_chat(_chat_messages(messages))
    else:
        parts = await llm.astream_complete(_prompt(llm, messages), formatted=True)
    if hasattr(parts, "aclose"):
        async with aclosing(parts):
            async for part in parts:
                yield part
    else:
        async for part in parts:
            yield part


def name_of(llm: LLM) -> str:
    """The model's name as it gives it, else its class."""
    name = llm.metadata.model_name
    return type(llm).__name__ if name in ("", "unknown") else name


class Reading:
    """The answer so far; `reply` is the whole, once the stream has ended."""

    def __init__(self, llm: LLM, messages: Sequence[Message]) -> None:
        self.name = name_of(llm)
        self.messages = messages
        self.text = ""
        self.finish: str | None = None
        self.says_finish = False
        self.counts: tuple[int, int] | None = None

    def take(self, response: Response) -> str:
        """The text that this response adds."""
        whole = _text_of(response)
        delta = response.delta if response.delta is not None else whole[len(self.text) :]
        self.text += delta
        self._take_raw(response.raw)
        return delta

    def _take_raw(self, raw: Any) -> None:
        choices = _get(raw, "choices")
        ending = choices[0] if choices else raw
        for key in ("finish_reason", "stop_reason", "done_reason"):
            if word := _get(ending, key):
                self.finish = _SAME_WORD.get(str(word), str(word))
        self.says_finish = self.says_finish or bool(choices)
        self.counts = _counts(_get(raw, "usage")) or self.counts

    def reply(self) -> Reply:
        """The whole answer; ModelError when the stream names its endings and this one had none."""
        if self.finish is None and self.says_finish:
            raise ModelError(f"The answer of {self.name} broke off.", cure="Ask again.", retryable=True)
        return Reply(self.text, self._usage(), self.finish or "stop")

    def _usage(self) -> Usage:
        from ..tokens import count

        if self.counts:
            return Usage(*self.counts, exact=True)
        read = sum(count(text, self.name) for _, text in self.messages)
        return Usage(read, count(self.text, self.name), exact=False)


def _chat_messages(messages: Sequence[Message]) -> list[ChatMessage]:
    from llama_index.core.llms import ChatMessage

    return [ChatMessage(role=role, content=text) for role, text in messages]


def _prompt(llm: LLM, messages: Sequence[Message]) -> str:
    assert llm.messages_to_prompt is not None  # LLM's own validators see to it
    return llm.messages_to_prompt(_chat_messages(messages))


def _text_of(response: Response) -> str:
    message = getattr(response, "message", None)
    return str((message.content if message is not None else getattr(response, "text", "")) or "")


def _counts(usage: Any) -> tuple[int, int] | None:
    """(read, written) under OpenAI's names or Anthropic's; None when either is missing."""
    read = _get(usage, "prompt_tokens") or _get(usage, "input_tokens")
    written = _get(usage, "completion_tokens") or _get(usage, "output_tokens") or 0
    return (read, written) if isinstance(read, int) and isinstance(written, int) else None


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else getattr(value, key, None)
