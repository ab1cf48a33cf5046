"""The questions that a person should look at, under what is wrong with them, as Markdown lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from assistant.render import plain

Outcome = Mapping[str, Any]

_SHOWN = 12  # questions listed under each heading


def to_look_at(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The section of the report that lists them, under what is wrong with them."""
    yield "\n## Questions to look at\n"
    any_found = False
    for title, _, why in _FAULTS:
        found = [(one, reason) for one in outcomes if (reason := why(one))]
        if found:
            any_found = True
            yield f"### {title}: {len(found)}\n"
            yield from (
                f"- `{code(one['id'])}` {_clipped(one['question']['question'])}{r}" for one, r in found[:_SHOWN]
            )
            yield f"- and {len(found) - _SHOWN} more\n" if len(found) > _SHOWN else ""
    if not any_found:
        yield "None: every question was answered or declined as it should be.\n"


def _failed(one: Outcome) -> str:
    return f" - {_clipped(one['error']['message'])}" if one["error"] else ""


def _should_decline(one: Outcome) -> str:
    if one["error"] or one["question"]["answerable"] or one["scores"]["declined"] or one["scores"]["near_handled"]:
        return ""
    return f" - answered: {_clipped(one['answer']['text'])}"


def _should_answer(one: Outcome) -> str:
    if one["error"] or not one["question"]["answerable"] or not one["scores"]["declined"]:
        return ""
    return f" - {_ranks(one)}, answerable {one['answer']['answerable']:.2f}"


def _badly_cited(one: Outcome) -> str:
    bad = [s for s in one["details"].get("sentences", ()) if s["mis_cited"]]
    return _sentence(one, bad[0]) if bad else ""


def _unsupported(one: Outcome) -> str:
    bad = [s for s in one["details"].get("sentences", ()) if s["outcome"] in ("contradicted", "not_stated")]
    return _sentence(one, bad[0]) if bad else ""


def _sentence(one: Outcome, verdict: Mapping[str, Any]) -> str:
    said = next(s["text"] for s in one["answer"]["sentences"] if s["index"] == verdict["index"])
    return f" - {_clipped(said)} ({_clipped('; '.join(verdict['reasons']) or verdict['cited'])})"


def _not_found(one: Outcome) -> str:
    return f" - {_ranks(one)}" if one["scores"]["recall@5"] == 0 else ""


def _lacking(one: Outcome) -> str:
    if one["error"] or one["scores"]["declined"] or one["scores"]["recall@5"] == 0:
        return ""
    facts = [fact for fact in one["details"].get("facts", ()) if not fact["found"]]
    lacking = [fact["fact"][0] + " (said past the word budget)" * fact["past_budget"] for fact in facts]
    return f" - lacks {_clipped(', '.join(lacking))}" if lacking else ""


def _ranks(one: Outcome) -> str:
    found = [
        f"{_clipped(gold['gold'], 60)} at rank {gold['rank'] or 'none'}" for gold in one["details"].get("gold", ())
    ]
    return "; ".join(found) or "no gold papers"


_FAULTS: tuple[tuple[str, str, Callable[[Outcome], str]], ...] = (
    ("Failed", "failed", _failed),
    ("Answered, though the papers do not tell", "answered in vain", _should_decline),
    ("Declined, though the papers tell", "declined in vain", _should_answer),
    ("A sentence is supported, but not by what it cites", "mis-cited", _badly_cited),
    ("A sentence that the papers do not support", "not supported", _unsupported),
    ("No gold paper among the first 5", "papers not found", _not_found),
    ("Answered from the right papers, but facts are lacking", "facts lacking", _lacking),
)


def flags(outcome: Outcome) -> list[str]:
    """In two words each, what is wrong with an outcome."""
    return [flag for _, flag, why in _FAULTS if why(outcome)]


_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#!|~$&])")


def escaped(text: str) -> str:
    """Text from outside as one line of Markdown that shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", " ".join(plain(text).split()))


def code(text: str) -> str:
    """Text from outside as it may stand between backticks."""
    return " ".join(plain(text).split()).replace("`", "'").replace("|", "/")


def _clipped(text: str, most: int = 140) -> str:
    line = " ".join(plain(text).split())
    return escaped(line if len(line) <= most else f"{line[: most - 3].rstrip()}...")
