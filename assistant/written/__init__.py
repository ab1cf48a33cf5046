"""The writer that uses a model: passages into one prompt, its text out again as drafts, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .. import prompts, tokens
from ..conversation import Rewritten
from ..drafts import Block, Draft, Failed, Outcome
from ..errors import ModelError
from ..grounding import words
from ..hostile import unlinked
from ..llm import ModelSettings, Reply, Usage, complete, price, stream
from ..marks import read_marks
from ..papers import Paper
from ..papers.cleaning import one_line
from ..retrieval import Passage
from . import numbered, repairing, translating
from .streaming import MISSING, sentences_of

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_REPLY_TOKENS = 1024  # left for the answer
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_DANGLING = re.compile(r"\s*[\[【]\s*[\d,;\s–-]*$")  # a mark that was begun and never closed
_EMPTY = re.compile(r"\s*(?:\(\s*\)|\[\s*\]|【\s*】)")  # brackets that the model left with nothing in them
_USED = ("input_tokens", "output_tokens")
_ENDED = re.compile(r"[.!?。！？][\s\"'”’)\]】\d\[]*$")


@dataclass(slots=True)
class Written:
    """One answer by a model: the Writer to use where a model is configured.

    before: what rewriting the question took, counted with the answer.
    """

    llm: LLM
    settings: ModelSettings
    before: Rewritten
    _shown: Sequence[Paper] = ()
    _missing: str | None = None
    _invented: int = 0
    _replies: list[Reply] = field(default_factory=list)  # the answer, then its repair
    _fingerprints: dict[str, str] = field(default_factory=dict)

    def write(self, question: str, papers: Sequence[Passage]) -> Generator[Draft]:
        """Drafts as the model finishes each sentence. Raises ModelError, also in the middle; then nothing is whole."""
        prompt = self._prompt("answer")
        self._shown = self._fitting(question, [passage.paper for passage in papers], prompt)
        messages = prompt.fill(question=question, sources=_sources(dict(enumerate(self._shown, start=1))))
        drafted = False
        with closing(self._deltas(messages)) as deltas:
            for block, sentence in sentences_of(deltas):
                if found := MISSING.match(sentence):
                    said = one_line(unlinked(read_marks(found[1], len(self._shown)).text, self._shown))
                    self._missing = said if _bears_on(said, question) else "What was asked is not stated."
                elif (draft := self._draft(block, sentence)) and not self._is_fragment(sentence):
                    drafted = True
                    yield draft
        if not drafted and self._missing is None:
            raise ModelError("The model gave an empty answer.", cure="Ask again or use another model.", retryable=True)

    def repair(self, failed: Sequence[Failed]) -> Mapping[int, Draft]:
        """New drafts, by the index of the sentence, from one call for all of them. Raises ModelError."""
        prompt = self._prompt("repair")
        shown = dict(enumerate(self._shown, start=1))
        cited = {number: paper for number, paper in shown.items() if any(paper in one.papers for one in failed)}
        everyone = not cited or any(not one.papers for one in failed)
        sources = _sources(shown if everyone else cited)
        reply = complete(self.llm, prompt.fill(sources=sources, statements=repairing.statements(failed)))
        self._replies.append(reply)
        drafts: dict[int, Draft] = {}
        for one, text in repairing.corrected(reply.text, failed):
            if draft := self._draft(one.block, text):
                drafts[one.index] = draft
        return drafts

    def translate(self, texts: Sequence[str]) -> Mapping[int, str]:
        """The texts in the language of the question, by their place, those left out whose figures and names differ.

        None where the question is in English. Raises ModelError.
        """
        if self.before.english is None or not texts:
            return {}
        question = prompts.fenced("QUESTION", self.before.question)
        messages = self._prompt("translate_answer").fill(question=question, sentences=numbered.fenced(texts))
        reply = complete(self.llm, messages)
        self._replies.append(reply)
        told = {n: one_line(unlinked(read_marks(text, 0).text, self._shown)) for n, text in numbered.read(reply.text)}
        return {n: text for n, text in told.items() if n < len(texts) and translating.is_faithful(texts[n], text)}

    def outcome(self) -> Outcome:
        """What the model said besides its sentences, and what it used."""
        replies = [*self.before.replies, *self._replies]
        if not replies:
            return Outcome()
        read, wrote = (sum(getattr(reply.usage, name) for reply in replies) for name in _USED)
        total = Usage(read, wrote, all(reply.usage.exact for reply in replies))
        cost, priced_as = price(self.llm.metadata.model_name, total, self.settings)
        usage = {"input_tokens": read, "output_tokens": wrote, "cost": cost, "priced_as": priced_as}
        fingerprints = {**self.before.fingerprints, **self._fingerprints}
        return Outcome(self._missing, self._invented, self._cut, usage, fingerprints)

    @property
    def _cut(self) -> bool:
        return bool(self._replies) and self._replies[0].finish == "length"

    def _prompt(self, name: str) -> prompts.Prompt:
        prompt = prompts.load(name)
        self._fingerprints[prompt.name] = prompt.fingerprint
        return prompt

    def _draft(self, block: Block, sentence: str) -> Draft | None:
        marked = read_marks(_DANGLING.sub("", sentence), len(self._shown))
        self._invented += marked.invented
        bare = unlinked(_EMPHASIS.sub(r"\2", marked.text), self._shown)
        text = one_line(_EMPTY.sub("", bare))  # what a model says is hostile too
        return Draft(text, block, tuple(self._shown[number - 1] for number in marked.numbers)) if text else None

    def _is_fragment(self, sentence: str) -> bool:
        """Whether the model ran out of room in this sentence."""
        return self._cut and not _ENDED.search(sentence)

    def _deltas(self, messages: Sequence[tuple[str, str]]) -> Generator[str]:
        with closing(stream(self.llm, messages)) as items:
            for item in items:
                if isinstance(item, Reply):
                    self._replies.append(item)
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


def _bears_on(missing: str, question: str) -> bool:
    """Whether what a model calls missing was asked for: it is shown unchecked, so it may say nothing else."""
    said, asked = words.content(missing), words.content(question)
    return bool(said) and sum(word in asked for word in said) >= len(said) / 2


def _sources(papers: Mapping[int, Paper]) -> str:
    return "\n\n".join(_source(number, paper) for number, paper in papers.items())


def _source(number: int, paper: Paper) -> str:
    about = f"Title: {paper.title}" + (f" ({paper.year})" if paper.year else "")
    return prompts.fenced(f"SOURCE {number}", f"{about}\n{paper.abstract}")
