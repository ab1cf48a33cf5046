"""A check-up: versions, corpora and their health, and what to do about every problem found."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .embeddings.weights import find
from .errors import AssistantError
from .llm import DEFAULT_MODEL, is_configured
from .settings import Settings
from .store import Store
from .writers import model_settings

_PACKAGES = (
    "abstract-assistant",
    "chromadb",
    "llama-index-core",
    "numpy",
    "onnxruntime",
    "tantivy",
    "tiktoken",
    "tokenizers",
)
_LITTLE_SPACE = 500_000_000  # bytes


def examine(settings: Settings) -> dict[str, Any]:
    """Facts and problems, as `doctor --json` prints them. Opens no index and calls no endpoint."""
    problems: list[dict[str, str]] = []
    weights = _weights(problems)
    corpora = [_corpus(path, problems) for path in sorted((settings.home / "corpora").glob("*/papers.sqlite"))]
    _home(settings.home, problems)
    return {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
        "home": str(settings.home),
        "corpora": corpora,
        "model": _model(settings) | {"embedding_weights": weights},
        "endpoints": _endpoints(settings),
        "problems": problems,
    }


def _model(settings: Settings) -> dict[str, Any]:
    """Who would answer a question now."""
    asked = settings.mode == "llm" or (settings.mode == "auto" and is_configured(model_settings(settings)))
    if not asked:
        return {"mode": "extractive", "name": None}
    return {"mode": "llm", "name": settings.model or (None if settings.base_url else DEFAULT_MODEL)}


def _endpoints(settings: Settings) -> list[str]:
    """The addresses that a question would call."""
    called = _model(settings)["mode"] == "llm" or settings.embedder != "minilm"
    return [model_settings(settings).address] if called else []


def _weights(problems: list[dict[str, str]]) -> str | None:
    try:
        return str(find(may_download=False).model.parent)
    except AssistantError as error:
        problems.append({"problem": error.message, "cure": error.cure})
        return None


def _corpus(path: Path, problems: list[dict[str, str]]) -> dict[str, Any]:
    store = Store(path)
    name = path.parent.name
    try:
        build = store.builds.active
        unfinished = sum(map(len, store.builds.unfinished(build.id))) if build else 0
        if unfinished:
            cure = f"The next `assistant index` or `ask` with --corpus {name} repairs it."
            problems.append({"problem": f"Corpus {name}: {unfinished} papers are half written.", "cure": cure})
        lacking = _lacking(path.parent / "builds" / build.id) if build else []
        if lacking:
            cure = f"Run: assistant index --rebuild --corpus {name}"
            problems.append({"problem": f"Corpus {name}: its index lacks {', '.join(lacking)}.", "cure": cure})
        return {
            "name": name,
            "papers": store.count(),
            "chunks": store.builds.chunk_count(build.id) if build else 0,
            "embedder": build.embedder if build else None,
            "generation": store.builds.generation,
            "healthy": not unfinished and not lacking,
        }
    except AssistantError as error:
        problems.append({"problem": f"Corpus {name}: {error.message}", "cure": error.cure})
    except sqlite3.DatabaseError as error:
        problems.append({"problem": f"Corpus {name}: {error}.", "cure": "Move its folder away and index again."})
    finally:
        store.close()
    return {"name": name, "papers": 0, "chunks": 0, "embedder": None, "generation": 0, "healthy": False}


def _lacking(folder: Path) -> list[str]:
    """Which derived parts of a build are not on the disk."""
    return [part for part in ("chroma", "tantivy", "vectors") if not (folder / part).exists()]


def _home(home: Path, problems: list[dict[str, str]]) -> None:
    # Not Path.exists, which raises below a folder that may not be entered.
    existing = next(folder for folder in (home, *home.parents) if os.access(folder, os.F_OK))
    if not existing.is_dir():
        cure = "Set ASSISTANT_HOME to a folder."
        problems.append({"problem": f"{existing} is not a folder.", "cure": cure})
    elif not os.access(existing, os.W_OK | os.X_OK):
        cure = "Make it writable, or set ASSISTANT_HOME to a folder that is."
        problems.append({"problem": f"{existing} cannot be written to.", "cure": cure})
    free = shutil.disk_usage(existing).free
    if free < _LITTLE_SPACE:
        cure = "Free some space, or set ASSISTANT_HOME to a larger disk."
        problems.append({"problem": f"Only {free // 1_000_000} MB are free at {existing}.", "cure": cure})
