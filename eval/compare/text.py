"""A comparison as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.render import plain

from ..report.words import number
from .gate import DEFAULTS
from .pairs import Pair

_LISTED = 8  # flips named under each measure


def text(summary: Mapping[str, Any], pairs: Sequence[Pair]) -> str:
    """What differs in the setup, a line a measure, the types that surely differ, the flips, and the gate's ruling."""
    parts = [*head(summary), *_measures(summary), *_types(summary), *_flips(summary, pairs), *_gate(summary)]
    return plain("\n".join(parts))


def head(summary: Mapping[str, Any]) -> Iterator[str]:
    """Sentences on what is compared."""
    for which in ("a", "b"):
        one = summary[which]
        lacking = "" if one["finished"] == one["asked"] else f", only {one['finished']} finished"
        failed = f", {one['failed']} failed" if one["failed"] else ""
        yield f"{which.upper()}: {one['folder']} ({one['date'][:10]}, {one['asked']} questions{lacking}{failed})"
    yield f"Compared on the {summary['n']} questions that both have. Differences are B less A."
    for name, words in (("only_a", "only A has"), ("only_b", "only B has"), ("changed", "read otherwise in B")):
        if summary[name]:
            yield f"Left out, since {words} them: {len(summary[name])} ({_listed(summary[name])})."
    for one in summary["setup"]:
        yield f"Set otherwise: {one['what']} was {one['a']} in A and is {one['b']} in B."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def _measures(summary: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"{'measure':24} {'A':>8} {'B':>8}  {'difference [95 % interval]':32} {'p':>6} {'detectable':>10} {'n':>4}"
    for name, one in summary["measures"].items():
        if one["difference"] is None:
            continue
        shown = {end: number(one[end], name) for end in ("a", "b")}
        least = "-" if one["minimum_detectable"] is None else number(one["minimum_detectable"], name)
        yield (
            f"{name:24} {shown['a']:>8} {shown['b']:>8}  {difference(one):32} {chance(one):>6} {least:>10} "
            f"{one['n']:>4}  {'' if one['verdict'] in ('unclear', 'equal') else verdict(one)}".rstrip()
        )
    if any(verdict(one).endswith("?") for one in summary["measures"].values()):
        yield DOUBT


DOUBT = "?: the interval leaves out zero, but p does not agree, as when few questions differ."


def verdict(one: Mapping[str, Any]) -> str:
    """What the interval says; a question mark where the permutation test disagrees."""
    doubted = one["verdict"] in ("better", "worse", "differs") and one["p"] >= 0.05
    return f"{one['verdict']}{' ?' * doubted}"


def chance(one: Mapping[str, Any]) -> str:
    """p, written out."""
    return "<.001" if one["p"] < 0.001 else f"{one['p']:.3f}".lstrip("0")


def difference(one: Mapping[str, Any]) -> str:
    """`+.012 [-.004, +.031]`, with whole numbers where they are large."""
    mean, low, high = one["difference"], one["low"], one["high"]
    places = 1 if max(abs(low), abs(high)) > 10 else 3
    return f"{mean:+.{places}f} [{low:+.{places}f}, {high:+.{places}f}]"


def _types(summary: Mapping[str, Any]) -> Iterator[str]:
    """Only what is clear: eleven types of many measures each would show a chance find in every comparison."""
    clear = [
        f"{kind:20} {name:20} {difference(one):32} {chance(one):>6} {one['n']:>4}  {verdict(one)}"
        for kind, measures in summary["types"].items()
        for name, one in measures.items()
        if one["verdict"] in ("better", "worse")
    ]
    if clear:
        yield "\nBy question type, where the interval leaves out zero (some do by chance):"
        yield from clear


def _flips(summary: Mapping[str, Any], pairs: Sequence[Pair]) -> Iterator[str]:
    asked = {pair.id: pair.a["question"]["question"] for pair in pairs}
    gated = [ruling["measure"] for ruling in summary["gate"]]
    for name in dict.fromkeys([*DEFAULTS, *gated]):
        found = summary["flips"].get(name)
        if found is None or not (found["better"] or found["worse"]):
            continue
        yield f"\n{name}: {len(found['better'])} questions better, {len(found['worse'])} worse"
        for way, sign in (("worse", "-"), ("better", "+")):
            yield from (f"  {sign} {one}: {_short(asked[one])}" for one in found[way][:_LISTED])
            if len(found[way]) > _LISTED:
                yield f"  {sign} and {len(found[way]) - _LISTED} more {way}"


def _short(question: str, most: int = 90) -> str:
    line = " ".join(plain(question).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _gate(summary: Mapping[str, Any]) -> Iterator[str]:
    if summary["gate"]:
        yield ""
        yield from (f"{'WORSE' if ruling['worse'] else 'ok   '}  {ruling['why']}" for ruling in summary["gate"])
