"""A check-up: versions, endpoints, corpora and their health, and what to do about every problem found."""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from .embeddings.weights import MODEL, SHA256, find
from .errors import AssistantError, IndexBusy
from .index.locks import file_lock
from .llm import DEFAULT_MODEL, is_configured
from .settings import Settings
from .store import Build, Store
from .store.builds import DERIVED_SCHEMA
from .writers import model_settings

_OURSELVES = "abstract-assistant"
_LITTLE_SPACE = 500_000_000  # bytes
_PARTS = ("chroma", "tantivy", "vectors")
_VECTOR_BYTES = 4  # of a number in vectors/chunks.f32

Problem = tuple[str, str]
"""What is wrong, and what to do about it."""


def examine(settings: Settings) -> dict[str, Any]:
    """Facts and problems, as `doctor --json` prints them. Opens no index and calls no endpoint."""
    problems: list[Problem] = []
    versions = _versions(problems)
    weights = _weights(problems)
    folders = sorted(path.parent for path in (settings.home / "corpora").glob("*/papers.sqlite"))
    corpora = [_corpus(folder, settings, problems) for folder in folders]
    problems += _home(settings.home)
    return {
        "versions": versions,
        "home": str(settings.home),
        "corpora": corpora,
        "model": _model(settings) | {"embedding_weights": weights},
        "endpoints": _endpoints(settings),
        "problems": [{"problem": problem, "cure": cure} for problem, cure in problems],
    }


def _versions(problems: list[Problem]) -> dict[str, str]:
    """Python's, ours, and those of every package that we need."""
    found = {"python": platform.python_version(), _OURSELVES: "not installed"}
    try:
        found[_OURSELVES] = version(_OURSELVES)
        needed = [one for one in requires(_OURSELVES) or () if "extra ==" not in one]
    except PackageNotFoundError:
        problems.append((f"{_OURSELVES} is not installed here.", "Run it from where it is, or: pip install -e ."))
        return found
    for requirement in sorted(needed):
        name = re.split(r"[^\w.-]", requirement)[0]
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            problems.append((f"The package {name} is not installed.", f"Run: pip install {shlex.quote(requirement)}"))
    return found


def _model(settings: Settings) -> dict[str, Any]:
    """Who would answer a question now."""
    asked = settings.mode == "llm" or (settings.mode == "auto" and is_configured(model_settings(settings)))
    if not asked:
        return {"mode": "extractive", "name": None}
    return {"mode": "llm", "name": settings.model or (None if settings.base_url else DEFAULT_MODEL)}


def _endpoints(settings: Settings) -> list[str]:
    """The addresses that a question would call, and the one that stands in for arXiv."""
    called = _model(settings)["mode"] == "llm" or settings.embedder != "minilm"
    found = [model_settings(settings).address] if called else []
    return found + ([settings.arxiv_url] if settings.arxiv_url else [])


def _weights(problems: list[Problem]) -> str | None:
    try:
        return str(find(may_download=False).model.parent)
    except AssistantError as error:
        problems.append((error.message, error.cure))
        return None


def _corpus(folder: Path, settings: Settings, problems: list[Problem]) -> dict[str, Any]:
    name = folder.name
    facts = {"name": name, "papers": 0, "chunks": 0, "embedder": None, "generation": 0, "healthy": False}
    store = Store(folder / "papers.sqlite")
    try:
        fault = store.sql.execute("PRAGMA quick_check(1)").fetchone()[0]
        if fault != "ok":
            raise sqlite3.DatabaseError(f"it is damaged: {fault}")
        build = store.builds.active
        ills = [*_ills(store, build), *(_other_maker(build, name, settings) if build else ())]
        problems += ((f"Corpus {name}: {problem}", cure) for problem, cure in [*ills, *_left_over(store)])
        facts |= {
            "papers": store.count(),
            "chunks": store.builds.chunk_count(build.id) if build else 0,
            "embedder": build.embedder if build else None,
            "generation": store.builds.generation,
            "healthy": not ills,
        }
    except AssistantError as error:
        problems.append((f"Corpus {name}: {error.message}", error.cure))
    except sqlite3.DatabaseError as error:
        cure = f"Move it away and index the papers again: mv {shlex.quote(str(folder))} {shlex.quote(f'{folder}.old')}"
        problems.append((f"Corpus {name}: its database cannot be read ({error}).", cure))
    finally:
        store.close()
    return facts


