"""Judge: a model asked for verdicts; it remembers its replies, counts what they cost and how often it wavers."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import prompts
from assistant.errors import ModelError
from assistant.llm import ModelSettings, Reply, complete, price

from . import verdicts
from .cache import ReplyCache
from .verdicts import Ruling

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

SUPPORT, CORRECTNESS = "judge_support", "judge_correctness"
ASKED_TWICE = 0.2
"""The share of the items that is asked a second time, to see how often the verdict changes."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An item's ruling; `again` is that of the second time, with everything in reverse order, None where the item is
    not in the sample. The tokens are those of its replies, whether they came now or from the cache."""

    first: Ruling
    again: Ruling | None = None
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def changed(self) -> bool | None:
        """Whether the second verdict differs; None where there are not two verdicts."""
        if self.first.verdict is None or self.again is None or self.again.verdict is None:
            return None
        return self.first.verdict != self.again.verdict


@dataclass(slots=True)
class Spent:
    """What was asked for now. `cost` is in USD, None as soon as one call has no price; `twice` counts the items with
    two verdicts, `changed` those of them whose verdicts differ; `unscored` the items without a first verdict."""

    calls: int = 0
    from_cache: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    items: int = 0
    unscored: int = 0
    twice: int = 0
    changed: int = 0


@dataclass(slots=True)
class Judge:
    """Asks a model. Any thread may use it; close it when done.

    settings: for prices. cache: the file of replies. seed, twice: which share (0..1) of the items is asked again.
    """

    llm: LLM
    settings: ModelSettings
    cache: ReplyCache
    seed: int = 0
    twice: float = ASKED_TWICE
    spent: Spent = field(default_factory=Spent)
    _prompts: dict[str, prompts.Prompt] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._prompts = {name: prompts.load(name) for name in (SUPPORT, CORRECTNESS)}

    @property
    def name(self) -> str:
        """The model's name."""
        return str(self.llm.metadata.model_name)

    @property
    def identity(self) -> dict[str, str]:
        """What makes two judges one: the model and the prompts by their fingerprints."""
        told = ", ".join(f"{prompt.name} {prompt.fingerprint}" for prompt in self._prompts.values())
        return {"judge": self.name, "judge_prompts": told}

    def close(self) -> None:
        self.cache.close()

    def supported(self, statement: str, sources: Sequence[tuple[str, str]]) -> Judged:
        """Whether abstracts, given as (title, text), support a statement: one of verdicts.VERDICTS."""
        told = [
            prompts.fenced(f"ABSTRACT {number}", f"Title: {title}\n{text}")
            for number, (title, text) in enumerate(sources, start=1)
        ]
        return self._judged(SUPPORT, [*told, prompts.fenced("STATEMENT", statement)], verdicts.support)

    def correct(self, question: str, gold: str, facts: Sequence[Sequence[str]], answer: str) -> Judged:
        """How right an answer is beside the gold answer and the required facts: a key of verdicts.GRADES."""
        listed = "\n".join(f"- {' | '.join(fact)}" for fact in facts)
        parts = {"QUESTION": question, "GOLD ANSWER": gold, "REQUIRED FACTS": listed, "ANSWER": answer}
        fences = [prompts.fenced(label, text) for label, text in parts.items() if text]
        return self._judged(CORRECTNESS, fences, verdicts.correctness)

    def told(self) -> dict[str, Any]:
        """What run.json says of the judge: its model and prompts, what was spent now, and the flip rate."""
        spent = self.spent
        return {
            "model": self.name,
            "prompts": {name: prompt.fingerprint for name, prompt in self._prompts.items()},
            **{name: getattr(spent, name) for name in ("calls", "from_cache", "input_tokens", "output_tokens")},
            "cost": None if spent.cost is None else round(spent.cost, 6),
            "items": spent.items,
            "unscored": spent.unscored,
            "asked_twice": spent.twice,
            "changed": spent.changed,
            "flip_rate": round(spent.changed / spent.twice, 6) if spent.twice else None,
        }

    def _judged(self, name: str, parts: Sequence[str], read: Callable[[str, str], Ruling]) -> Judged:
        first, used = self._asked(name, "\n\n".join(parts), read)
        judged = Judged(first, None, *used)
        if first.verdict is not None and self._in_sample(name, parts):
            again, more = self._asked(name, "\n\n".join(reversed(parts)), read)
            judged = Judged(first, again, used[0] + more[0], used[1] + more[1])
        with self._lock:
            self.spent.items += 1
            self.spent.unscored += first.verdict is None
            self.spent.twice += judged.changed is not None
            self.spent.changed += bool(judged.changed)
        return judged

    def _in_sample(self, name: str, parts: Sequence[str]) -> bool:
        drawn = hashlib.sha256(json.dumps([self.seed, name, *parts]).encode()).digest()
        return int.from_bytes(drawn[:8]) < self.twice * 2**64

    def _asked(self, name: str, material: str, read: Callable[[str, str], Ruling]) -> tuple[Ruling, tuple[int, int]]:
        """The ruling, and tokens read and written for it."""
        prompt = self._prompts[name]
        messages = prompt.fill(material=material)
        key = hashlib.sha256(json.dumps([self.name, prompt.fingerprint, messages]).encode()).hexdigest()
        reply = self.cache.get(key)
        if reply is None:
            try:
                reply = complete(self.llm, messages)
            except ModelError as error:
                return Ruling(None, f"the judge failed: {error.message}", error.retryable), (0, 0)
            self.cache.put(key, reply)
            self._count(reply)
        else:
            with self._lock:
                self.spent.from_cache += 1
        return read(reply.text, reply.finish), (reply.usage.input_tokens, reply.usage.output_tokens)

    def _count(self, reply: Reply) -> None:
        cost, _ = price(self.name, reply.usage, self.settings)
        with self._lock:
            spent = self.spent
            spent.calls += 1
            spent.input_tokens += reply.usage.input_tokens
            spent.output_tokens += reply.usage.output_tokens
            spent.cost = None if cost is None or spent.cost is None else spent.cost + cost


def cache_file(home: Path) -> Path:
    """Where the replies of all judges of a home are kept."""
    return home / "cache" / "judge.sqlite"
