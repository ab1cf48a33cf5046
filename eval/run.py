"""The runner: asks every question, scores each answer as it comes, keeps it on disk, and sums up."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import QuestionsError

from . import gold as gold_papers
from .asking import SCHEMA_VERSION, Asking, plain, to_judge_again
from .bootstrap import SAMPLES
from .dataset import Question, load
from .dataset import split as split_of
from .journal import OUTCOMES, RUN, Journal, unfinished
from .judge import ASKED_TWICE, Judge, judging
from .report import REPORTS, markdown, write_report
from .summary import summarise

if TYPE_CHECKING:
    from assistant import Assistant, Settings

_AT_ONCE = 4  # questions, where a model is waited for

Progress = Callable[[int, int], None]
"""Told (done, total) in questions: once at the beginning, then after each."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A finished run: what was run, each question's outcome in the order asked, and the figures.

    The dicts are what run.json, outcomes.jsonl and summary.json hold.
    """

    run: dict[str, Any]
    outcomes: list[dict[str, Any]]
    summary: dict[str, Any]

    def markdown(self) -> str:
        """The report for people."""
        return markdown(self.run, self.outcomes, self.summary)

    def to_dict(self) -> dict[str, Any]:
        """The summary, which follows assistant/schemas/summary.schema.json."""
        return self.summary


def evaluate(
    assistant: Assistant,
    questions: str | Path | Iterable[Question | Mapping[str, Any]],
    *,
    out: str | Path | None = None,
    split: Literal["dev", "test", "all"] = "all",
    limit: int | None = None,
    fresh: bool = False,
    seed: int = 0,
    workers: int | None = None,
    judge: str | bool = False,
    judged_twice: float = ASKED_TWICE,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Asks the questions and measures the answers, as eval/measures defines each measure.

    questions: a JSONL file, the name of a bundled set, or a list. out: a folder for outcomes.jsonl, run.json,
    summary.json and report.md; with an earlier start of the same run in it, only the rest is asked, and `fresh`
    begins anew. split: which half of the questions, as dataset.split tells. limit: only the first so many of them.
    workers: questions asked at once (None: 4 where a model is asked, else 1); they change no outcome. judge: True asks
    the model that writes, or that the settings name, a text another model of that server, for verdicts besides;
    judged_twice: the share (0..1) of its items that it is asked again.

    A question that fails is an outcome that no measure scores. Raises QuestionsError for questions that cannot be
    used, for a corpus that lacks most gold papers, and for a folder that holds another run; IndexMissing; ModelError
    where there is no judge to ask.
    """
    chosen = _chosen(load(questions), split, limit)
    gold = gold_papers.match(assistant, chosen)
    wanted = judge if isinstance(judge, str) else None
    judges = judging(assistant.settings, wanted, llm=assistant.llm, seed=seed, twice=judged_twice) if judge else None
    with judges or nullcontext() as asked:
        run = _described(assistant, chosen, gold, seed, asked)
        run["questions"] |= {"source": str(questions) if isinstance(questions, (str, Path)) else None, "split": split}
        journal = None if out is None else Journal(out)
        start = _Start(run, journal, fresh)
        with nullcontext() if journal is None else journal.held():
            asking = Asking(assistant, gold, asked, start.keep)
            at_once = workers or (_AT_ONCE if assistant.llm is not None or asked else 1)
            outcomes = _asked(asking, chosen, start, at_once, on_progress or _unseen)
            evaluation = Evaluation(run, outcomes, summarise(outcomes, seed))
            if journal is not None:
                _written(journal, evaluation)
    return evaluation


def _written(journal: Journal, evaluation: Evaluation) -> None:
    """What a finished run leaves: its outcomes in the order asked, the figures and the reports."""
    if [one["id"] for one in journal.outcomes()] != [one["id"] for one in evaluation.outcomes]:
        journal.rewrite(evaluation.outcomes)
    journal.write_json(RUN, evaluation.run)
    journal.write_json("summary.json", evaluation.summary)
    write_report(journal, evaluation.run, evaluation.outcomes, evaluation.summary)


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""


