"""Settings: argument over flag over environment over default, checked once, then frozen."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from .errors import SettingsError

SAMPLE = "sample"  # the bundled pages, indexed on first use
MINE = "mine"  # what the user indexes when no other name is given

_CORPUS_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set. `Settings.load(...)` also reads the environment.

    home: the folder of all corpora (ASSISTANT_HOME; default: the platform's user data folder).
    corpus: a corpus name, or None for `mine` once it exists, else `sample` (ASSISTANT_CORPUS).
    top_k: how many papers a question retrieves, 1..100 (ASSISTANT_TOP_K).
    chunk_size: the largest chunk, in the embedder's word pieces; read when a corpus is built
        (ASSISTANT_CHUNK_SIZE).
    """

    home: Path
    corpus: str | None = None
    top_k: int = 8
    chunk_size: int = 128

    def __post_init__(self) -> None:
        if self.corpus is not None:
            check_corpus_name(self.corpus)
        if not 1 <= self.top_k <= 100:
            raise SettingsError(f"top_k is {self.top_k}.", cure="Give a number from 1 to 100.")
        if not 32 <= self.chunk_size <= 4096:
            raise SettingsError(f"chunk_size is {self.chunk_size}.", cure="Give a number from 32 to 4096.")

    @classmethod
    def load(cls, **given: Any) -> Settings:
        """Settings from `given` (None counts as not given), else `ASSISTANT_*`, else the defaults.

        Raises SettingsError for an unknown name or a value that cannot be used.
        """
        known = {field.name for field in fields(cls)}
        for name in given:
            if name not in known:
                raise SettingsError(f"There is no setting {name!r}.", cure=f"Known: {', '.join(sorted(known))}.")
        values: dict[str, Any] = {
            name: os.environ[f"ASSISTANT_{name.upper()}"] for name in known if _in_environment(name)
        }
        values |= {name: value for name, value in given.items() if value is not None}
        home = values.pop("home", None)
        for name in ("top_k", "chunk_size"):
            if name in values:
                values[name] = _number(name, values[name])
        return cls(home=Path(home).expanduser() if home else _default_home(), **values)


def check_corpus_name(name: str) -> str:
    """The name, if it can be a corpus's (and so a folder's); SettingsError otherwise."""
    if not _CORPUS_NAME.fullmatch(name):
        raise SettingsError(
            f"{name!r} cannot be the name of a corpus.",
            cure="Use letters, digits, dot, dash and underscore, beginning with a letter or digit.",
        )
    return name


def _in_environment(name: str) -> bool:
    return bool(os.environ.get(f"ASSISTANT_{name.upper()}"))


def _number(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise SettingsError(f"{name} is {value!r}.", cure="Give a whole number.") from None


def _default_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("assistant", appauthor=False)
