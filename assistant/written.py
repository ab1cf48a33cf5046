"""The writer that uses a model: passages into one prompt, its text out again as drafts, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import prompts, tokens
from .citations import Block, Draft, Outcome
from .conversation import Rewritten
from .errors import ModelError
from .llm import ModelSettings, Reply, Usage, price, stream
from .marks import move_marks_inside, read_marks
from .papers import Paper, clean
from .retrieval import Passage
from .sentences import split

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_REPLY_TOKENS = 1024  # left for the answer
_MISSING = re.compile(r"\s*\**\s*MISSING\s*\**\s*:\s*(.*)", re.DOTALL)
_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+(?=\S)")
_HEADING = re.compile(r"\s*#{1,6}\s+(?=\S)")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_DANGLING = re.compile(r"\s*[\[【]\s*[\d,;\s–-]*$")  # a mark that was begun and never closed
_EMPTY = re.compile(r"\s*(?:\(\s*\)|\[\s*\]|【\s*】)")  # brackets that the model left with nothing in them
_USED = ("input_tokens", "output_tokens")
_ENDED = re.compile(r"[.!?。！？][\s\"'”’)\]】\d\[]*$")
_SETTLED = re.compile(r"[^\W_]\S*\s+\S")  # the next sentence has begun: a whole word and a bit more


@dataclass(slots=True)
class Written:
    """One answer by a model: the Writer to use where a model is configured.

    before: what rewriting the question took, counted with the answer.
    """

    llm: LLM
    settings: ModelSettings
    before: Rewritten
    _missing: str | None = None
    _invented: int = 0
    _reply: Reply | None = None
    _fingerprints: dict[str, str] = field(default_factory=dict)

    def write(self, question: str, papers: Sequence[Passage]) -> Generator[Draft]:
        """Drafts as the model finishes each sentence. Raises ModelError, also in the middle; then nothing is whole."""
        prompt = prompts.load("answer")
        self._fingerprints = {prompt.name: prompt.fingerprint}
        shown = self._fitting(question, [passage.paper for passage in papers], prompt)
        messages = prompt.fill(question=question, sources=_sources(shown))
        drafted = False
        with closing(self._deltas(messages)) as deltas:
            for block, sentence in sentences_of(deltas):
                if found := _MISSING.match(sentence):
                    self._missing = clean(read_marks(found[1], len(shown)).text) or "What was asked is not stated."
                elif (draft := self._draft(block, sentence, shown)) and not self._is_fragment(sentence):
                    drafted = True
                    yield draft
        if not drafted and self._missing is None:
            raise ModelError("The model gave an empty answer.", cure="Ask again or use another model.", retryable=True)

    def outcome(self) -> Outcome:
        """What the model said besides its sentences, and what it used."""
        replies = [reply for reply in (self.before.reply, self._reply) if reply is not None]
        if not replies:
            return Outcome()
        read, wrote = (sum(getattr(reply.usage, name) for reply in replies) for name in _USED)
        total = Usage(read, wrote, all(reply.usage.exact for reply in replies))
        cost, priced_as = price(self.llm.metadata.model_name, total, self.settings)
        usage = {"input_tokens": read, "output_tokens": wrote, "cost": cost, "priced_as": priced_as}
        return Outcome(
            self._missing,
            self._invented,
            self._reply is not None and self._reply.finish == "length",
            usage,
            {**self.before.fingerprints, **self._fingerprints},
        )

    def _draft(self, block: Block, sentence: str, shown: Sequence[Paper]) -> Draft | None:
        marked = read_marks(_DANGLING.sub("", sentence), len(shown))
        self._invented += marked.invented
        text = clean(_EMPTY.sub("", _EMPHASIS.sub(r"\2", marked.text)))  # what a model says is hostile too
        return Draft(text, block, tuple(shown[number - 1] for number in marked.numbers)) if text else None

    def _is_fragment(self, sentence: str) -> bool:
        """Whether the model ran out of room in this sentence."""
        cut = self._reply is not None and self._reply.finish == "length"
        return cut and not _ENDED.search(sentence)

    def _deltas(self, messages: Sequence[tuple[str, str]]) -> Generator[str]:
        with closing(stream(self.llm, messages)) as items:
            for item in items:
                if isinstance(item, Reply):
                    self._reply = item
                else:
                    yield item

    def _fitting(self, question: str, papers: Sequence[Paper], prompt: prompts.Prompt) -> list[Paper]:
        """The most relevant papers that the model can read beside the prompt, at least one of them."""
        context = self.llm.metadata.context_window
        left = context - _REPLY_TOKENS - tokens.count(question)
        left -= sum(tokens.count(text) for _, text in prompt.sections)
        chosen: list[Paper] = []
        for paper in papers:
            left -= tokens.count(_source(len(chosen) + 1, paper))
            if left < 0:
                break
            chosen.append(paper)
        if not chosen:
            cure = "Shorten the question or use a model that reads more."
            raise ModelError(f"The model reads {context} tokens, too few for one source.", cure=cure)
        return chosen


def _sources(papers: Sequence[Paper]) -> str:
    return "\n\n".join(_source(number, paper) for number, paper in enumerate(papers, start=1))


def _source(number: int, paper: Paper) -> str:
    about = f"Title: {paper.title}" + (f" ({paper.year})" if paper.year else "")
    return prompts.fenced(f"SOURCE {number}", f"{about}\n{paper.abstract}")


def sentences_of(deltas: Iterable[str]) -> Iterator[tuple[Block, str]]:
    """(block, sentence with its marks) as soon as the text so far shows where each ends."""
    buffer, block = "", None
    for delta in deltas:
        buffer += delta
        *lines, buffer = buffer.split("\n")
        for line in lines:
            yield from _line(line, block)
            block = None
        ready, buffer, block = _ready(buffer, block)
        yield from ready
    yield from _line(buffer, block)


def _ready(line: str, block: Block | None) -> tuple[list[tuple[Block, str]], str, Block | None]:
    """The whole sentences of an unfinished line, what is left of it, and the block that the rest belongs to."""
    moved = move_marks_inside(line)
    spans = split(moved)
    if len(spans) < 2 or not _SETTLED.match(moved, spans[-1][0]):
        return [], line, block
    start = spans[-1][0]
    ready = list(_line(moved[:start], block))
    return ready, moved[start:], ready[-1][0] if ready else block


def _line(line: str, block: Block | None) -> Iterator[tuple[Block, str]]:
    """The sentences of a line. `block` is that of its beginning, if the beginning has been taken off already."""
    if _MISSING.match(line):
        yield "paragraph", line
        return
    if block is None:
        item, heading = _ITEM.match(line), _HEADING.match(line)
        block = "bullet" if item else "heading" if heading else "paragraph"
        begin = item or heading
        line = line[begin.end() :] if begin else line
    moved = move_marks_inside(line)
    for start, end in split(moved):
        yield block, moved[start:end]
