"""Turns as HTML. Every text passes `safe`, so nothing that a paper, a model or a reader wrote is markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from ..render import link, plain
from .turns import Turn

# Beside HTML's own characters those that a template language would read.
_TEMPLATE = str.maketrans({sign: f"&#{ord(sign)};" for sign in "{}$`"})

_STAGES = {
    "open": "Opened the papers",
    "embed": "Read the question",
    "search": "Searched",
    "read": "Read the papers found",
    "write": "Answered and checked",
    "repair": "Repaired",
}
_VERDICTS = {
    "partial": "only partly supported",
    "unsupported": "not supported by the abstracts",
    "contradicted": "contradicted by the abstract",
    "not_checkable": "not checked",
}


def safe(text: object) -> str:
    """A text for HTML content and quoted attributes: visible characters only, none of them markup."""
    return escape(plain(str(text))).translate(_TEMPLATE)


def conversation(turns: Sequence[Turn]) -> str:
    """The questions and what came of each."""
    return "".join(_turn(turn, number) for number, turn in enumerate(turns))


def _turn(turn: Turn, number: int) -> str:
    busy = "true" if turn.doing else "false"
    return (
        f'<article class="turn" data-turn="{number}" aria-busy="{busy}">'
        f'<h2 class="question">{safe(turn.question)}</h2>{_outcome(turn, number)}</article>'
    )


def _outcome(turn: Turn, number: int) -> str:
    if turn.error is not None:
        return _error(turn.error)
    if turn.answer is not None and turn.answer["state"] == "not_in_corpus":
        return _decline(turn.answer)
    parts = [f'<div class="answer">{"".join(_blocks(turn, number))}</div>']
    if turn.doing:
        parts.append(_doing(turn))
    if turn.stopped:
        parts.append('<p class="note">Stopped. What stands above was checked; the answer is not complete.</p>')
    if turn.answer is not None:
        parts.append(_notes(turn.answer))
    return "".join(parts)


def _blocks(turn: Turn, number: int) -> Iterable[str]:
    """Paragraphs, lists and headings. A paragraph is a run of sentences, a list a run of bullets."""
    for block, run in groupby(turn.sentences, key=lambda sentence: str(sentence["block"])):
        sentences = [_sentence(sentence, turn, number) for sentence in run]
        if block == "bullet":
            yield f"<ul>{''.join(f'<li>{one}</li>' for one in sentences)}</ul>"
        elif block == "heading":
            yield "".join(f"<h3>{one}</h3>" for one in sentences)
        else:
            yield f"<p>{' '.join(sentences)}</p>"


def _sentence(sentence: Mapping[str, Any], turn: Turn, number: int) -> str:
    label = str(sentence["label"])
    if label not in ("supported", *_VERDICTS):
        label = "unsupported"
    words = f'<span class="words">{safe(sentence["text"])}</span>{_marks(sentence, turn, number)}'
    return f'<span class="sentence {label}">{words}{_verdict(sentence, label)}{_revised(sentence, turn)}</span>'


def _marks(sentence: Mapping[str, Any], turn: Turn, number: int) -> str:
    """One link for each paper that the sentence cites; `data-cites` names the spans that it leads to."""
    titles = {paper["number"]: paper["title"] for paper in turn.papers}
    ids = set(sentence["citations"])
    spans: dict[int, list[Mapping[str, Any]]] = {}
    for citation in turn.citations:
        if citation["id"] in ids:
            spans.setdefault(citation["number"], []).append(citation)
    links = [_mark(paper, cited, str(titles.get(paper, "")), number) for paper, cited in spans.items()]
    # a word joiner: the marks stay on the line of the sentence's last word
    return f'<span class="cites">&#8288;{"".join(links)}</span>' if links else ""


def _mark(paper: int, cited: Sequence[Mapping[str, Any]], title: str, number: int) -> str:
    keys = " ".join(span_key(number, citation["id"]) for citation in cited)
    quotes = " … ".join(f"“{citation['quote']}”" for citation in cited)
    return (
        f'<a class="cite" href="#paper-{int(paper)}" data-cites="{keys}" data-title="{safe(title)}" '
        f'data-quote="{safe(quotes)}" aria-label="Source {int(paper)}: {safe(title)}">{int(paper)}</a>'
    )


def span_key(turn: int, citation_id: object) -> str:
    """The name of a cited span on the page: a citation's id is its own only within one answer."""
    return f"t{turn}-{safe(citation_id)}"