def _chosen(questions: Sequence[Question], part: str, limit: int | None) -> list[Question]:
    if part not in ("dev", "test", "all"):
        raise QuestionsError(f"There is no split {part!r}.", cure="Choose dev, test or all.")
    chosen = [question for question in questions if part in ("all", split_of(question))][:limit]
    if not chosen:
        raise QuestionsError(
            f"None of the {len(questions)} questions is chosen.", cure="Choose another split or limit."
        )
    return chosen


@dataclass(frozen=True, slots=True)
class _Start:
    """What a start of a run knows before it asks."""

    run: dict[str, Any]
    journal: Journal | None
    fresh: bool

    def outcomes(self, questions: Sequence[Question]) -> dict[str, Any]:
        """What an earlier start left; run.json says from now on what this run is."""
        if self.journal is None:
            return {}
        if self.fresh:
            self.journal.clear(RUN, OUTCOMES)
        left = unfinished(self.journal, self.run, {one.id: plain(one.to_dict()) for one in questions})
        done = {name: one for name, one in left.items() if not to_judge_again(one)}
        if len(done) < len(left):
            self.journal.rewrite(done.values())
        if earlier := self.journal.run():
            self.run.update({"date": earlier["date"], "resumed": [*earlier.get("resumed", []), self.run["date"]]})
        self.journal.clear("summary.json", *REPORTS)
        self.journal.write_json(RUN, self.run)
        return done

    def keep(self, outcome: dict[str, Any]) -> None:
        if self.journal is not None:
            self.journal.append(outcome)


def _asked(
    asking: Asking, questions: Sequence[Question], start: _Start, workers: int, on_progress: Progress
) -> list[dict[str, Any]]:
    """The outcome of every question, in order: those of an earlier start, and the rest, asked now."""
    outcomes = start.outcomes(questions)
    on_progress(len(outcomes), len(questions))
    with closing(asking.each([one for one in questions if one.id not in outcomes], workers)) as asked:
        for outcome in asked:
            outcomes[outcome["id"]] = outcome
            on_progress(len(outcomes), len(questions))
    if asking.judge is not None:
        start.run["judge"] = asking.judge.told()
    return [outcomes[question.id] for question in questions]


def _described(
    assistant: Assistant, questions: Sequence[Question], gold: gold_papers.Gold, seed: int, judge: Judge | None
) -> dict[str, Any]:
    """What run.json says. `settings` and `identity` must be equal for a start to go on with an earlier one."""
    text = json.dumps([question.to_dict() for question in questions], sort_keys=True)
    return {
        "schema_version": SCHEMA_VERSION,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "settings": public_settings(assistant.settings),
        "identity": {
            "corpus": assistant.corpus,
            "index_fingerprint": assistant.index.fingerprint,
            "embedder": assistant.index.embedder.name,
            "model": None if (llm := assistant.llm) is None else llm.metadata.model_name,
            "version": _version("abstract-assistant"),
            **(judge.identity if judge else {}),
        },
        "papers": assistant.index.store.count(),
        "questions": {"n": len(questions), "sha256": hashlib.sha256(text.encode()).hexdigest()},
        "to_fill_in": [question.id for question in questions if question.to_fill_in],
        "gold": {"papers": len(gold), "missing": [name for name, ids in gold.items() if not ids]},
        "bootstrap": {"samples": SAMPLES, "seed": seed, "level": 0.95},
        "versions": {"python": platform.python_version(), "numpy": _version("numpy")},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


_SECRET = re.compile(r"(^|_)(key|secret|password|token)(_|$)")
_NO_MATTER = {"home", "corpus", "timeout", "deadline", "retries"}  # these change no answer, or stand elsewhere
_USER_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]*@")


def public_settings(settings: Settings) -> dict[str, Any]:
    """The settings that shape an answer, without keys and without passwords in addresses."""
    named = {one.name: getattr(settings, one.name) for one in fields(settings) if one.repr}
    shown = {name: value for name, value in named.items() if not _SECRET.search(name) and name not in _NO_MATTER}
    return {name: _USER_IN_ADDRESS.sub("", v) if isinstance(v, str) else v for name, v in shown.items()}
