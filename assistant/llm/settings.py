"""Which model to ask, where, and how long to wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model to ask, where, and how long to wait.

    timeout: seconds without a byte. deadline: seconds for one answer in all, retries included.
    retries: attempts after the first; nothing is retried once text has come.
    context: tokens the model reads; None means 128,000 for OpenAI's models and 8,192 for others.
    price_in, price_out: USD per million tokens, used instead of the table when both are given.
    """

    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    temperature: float = 0.0
    timeout: float = 60
    deadline: float = 180
    retries: int = 2
    context: int | None = None
    price_in: float | None = None
    price_out: float | None = None

    @property
    def address(self) -> str:
        """The server's root, with no slash at its end."""
        return (self.base_url or OPENAI_URL).rstrip("/")

    @property
    def is_openai(self) -> bool:
        """Whether the server is OpenAI's own."""
        return urlsplit(self.address).hostname == urlsplit(OPENAI_URL).hostname
