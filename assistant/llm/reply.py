"""What goes to a model and what comes back: messages, a reply, and the tokens that it took."""

from __future__ import annotations

from dataclasses import dataclass

Message = tuple[str, str]
"""A role (`system`, `user`, `assistant`) and its text."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written; `exact` is false when we counted them, as the server did not say."""

    input_tokens: int
    output_tokens: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: `finish` is `stop`, or `length` when the model ran out of room, or the server's other word."""

    text: str
    usage: Usage
    finish: str
