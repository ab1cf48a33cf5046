"""Settings: argument over flag over environment over default, checked once, then frozen."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from .errors import SettingsError

SAMPLE = "sample"  # the bundled pages, indexed on first use
MINE = "mine"  # what the user indexes when no other name is given

_NUMBERS: dict[str, type[int] | type[float]] = {
    "top_k": int,
    "chunk_size": int,
    "context": int,
    "timeout": float,
    "deadline": float,
    "price_in": float,
    "price_out": float,
}
_LONGEST_QUESTION = 4000  # characters
_CORPUS_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set. `Settings.load(...)` also reads the environment.

    home: the folder of all corpora (ASSISTANT_HOME; default: the platform's user data folder).
    corpus: a corpus name, or None for `mine` once it exists, else `sample` (ASSISTANT_CORPUS).
    top_k: how many papers a question retrieves, 1..100 (ASSISTANT_TOP_K).
    chunk_size: the largest chunk, in the embedder's word pieces; read when a corpus is built
        (ASSISTANT_CHUNK_SIZE).
    embedder: `minilm`, the local model, or `openai:MODEL` on the server below; a corpus keeps the one that it was built
        with (ASSISTANT_EMBEDDER).
    mode: `extractive` quotes, `llm` writes with a model, `auto` writes where a model is configured (ASSISTANT_MODE).
    model, base_url, api_key: the model, the OpenAI-compatible server and its key (ASSISTANT_MODEL, OPENAI_BASE_URL,
        OPENAI_API_KEY). timeout: seconds without a byte (ASSISTANT_TIMEOUT). deadline: seconds for an answer in all
        (ASSISTANT_DEADLINE). context: tokens that the model reads (ASSISTANT_CONTEXT). price_in, price_out: USD per
        million tokens (ASSISTANT_PRICE_IN, ASSISTANT_PRICE_OUT).
    arxiv_url: another server with arXiv's API, asked by `assistant index arxiv:QUERY` alone (ASSISTANT_ARXIV_URL).
    """

    home: Path
    corpus: str | None = None
    top_k: int = 8
    chunk_size: int = 128
    embedder: str = "minilm"
    mode: Literal["auto", "extractive", "llm"] = "auto"
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    deadline: float = 180.0
    context: int | None = None
    price_in: float | None = None
    price_out: float | None = None
    arxiv_url: str | None = None

    def __post_init__(self) -> None:
        if self.corpus is not None:
            check_corpus_name(self.corpus)
        if not 1 <= self.top_k <= 100:
            raise SettingsError(f"top_k is {self.top_k}.", cure="Give a number from 1 to 100.")
        if not 32 <= self.chunk_size <= 4096:
            raise SettingsError(f"chunk_size is {self.chunk_size}.", cure="Give a number from 32 to 4096.")
        if self.mode not in ("auto", "extractive", "llm"):
            raise SettingsError(f"mode is {self.mode!r}.", cure="Use auto, extractive or llm.")

    @classmethod
    def load(cls, **given: Any) -> Settings:
        """Settings from `given` (None counts as not given), else `ASSISTANT_*`, else the defaults.

        Raises SettingsError for an unknown name or a value that cannot be used.
        """
        known = {one.name for one in fields(cls)}
        for name in given:
            if name not in known:
                raise SettingsError(f"There is no setting {name!r}.", cure=f"Known: {', '.join(sorted(known))}.")
        values: dict[str, Any] = {name: value for name in known if (value := os.environ.get(_variable(name)))}
        values |= {name: value for name, value in given.items() if value is not None}
        home = values.pop("home", None)
        for name, kind in _NUMBERS.items():
            if name in values:
                values[name] = _number(name, values[name], kind)
        return cls(home=_home(home) if home else _default_home(), **values)


def check_corpus_name(name: str) -> str:
    """The name, if it can be a corpus's (and so a folder's); SettingsError otherwise."""
    if not _CORPUS_NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot be the name of a corpus.",
            cure="Use letters, digits, dot, dash and underscore, beginning with a letter or digit.",
        )
    return name


def _variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"OPENAI_{name.upper()}" if name in ("api_key", "base_url") else f"ASSISTANT_{name.upper()}"


def _number(name: str, value: Any, kind: type[int] | type[float]) -> int | float:
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{name} is {value!r}.", cure="Give a number.") from None


def check_question(question: str) -> str:
    """The question as it is asked, without blanks around it; SettingsError where it is empty or too long."""
    # An argument that is not UTF-8 arrives as halves of surrogate pairs, which no library takes.
    question = question.encode("utf-8", "replace").decode().strip()
    if not question:
        raise SettingsError("The question is empty.", cure='Ask something, e.g. assistant ask "What is CLIP?"')
    if len(question) > _LONGEST_QUESTION:
        cure = f"Shorten it to {_LONGEST_QUESTION} characters."
        raise SettingsError(f"The question has {len(question)} characters.", cure=cure)
    return question


def _home(given: Any) -> Path:
    try:
        return Path(given).expanduser()
    except RuntimeError:
        raise SettingsError(f"home is {str(given)!r}, and there is no such user.", cure="Name a folder.") from None


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("assistant", appauthor=False)
