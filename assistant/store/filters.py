"""Filters: which papers a question may use, exact, as SQL over papers.sqlite."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ..errors import SettingsError


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that all must hold. None means no condition; a year filter leaves out papers without a year.

    source: a source's name. year_from, year_to: inclusive. author: part of a name, any case.
    venue: the venue's name, any case. paper_ids: any id of the papers allowed.
    """

    source: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    author: str | None = None
    venue: str | None = None
    paper_ids: tuple[str, ...] | None = None

    @classmethod
    def of(cls, given: Filters | Mapping[str, Any] | None) -> Filters:
        """Filters from a mapping with the names above, or `year` for both ends. SettingsError otherwise."""
        if given is None or isinstance(given, Filters):
            return given or cls()
        values = {name: value for name, value in given.items() if value is not None}
        if "year" in values:
            year = values.pop("year")
            values |= {"year_from": year, "year_to": year}
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            cure = "Known: source, year, year_from, year_to, author, venue, paper_ids."
            raise SettingsError(f"There is no filter {unknown[0]!r}.", cure=cure)
        return cls(**{name: _checked(name, value) for name, value in values.items()})

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))

    def of_any_year(self) -> Filters:
        """The same without the condition on the year."""
        return replace(self, year_from=None, year_to=None)

    def where(self) -> tuple[str, list[Any]]:
        """An SQL condition over `papers` and its parameters; `1` where nothing is filtered."""
        parts: list[tuple[str, list[Any]]] = []
        if self.source is not None:
            parts.append(("number IN (SELECT number FROM sources WHERE source = ?)", [self.source]))
        if self.year_from is not None:
            parts.append(("year >= ?", [self.year_from]))
        if self.year_to is not None:
            parts.append(("year <= ?", [self.year_to]))
        if self.author is not None:
            parts.append(("instr(authors, ?) > 0", [self.author.casefold()]))
        if self.venue is not None:
            parts.append(("venue = ?", [self.venue.casefold()]))
        if self.paper_ids is not None:
            known = "SELECT number FROM aliases WHERE alias IN (SELECT value FROM json_each(?))"
            parts.append((f"number IN ({known})", [json.dumps(self.paper_ids)]))
        condition = " AND ".join(sql for sql, _ in parts) or "1"
        return condition, [value for _, values in parts for value in values]


def _checked(name: str, value: Any) -> Any:
    if name in ("year_from", "year_to") and not _is_year(value):
        raise SettingsError(f"The filter {name} is {value!r}.", cure="Give a year as a whole number.")
    if name == "paper_ids":
        if not isinstance(value, Collection) or isinstance(value, str) or not all(isinstance(o, str) for o in value):
            raise SettingsError(f"The filter paper_ids is {value!r}.", cure="Give a list of ids.")
        return tuple(value)
    if name in ("source", "author", "venue") and not isinstance(value, str):
        raise SettingsError(f"The filter {name} is {value!r}.", cure="Give a text.")
    return value


def _is_year(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10_000
