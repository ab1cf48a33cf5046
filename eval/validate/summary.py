"""From verdicts to figures, as assistant/schemas/validate_scorer.schema.json has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..bootstrap import Floats, Metric, metric
from . import statistics
from .baselines import folds, overlap, thresholded
from .claim_only import claim_only
from .pairs import FAULTS, Labelled, Pair, Verdict, linked
from .plan import Plan, SetPlan, altered_of, control_of
from .probes import Probe
from .published import BARS
from .statistics import Bools, Scored

BINS = 10

Verdicts = Mapping[Pair, Verdict]


def summarise(plan: Plan, verdicts: Verdicts, seed: int) -> dict[str, Any]:
    """sets, probes, false alarms, sensitivity, specificity, calibration, and reasons for what is null."""
    reasons: dict[str, str] = {}
    pooled = [item for one in plan.sets if not one.whole.derived for item in one.items]
    return {
        "sets": {one.whole.name: _set(one, verdicts, seed) for one in plan.sets},
        "probes": _probes(plan.probes, verdicts, seed),
        "probes_on_paraphrases": _on_paraphrases(plan, verdicts, seed, reasons),
        "false_alarms": _false_alarms(plan, verdicts, seed, reasons),
        **_pooled(pooled, verdicts, seed, reasons),
        "published": [dict(bar) for bar in BARS],
        "reasons": reasons,
    }


def _judged(items: Sequence[Labelled], verdicts: Verdicts) -> tuple[list[Labelled], list[Verdict], Counter[str]]:
    """The items that were scored, what was said of each, and why the rest was not."""
    pairs = [(item, verdicts[item.pair]) for item in items]
    told = [(item, verdict) for item, verdict in pairs if not verdict.unscored]
    return [i for i, _ in told], [v for _, v in told], Counter(v.unscored for _, v in pairs if v.unscored)


def _data(items: Sequence[Labelled], unscored: Mapping[str, int]) -> Scored:
    return statistics.scored([item.supported for item in items], linked(items), unscored)


def _said(verdicts: Sequence[Verdict]) -> Bools:
    return np.array([one.supported for one in verdicts], bool)


def _support(verdicts: Sequence[Verdict]) -> Floats:
    return np.array([one.support for one in verdicts], float)


def _set(one: SetPlan, verdicts: Verdicts, seed: int) -> dict[str, Any]:
    """Every column of a set rests on the same pairs, those that the scorer judged."""
    items, told, unscored = _judged(one.items, verdicts)
    data = _data(items, unscored + Counter(one.whole.unscored))
    said, ours, shared = _said(told), _support(told), overlap(items)
    fold = folds(data.clusters)
    alone = claim_only([item.pair.claim for item in items], data.supported, fold)
    lexical = thresholded(shared, data.supported, fold)
    metrics = {
        "auroc": statistics.auroc(data, ours, seed),
        "bacc": statistics.balanced_accuracy(data, said, seed),
        "kappa": statistics.kappa(data, said, seed),
        "claim_only_auroc": statistics.auroc(data, alone, seed),
        "overlap_auroc": statistics.auroc(data, shared, seed),
        "overlap_bacc": statistics.balanced_accuracy(data, lexical, seed),
        "shuffled_auroc": _shuffled(one, verdicts, seed),
        "sensitivity": statistics.share(data, said, data.supported, seed),
        "specificity": statistics.share(data, ~said, ~data.supported, seed),
    }
    return {
        "n": len(one.items),
        "constant_bacc": 0.5,
        **_plain(metrics),
        "over_overlap": statistics.auroc_difference(data, ours, shared, seed).to_dict(),
        "abilities": _abilities(data, items, ours, seed),
        "subsets": _subsets(data, items, ours, seed),
    }


def _plain(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {name: one.to_dict() for name, one in metrics.items()}


def _shuffled(one: SetPlan, verdicts: Verdicts, seed: int) -> Metric:
    told = [verdicts[pair] for pair in one.shuffled]
    kept = [(one.items[number], v) for number, v in zip(one.swapped, told, strict=True) if not v.unscored]
    data = _data([item for item, _ in kept], Counter(v.unscored for v in told if v.unscored))
    return statistics.auroc(data, _support([v for _, v in kept]), seed)


def _abilities(data: Scored, items: Sequence[Labelled], ours: Floats, seed: int) -> dict[str, Any]:
    """AUROC of the supported pairs against those with each fault; None where the set's labels name no such fault."""
    faults = np.array([item.fault for item in items], dtype=object)
    found: dict[str, Any] = {}
    for fault in FAULTS:
        chosen = data.supported | (faults == fault)
        one = statistics.auroc(data.part(chosen), ours[chosen], seed) if (faults == fault).any() else None
        found[fault] = one.to_dict() if one else None
    return found


