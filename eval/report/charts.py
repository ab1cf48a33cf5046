"""The charts of a report: each a drawing, a sentence that says how to read it, and its numbers as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..bootstrap import metric
from ..summary import kinds
from .marks import MARKS, mark_of
from .svg import WIDTH, Plane, clipped, drawing, element, words
from .words import duration, number, percent

Outcome = Mapping[str, Any]
_BINS = 5


@dataclass(frozen=True, slots=True)
class Chart:
    """`svg` is markup, all else plain text. `rows` hold what `svg` shows; `key` names its colours, where it has any."""

    title: str
    says: str
    svg: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    key: Sequence[tuple[str, str]] = ()


def charts(
    outcomes: Sequence[Outcome], summary: Mapping[str, Any], people: Sequence[tuple[float, float, int]] = ()
) -> list[Chart]:
    """Those that there is anything to draw for. people: the scorer's calibration by people's labels."""
    drawn = (labels(outcomes), recalls(outcomes), risk(summary), calibration(outcomes, people), stages(summary))
    return [chart for chart in drawn if chart is not None]


def labels(outcomes: Sequence[Outcome]) -> Chart | None:
    """What became of the sentences, for each type of question."""
    counts = {
        kind: Counter(
            mark_of(verdict).key
            for one in outcomes
            if one["type"] == kind
            for verdict in one["details"].get("sentences", ())
        )
        for kind in kinds(outcomes)
    }
    counts = {kind: found for kind, found in counts.items() if found}
    if not counts:
        return None
    used = [mark for mark in MARKS if any(found[mark.key] for found in counts.values())]
    bars = [part for i, (kind, found) in enumerate(counts.items()) for part in _stack(12 + 24 * i, kind, found)]
    return Chart(
        "Sentences by question type",
        "Each bar is all sentences of the answers to one type of question; the number of sentences stands at its end.",
        drawing(20 + 24 * len(counts), "Labels of the sentences by question type", *bars),
        ("type", *(mark.word for mark in used)),
        [(kind, *(str(found[mark.key]) for mark in used)) for kind, found in counts.items()],
        [(mark.key, f"{mark.sign} {mark.word}") for mark in used],
    )


def _stack(y: float, kind: str, found: Counter[str]) -> Iterator[str]:
    left, right = 122.0, WIDTH - 34.0
    total, x = found.total(), left
    yield words(left - 6, y + 11, clipped(kind), "tick", "end")
    for mark in MARKS:
        if share := found[mark.key] / total:
            width = share * (right - left)
            tip = f"<title>{mark.word}: {found[mark.key]}, {percent(share)}</title>"
            yield element("rect", tip, x=x, y=y, width=width, height=15, class_=f"bar {mark.key}")
            if width > 34:
                yield words(x + width / 2, y + 11.5, f"{mark.sign} {share:.0%}", f"on {mark.key}", "middle")
            x += width
    yield words(right + 5, y + 11, str(total), "tick")


def recalls(outcomes: Sequence[Outcome]) -> Chart | None:
    """The share of gold papers among the first k retrieved, for every k."""
    ranks = {
        one["id"]: {gold["paper_id"] or gold["gold"]: gold["rank"] for gold in found}
        for one in outcomes
        if (found := one["details"].get("gold"))
    }
    if not ranks:
        return None
    depth = max(len({p["paper_id"] for p in one["answer"]["passages"]}) for one in outcomes if one["answer"])
    steps = range(1, max(depth, 2) + 1)
    figures = [
        metric([(name, sum(r is not None and r <= k for r in own.values()) / len(own)) for name, own in ranks.items()])
        for k in steps
    ]
    points = [(k, one.mean or 0.0, one.low or 0.0, one.high or 0.0) for k, one in zip(steps, figures, strict=True)]
    plane = Plane(1, steps[-1])
    ticks = [(float(k), str(k)) for k in steps if steps[-1] <= 10 or k in (1, 5) or k % 10 == 0]
    inside = [
        plane.axes(ticks, "papers looked at (k)", "gold papers found"),
        plane.band([(k, low) for k, _, low, _ in points], [(k, high) for k, _, _, high in points]),
        plane.line([(k, mean) for k, mean, _, _ in points]),
        *(plane.dot(k, mean, 2.5, f"first {k}: {percent(mean)}") for k, mean, _, _ in points),
    ]
    return Chart(
        "Recall of gold papers",
        "The share of the papers that hold the answer among the first k retrieved, with its 95 % interval.",
        drawing(plane.height, "Recall at k", *inside),
        ("k", "recall", "from", "to"),
        [(str(k), *(number(value, "") for value in values)) for k, *values in points],
    )


def risk(summary: Mapping[str, Any]) -> Chart | None:
    """What would be wrong if only the surest questions were answered."""
    points = summary["risk_coverage"]
    if not points:
        return None
    plane = Plane()
    places = [(point["coverage"], point["risk"]) for point in points]
    inside = [
        plane.axes([(q, f"{q:.0%}") for q in (0.0, 0.25, 0.5, 0.75, 1.0)], "questions answered", "of those, wrong"),
        plane.line(places),
        plane.dot(*places[-1], 3.5, f"all answered: {percent(places[-1][1])} wrong"),
    ]
    step = max(1, len(points) // 10)
    shown = [*points[step - 1 : -1 : step], points[-1]]
    return Chart(
        "Risk and coverage",
        "If only the surest questions were answered, from the left, so much of the answers would be wrong or lacking. "
        "A curve that rises to the right means that the assistant knows what it knows.",
        drawing(plane.height, "Risk by coverage", *inside),
        ("answerable at least", "answered", "wrong or lacking"),
        [(number(one["answerable"], ""), percent(one["coverage"]), percent(one["risk"])) for one in shown],
    )


def calibration(outcomes: Sequence[Outcome], people: Sequence[tuple[float, float, int]] = ()) -> Chart | None:
    """Whether the support that the assistant states of a sentence is the share found supported by what it cites.

    people: the same of the labelled sets, (support stated, share that people call supported, pairs) each.
    """
    pairs = [
        (float(said["support"]), verdict["cited"] == "supported")
        for one in outcomes
        if one["answer"]
        for said, verdict in zip(one["answer"]["sentences"], one["details"].get("sentences", ()), strict=False)
        if said.get("support") is not None and verdict["outcome"] != "not_checkable"
    ]
    bins: dict[int, list[tuple[float, bool]]] = {}
    for support, right in pairs:
        bins.setdefault(min(int(support * _BINS), _BINS - 1), []).append((support, right))
    if not bins:
        return None
    groups = [bins[number] for number in sorted(bins)]
    points = [(sum(s for s, _ in g) / len(g), sum(r for _, r in g) / len(g), len(g)) for g in groups]
    plane = Plane()
    inside = [
        plane.axes([(q, f"{q:.0%}") for q in (0.0, 0.25, 0.5, 0.75, 1.0)], "support stated", "found supported"),
        plane.line([(0, 0), (1, 1)], "ideal"),
        plane.line([(x, y) for x, y, _ in people], "line people") if people else "",
        plane.line([(x, y) for x, y, _ in points]),
        *(plane.dot(x, y, 3 + 6 * (n / len(pairs)) ** 0.5, f"{n} sentences") for x, y, n in points),
    ]
    return Chart(
        "Calibration of support",
        "The support that the answer states for its sentences, beside the share that this evaluation finds supported "
        "by what they cite. On the dashed line the two agree; larger dots are more sentences."
        + " The thin line is what people say of the labelled sets."
        * bool(people),
        drawing(plane.height, "Calibration of support", *inside),
        ("support stated", "found supported", "sentences", "by"),
        [
            (number(x, ""), percent(y), str(n), by)
            for by, found in (("this evaluation", points), ("people", people))
            for x, y, n in found
        ],
    )


def stages(summary: Mapping[str, Any]) -> Chart | None:
    """Seconds by stage, with their intervals."""
    found = {name: one for name, one in summary["stages"].items() if one["mean"] is not None}
    if not found:
        return None
    most = max(one["high"] for one in found.values()) or 1.0
    bars = [part for i, (name, one) in enumerate(found.items()) for part in _stage(12 + 30 * i, name, one, most)]
    total = summary["measures"]["seconds"]
    whole = "" if total["mean"] is None else f" A question takes {duration(total['mean'])} in all."
    return Chart(
        "Time by stage",
        f"Mean seconds a question spends in each stage; the thin line is the 95 % interval.{whole}",
        drawing(20 + 30 * len(found), "Seconds by stage", *bars),
        ("stage", "mean s", "from", "to", "questions"),
        [
            (name, *(number(one[end], "seconds") for end in ("mean", "low", "high")), str(one["n"]))
            for name, one in found.items()
        ],
    )


def _stage(y: float, name: str, one: Mapping[str, Any], most: float) -> Iterator[str]:
    left, right = 92.0, WIDTH - 62.0
    mean, low, high = (left + (right - left) * one[end] / most for end in ("mean", "low", "high"))
    yield words(left - 6, y + 12, clipped(name, 14), "tick", "end")
    yield element("rect", x=left, y=y, width=max(mean - left, 1.0), height=17, class_="bar plain")
    yield element("line", x1=low, x2=high, y1=y + 8.5, y2=y + 8.5, class_="whisker")
    yield words(right + 6, y + 12, duration(one["mean"]), "tick")