def _verdict(sentence: Mapping[str, Any], label: str) -> str:
    """Nothing for a supported sentence; else what is wrong and why, in words and not in colour alone."""
    if label == "supported" or (label == "not_checkable" and sentence["block"] == "heading"):
        return ""
    why = "; ".join(str(reason) for reason in sentence["reasons"])
    reasons = f": {safe(why)}" if why else ""
    return f' <span class="verdict">{_VERDICTS[label]}{reasons}</span>'


def _revised(sentence: Mapping[str, Any], turn: Turn) -> str:
    reason = turn.revised.get(sentence["index"])
    return f' <span class="revised">revised: {safe(reason)}</span>' if reason else ""


def _doing(turn: Turn) -> str:
    """The stages that are over with their times, and what goes on; the script counts the seconds of that."""
    over = "".join(f"<li>{safe(_STAGES.get(name, name))} <b>{safe(took(ms))}</b></li>" for name, ms in turn.stages)
    stages = f'<ol class="stages">{over}</ol>' if over else ""
    how_far = ""
    if turn.done is not None:
        done, total = turn.done
        how_far = f"{progress('Papers indexed', done, total)}{done:.0f} of {total:.0f}"
    clock = '<span class="clock" aria-hidden="true"></span>'
    return f'{stages}<p class="doing"><span class="pulse"></span>{safe(turn.doing)}{how_far} {clock}</p>'


def progress(label: str, done: float, total: float) -> str:
    """A bar. label: what is counted, for those who cannot see it."""
    return f'<progress aria-label="{safe(label)}" max="{total:.0f}" value="{done:.0f}"></progress>'


def took(milliseconds: float) -> str:
    """A time as one reads it."""
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 1000 else f"{max(1, round(milliseconds))} ms"


def _decline(answer: Mapping[str, Any]) -> str:
    missing = f'<p class="missing"><b>Missing:</b> {safe(answer["missing"])}</p>' if answer["missing"] else ""
    notes = "".join(f'<p class="note">{safe(note)}</p>' for note in answer["warnings"])
    says = f'<p class="says">{safe(answer["text"])}</p>{missing}{_nearest(answer)}'
    return f'<div class="decline">{says}</div>{notes}{_foot(answer)}'


def _nearest(answer: Mapping[str, Any]) -> str:
    """The nearest papers; each opens to the passage that came nearest."""
    passages: dict[str, str] = {}
    for passage in answer["passages"]:
        passages.setdefault(passage["paper_id"], passage["text"])
    items = [
        f"<details><summary>{safe(paper['title'])}</summary>"
        f"<p>{safe(passages.get(paper['paper_id'], ''))} {read_link(paper)}</p></details>"
        for paper in answer["nearest"]
    ]
    return f"<h3>The nearest papers</h3>{''.join(items)}" if items else ""


def _notes(answer: Mapping[str, Any]) -> str:
    notes = [f"Not found: {answer['missing']}"] if answer["missing"] else []
    notes += answer["warnings"]
    if invented := answer["checks"]["invented_marks"]:
        notes.append(f"{invented} citation{'s' if invented > 1 else ''} of no given source left out.")
    return "".join(f'<p class="note">{safe(note)}</p>' for note in notes) + _foot(answer)


def _foot(answer: Mapping[str, Any]) -> str:
    """Who answered from what, and how long it took."""
    times = {name: float(ms) for name, ms in answer["timings"].items()}
    total = times.pop("total", 0.0)
    who = "Not answered" if answer["state"] == "not_in_corpus" else way(answer["mode"], answer["model"])
    cost = (answer.get("usage") or {}).get("cost")
    parts = [who, f"corpus {answer['corpus']}", took(total), *([f"{float(cost):.4f} USD"] if cost else [])]
    stages = ", ".join(f"{_STAGES.get(name, name).lower()} {took(ms)}" for name, ms in times.items())
    line = safe(" · ".join(parts))
    if not stages:
        return f'<p class="foot">{line}</p>'
    return f'<details class="foot"><summary>{line}</summary>{safe(stages)}</details>'


def way(mode: str, model: str | None) -> str:
    """How answers come about, in a few words."""
    if mode == "llm":
        return f"Written by {model or 'a model'}, checked against the abstracts"
    return "Quoted from the abstracts, no model"


def read_link(paper: Mapping[str, Any]) -> str:
    """A link to the paper where it has a safe one."""
    where = link({"doi": None, "arxiv_id": None, **paper})
    return f'<a href="{safe(where)}" target="_blank" rel="noopener noreferrer">Read the paper</a>' if where else ""


def _error(error: Mapping[str, Any]) -> str:
    cure = f"<p>{safe(error['cure'])}</p>" if error["cure"] else ""
    return f'<div class="error" role="alert"><p class="says">{safe(error["message"])}</p>{cure}</div>'
