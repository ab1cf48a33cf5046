"""Turns of a conversation: a question and what has come of it so far. Knows the assistant and nothing of the page."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..errors import AssistantError

if TYPE_CHECKING:
    from ..answer import Event
    from ..assistant import Assistant

SEARCHING = "Searching the abstracts"
WRITING = "Answering, and checking each sentence"
OPENING = "Opening the papers"
INDEXING = "Indexing the papers; this happens once"

_GLANCE = 0.3  # seconds between two looks at an indexing


@dataclass(frozen=True, slots=True)
class Turn:
    """One question. `doing` says what goes on and is None once the turn is settled: then it has an answer or an error
    or was stopped. Sentences, citations and papers have the shapes of the Answer's dict; `revised` holds the reason
    why a sentence, named by its index, was changed after it had been shown. `done` is (papers, of how many). `stages`
    are those that are over, each with its milliseconds. `kept` says that it came back from the reader's own browser;
    `vote` is what the reader thought of it."""

    question: str
    doing: str | None = SEARCHING
    done: tuple[float, float] | None = None
    sentences: tuple[dict[str, Any], ...] = ()
    citations: tuple[dict[str, Any], ...] = ()
    papers: tuple[dict[str, Any], ...] = ()
    revised: Mapping[int, str] = field(default_factory=dict)
    answer: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    stopped: bool = False
    stages: tuple[tuple[str, float], ...] = ()
    kept: bool = False
    vote: str | None = None


@dataclass(slots=True)
class Meter:
    """What an assistant's `on_progress` may be: it remembers how far an indexing is, for every page that asks."""

    done: float = 0.0
    total: float | None = None

    def __call__(self, done: float, total: int | None) -> None:
        self.done, self.total = done, total

    @property
    def so_far(self) -> tuple[float, float] | None:
        return (self.done, self.total) if self.total else None


def converse(
    assistant: Assistant,
    question: str,
    past: Sequence[Turn] = (),
    meter: Meter | None = None,
    options: Mapping[str, Any] | None = None,
) -> Generator[Turn]:
    """The turn as it grows; the last one is settled. An AssistantError becomes part of it. Closing this generator
    closes the assistant's stream. options: filters and top_k, as `Assistant.stream` takes them."""
    turn = Turn(question)
    yield turn
    try:
        for so_far in _opening(assistant, meter):
            yield replace(turn, doing=INDEXING if so_far else OPENING, done=so_far)
        with closing(assistant.stream(question, history=history(past), **(options or {}))) as events:
            for event in events:
                before, turn = turn, _with_papers(assistant, after(turn, event))
                if turn != before:
                    yield turn
    except AssistantError as error:
        yield failed(turn, error)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        cure = "Check the disk and its permissions; see `assistant doctor`."
        yield failed(turn, AssistantError(f"{place}{error.strerror or error}.", cure=cure))


def after(turn: Turn, event: Event) -> Turn:
    """The turn with one more event in it."""
    if event.answer is not None:
        whole = event.answer.to_dict()
        sentences, citations, papers = (tuple(whole[name]) for name in ("sentences", "citations", "papers"))
        settled = replace(turn, doing=None, done=None, answer=whole)
        return replace(settled, sentences=sentences, citations=citations, papers=_dated(papers, turn.papers))
    if event.stage is not None:
        over = (str(event.stage["name"]), float(event.stage["milliseconds"]))
        return replace(turn, doing=WRITING, done=None, stages=(*turn.stages, over))
    if event.sentence is None:
        return replace(turn, doing=WRITING, done=None)
    sentence = event.sentence.to_dict()
    others = [one for one in turn.sentences if one["index"] != sentence["index"]]
    replaced = {id for one in turn.sentences if one["index"] == sentence["index"] for id in one["citations"]}
    kept = [one for one in turn.citations if one["id"] not in replaced]
    return replace(
        turn,
        doing=WRITING,
        sentences=tuple(sorted([*others, sentence], key=lambda one: int(one["index"]))),
        citations=(*kept, *(citation.to_dict() for citation in event.citations)),
        revised={**turn.revised, sentence["index"]: event.reason} if event.reason else turn.revised,
    )


def failed(turn: Turn, error: AssistantError) -> Turn:
    """The turn, ended by an error. What it had shown goes: half an answer must not look like a whole one."""
    return Turn(turn.question, doing=None, error=error.to_dict())


def stopped(turn: Turn) -> Turn:
    """The turn, ended by its reader."""
    return replace(turn, doing=None, done=None, stopped=True)


def history(past: Sequence[Turn]) -> list[dict[str, Any]]:
    """The answered turns as the assistant's `history=` wants them."""
    items: list[dict[str, Any]] = []
    for turn in past:
        if turn.answer is not None:
            cited = [{"number": paper["number"], "paper_id": paper["paper_id"]} for paper in turn.papers]
            items.append({"role": "user", "content": turn.question})
            items.append({"role": "assistant", "content": turn.answer["text"], "citations": cited})
    return items


def _opening(assistant: Assistant, meter: Meter | None) -> Iterator[tuple[float, float] | None]:
    """How far the corpus is, while it opens: a first use of the sample indexes it."""
    pool = ThreadPoolExecutor(1)
    try:
        opened = pool.submit(lambda: assistant.index)
        while not wait([opened], _GLANCE).done:
            yield meter.so_far if meter else None
        opened.result()
    finally:
        pool.shutdown(wait=False)


def _dated(papers: Sequence[Mapping[str, Any]], held: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The answer's papers with the dates on which pages listed them, which the answer does not tell."""
    listed = {paper["paper_id"]: paper.get("listed") for paper in held}
    return tuple({**paper, "listed": listed.get(paper["paper_id"])} for paper in papers)


def _with_papers(assistant: Assistant, turn: Turn) -> Turn:
    """The turn with the cited papers that it does not hold yet; the answer itself brings all of them."""
    held = {paper["paper_id"] for paper in turn.papers}
    wanted = {one["paper_id"]: one["number"] for one in turn.citations if one["paper_id"] not in held}
    if not wanted:
        return turn
    found = {paper.id: paper.to_dict() for paper in assistant.papers(paper_ids=list(wanted))}
    new = [{"paper_id": id, "number": wanted[id], **paper} for id, paper in found.items() if id in wanted]
    return replace(turn, papers=(*turn.papers, *new))
