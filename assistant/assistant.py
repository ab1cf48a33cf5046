"""Assistant: settings, a corpus and an embedder behind one object; `ask` is the short way to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .corpora import Corpora
from .settings import Settings, check_question
from .writers import Writers

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import LLM

    from .answer import Answer, Event
    from .conversation import Rewritten, Turn
    from .embeddings import Embedder
    from .index import Index
    from .ingest import Progress, Report
    from .papers import Paper
    from .retrieval import Passage, Retrieved

Filtering = Mapping[str, Any] | None
History = Sequence[Mapping[str, Any]] | None


class Assistant:
    """Answers questions from one corpus, and changes it. Use it with `with`, or call `close`.

    settings: else `Settings.load()`. index: an open `Index` to use instead of the corpus that the settings name. llm:
    any LlamaIndex LLM, instead of the one that the settings name. embedder: anything with the `Embedder` protocol, or
    a LlamaIndex BaseEmbedding, instead of the one that the settings name. on_progress: told how far the indexing of
    the sample or of added files is. Any thread may call any method.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        index: Index | None = None,
        llm: LLM | None = None,
        embedder: Embedder | BaseEmbedding | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self.settings = settings or Settings.load()
        self._corpora = Corpora(self.settings, index, embedder, on_progress)
        self._writers = Writers(self.settings, llm)
        self._on_progress = on_progress

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the corpus; an index that was passed in stays open. Closing twice is harmless."""
        self._corpora.close()

    @property
    def corpus(self) -> str:
        """The name of the corpus in use: the one that was asked for, else `mine` once it exists, else `sample`."""
        return self._corpora.name

    def corpora(self) -> list[str]:
        """The names of the corpora on this disk."""
        return self._corpora.names()

    @property
    def index(self) -> Index:
        """The open corpus; the sample is indexed on first use. Raises IndexMissing for one that does not exist."""
        return self._corpora.to_read()

    # Asking

    def ask(self, question: str, **options: Any) -> Answer:
        """The checked and cited answer to a question, or a decline with the nearest papers.

        Options are those of `stream`. Raises AssistantError.
        """
        *_, last = self.stream(question, **options)
        assert last.answer is not None, "a stream ends with its answer"
        return last.answer

    def stream(
        self, question: str, *, history: History = None, filters: Filtering = None, top_k: int | None = None
    ) -> Generator[Event]:
        """The same as it comes: stages, whole checked sentences, and at the end the answer.

        history: earlier turns, `{role, content, citations?: [{number, paper_id}]}`; papers keep their numbers. filters:
        any of source, year, year_from, year_to, author, venue, paper_ids. Closing it stops the model.
        """
        from . import conversation
        from .answering import Asked, respond
        from .sources import Sources

        question, past, llm = check_question(question), conversation.turns(history), self.llm
        alone = self._standalone(question, past, llm)
        found = self._found(alone, filters, self.settings.top_k if top_k is None else top_k)
        sources = Sources(self.index)
        writer = self._writers.writer(alone, self.index, sources)
        asked = Asked(
            question,
            self.corpus,
            self.index.fingerprint,
            "llm" if llm else "extractive",
            llm.metadata.model_name if llm else None,
            conversation.numbers(past),
        )
        yield from respond(found, writer, asked, sources)

    @property
    def llm(self) -> LLM | None:
        """The model that writes, connected when first needed; None where answers are extractive.

        Raises ModelError where one is wanted and cannot be had.
        """
        return self._writers.llm

    def _standalone(self, question: str, past: list[Turn], llm: LLM | None) -> Rewritten:
        """The question as it can be understood without the conversation."""
        from . import conversation

        if not past:
            asked = conversation.Rewritten(question)
            return asked if llm is None else conversation.in_english(asked, llm)
        cited = [paper_id for turn in past for _, paper_id in turn.cited]
        titles = {known: paper.title for paper in self.index.store.by_ids(cited) for known in paper.source_ids}
        if llm is not None:
            return conversation.in_english(conversation.rewritten(question, past, titles, llm), llm)
        return conversation.Rewritten(conversation.standalone(question, past, titles))

    def _found(self, alone: Rewritten, filters: Filtering, top_k: int) -> Retrieved:
        """What there is to answer from. A model reads twice as many papers where many may answer."""
        from .extractive import shape_of

        asked = alone.english or alone.question
        found = self.retrieve(asked, filters=filters, top_k=top_k, closely=True)
        if self.llm is None or shape_of(asked, found.papers) not in ("list", "survey", "open"):
            return found
        return self.retrieve(asked, filters=filters, top_k=min(2 * top_k, 100), closely=True)

    async def aask(self, question: str, **options: Any) -> Answer:
        """`ask` without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, **options)

    async def astream(self, question: str, **options: Any) -> AsyncIterator[Event]:
        """`stream` without blocking the event loop; closing it, or cancelling the task, stops the model."""
        events = self.stream(question, **options)
        try:
            while (event := await asyncio.to_thread(next, events, None)) is not None:
                yield event
        finally:
            events.close()

    def last_conversation(self) -> list[dict[str, Any]]:
        """The history of the conversation that was remembered last, to pass to `ask`; empty where there is none."""
        return self.index.store.conversations.last()

    def remember(self, answer: Answer, history: Sequence[Mapping[str, Any]] = ()) -> None:
        """Keeps a conversation that `answer` goes on with, for `last_conversation`."""
        turns = [*history, *answer.turns()]
        self.index.store.conversations.save(turns, replacing_last=bool(history))

    def search(self, query: str, *, filters: Filtering = None, top_k: int | None = None) -> list[Passage]:
        """The best passage of each paper that fits the query, best paper first."""
        return self.retrieve(query, filters=filters, top_k=top_k).papers

    def retrieve(
        self, question: str, *, filters: Filtering = None, top_k: int | None = None, closely: bool = False
    ) -> Retrieved:
        """Everything that retrieval found: `search` begins here, and `ask`, which reads the first papers `closely`.

        Raises SettingsError for a question that is empty or too long, a top_k outside 1..100, an unknown filter.
        """
        from .retrieval import retrieve
        from .store import Filters

        question = check_question(question)
        settings = self.settings if top_k is None else replace(self.settings, top_k=top_k)
        return retrieve(self.index, question, top_k=settings.top_k, filters=Filters.of(filters), closely=closely)

    def evaluate(
        self, questions: str | Path | Iterable[Mapping[str, Any]], out: str | Path | None = None, **options: Any
    ) -> Any:
        """Asks the questions and measures the answers: an `Evaluation` with `summary`, `outcomes`, `markdown()`.

        questions: a JSONL file, the name of a bundled set (`daily_papers`) or a list. out: a folder for the outcomes,
        the summary and the report, from which an interrupted run goes on. Options (split, limit, fresh, seed,
        on_progress) are those of `evaluate` in eval/run.py. Raises QuestionsError, and what `index` raises.
        """
        from .harness import load_eval

        return load_eval().evaluate(self, questions, out=out, **options)

    # Papers

    def add(self, *paths: str | Path, dry_run: bool = False, limit: int = 100, **options: Any) -> Report:
        """Indexes papers into the corpus (`mine` unless the settings name another).

        paths: files, folders, patterns such as "*.bib", "-" for the standard input, and "arxiv:QUERY" for at most
        `limit` papers from there; nothing else is fetched. dry_run: the same report, with nothing written. Options
        (source, form, sync) are those of `ingest`. Raises PapersError.
        """
        from .ingest import Arxiv, ingest, rehearse

        arxiv = Arxiv(limit, self.settings.arxiv_url, None if dry_run else self.settings.home / "arxiv")
        options |= {"arxiv": arxiv, "progress": self._on_progress}
        if dry_run:
            return rehearse(partial(self._corpora.to_write, create=False), paths, **options)
        return ingest(self._corpora.to_write(create=True), paths, **options)

    def remove(self, *paper_ids: str) -> list[Paper]:
        """Takes papers out, by any of their ids; returns those that were there.

        Raises IndexMissing for a corpus that does not exist.
        """
        return self._corpora.to_write(create=False).remove(paper_ids)

    def papers(self, **chosen: Any) -> list[Paper]:
        """The papers that `each_paper` gives."""
        return [paper for _, paper in self.each_paper(**chosen)]

    def each_paper(self, **chosen: Any) -> Iterator[tuple[int, Paper]]:
        """Number and paper of those that pass the filters, one at a time, in the order in which they were added.

        title: words that the title has. limit, offset: how many, after how many. Others: the filters of `stream`.
        """
        return self.index.store.each(**chosen)

    def export(self, form: str = "jsonl", **chosen: Any) -> Iterator[str]:
        """The same piece by piece as text: jsonl, which indexes again to the same papers, bibtex or csv."""
        from .papers.export import exported

        return exported(self.each_paper(**chosen), form)

    def rebuild(self) -> None:
        """Builds the corpus's index anew with the present embedder and chunk size, and swaps it in when whole."""
        self._corpora.rebuild()


def ask(question: str, **options: Any) -> Answer:
    """One question to the default corpus. Options are those of `Assistant.ask`; settings come from the environment."""
    with Assistant() as assistant:
        return assistant.ask(question, **options)
