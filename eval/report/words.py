"""What the measures are called, what they say, and how their figures are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Figure = Mapping[str, Any]

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Retrieval",
        (
            ("recall@1", "gold papers that came first"),
            ("recall@5", "gold papers among the first 5"),
            ("recall@10", "gold papers among the first 10"),
            ("mrr", "1 / rank of the first gold paper"),
            ("ndcg@10", "ranking quality of the first 10, 1 is perfect"),
        ),
    ),
    (
        "Answers",
        (
            ("required_facts", "required facts found within the word budget; a declined answer has none"),
            ("required_facts_answered", "the same over the questions that were answered"),
            ("answer_words", "length of an answer, in words"),
        ),
    ),
    (
        "Grounding and citations",
        (
            ("supported", "checkable sentences that the retrieved abstracts support"),
            ("contradicted", "checkable sentences that they contradict"),
            ("not_stated", "checkable sentences that they do not state"),
            ("citation_recall", "checkable sentences that the abstracts they cite support"),
            ("citation_precision", "citations that help to support their sentence; invented ones are wrong"),
            ("mis_citation", "checkable sentences that something retrieved supports, but not what they cite"),
            ("uncited", "checkable sentences that cite nothing"),
            ("no_citations", "answers without any citation"),
            ("recited", "sentences whose citations the assistant replaced before showing them"),
            ("repaired", "sentences that it had written anew before showing them"),
            ("dropped_marks", "papers that the writer cited in vain and that are not shown, for each sentence"),
        ),
    ),
    (
        "Declining",
        (
            ("declined", "all questions that were declined"),
            ("coverage", "answerable questions that were not declined"),
            ("partial_rate", "answerable questions that were answered in part"),
            ("declined_precision", "declined questions that indeed cannot be answered"),
            ("declined_recall", "unanswerable questions that were declined"),
            ("declined_recall_near", "... those near the papers' subjects"),
            ("declined_recall_far", "... those far from them"),
            ("near_handled", "near ones declined, or answered in part with what is missing said"),
            ("answerable_auroc", "how well the probability of an answer tells answerable from not; .5 is chance"),
        ),
    ),
    (
        "Judge",
        (
            ("judged_supported", "sentences that it finds supported by what they cite, else by all retrieved"),
            ("judged_partial", "sentences that it finds supported in part"),
            ("judged_contradicted", "sentences that it finds contradicted"),
            ("judged_not_stated", "sentences that it finds not stated"),
            ("judged_correct", "its grade of answers beside the gold answer, 0 to 1; a declined answer has 0"),
            ("judge_unscored", "what it was asked and gave no readable verdict on"),
            ("judge_flip", "of what it was asked twice, in reverse order, the verdicts that changed"),
            ("judge_input_tokens", "tokens that it read"),
            ("judge_output_tokens", "tokens that it wrote"),
        ),
    ),
    (
        "Cost",
        (
            ("seconds", "seconds from question to answer"),
            ("input_tokens", "tokens read by the model"),
            ("output_tokens", "tokens written by the model"),
            ("cost", "money"),
            ("failed", "questions that ended in an error"),
        ),
    ),
)


def figure(value: Figure, name: str = "") -> str:
    """A metric in short: `.738 [.681, .795]`; tokens and words as whole numbers, `-` where nothing was scored."""
    if value["mean"] is None:
        return "-"
    return f"{number(value['mean'], name)} [{number(value['low'], name)}, {number(value['high'], name)}]"


def number(value: float, name: str) -> str:
    if name.endswith(("words", "tokens")):
        return f"{value:.0f}"
    if name in ("seconds", "cost"):
        return f"{value:.3f}"
    return f"{value:.3f}".lstrip("0") if value < 1 else f"{value:.2f}"


def percent(value: float) -> str:
    """A share as a whole percentage; what is nearly all or nearly nothing is not called all or nothing."""
    if 0 < value < 0.005:
        return "under 1%"
    if 0.995 <= value < 1:
        return "over 99%"
    return f"{value:.0%}"


def duration(seconds: float) -> str:
    """`0.34 s`, or `11 ms` where that says more."""
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"


def range_of(low: float, high: float) -> str:
    """The interval of a share in words."""
    return f"{percent(low)} to {percent(high)}" if low < high else "all alike"


def groups_of(measures: Mapping[str, Figure]) -> list[tuple[str, list[tuple[str, str]]]]:
    """GROUPS as far as these measures go; what no group knows comes last, under its own name."""
    known = {name for _, rows in GROUPS for name, _ in rows}
    groups = [(title, [row for row in rows if row[0] in measures]) for title, rows in GROUPS]
    groups.append(("Others", [(name, "") for name in measures if name not in known]))
    return [(title, rows) for title, rows in groups if rows]
