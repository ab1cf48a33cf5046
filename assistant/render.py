"""An answer's dict (the JSON Schema form) as plain text, Markdown and BibTeX."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

# Control, zero-width, direction-changing and tag characters, and halves of surrogate pairs.
_HOSTILE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
_SAFE_LINK = re.compile(r"https?://[^\s<>\"'()]+")
_LIST = re.compile(r"^(\d*)([-+=.)])")  # at the start of a line it would begin a list or underline a heading
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#!|~$&])")


def text_of(sentences: Sequence[Mapping[str, Any]], citations: Sequence[Mapping[str, Any]]) -> str:
    """The sentences as one text, each followed by its marks: `It reaches 76.0. [1]`. The one place that does this."""
    numbers = {citation["id"]: citation["number"] for citation in citations}
    lines: list[str] = []
    block = ""
    for sentence in sentences:
        shown = " ".join([sentence["text"], *_marks(sentence["citations"], numbers)])
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
    doubtful = [s for s in answer["sentences"] if s["label"] not in ("supported", "not_checkable")]
    parts += [f"Check this yourself ({s['label']}): {plain(s['text'])}" for s in doubtful]
    for paper in answer["papers"]:
        lines = [f"[{paper['number']}] {plain(byline(paper))}"]
        quoted = [c for c in answer["citations"] if c["paper_id"] == paper["paper_id"]] if quotes else []
        lines += [f"    “{plain(citation['quote'])}”" for citation in quoted]
        parts.append("\n".join(lines))
    if answer["nearest"] and answer["state"] == "not_in_corpus":
        nearest = [f"  - {plain(paper['title'])}" for paper in answer["nearest"]]
        parts.append("\n".join(["The nearest papers:", *nearest]))
    return "\n\n".join(parts)


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
    parts += [_reference(answer, paper) for paper in answer["papers"]]
    if answer["nearest"] and answer["state"] == "not_in_corpus":
        parts.append("\n".join(["The nearest papers:", "", *(f"- {_escaped(p['title'])}" for p in answer["nearest"])]))
    return "\n\n".join(parts) + "\n"


def _paragraphs(answer: Mapping[str, Any]) -> str:
    if not answer["sentences"]:
        return _escaped(answer["text"])
    escaped = [{**sentence, "text": _escaped(sentence["text"])} for sentence in answer["sentences"]]
    return text_of(escaped, answer["citations"])


def _reference(answer: Mapping[str, Any], paper: Mapping[str, Any]) -> str:
    lines = [f"[{paper['number']}] {_escaped(byline(paper))}"]
    for citation in answer["citations"]:
        if citation["paper_id"] == paper["paper_id"]:
            lines.append(f"> {_escaped(citation['quote'])}")
    return "\n\n".join(lines)


def _escaped(text: str) -> str:
    escaped = _MARKDOWN.sub(r"\\\1", " ".join(plain(text).split()))
    return _LIST.sub(r"\1\\\2", escaped)


def bibtex(answer: Mapping[str, Any]) -> str:
    """The cited papers as BibTeX, written by its library, with only the fields that are known."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Entry, Field

    library = Library()
    for paper in answer["papers"]:
        texts = {
            "title": f"{{{_tex(paper['title'])}}}",  # braces keep its capitals
            "author": " and ".join(_tex_name(name) for name in paper["authors"]),
            "year": str(paper["year"] or ""),
            "journal": _tex(paper["venue"] or ""),
        }
        literal = {"doi": paper["doi"] or "", "eprint": paper["arxiv_id"] or "", "url": link(paper)}
        fields = [Field(name, value) for name, value in (texts | _literal(literal)).items() if value]
        library.add(Entry("article" if paper["venue"] else "misc", f"paper{paper['number']}", fields))
    return str(write_string(library))


_TEX = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {sign: rf"\{sign}" for sign in "%&#_$"}
_NO_FIELD_END = str.maketrans("", "", "\\{}")  # with them a value could end its field or begin a command


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in plain(text).translate(_NO_FIELD_END))


def _tex_name(name: str) -> str:
    """A name; one that holds an "and" is a group's and stays whole."""
    return f"{{{_tex(name)}}}" if " and " in name else _tex(name)


def _literal(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: plain(value).translate(_NO_FIELD_END) for name, value in fields.items()}
