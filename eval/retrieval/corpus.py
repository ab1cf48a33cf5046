"""The corpus that queries are asked of: a named one, or files, indexed once into a cache that their content names."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from assistant.errors import IndexMissing, PapersError
from assistant.papers import find
from assistant.settings import SAMPLE, Settings
from assistant.store.builds import DERIVED_SCHEMA

if TYPE_CHECKING:
    from assistant import Assistant
    from assistant.embeddings import Embedder
    from assistant.ingest import Progress, Report


@dataclass(slots=True)
class Indexing:
    """What this run's indexing took, 0 where there was nothing to index; how many records of the files could not be
    used, and how many ingestion joined to the paper of another, whose ids it then has too."""

    progress: Progress | None
    seconds: float = 0.0
    unusable: int = 0
    joined: int = 0
    told: bool = False

    def __call__(self, done: float, total: int | None) -> None:
        self.told = True
        if self.progress:
            self.progress(done, total)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Counts the time inside, provided that something was indexed in it."""
        started = perf_counter()
        yield
        if self.told:
            self.seconds = perf_counter() - started


@contextmanager
def opened(
    settings: Settings, named: str, *, embedder: Embedder | None = None, progress: Progress | None = None
) -> Iterator[tuple[Assistant, Indexing]]:
    """The corpus, open and whole. `named` is a path if one exists by that name, else the name of a corpus.

    Files are indexed below the home's `cache` folder, which may be deleted at any time. Interrupted, the indexing goes
    on where it stopped. Raises IndexMissing, PapersError and what an index raises.
    """
    from assistant import Assistant

    indexing = Indexing(progress)
    if Path(named).exists():
        embedder = embedder or _embedder(settings)
        files = find([named])
        cached = replace(settings, home=settings.home / "cache", corpus=_key(Path(named), files, embedder, settings))
        with Assistant(cached, embedder=embedder, on_progress=indexing) as assistant:
            _fill(assistant, Path(named), indexing)
            assistant.index.refresh()
            yield assistant, indexing
        return
    with Assistant(_of_name(settings, named), embedder=embedder, on_progress=indexing) as assistant:
        with indexing.timed():
            assistant.index.refresh()
        yield assistant, indexing


def _embedder(settings: Settings) -> Embedder:
    from assistant.embeddings import chosen
    from assistant.writers import model_settings

    return chosen(settings.embedder, model_settings(settings))


def _of_name(settings: Settings, name: str) -> Settings:
    folder = settings.home / "corpora"
    known = sorted({SAMPLE, *(path.parent.name for path in folder.glob("*/papers.sqlite"))})
    if name not in known:
        cure = f"Give a path to papers, or the name of a corpus: {', '.join(known)}."
        raise IndexMissing(f"There is no file, folder or corpus {name!r}.", cure=cure)
    return replace(settings, corpus=name)


def _key(path: Path, files: list[Path], embedder: Embedder, settings: Settings) -> str:
    """The name of the cached corpus. Names of files count: a paper's id may begin with the name of its file."""
    digest = hashlib.sha256(json.dumps([embedder.name, settings.chunk_size, DERIVED_SCHEMA]).encode())
    for file in files:
        inside = file.relative_to(path).as_posix() if path.is_dir() else file.name
        digest.update(f"\n{inside}\n{_hash(file)}".encode())
    shown = re.sub(r"[^A-Za-z0-9._-]+", "-", path.resolve().name).lstrip("._-")[:40]
    return f"{shown or 'papers'}-{digest.hexdigest()[:16]}"


def _hash(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        cause = error.strerror or str(error)
        raise PapersError(f"'{file}' cannot be read: {cause}.", cure="Check the file.") from error


def _fill(assistant: Assistant, path: Path, indexing: Indexing) -> None:
    """Indexes the files unless that was done to the end before."""
    done = assistant.settings.home / "corpora" / assistant.corpus / "complete.json"
    if not done.exists():
        with indexing.timed():
            report = assistant.add(path)
        aside = done.with_suffix(".new")
        aside.write_text(json.dumps(_told(report)), encoding="utf-8")
        aside.replace(done)
    told: dict[str, int] = json.loads(done.read_text(encoding="utf-8"))
    indexing.unusable, indexing.joined = told["unusable"], told["joined"]


def _told(report: Report) -> dict[str, int]:
    totals = report.totals
    unreadable = sum(len(file.unreadable) for file in report.files)
    return {"unusable": totals["no_abstract"] + unreadable, "joined": totals["duplicate"] + totals["merged"]}