def _ills(store: Store, build: Build | None) -> Iterator[Problem]:
    """What keeps a corpus from answering as it should."""
    folder = store.path.parent
    rebuild = f"Run: assistant index --rebuild --corpus {folder.name}"
    if build is None:
        if total := store.total():
            yield f"{total} papers are in no index.", rebuild
        return
    files = folder / "builds" / build.id
    lacking = [part for part in _PARTS if not (files / part).exists()]
    if lacking:
        yield f"its index lacks {', '.join(lacking)}.", rebuild
    elif _size(files / "vectors" / "chunks.f32") < build.vector_rows * build.dimension * _VECTOR_BYTES:
        yield "its vectors are cut short.", rebuild
    unfinished = sum(map(len, store.builds.unfinished(build.id)))
    if unfinished and not _busy(folder / "lock"):
        cure = f'The next command repairs it, for instance: assistant search --corpus {folder.name} "papers"'
        yield f"{unfinished} papers are half written.", cure
    elif not unfinished and store.builds.outdated(build.id, 1):
        yield "some of its papers are not in the index.", rebuild


def _other_maker(build: Build, name: str, settings: Settings) -> Iterator[Problem]:
    """Whether another version or another model made the index."""
    cure = f"Run: assistant index --rebuild --corpus {name}"
    if build.schema != DERIVED_SCHEMA:
        yield "it was indexed by another version of assistant.", cure
    wanted = f"all-MiniLM-L6-v2-{SHA256[MODEL][:8]}" if settings.embedder == "minilm" else settings.embedder
    if build.embedder != wanted:
        if build.embedder.startswith("openai:"):
            cure = f"Set ASSISTANT_EMBEDDER={shlex.quote(build.embedder)}, or index it anew. {cure}"
        yield f"it was indexed with {build.embedder}, not with {wanted}.", cure


def _left_over(store: Store) -> Iterator[Problem]:
    """What only takes room."""
    folder = store.path.parent
    if _busy(folder / "lock"):
        return
    if store.builds.in_state("building") and not _busy(folder / "rebuild.lock"):
        yield "a rebuild was interrupted.", f"To go on with it, run: assistant index --rebuild --corpus {folder.name}"
    known = store.builds.ids()
    for one in sorted((folder / "builds").glob("*")):
        if one.name not in known:
            yield f"the folder {one} belongs to no index.", f"Delete it: rm -r {shlex.quote(str(one))}"


def _busy(lock: Path) -> bool:
    """Whether a process that lives holds the lock; one that cannot be looked at is held by nobody."""
    if not lock.exists():
        return False
    try:
        with file_lock(lock, 0, "written"):
            return False
    except IndexBusy:
        return True
    except AssistantError:
        return False


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _home(home: Path) -> Iterator[Problem]:
    # Not Path.exists, which raises below a folder that may not be entered.
    existing = next(folder for folder in (home, *home.parents) if os.access(folder, os.F_OK))
    if not existing.is_dir():
        yield f"{existing} is not a folder.", "Set ASSISTANT_HOME to a folder."
        return
    # The corpora too: a folder that was copied from elsewhere may be another user's.
    for folder in (existing, *sorted(home.glob("corpora/*"))):
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            cure = f"Make it writable (chmod -R u+w {shlex.quote(str(folder))}), or set ASSISTANT_HOME to another."
            yield f"{folder} cannot be written to.", cure
    free = shutil.disk_usage(existing).free
    if free < _LITTLE_SPACE:
        cure = "Free some space, or set ASSISTANT_HOME to a larger disk."
        yield f"Only {free // 1_000_000} MB are free at {existing}.", cure
