"""The writer that needs no model: it picks the sentences of the abstracts that answer, word for word."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..drafts import Draft, Failed, Outcome
from ..grounding import Source
from ..papers import Paper
from ..retrieval import Passage
from .candidates import Embed, Stems, Weigh, read_question, sentences_of
from .choosing import Abstract, drafts
from .shape import clauses, kinds_of, scored, shape_of

__all__ = ["Extractive", "clauses", "shape_of"]


@dataclass(frozen=True, slots=True)
class Extractive:
    """Writes drafts from passages. `sources` gives abstracts with the vectors of their sentences where these are held,
    `weigh` the idf of the stems of a text."""

    embed: Embed
    sources: Callable[[Iterable[Paper]], Sequence[Source]]
    stems: Stems
    weigh: Weigh

    def write(self, question: str, papers: Sequence[Passage]) -> Generator[Draft]:
        """Drafts that answer, shaped by the question: a few sentences, or bullets for each paper.

        `papers` holds the best passage of each retrieved paper, in rank order.
        """
        shape = shape_of(question, papers)
        kinds = kinds_of(question, several=shape != "fact")
        read = read_question(question, kinds, self.embed, self.stems, self.weigh)
        sources = self.sources([passage.paper for passage in papers])
        abstracts = [
            Abstract(tuple(sentences_of(read, passage, source, self.embed, self.stems)), scored(passage))
            for passage, source in zip(papers, sources, strict=True)
        ]
        yield from drafts(read, shape, abstracts)

    def repair(self, failed: Sequence[Failed]) -> Mapping[int, Draft]:
        """None: what is quoted word for word does not fail."""
        return {}

    def translate(self, texts: Sequence[str]) -> Mapping[int, str]:
        """None: quotes stay as they are."""
        return {}

    def outcome(self) -> Outcome:
        """Nothing that the drafts do not say."""
        return Outcome()
