"""Question: what is asked and what a good answer holds; read from JSONL, one question a line."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from assistant.errors import QuestionsError

Split = Literal["dev", "test"]

TYPES = (
    "factoid",
    "method",
    "list",
    "comparison",
    "synthesis",
    "acronym_lookup",
    "followup",
    "typo_or_nonenglish",
    "unanswerable_near",
    "unanswerable_far",
    "false_premise",
)
"""The types with a meaning of their own, in the order of a report; others are reported under their own name."""


_SELDOM = ("exclude", "to_fill_in")  # left out where they are empty


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `gold_papers` are ids or titles of the papers that answer it; `must_include` holds the facts
    of a good answer, each a tuple of alternative spellings; `history` the turns before it.

    exclude: ids or titles of papers that are put out of reach while it is asked, so that what only they state cannot
    be answered. to_fill_in: the fields that a person has yet to give; measures do not score what rests on them.
    """

    id: str
    type: str
    question: str
    answerable: bool = True
    gold_papers: tuple[str, ...] = ()
    gold_answer: str = ""
    must_include: tuple[tuple[str, ...], ...] = ()
    history: tuple[dict[str, Any], ...] = ()
    exclude: tuple[str, ...] = ()
    to_fill_in: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict, hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, the fields of `extra` among them; `parse` reverses it."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "extra"}
        plain = {name: value for name, value in plain.items() if value or name not in _SELDOM}
        plain["must_include"] = [list(fact) for fact in self.must_include]
        return {name: list(v) if isinstance(v, tuple) else v for name, v in plain.items()} | self.extra


def split(question: Question) -> Split:
    """`dev` or `test`, for good: by whether the first byte of the id's SHA-256 is even."""
    return "test" if hashlib.sha256(question.id.encode()).digest()[0] % 2 else "dev"


def load(source: str | Path | Iterable[Question | Mapping[str, Any]]) -> list[Question]:
    """The questions of a file (JSONL, plain or .gz), of a bundled set ("daily_papers"), or of a list.

    Raises QuestionsError, with the line, for what cannot be read or is not a question, and for an id met twice.
    """
    if isinstance(source, (str, Path)):
        path = find(Path(source))
        named = [(f"{path.name} line {line}", value) for line, value in lines(path)]
    else:
        named = [(f"Question {i}", q.to_dict() if isinstance(q, Question) else q) for i, q in enumerate(source, 1)]
    places: dict[str, str] = {}
    questions = []
    for place, value in named:
        question = parse(value, place)
        if question.id in places:
            message = f"{place} has the id {question.id!r}, which {places[question.id]} has too."
            raise QuestionsError(message, cure="Give every question an id of its own.")
        places[question.id] = place
        questions.append(question)
    if not questions:
        raise QuestionsError(f"{source!s} holds no question.", cure=_CURE)
    return questions


_CURE = 'Write one JSON object a line: {"id": "q1", "type": "factoid", "question": "...", "gold_papers": ["a title"]}.'


def find(path: Path) -> Path:
    bundled = Path(__file__).parent / "data"
    named = bundled / f"{path.name}.jsonl"
    if not path.exists() and path.parent == Path() and named.exists():
        return named
    if not path.is_file():
        known = ", ".join(sorted(one.stem for one in bundled.glob("*.jsonl")))
        raise QuestionsError(f"There is no file {str(path)!r}.", cure=f"Name a JSONL file, or a bundled set: {known}.")
    return path


def lines(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise QuestionsError(f"{path} cannot be read: {error}.", cure="Check the file and its permissions.") from error
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise QuestionsError(f"{path.name} line {number} is not JSON: {error}.", cure=_CURE) from error


def parse(value: Any, place: str) -> Question:
    """The question that a JSON object states. `place` begins the message of the QuestionsError where it states none.

    Only `question` must be there. A missing `id` is made of the text; a missing `answerable` is false where the
    type begins with "unanswerable".
    """
    if not isinstance(value, Mapping):
        raise QuestionsError(f"{place} is not a JSON object.", cure=_CURE)
    text = _text(value, "question", place).strip()
    if not text:
        raise QuestionsError(f"{place} has no question.", cure=_CURE)
    kind = _text(value, "type", place) or "other"
    answerable = value.get("answerable", not kind.startswith("unanswerable"))
    if not isinstance(answerable, bool):
        raise QuestionsError(f"{place}: answerable is {answerable!r}.", cure="Give true or false.")
    known = {f.name for f in fields(Question)}
    return Question(
        id=_text(value, "id", place) or f"q-{hashlib.sha256(text.encode()).hexdigest()[:12]}",
        type=kind,
        question=text,
        answerable=answerable,
        gold_papers=tuple(dict.fromkeys(_texts(value.get("gold_papers"), f"{place}: gold_papers"))),
        gold_answer=_text(value, "gold_answer", place),
        must_include=tuple(_facts(value.get("must_include"), f"{place}: must_include")),
        history=tuple(_turns(value.get("history"), f"{place}: history")),
        exclude=tuple(dict.fromkeys(_texts(value.get("exclude"), f"{place}: exclude"))),
        to_fill_in=tuple(dict.fromkeys(_texts(value.get("to_fill_in"), f"{place}: to_fill_in"))),
        extra={name: given for name, given in value.items() if name not in known},
    )


def _text(value: Mapping[str, Any], name: str, place: str) -> str:
    given = value.get(name)
    if given is not None and not isinstance(given, str):
        raise QuestionsError(f"{place}: {name} is {given!r}.", cure="Give a text.")
    return given or ""


def _list(given: Any, place: str) -> Sequence[Any]:
    if given is not None and not isinstance(given, (list, tuple)):
        raise QuestionsError(f"{place} is {given!r}.", cure="Give a list.")
    return given or ()


def _texts(given: Any, place: str) -> list[str]:
    texts = list(_list(given, place))
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise QuestionsError(f"{place} holds {text!r}.", cure="Give texts that are not empty.")
    return texts


def _facts(given: Any, place: str) -> Iterator[tuple[str, ...]]:
    for fact in _list(given, place):
        alternatives = _texts([fact] if isinstance(fact, str) else fact, place)
        if not alternatives:
            raise QuestionsError(f"{place} holds a fact without a spelling.", cure="Give at least one text a fact.")
        yield tuple(alternatives)


def _turns(given: Any, place: str) -> Iterator[dict[str, Any]]:
    for turn in _list(given, place):
        if not (
            isinstance(turn, Mapping) and isinstance(turn.get("role"), str) and isinstance(turn.get("content"), str)
        ):
            raise QuestionsError(f"{place} holds {turn!r}.", cure='Give turns as {"role": "user", "content": "..."}.')
        yield dict(turn)
