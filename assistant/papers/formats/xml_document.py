"""One XML document as it streams into a parser that knows no DTD and no entities and holds one paper at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast
from xml.sax.saxutils import quoteattr

from ..cleaning import clean
from ..paper import Problem
from .markup import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import XMLPullParser, XMLSyntaxError, _Element

_LONGEST_PAPER = 8_000_000  # characters; one with 5,000 authors and their addresses has about 3,000,000
_LONGEST_TAG = 1_000  # characters of a container's start tag, as far as it is given again
_MOST_OPEN = 5  # containers inside each other
_FULL_LOG = 90  # entries; the parser's log takes 100, then a fault is no longer seen in it
_ASIDE = re.compile(r",? line \d+(?:, column \d+)?|,? (?:use|try) XML_PARSE_HUGE(?: option)?")


@dataclass(frozen=True)
class Layout:
    """Where papers lie in a kind of XML, by names without namespace.

    `containers` are around the papers; `context` stands in a container and says something of all its papers.
    """

    containers: frozenset[str]
    papers: frozenset[str]
    context: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def marks(self) -> re.Pattern[str]:
        """A tag before which (its name is group 1), or after which, a text may be cut."""
        begins, ends = "|".join(self.containers | self.papers), "|".join(self.containers)
        return re.compile(rf"<(?:[\w.-]++:)?({begins})(?=[\s/>])|</(?:[\w.-]++:)?(?:{ends})\s*>")


class Found(NamedTuple):
    """A paper or context, whole, or a container as it begins. It is emptied when the next is asked for."""

    line: int
    name: str
    element: _Element


class Container(NamedTuple):
    """An open one, and a start tag that opens it again."""

    name: str
    tag: str


class Document:
    """`feed` it text; `paper` is the line of the paper that is open, `around` the containers that are.

    It begins on `line` of its file, inside of the containers given, of which it does not tell again.
    """

    def __init__(self, layout: Layout, line: int, around: list[Container]) -> None:
        self.around = around
        self.paper: int | None = None
        self.fault: Problem | None = None
        self.done = False  # all that was opened is closed
        self.worn = False  # a new one had better go on with the next paper
        self._layout = layout
        self._before = line - 1
        self._known = len(around)
        self._fed = 0  # characters since the last paper
        self._parser = _parser(layout)
        self._parse("".join(container.tag for container in around))

    def feed(self, text: str, line: int) -> Iterator[Found]:
        """What the text completes; `fault` tells afterwards whether the document can be read on."""
        self._fed += len(text)
        if self._fed > _LONGEST_PAPER:
            where = self.paper or line
            self.fault = Problem(where, f"has no end within {_LONGEST_PAPER:,} characters and is left out")
            return
        error = self._parse(text)
        for event, element in cast("Iterator[tuple[str, _Element]]", self._parser.read_events()):
            found = Found(self.paper or line, name_of(element), element)
            yield from self._begun(found) if event == "start" else self._ended(found)
        self.fault = self._broken(error)

    def close(self) -> Problem | None:
        """What is wrong in it but that it has no end."""
        from lxml.etree import XMLSyntaxError

        try:
            self._parser.close()
        except XMLSyntaxError:  # of which an undeclared prefix is one
            return self._broken(None)
        return None

    def _parse(self, text: str) -> XMLSyntaxError | None:
        from lxml.etree import XMLSyntaxError

        try:
            self._parser.feed(text.encode("utf-8", "replace"))
        except XMLSyntaxError as error:
            return error
        return None

    def _broken(self, error: XMLSyntaxError | None) -> Problem | None:
        """The first fault in the parser's log, as it raises nothing for some; `error` if the log is too full."""
        from lxml.etree import ErrorLevels, ErrorTypes

        log = self._parser.feed_error_log
        self.worn = len(log) >= _FULL_LOG
        fatal = next((entry for entry in log if entry.level == ErrorLevels.FATAL), None)
        if fatal is not None and fatal.type != ErrorTypes.ERR_TAG_NOT_FINISHED:
            line, said = fatal.line, fatal.message
        elif error is not None:
            line, said = error.lineno or 1, error.msg or ""
        else:
            return None
        said = _ASIDE.sub("", clean(said)).rstrip(".")[:120]
        whose = f"the paper that begins on line {self.paper}" if self.paper else "what follows up to the next paper"
        return Problem(self._before + max(line, 1), f"is not XML ({said}); {whose} is left out")

    def _begun(self, found: Found) -> Iterator[Found]:
        if found.name in self._layout.papers:
            self.paper = found.line
        elif found.name in self._layout.containers and self._known:
            self._known -= 1
        elif found.name in self._layout.containers:
            self.around.append(
                Container(found.name, _start_tag(found.element) if len(self.around) < _MOST_OPEN else "")
            )
            yield found

    def _ended(self, found: Found) -> Iterator[Found]:
        if found.name in self._layout.containers:
            del self.around[-1:]
        else:
            yield found
        if found.name in self._layout.papers:
            self.paper, self._fed = None, 0
        self.done = self.paper is None and not self.around
        _forget(found.element)


def _parser(layout: Layout) -> XMLPullParser:
    from lxml.etree import XMLPullParser

    names = layout.containers | layout.papers | layout.context
    return XMLPullParser(
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in names],
        encoding="utf-8",  # whatever the text declares
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,  # at most 256 levels and 10 MB of text in one place
        remove_comments=True,
        remove_pis=True,
    )


def _start_tag(element: _Element) -> str:
    """With its namespaces and without its attributes."""
    spaces = [f" xmlns{f':{prefix}' if prefix else ''}={quoteattr(uri)}" for prefix, uri in element.nsmap.items()]
    name = f"{element.prefix}:{name_of(element)}" if element.prefix else name_of(element)
    tag = f"<{name}{''.join(spaces)}>"
    return tag if len(tag) <= _LONGEST_TAG else f"<{name}>"


def _forget(element: _Element) -> None:
    """Empties an element and takes those before it out of the tree."""
    element.clear()
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)
