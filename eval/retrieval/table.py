"""The figures of a comparison as aligned tables for people, which are Markdown too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .summary import COMPARED
from .systems import METRICS, OURS

_SHOWN = {"ndcg@10": "nDCG@10", "mrr": "MRR"}

Figures = Mapping[str, Any]


def text(summary: Figures) -> str:
    """Systems by metrics, types, paired differences, each with its 95 % interval and how much it rests on."""
    return "\n".join(_lines(summary))


def _lines(summary: Figures) -> Iterator[str]:
    systems = summary["systems"]
    yield f"{_scored(summary)}, mean [95 % interval]\n"
    names = [_SHOWN.get(name, name) for name in METRICS]
    yield from aligned(["system", *names], [[s, *(_cell(m[name]) for name in METRICS)] for s, m in systems.items()])
    if len(summary["types"]) > 1:
        yield f"\n{_SHOWN[COMPARED]} by type\n"
        yield from aligned(["type", "n", *systems], [_type(kind, part) for kind, part in summary["types"].items()])
    if summary["paired"]:
        yield f"\n{_SHOWN[COMPARED]} of {OURS}, less that of each other system on the same questions\n"
        yield from aligned(["type", *(f"less {system}" for system in summary["paired"])], list(_differences(summary)))
    times = summary["latency_ms"]
    if times["p50"] is not None:
        shown = ", ".join(f"{name} {value:.1f} ms" for name, value in times.items())
        yield f"\nFrom question to ranked papers ({OURS}): {shown}"


def _scored(summary: Figures) -> str:
    one: Figures = next((m[COMPARED] for m in summary["systems"].values()), {"n": 0, "unscored": {}})
    why = "".join(f", {count} not scored ({reason})" for reason, count in one["unscored"].items())
    return f"n = {one['n']} questions{why}"


def _type(kind: str, systems: Figures) -> list[str]:
    n = next(iter(systems.values()))[COMPARED]["n"]
    return [named(kind), str(n), *(_cell(metrics[COMPARED]) for metrics in systems.values())]


def _differences(summary: Figures) -> Iterator[list[str]]:
    parts = {"all": summary["paired"], **(summary["paired_types"] if len(summary["types"]) > 1 else {})}
    for kind, part in parts.items():
        yield [named(kind), *(_difference(compared[COMPARED]) for compared in part.values())]


def _difference(one: Figures) -> str:
    if one["difference"] is None:
        return "-"
    return f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}] p {one['p']:.4f}"


def named(kind: str) -> str:
    """A type as a cell: its name comes from a file."""
    return " ".join(kind.replace("|", "/").split())


def _cell(one: Figures) -> str:
    return "-" if one["mean"] is None else f"{one['mean']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"


def aligned(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A Markdown table whose columns stand one below the other."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for i, row in enumerate([head, *rows]):
        yield f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
        if i == 0:
            yield f"|{'|'.join('-' * (width + 2) for width in widths)}|"