def _subsets(data: Scored, items: Sequence[Labelled], ours: Floats, seed: int) -> dict[str, Any]:
    names = np.array([item.subset for item in items], dtype=object)
    parts = {name: names == name for name in sorted(set(names)) if name}
    return {name: statistics.auroc(data.part(own), ours[own], seed).to_dict() for name, own in parts.items()}


def _failed(verdict: Verdict) -> bool:
    """Whether a sentence fails its check: then it is cited anew, repaired or shown as unsupported."""
    return not (verdict.supported or verdict.partial)


def _is_partial(verdict: Verdict) -> bool:
    return verdict.partial


def _flagged(
    pairs: Iterable[tuple[str, Pair]], verdicts: Verdicts, seed: int, which: Callable[[Verdict], bool] = _failed
) -> dict[str, Any]:
    """The share that fails, or another; pairs of one cluster are drawn together."""
    told = [(cluster, verdicts[pair]) for cluster, pair in pairs]
    scored = [(cluster, float(which(one))) for cluster, one in told if not one.unscored]
    return metric(scored, [one.unscored for _, one in told if one.unscored], seed).to_dict()


def _probes(probes: Mapping[str, Sequence[Probe]], verdicts: Verdicts, seed: int) -> dict[str, Any]:
    return {
        name: {
            "n": len(own),
            "detected": _flagged([(p.own.text, altered_of(p)) for p in own], verdicts, seed),
            "partial": _flagged([(p.own.text, altered_of(p)) for p in own], verdicts, seed, _is_partial),
            "control": _flagged([(p.own.text, control_of(p)) for p in own], verdicts, seed),
        }
        for name, own in probes.items()
    }


def _on_paraphrases(plan: Plan, verdicts: Verdicts, seed: int, reasons: dict[str, str]) -> dict[str, Any] | None:
    if not plan.paraphrases:
        reasons["probes_on_paraphrases"] = _NO_PARAPHRASE
        return None
    return _probes(plan.on_paraphrases, verdicts, seed)


_NO_PARAPHRASE = "no folder has SciFact claims, or author_tldr*.jsonl, beside a corpus.jsonl"
_NO_SET = "no folder has a labelled set"


def _false_alarms(plan: Plan, verdicts: Verdicts, seed: int, reasons: dict[str, str]) -> dict[str, Any]:
    told = [one for own in plan.paraphrases.values() for one in own]
    if not told:
        reasons["false_alarms.paraphrase"] = _NO_PARAPHRASE
    return {
        "verbatim": _flagged(plan.verbatim, verdicts, seed),
        "paraphrase": _flagged(told, verdicts, seed) if told else None,
        "paraphrase_partial": _flagged(told, verdicts, seed, _is_partial) if told else None,
        "paraphrase_sets": {name: _flagged(own, verdicts, seed) for name, own in plan.paraphrases.items()},
    }


def _pooled(items: Sequence[Labelled], verdicts: Verdicts, seed: int, reasons: dict[str, str]) -> dict[str, Any]:
    if not items:
        missing = dict.fromkeys(("sensitivity", "specificity", "calibration"))
        reasons.update(dict.fromkeys(missing, _NO_SET))
        return missing
    kept, told, unscored = _judged(items, verdicts)
    data, said, support = _data(kept, unscored), _said(told), _support(told)
    error = (support - data.supported) ** 2
    brier = metric(((str(c), e) for c, e in zip(data.clusters, error, strict=True)), unscored.elements(), seed)
    return {
        "sensitivity": statistics.share(data, said, data.supported, seed).to_dict(),
        "specificity": statistics.share(data, ~said, ~data.supported, seed).to_dict(),
        "calibration": {"brier": brier.to_dict(), "bins": _bins(support, data.supported)},
    }


def _bins(support: Floats, supported: Bools) -> list[dict[str, Any]]:
    """Tenths of the support: how many pairs lie in each, their mean support and the share that people call so."""
    number = np.minimum((support * BINS).astype(int), BINS - 1)
    found = []
    for i in range(BINS):
        own = number == i
        means = (
            (round(float(support[own].mean()), 4), round(float(supported[own].mean()), 4)) if own.any() else (None,) * 2
        )
        found.append(
            {"low": i / BINS, "high": (i + 1) / BINS, "n": int(own.sum()), "support": means[0], "supported": means[1]}
        )
    return found
