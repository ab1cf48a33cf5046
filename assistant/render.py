"""An answer's dict (the JSON Schema form) as plain text, Markdown and BibTeX."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .marks import without_own_marks

# Control, zero-width, direction-changing and tag characters, and halves of surrogate pairs.
_HOSTILE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
_SAFE_LINK = re.compile(r"https?://[^\s<>\"'()]+")
_LIST = re.compile(r"^(\d*)([-+=.)])")  # at the start of a line it would begin a list or underline a heading
_AUTOLINK = re.compile(r"\b(https?|ftp|www)(:(?=//)|\.)", re.IGNORECASE)  # GitHub's Markdown links these
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#!|~$&])")


def text_of(sentences: Sequence[Mapping[str, Any]], citations: Sequence[Mapping[str, Any]]) -> str:
    """The sentences as one text, each followed by its marks: `It reaches 76.0. [1]`. The one place that does this."""
    numbers = {citation["id"]: citation["number"] for citation in citations}
    lines: list[str] = []
    block = ""
    for sentence in sentences:
        shown = " ".join([without_own_marks(sentence["text"]), *_marks(sentence["citations"], numbers)])
        if sentence["block"] == "bullet":
            shown = f"- {shown}"
        if lines and sentence["block"] == block == "paragraph":
            lines[-1] += f" {shown}"
        else:
            lines += [""] if lines and sentence["block"] != block else []
            lines.append(shown)
        block = sentence["block"]
    return "\n".join(lines)


def _marks(ids: Sequence[str], numbers: Mapping[str, int]) -> list[str]:
    unique = list(dict.fromkeys(numbers[one] for one in ids))
    return ["".join(f"[{number}]" for number in unique)] if unique else []


def plain(text: str) -> str:
    """A text that may go to a terminal: no control, escape or direction-changing characters."""
    return _HOSTILE.sub("", text)


def json_text(value: Mapping[str, Any]) -> str:
    """The value as JSON that may go to a terminal: what `plain` takes out is an escape here, so nothing is lost."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _HOSTILE.sub(lambda found: json.dumps(found[0])[1:-1], text)


def terminal(answer: Mapping[str, Any], *, quotes: bool = True) -> str:
    """The answer for a terminal: the text, then each cited paper with the words that were cited."""
    parts = [plain(answer["text"])]
    if answer["missing"] and answer["state"] == "partial":
        parts.append(f"Not found: {plain(answer['missing'])}")
    parts += [f"Check this yourself ({s['label']}): {plain(s['text'])}" for s in _doubtful(answer)]
    for paper in answer["papers"]:
        lines = [f"[{paper['number']}] {plain(byline(paper))}"]
        quoted = [c for c in answer["citations"] if c["paper_id"] == paper["paper_id"]] if quotes else []
        lines += [f"    “{plain(citation['quote'])}”" for citation in quoted]
        parts.append("\n".join(lines))
    if answer["nearest"] and answer["state"] == "not_in_corpus":
        nearest = [f"  - {plain(paper['title'])}" for paper in answer["nearest"]]
        parts.append("\n".join(["The nearest papers:", *nearest]))
    return "\n\n".join(parts)


def _doubtful(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The sentences that a reader should check."""
    return [one for one in answer["sentences"] if one["label"] not in ("supported", "not_checkable")]


def usage_line(answer: Mapping[str, Any]) -> str:
    """Which model answered, and what it took."""
    usage = answer["usage"]
    cost = "unpriced" if usage["cost"] is None else f"${usage['cost']:.4f} by {usage['priced_as']}"
    tokens = f"{usage['input_tokens']} tokens in, {usage['output_tokens']} out"
    return plain(f"{answer['model']}: {tokens}, {cost}, {answer['timings']['total'] / 1000:.1f} s")


def byline(paper: Mapping[str, Any]) -> str:
    """Title, then whatever is known of authors, venue, year and link."""
    authors = list(paper["authors"])
    names = ", ".join(authors[:3]) + (" et al." if len(authors) > 3 else "")
    about = ", ".join(str(part) for part in (names, paper["venue"], paper["year"]) if part)
    return ". ".join(part for part in (paper["title"].rstrip("."), about, link(paper)) if part)


def link(paper: Mapping[str, Any]) -> str:
    """The paper's http(s) link, or one made from its DOI or arXiv id, or nothing."""
    if paper["url"] and _SAFE_LINK.fullmatch(paper["url"]):
        return str(paper["url"])
    if paper["doi"]:
        return f"https://doi.org/{paper['doi']}"
    return f"https://arxiv.org/abs/{paper['arxiv_id']}" if paper["arxiv_id"] else ""


def markdown(answer: Mapping[str, Any]) -> str:
    """The answer with its references as Markdown; text from papers and models is escaped."""
    parts = [f"**{_escaped(answer['question'])}**", _paragraphs(answer)]
    if answer["missing"] and answer["state"] == "partial":
        parts.append(f"*Not found:* {_escaped(answer['missing'])}")
    parts += [f"*Check this yourself ({s['label']}):* {_escaped(s['text'])}" for s in _doubtful(answer)]
    parts += [_reference(answer, paper) for paper in answer["papers"]]
    if answer["nearest"] and answer["state"] == "not_in_corpus":
        parts.append("\n".join(["The nearest papers:", "", *(f"- {_escaped(p['title'])}" for p in answer["nearest"])]))
    return "\n\n".join(parts) + "\n"


def _paragraphs(answer: Mapping[str, Any]) -> str:
    if not answer["sentences"]:
        return _escaped(answer["text"])
    escaped = [{**sentence, "text": _escaped(without_own_marks(sentence["text"]))} for sentence in answer["sentences"]]
    return text_of(escaped, answer["citations"])


def _reference(answer: Mapping[str, Any], paper: Mapping[str, Any]) -> str:
    about = _escaped(byline({**paper, "url": None, "doi": None, "arxiv_id": None}))
    lines = [f"[{paper['number']}] {'. '.join(part for part in (about, link(paper)) if part)}"]
    for citation in answer["citations"]:
        if citation["paper_id"] == paper["paper_id"]:
            lines.append(f"> {_escaped(citation['quote'])}")
    return "\n\n".join(lines)


def _escaped(text: str) -> str:
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(plain(text).split()))
    return _LIST.sub(r"\1\\\2", _AUTOLINK.sub(r"\1\\\2", escaped))


def bibtex(answer: Mapping[str, Any]) -> str:
    """The cited papers as BibTeX, with only the fields that are known, and without the abstracts."""
    from .papers.bibliography import bibtex as written

    return written({**paper, "abstract": "", "url": link(paper)} for paper in answer["papers"])
