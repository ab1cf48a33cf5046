"""Bibliography: papers as BibTeX, written by its library so that reading it gives the same texts again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .cleaning import clean, clean_abstract, clean_name, clean_title, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SPECIAL = re.compile(r"(?P<math>\$[^$]+\$)|\\?[%&#_$~^]")
_ESCAPED = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_LITERAL = {sign: f"\\{sign}" for sign in "%&#_${}"} | _ESCAPED | {"\\": r"\textbackslash{}"}
_NO_FIELD_END = str.maketrans("", "", "\\{}")  # with them a value could end its field or begin a command
# Commands that read, write or redefine, which no title needs: a text with one is only written out, sign by sign.
_ACTIVE = re.compile(
    r"\\(?:input|include\w*|write|immediate|open(?:in|out)|read(?:line)?|csname|catcode|[egx]?def|let|futurelet|special"
    r"|expandafter|directlua|loop|newcommand|renewcommand|usepackage|verbatiminput|lstinputlisting|href|url|begin|end)"
    r"(?![A-Za-z])"
)
_WHOLE = re.compile(r",|\b(?:and|others)\b", re.I)  # a name with one of these is a group's, or would be turned round


def bibtex(papers: Iterable[Mapping[str, Any]]) -> str:
    """Entries with the fields that are known. A paper is a dict of `Paper`'s names, `number` (of its key) among them;
    its abstract is written where it has one."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.model import Entry, Field

    library = Library()
    for paper in papers:
        fields = [Field(name, value) for name, value in _values(paper).items() if value]
        library.add(Entry("article" if paper["venue"] else "misc", f"paper{paper['number']}", fields))
    return str(write_string(library))


def _values(paper: Mapping[str, Any]) -> dict[str, str]:
    given = {name: one_line(paper.get(name) or "") for name in ("doi", "arxiv_id", "pmid", "url")}
    ids = {name: value.translate(_NO_FIELD_END) for name, value in given.items()}
    return {
        "title": _tex(paper["title"], clean_title, "{%s}"),
        "author": " and ".join(map(_name, paper["authors"])),
        "year": str(paper["year"] or ""),
        "journal": _tex(paper["venue"] or "", clean),
        "doi": ids["doi"],
        "eprint": ids["arxiv_id"],
        "archiveprefix": "arXiv" if ids["arxiv_id"] else "",
        "pmid": ids["pmid"],
        "url": ids["url"] if ids["url"].startswith(("http://", "https://")) else "",
        "abstract": _tex(paper.get("abstract") or "", clean_abstract),
    }


def _name(name: str) -> str:
    return _tex(name, clean_name, "{%s}" if _WHOLE.search(name) else "%s")


def _tex(text: str, cleaned: Callable[[str], str], within: str = "%s") -> str:
    """The text in LaTeX: so that it is read as it is where that can be, else without what could end its field.

    `within`: braces around it keep a title's capitals and a name whole; a text that they would hurt goes without.
    """
    text = one_line(text)
    if not text:
        return ""
    literal, bare = ("".join(_LITERAL.get(sign, sign) for sign in one) for one in (text, text.translate(_NO_FIELD_END)))
    forms = (literal,) if _ACTIVE.search(text) else (_SPECIAL.sub(_escaped, text), literal)
    written = [around % one for around in dict.fromkeys((within, "%s")) for one in forms]
    return next((one for one in written if _is_balanced(one) and cleaned(one) == text), within % bare)


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    return sign if found["math"] or len(sign) > 1 else _ESCAPED.get(sign, f"\\{sign}")


def _is_balanced(text: str) -> bool:
    """Whether its braces are, with and without those behind a backslash: programs differ in what they count."""
    return _closes(text) and _closes(re.sub(r"\\.", "", text)) and not text.endswith("\\")


def _closes(text: str) -> bool:
    depth = 0
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return not depth
