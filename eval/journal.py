"""Journal: the outcomes of a run on disk, one line each as it finishes, so that a run can stop anywhere and go on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import PromptError, QuestionsError
from assistant.prompts import load as load_prompt

OUTCOMES, RUN, SUMMARY = "outcomes.jsonl", "run.json", "summary.json"
_AFRESH = "Choose another --out, or begin this one anew with --fresh."


class Journal:
    """The folder of one run. Raises QuestionsError for what it cannot read or write."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps a second process from writing into the same folder."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / ".lock")
        try:
            with self._writing():
                lock.acquire(timeout=0)
        except Timeout:
            message = f"Another evaluation is writing into {self.folder}."
            raise QuestionsError(message, cure="Wait for it, or choose another --out.") from None
        try:
            yield
        finally:
            lock.release()

    def outcomes(self) -> list[dict[str, Any]]:
        """The whole lines; a last one that a kill cut short is left out."""
        *lines, _torn = self._bytes(OUTCOMES).split(b"\n")
        return [self._parsed(line, f"line {number} of {OUTCOMES}") for number, line in enumerate(lines, start=1)]

    def run(self) -> dict[str, Any] | None:
        """What run.json says of the earlier start, None where there was none."""
        found = self._bytes(RUN)
        return self._parsed(found, RUN) if found else None

    def append(self, outcome: Mapping[str, Any]) -> None:
        """One line, on disk when this returns. It is one write, so that an interrupt finds it whole or not begun."""
        line = f"{json.dumps(outcome, ensure_ascii=False)}\n".encode(errors="surrogatepass")
        with self._writing(), (self.folder / OUTCOMES).open("ab", buffering=0) as file:
            file.write(line)
            os.fsync(file.fileno())

    def rewrite(self, outcomes: Iterable[Mapping[str, Any]]) -> None:
        """These outcomes and no others."""
        self.write(OUTCOMES, "".join(f"{json.dumps(outcome, ensure_ascii=False)}\n" for outcome in outcomes))

    def write_json(self, name: str, value: Mapping[str, Any]) -> None:
        self.write(name, json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def write(self, name: str, text: str) -> None:
        """A whole file or none: it is written aside and then put in place."""
        aside = self.folder / f".{name}.new"
        with self._writing():
            with aside.open("wb") as file:
                file.write(text.encode(errors="surrogatepass"))
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self.folder / name)

    def clear(self, *names: str) -> None:
        """Removes these files of the folder, where they are there."""
        with self._writing():
            for name in names:
                (self.folder / name).unlink(missing_ok=True)

    def _bytes(self, name: str) -> bytes:
        path = self.folder / name
        try:
            return path.read_bytes() if path.exists() else b""
        except OSError as error:
            raise QuestionsError(f"{path} cannot be read: {error.strerror}.", cure=_AFRESH) from error

    def _parsed(self, text: bytes, place: str) -> dict[str, Any]:
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise QuestionsError(f"In {self.folder}, {place} is not a JSON object.", cure=_AFRESH)
        return value

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"{self.folder} cannot be written: {error.strerror or error}."
            raise QuestionsError(message, cure="Make room or rights there, or choose another --out.") from error


@dataclass(frozen=True, slots=True)
class Left:
    """What a run left in its folder. The outcomes are in the order in which they were finished."""

    folder: Path
    run: dict[str, Any]
    outcomes: list[dict[str, Any]]


def left(folder: str | Path) -> Left:
    """What is in the folder of a run, finished or not. Raises QuestionsError where no run is."""
    place = Path(folder)
    if not (place / RUN).is_file():
        raise QuestionsError(f"There is no run in {place}.", cure="Name a folder that `assistant eval run` wrote.")
    journal = Journal(place)
    outcomes = journal.outcomes()
    if not outcomes:
        raise QuestionsError(f"The run in {place} has no outcome yet.", cure="Start it again; it goes on.")
    return Left(place, journal.run() or {}, outcomes)


def unfinished(journal: Journal, run: Mapping[str, Any], questions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The outcomes by question id that an earlier start of the same run left; `questions` are those wanted now, by id.

    Failures that waiting could cure are left out, and all of them where nothing succeeded. The file is put in
    order. Raises QuestionsError where that start had other settings or other questions.
    """
    earlier = journal.run()
    if earlier is None:
        if journal.outcomes():
            told = f"{journal.folder} holds outcomes, but no {RUN} that says how they came about."
            raise QuestionsError(told, cure=_AFRESH)
        journal.rewrite([])
        return {}
    found = {outcome["id"]: outcome for outcome in journal.outcomes()}
    _same_run(journal, [*_changed_settings(earlier, run), *_changed_prompts(found.values())])
    for name, outcome in found.items():
        if outcome["question"] != questions.get(name):
            what = "has changed since" if name in questions else "is not among those asked for now"
            raise QuestionsError(f"{journal.folder} holds the question {name!r}, which {what}.", cure=_AFRESH)
    succeeded = any(outcome["error"] is None for outcome in found.values())
    kept = {name: one for name, one in found.items() if succeeded and not (one["error"] or {}).get("retryable")}
    journal.rewrite(kept.values())
    return kept


def _same_run(journal: Journal, changed: Sequence[str]) -> None:
    if changed:
        told = f"{journal.folder} holds a run with other settings: {'; '.join(changed)}."
        raise QuestionsError(told, cure=_AFRESH)


def _changed_settings(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for part in ("settings", "identity"):
        before, after = earlier.get(part, {}), now[part]
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                yield f"{name} was {before.get(name)!r} and is now {after.get(name)!r}"


def _changed_prompts(outcomes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The prompts by which these answers were written and that read otherwise today."""
    written = {item for one in outcomes if one["answer"] for item in one["answer"]["prompt_fingerprints"].items()}
    for name, fingerprint in sorted(written):
        try:
            current = load_prompt(name).fingerprint
        except PromptError:
            current = "gone"
        if current != fingerprint:
            yield f"the prompt {name} was {fingerprint} and is now {current}"
