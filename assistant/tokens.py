"""Counts, encodes and trims text in the tokens of a model, and never asks the network for a vocabulary."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from .errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tiktoken import Encoding

_DEFAULT = "o200k_base"

_PIECE = 200_000
"""Characters encoded at a time: a run of a million blanks overflows tiktoken's stack."""

_ENCODING_OF = {
    "gpt-3": "cl100k_base",
    "gpt-4": "cl100k_base",
    "gpt-4o": "o200k_base",
    "gpt-4.1": "o200k_base",
    "gpt-4.5": "o200k_base",
    "text-embedding-": "cl100k_base",
}
"""How a model's name begins -> its encoding; the longest beginning wins, all other names mean o200k_base."""

_FILES = {
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
}
"""Encoding -> name of its vocabulary in tiktoken's cache (SHA-1 of its address), SHA-256 of its content."""

_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_PATTERNS = {
    "cl100k_base": (
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
        r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
    ),
    "o200k_base": (
        rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        rf"|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
}
"""How each encoding parts a text before merging, as in tiktoken_ext/openai_public.py (a test compares)."""


def count(text: str, model: str | None = None) -> int:
    """How many tokens a text has for a model; names of special tokens in it are plain text.

    Raises SettingsError when no vocabulary is at hand.
    """
    return len(encode(text, model))


def encode(text: str, model: str | None = None) -> list[int]:
    """The tokens of a text for a model (None or an unknown name: o200k_base). Raises as `count` does."""
    encoding = _encoding(_encoding_name(model))
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return [token for piece in pieces for token in encoding.encode_ordinary(piece)]


def trim(text: str, limit: int, model: str | None = None) -> str:
    """The longest beginning of a text, cut at a token, of at most `limit` tokens. Raises as `count` does."""
    tokens = encode(text, model)
    size = max(limit, 0)
    if len(tokens) <= size:
        return text
    encoding = _encoding(_encoding_name(model))
    while True:  # a beginning cut inside a character, or before a blank, may count more tokens than it was cut from
        kept = text[: len(encoding.decode_bytes(tokens[:size]).decode("utf-8", errors="ignore"))]
        if len(encode(kept, model)) <= limit or not kept:
            return kept
        size -= 1


def _encoding_name(model: str | None) -> str:
    name = (model or "").lower().rpartition("/")[2].removeprefix("ft:")  # "azure/gpt-4", "ft:gpt-4o:org"
    known = [start for start in _ENCODING_OF if name.startswith(start)]
    return _ENCODING_OF[max(known, key=len)] if known else _DEFAULT


@functools.cache
def _encoding(name: str) -> Encoding:
    """Built here from the file, as tiktoken's loader downloads what it misses and deletes what it doubts."""
    from tiktoken import Encoding

    return Encoding(name, pat_str=_PATTERNS[name], mergeable_ranks=_ranks(name), special_tokens={})


def _ranks(name: str) -> dict[bytes, int]:
    import base64

    pairs = (line.split() for line in _vocabulary(name).splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def _vocabulary(name: str) -> bytes:
    """The first file of the right name and content in the folders that may hold one."""
    import hashlib

    file, digest = _FILES[name]
    for folder in _folders():
        try:
            content = (folder / file).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == digest:
            return content
    raise SettingsError(
        f"The vocabulary {name}, which counts tokens, was not found on this machine.",
        cure=f"Reinstall llama-index-core, which brings it, or put {file} into TIKTOKEN_CACHE_DIR.",
    )


def _folders() -> Iterator[Path]:
    """The user's cache of tiktoken, then the one that llama-index-core brings, found without importing it."""
    import importlib.util
    import os
    from pathlib import Path

    if named := os.environ.get("TIKTOKEN_CACHE_DIR"):
        yield Path(named)
    package = importlib.util.find_spec("llama_index")
    for root in (package.submodule_search_locations or ()) if package else ():
        yield Path(root) / "core" / "_static" / "tiktoken_cache"
