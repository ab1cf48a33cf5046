"""Conversations: a follow-up becomes a question that stands alone, and papers keep their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from . import prompts
from .errors import SettingsError
from .lexical import NAME
from .marks import read_marks
from .missing.notes import is_foreign

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from .llm import Reply

_TURNS = 6  # of the past, read for a follow-up
_LONGEST = 1500  # characters of a past turn
# Words that point back, and beginnings that leave out what they ask about.
_POINTS_BACK = re.compile(
    r"\b(it|its|they|their|them|this|that|these|those|he|she|his|her|ones|former|latter|same|others|"
    r"(the|of|both|either|neither|which) (one|two|three|four|first|second|third|last|other)|both|either|neither)\b",
    re.IGNORECASE,
)
_LEAVES_OUT = re.compile(r"\s*(and|but|also|what about|how about|why|then|so|or|any|compared)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: who spoke, what was said without marks, and the papers cited by (number, paper id)."""

    role: Literal["user", "assistant"]
    content: str
    cited: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A question that stands alone, and what a model took to make it so.

    english: the same in English, where it is not asked in English and a model could translate it.
    """

    question: str
    replies: tuple[Reply, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    english: str | None = None


def turns(history: Sequence[Mapping[str, Any]] | None) -> list[Turn]:
    """History items `{role, content, citations?: [{number, paper_id}]}` as turns. SettingsError for other shapes."""
    return [_turn(item) for item in history or ()]


def _turn(item: Mapping[str, Any]) -> Turn:
    try:
        role, content = item["role"], item["content"]
        cited = tuple((int(one["number"]), str(one["paper_id"])) for one in item.get("citations") or ())
    except (KeyError, TypeError, ValueError, AttributeError):
        cure = "Give {role, content, citations?: [{number, paper_id}]}."
        raise SettingsError(f"A history item cannot be read: {str(item)[:200]}.", cure=cure) from None
    if role not in ("user", "assistant") or not isinstance(content, str):
        raise SettingsError(f"A history item has the role {role!r}.", cure="Use user or assistant, and a text.")
    return Turn(role, content, cited)


def numbers(past: Sequence[Turn]) -> dict[str, int]:
    """The number that each paper was first given in the conversation."""
    given: dict[str, int] = {}
    for turn in past:
        for number, paper_id in turn.cited:
            given.setdefault(paper_id, number)
    return given


def cited_before(past: Sequence[Turn]) -> list[str]:
    """The ids of the papers cited in the last turn that cited any."""
    return next(([paper_id for _, paper_id in turn.cited] for turn in reversed(past) if turn.cited), [])


def needs_rewriting(question: str, past: Sequence[Turn]) -> bool:
    """Whether the question leans on the conversation: it points back, leaves out its subject, or is very short."""
    if not past:
        return False
    name, back = NAME.search(question), _POINTS_BACK.search(question)
    if _LEAVES_OUT.match(question):
        return True
    if name is None:
        return back is not None or len(question.split()) <= 4
    return back is not None and back.start() < name.start()  # "does it beat LoRA?", not "does LoRA share its adapters?"


def standalone(question: str, past: Sequence[Turn], titles: Mapping[str, str]) -> str:
    """The question with what it leans on in front: the titles last cited, else the names and words last used.

    titles: of the papers cited in the conversation, by id. The way without a model.
    """
    if not needs_rewriting(question, past):
        return question
    subjects = [titles[paper_id] for paper_id in dict.fromkeys(cited_before(past)) if paper_id in titles]
    return f"{'; '.join(subjects[:2]) or _subject(past)}: {question}"


def _subject(past: Sequence[Turn]) -> str:
    """What a conversation without citations was about: the names in its last turns, and its last question."""
    names = dict.fromkeys(name for turn in past[-2:] for name in NAME.findall(turn.content))
    asked = next((turn.content for turn in reversed(past) if turn.role == "user"), "")
    return " ".join([asked, *(name for name in names if name not in asked)])[:_LONGEST]


def rewritten(question: str, past: Sequence[Turn], titles: Mapping[str, str], llm: LLM) -> Rewritten:
    """The same by a model, from the fenced conversation. Raises ModelError; a useless reply leaves the question."""
    from .llm import complete

    if not needs_rewriting(question, past):
        return Rewritten(question)
    told = "\n".join(f"{turn.role}: {_readable(turn, titles)}" for turn in past[-_TURNS:])
    prompt = prompts.load("rewrite_question")
    conversation = prompts.fenced("CONVERSATION", told)
    reply = complete(llm, prompt.fill(conversation=conversation, question=question))
    text = " ".join(reply.text.split())
    return Rewritten(text if _is_useful(text, question) else question, (reply,), {prompt.name: prompt.fingerprint})


def in_english(asked: Rewritten, llm: LLM) -> Rewritten:
    """The same with its English, where it is not in English. Raises ModelError; a useless reply changes nothing."""
    from .llm import complete

    if not is_foreign(asked.question):
        return asked
    prompt = prompts.load("translate_question")
    reply = complete(llm, prompt.fill(question=prompts.fenced("QUESTION", asked.question)))
    text = " ".join(reply.text.split())
    fingerprints = {**asked.fingerprints, prompt.name: prompt.fingerprint}
    english = text if _is_useful(text, asked.question) and not is_foreign(text) else None
    return Rewritten(asked.question, (*asked.replies, reply), fingerprints, english)


def _is_useful(text: str, question: str) -> bool:
    return 0 < len(text) <= 4 * len(question) + 400


def _readable(turn: Turn, titles: Mapping[str, str]) -> str:
    """A past turn with the titles of its papers in place of their marks."""
    marked = read_marks(turn.content, 999).text[:_LONGEST]
    cited = [
        titles[paper_id] for paper_id in dict.fromkeys(paper_id for _, paper_id in turn.cited) if paper_id in titles
    ]
    return f"{marked} (from: {'; '.join(cited)})" if cited else marked
