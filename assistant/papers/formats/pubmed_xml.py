"""Reader of PubMed XML: what PubMed's efetch, its baseline files and "Send to: XML" give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..paper import Record
from .fields import year_of
from .markup import text_of
from .xml_document import Found, Layout
from .xml_stream import elements, root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

    from ..paper import Problem

NAME = "PubMed XML"

_LAYOUT = Layout(
    containers=frozenset({"PubmedArticleSet", "PubmedBookArticleSet"}),
    papers=frozenset({"PubmedArticle", "PubmedBookArticle"}),
)
_NO_LABEL = ("", "UNLABELLED", "UNASSIGNED")


def sniff(head: str) -> bool:
    """Whether the root is a set of articles, or one."""
    return root_of(head) in _LAYOUT.containers | _LAYOUT.papers


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """A record per article or book chapter."""
    for found in elements(lines, _LAYOUT):
        if not isinstance(found, Found):
            yield found
        elif found.name in _LAYOUT.papers:
            yield _record(found.line, found.element, source)


def _record(line: int, paper: _Element, source: str) -> Record:
    """`article` holds title, authors and abstract; in a book `citation` and `article` are the same element."""
    citation = _first(paper, "MedlineCitation", "BookDocument")
    article = _first(citation, "Article", ".")
    pmid = text_of(_first(citation, "PMID")).strip() or None
    return Record(
        line,
        source,
        _title(article),
        _abstract(citation, article),
        own_id=pmid,
        authors=tuple(_authors(article)),
        year=_year(article),
        venue=_text(article, "Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle"),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else None,
        doi=_doi(paper, article),
        pmid=pmid,
        extra=_extra(paper, citation),
    )


def _first(element: _Element, *paths: str) -> _Element:
    """The first path that leads to an element; else an empty element, so that nothing below it is found."""
    return next((found for path in paths if (found := element.find(path)) is not None), element.makeelement("none"))


def _text(element: _Element, *paths: str) -> str | None:
    return next((text for path in paths if (text := text_of(element.find(path)).strip()) != ""), None)


def _title(article: _Element) -> str:
    title = _text(article, "ArticleTitle")
    untranslated = title is None or title.startswith("[Not Available]")
    return (
        (_text(article, "VernacularTitle") if untranslated else title)
        or title
        or _text(article, "Book/BookTitle")
        or ""
    )


def _abstract(citation: _Element, article: _Element) -> str:
    """The sections with their labels, a line each; another abstract, as of the publisher, where this is missing."""
    parts = article.findall("Abstract/AbstractText") or _first(citation, "OtherAbstract").findall("AbstractText")
    return "\n".join(filter(None, map(_section, parts)))


def _section(part: _Element) -> str:
    text, label = text_of(part).strip(), (part.get("Label") or "").strip()
    told = label.upper() in _NO_LABEL or text.upper().startswith(label.upper())
    return text if told or not text else f"{label.rstrip(':')}: {text}"


def _authors(article: _Element) -> Iterator[str]:
    for author in article.findall("AuthorList[@Type!='editors']/Author") or article.findall("AuthorList/Author"):
        parts = [_text(author, "ForeName", "Initials"), _text(author, "LastName"), _text(author, "Suffix")]
        name = " ".join(filter(None, parts)) or _text(author, "CollectiveName")
        if name and author.get("ValidYN") != "N":  # N marks a spelling that was corrected; the right one is there too
            yield name


def _year(article: _Element) -> int | None:
    """Of the issue; MedlineDate is free text such as "1998 Dec-1999 Jan"."""
    issue = "Journal/JournalIssue/PubDate"
    paths = (
        f"{issue}/Year",
        f"{issue}/MedlineDate",
        "ArticleDate/Year",
        "Book/PubDate/Year",
        "Book/PubDate/MedlineDate",
    )
    return next(filter(None, (year_of(_text(article, path)) for path in paths)), None)


def _doi(paper: _Element, article: _Element) -> str | None:
    """Its own: the list of references holds DOIs too."""
    own = [
        f"{data}/ArticleIdList/ArticleId[@IdType='doi']" for data in ("PubmedData", "PubmedBookData", "BookDocument")
    ]
    return _text(paper, *own) or _text(article, "ELocationID[@EIdType='doi']")


def _extra(paper: _Element, citation: _Element) -> dict[str, Any]:
    keywords = [text for word in citation.findall("KeywordList/Keyword") if (text := text_of(word).strip())]
    pmc = _text(paper, "PubmedData/ArticleIdList/ArticleId[@IdType='pmc']")
    return {name: value for name, value in (("pmc", pmc), ("keywords", keywords)) if value}
