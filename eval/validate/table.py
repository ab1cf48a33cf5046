"""The figures of a validation as aligned tables for people, which are Markdown too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..retrieval.table import aligned, named

Figures = Mapping[str, Any]

_COLUMNS = {
    "auroc": "AUROC",
    "overlap_auroc": "word overlap",
    "claim_only_auroc": "claim only",
    "shuffled_auroc": "shuffled",
    "bacc": "bal. acc.",
    "overlap_bacc": "word overlap",
    "kappa": "kappa",
}


def text(summary: Figures) -> str:
    """Sets beside their baselines, abilities, probes, false alarms, calibration and published bars."""
    return "\n".join(_lines(summary))


def _lines(summary: Figures) -> Iterator[str]:
    yield f"Agreement of the scorer {summary['scorer']!r} with people, mean [95 % interval]\n"
    if summary["sets"]:
        yield from aligned(["set", "n", *_COLUMNS.values()], [_set(*one) for one in summary["sets"].items()])
        yield "\nA constant has AUROC and balanced accuracy .500. Claim only never reads the source."
        yield "Shuffled: claims with the source of another, which must be near .500.\n"
        yield from aligned(
            ["set", "AUROC less word overlap", "contradicted", "not in the source", "over-claimed"],
            [_apart(*one) for one in summary["sets"].items()],
        )
    if subsets := [[_named(s), _named(u), str(m["n"]), _cell(m)] for s, u, m in _subsets(summary)]:
        yield "\nAUROC by subset\n"
        yield from aligned(["set", "subset", "n", "AUROC"], subsets)
    yield from _probes("Probes: altered sentences that failed their check", summary["probes"])
    yield from _probes("The same on human paraphrases", summary["probes_on_paraphrases"] or {})
    yield from _alarms(summary["false_alarms"])
    yield from _pooled(summary)
    yield from _published(summary)


def _set(name: str, one: Figures) -> list[str]:
    return [_named(name), _count(one), *(_cell(one[column]) for column in _COLUMNS)]


def _count(one: Figures) -> str:
    unscored = sum(one["auroc"]["unscored"].values())
    return f"{one['n']}" + (f" ({unscored} not scored)" if unscored else "")


def _apart(name: str, one: Figures) -> list[str]:
    abilities = one["abilities"]
    shown = (abilities[fault] for fault in ("contradicted", "not_in_source", "over_claimed"))
    return [_named(name), _difference(one["over_overlap"]), *(_cell(found) for found in shown)]


def _subsets(summary: Figures) -> Iterator[tuple[str, str, Figures]]:
    for name, one in summary["sets"].items():
        for subset, found in one["subsets"].items():
            if found["mean"] is not None:
                yield name, subset, found


def _probes(title: str, probes: Figures) -> Iterator[str]:
    rows = [
        [name, str(one["n"]), *(_cell(one[part]) for part in ("detected", "partial", "control"))]
        for name, one in probes.items()
    ]
    if rows:
        yield f"\n{title}; control: the same sentences unaltered\n"
        yield from aligned(["probe", "n", "found", "only partly supported", "control"], rows)


def _alarms(alarms: Figures) -> Iterator[str]:
    given = {"verbatim": alarms["verbatim"], "paraphrase": alarms["paraphrase"], **alarms["paraphrase_sets"]}
    given["paraphrase, only partly supported"] = alarms["paraphrase_partial"]
    yield "\nFalse alarms: what its source supports and yet fails its check\n"
    rows = [[_named(name), str(one["n"]), _cell(one)] for name, one in given.items() if one is not None]
    yield from aligned(["sentences", "n", "share"], rows)


def _pooled(summary: Figures) -> Iterator[str]:
    if summary["calibration"] is None:
        return
    yield f"\nSensitivity {_cell(summary['sensitivity'])}, specificity {_cell(summary['specificity'])}, over all sets"
    yield f"\nCalibration of the support, Brier score {_cell(summary['calibration']['brier'])}\n"
    bins = [one for one in summary["calibration"]["bins"] if one["n"]]
    rows = [
        [f"{one['low']:.1f} to {one['high']:.1f}", str(one["n"]), f"{one['support']:.3f}", f"{one['supported']:.3f}"]
        for one in bins
    ]
    yield from aligned(["support", "n", "mean support", "called supported by people"], rows)


def _published(summary: Figures) -> Iterator[str]:
    names = list(summary["sets"])
    bars = [bar for bar in summary["published"] if any(name.startswith(bar["applies_to"]) for name in names)]
    if bars:
        yield "\nMeasured elsewhere, on other rows or units: bars to read ours beside, not to subtract\n"
        rows = [[bar["name"], bar["measure"], f"{bar['value']:.3f}", bar["on"]] for bar in bars]
        yield from aligned(["system", "measure", "value", "on"], rows)


def _named(text: str) -> str:
    """A name from a file as a cell."""
    return named(text)[:60]


def _difference(one: Figures) -> str:
    if one["difference"] is None:
        return "-"
    return f"{one['difference']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]"


def _cell(one: Figures | None) -> str:
    if one is None or one["mean"] is None:
        return "-"
    return f"{one['mean']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"
