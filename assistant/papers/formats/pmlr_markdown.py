"""Reader of PMLR's Markdown posts: one paper each, all of it in the YAML front matter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..paper import Problem, Record
from .fields import year_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = "a PMLR post (Markdown with title and abstract in its front matter)"

_LONGEST = 200_000  # characters of the front matter
_FENCE = re.compile(r"(?:---|\.\.\.)\s*")
_TITLE = re.compile(r"^title:", re.M)
_PAPER = re.compile(r"^(?:abstract:|layout:[ \t]*inproceedings\b)", re.M)


def sniff(head: str) -> bool:
    """Whether it opens with front matter that has a title and an abstract, or calls itself a paper."""
    fence, _, rest = head.lstrip().partition("\n")
    matter = rest.partition("\n---")[0]
    return fence.rstrip() == "---" and bool(_TITLE.search(matter) and _PAPER.search(matter))


def read(lines: Iterable[tuple[int, str]], source: str) -> Iterator[Record | Problem]:
    """The one record of the file; the text below the front matter is not read."""
    import yaml

    matter = _front_matter(lines)
    if isinstance(matter, Problem):
        yield matter
        return
    try:
        # All values stay texts: a title "1984" is no number, and nothing in a file is looked up or multiplied.
        values = yaml.load(matter, Loader=yaml.BaseLoader)  # noqa: S506  # safer than the safe loader: no tags
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        yield Problem(line, f"the front matter is not YAML here ({error.problem})")
    except (yaml.YAMLError, RecursionError, ValueError):
        yield Problem(1, "the front matter is not YAML")
    else:
        yield _record(values, source) if isinstance(values, dict) else Problem(1, "the front matter names no fields")


def _front_matter(lines: Iterable[tuple[int, str]]) -> str | Problem:
    held: list[str] = []
    size, expected = 0, 0
    for number, text in lines:
        if expected and number != expected:
            return Problem(expected, "a line of the front matter cannot be read")
        if expected and _FENCE.fullmatch(text):
            return "".join(held)
        if expected:
            held.append(text)
            size += len(text)
        if expected or text.strip():  # the first of them is the opening fence
            expected = number + 1
        if size > _LONGEST:
            return Problem(1, "the front matter is longer than 200,000 characters, or not closed by '---'")
    return Problem(1, "the file ends inside the front matter, which '---' would close")


def _record(values: dict[Any, Any], source: str) -> Record:
    rest = {name: value for name, value in values.items() if isinstance(name, str) and isinstance(value, str)}

    def take(*names: str) -> str | None:
        found = [rest.pop(name, "") for name in names]
        return next((value for value in found if value.strip()), None)

    authors = values.get("author")
    return Record(
        1,
        source,
        take("title") or "",
        take("abstract") or "",
        own_id=take("id"),
        authors=tuple(filter(None, map(_name, authors))) if isinstance(authors, list) else (),
        year=year_of(take("date")) or year_of(take("year")),
        venue=take("container-title", "booktitle"),
        url=take("url", "pdf"),
        doi=take("doi"),
        extra={name: value for name, value in rest.items() if value.strip()},
    )


def _name(author: object) -> str:
    """A name from "First Last" or {given, family}; anything else is none."""
    parts = [author.get("given"), author.get("family")] if isinstance(author, dict) else [author]
    return " ".join(part.strip() for part in parts if isinstance(part, str))
