"""A comparison as one HTML page: the verdict, the differences drawn, and the questions that flipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..report.charts import Chart
from ..report.html import rendered
from ..report.questions import state
from ..report.svg import WIDTH, clipped, drawing, element, words
from ..report.words import number
from .pairs import Pair
from .text import DOUBT, chance, difference, head, verdict

_NOT_SHARES = ("seconds", "cost", "answer_words", "input_tokens", "output_tokens")
_SIGNS = {"better": "▲", "worse": "▼"}


def page(summary: Mapping[str, Any], pairs: Sequence[Pair]) -> str:
    """The whole document; every text of a question or an answer is only text in it."""
    told = {
        word: [name for name, one in summary["measures"].items() if one["verdict"] == way and sure == _sure(one)]
        for word, way, sure in (
            ("worse", "worse", True),
            ("better", "better", True),
            ("perhaps worse", "worse", False),
            ("perhaps better", "better", False),
        )
    }
    return rendered(
        "compare.html.j2",
        {
            "summary": summary,
            "head": list(head(summary)),
            "told": {word: names for word, names in told.items() if names},
            "alike": all(one["verdict"] in ("equal", "not compared") for one in summary["measures"].values()),
            "doubt": DOUBT,
            "charts": [chart for chart in (forest(summary["measures"]),) if chart],
            "measures": [row(name, one) for name, one in summary["measures"].items() if one["difference"] is not None],
            "types": {
                kind: [row(name, one) for name, one in measures.items() if one["difference"] is not None]
                for kind, measures in summary["types"].items()
            },
            "flips": list(_flips(summary, {pair.id: pair for pair in pairs})),
        },
    )


def _sure(one: Mapping[str, Any]) -> bool:
    return not verdict(one).endswith("?")


def row(name: str, one: Mapping[str, Any]) -> dict[str, str]:
    """A measure's line of a table, written out."""
    least = one["minimum_detectable"]
    return {
        "name": name,
        "a": number(one["a"], name),
        "b": number(one["b"], name),
        "difference": difference(one),
        "p": chance(one),
        "detectable": "–" if least is None else number(least, name),
        "n": str(one["n"]),
        "verdict": one["verdict"],
        "told": verdict(one),
    }


def _flips(summary: Mapping[str, Any], pairs: Mapping[str, Pair]) -> Iterator[dict[str, Any]]:
    for name, found in summary["flips"].items():
        if name in _NOT_SHARES or not (found["worse"] or found["better"]):
            continue
        ways = [(way, [_flip(pairs[one], name) for one in found[way]]) for way in ("worse", "better") if found[way]]
        yield {"name": name, "worse": len(found["worse"]), "better": len(found["better"]), "ways": ways}


def _flip(pair: Pair, name: str) -> dict[str, Any]:
    a, b = pair.scores(name)
    return {
        "id": pair.id,
        "question": pair.a["question"]["question"],
        "a": number(a or 0.0, name),
        "b": number(b or 0.0, name),
        "answers": [(which, state(one), _said(one)) for which, one in (("A", pair.a), ("B", pair.b))],
    }


def _said(outcome: Mapping[str, Any]) -> str:
    return str(outcome["answer"]["text"] if outcome["answer"] else outcome["error"]["message"])


def forest(measures: Mapping[str, Mapping[str, Any]]) -> Chart | None:
    """The differences of shares with their intervals about zero, of what differs at all; None where nothing does."""
    kept = [name for name in measures if name not in _NOT_SHARES]
    shown = {name: measures[name] for name in kept if measures[name]["verdict"] not in ("equal", "not compared")}
    if not shown:
        return None
    reach = max(0.05, *(abs(one[end]) for one in shown.values() for end in ("low", "high")))
    left, right, last = 156.0, WIDTH - 12.0, 24 + 19 * len(shown)
    middle, scale = (left + right) / 2, (right - left) / 2 / reach
    parts = [element("line", x1=middle, x2=middle, y1=6.0, y2=last, class_="zero")]
    for i, (name, one) in enumerate(shown.items()):
        y = 18.0 + 19 * i
        low, mean, high = (middle + scale * one[end] for end in ("low", "difference", "high"))
        kind = one["verdict"] if one["verdict"] in ("better", "worse") else ""
        parts += [
            words(left - 8, y + 4, f"{clipped(name, 23)} {_SIGNS.get(kind, '')}".strip(), "tick", "end"),
            element("line", x1=low, x2=high, y1=y, y2=y, class_=f"spread {kind}".strip()),
            element("circle", f"<title>{difference(one)}</title>", cx=mean, cy=y, r=3.6, class_=f"dot {kind}".strip()),
        ]
    for x, value in ((left, -reach), (middle, 0.0), (right, reach)):
        anchor = {left: "start", right: "end"}.get(x, "middle")
        parts.append(words(x, last + 14, f"{value:+.2f}" if value else "0", "tick", anchor))
    return Chart(
        "Differences",
        "B less A with the 95 % interval, for what differs at all. ▲ and green: better. ▼ and red: worse.",
        drawing(last + 20, "Differences between the runs", *parts),
        ("measure", "difference"),
        [(name, difference(one)) for name, one in shown.items()],
    )
