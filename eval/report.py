"""The report for people, as Markdown: what was run, the figures in words, tables, and the questions to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .faults import code, escaped, to_look_at

Figure = Mapping[str, Any]
Outcome = Mapping[str, Any]

_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
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

_BY_TYPE = ("recall@5", "ndcg@10", "required_facts", "supported", "citation_precision", "declined")


def markdown(run: Mapping[str, Any], outcomes: Sequence[Outcome], summary: Mapping[str, Any]) -> str:
    """The report. Texts of questions, papers and models are escaped."""
    parts = [*_head(run, outcomes), *_in_short(summary), *_tables(run, summary), *_by_type(summary)]
    parts += [*_risk(summary), *_stages(summary), *to_look_at(outcomes), *_unscored(summary), *_how_to_read(run)]
    return "\n".join(parts) + "\n"


def figure(value: Figure, name: str = "") -> str:
    """A metric in short: `.738 [.681, .795]`; tokens and words as whole numbers, `-` where nothing was scored."""
    if value["mean"] is None:
        return "-"
    return f"{_number(value['mean'], name)} [{_number(value['low'], name)}, {_number(value['high'], name)}]"


def _number(value: float, name: str) -> str:
    if name.endswith(("words", "tokens")):
        return f"{value:.0f}"
    if name in ("seconds", "cost"):
        return f"{value:.3f}"
    return f"{value:.3f}".lstrip("0") if value < 1 else f"{value:.2f}"


def _head(run: Mapping[str, Any], outcomes: Sequence[Outcome]) -> Iterator[str]:
    asked, known, gold = run["questions"], run["identity"], run["gold"]
    top_k, lacking = run["settings"]["top_k"], len(gold["missing"])
    answers = [one["answer"] for one in outcomes if one["answer"]]
    written = ", ".join(sorted({f"{a['mode']}{' by ' + a['model'] if a['model'] else ''}" for a in answers}))
    source = f" of `{code(asked['source'])}`" if asked["source"] else ""
    part = "" if asked["split"] == "all" else f", split {asked['split']}"
    yield "# Evaluation\n"
    yield f"- Asked: {asked['n']} questions{source}{part}, on {escaped(run['date'])}"
    yield f"- Corpus: {escaped(known['corpus'])}, {run['papers']} papers, of which a question retrieves {top_k}"
    yield f"- Answers: {escaped(written) or 'none'}"
    if lacking:
        yield f"- {lacking} of {gold['papers']} gold papers are not in the corpus; they count as not retrieved"


def _in_short(summary: Mapping[str, Any]) -> Iterator[str]:
    """The four figures of most weight, each with a sentence."""
    figures = summary["measures"]
    yield "\n## In short\n"
    sentences: tuple[tuple[str, str], ...] = (
        ("recall@5", "of the papers that hold the answer are among the first 5 retrieved"),
        ("required_facts", "of the facts that a good answer holds are in the answers"),
        ("citation_recall", "of the checkable sentences are supported by the very papers they cite"),
        ("coverage", "of the answerable questions get an answer"),
        ("declined_recall", "of the unanswerable ones are declined"),
    )
    for name, words in sentences:
        one = figures[name]
        if one["mean"] is not None:
            ends = f"{one['low']:.0%} to {one['high']:.0%}" if one["low"] < one["high"] else "all alike"
            yield f"- **{one['mean']:.0%}** ({ends}) {words}: `{name}`, {one['n']} questions."
    if figures["failed"]["mean"]:
        yield f"- **{round(figures['failed']['mean'] * summary['n'])}** questions failed; see below."


def _tables(run: Mapping[str, Any], summary: Mapping[str, Any]) -> Iterator[str]:
    for title, rows in _GROUPS:
        yield f"\n## {title}\n"
        yield "| measure | mean [95 % interval] | n | what it is |\n|---|---|---:|---|"
        for name, words in rows:
            one = summary["measures"][name]
            yield f"| {name} | {figure(one, name)} | {one['n']} | {words} |"
        if title == "Retrieval" and (top_k := run["settings"]["top_k"]) < 10:
            yield f"\nOnly {top_k} papers are retrieved, so recall@10 and ndcg@10 see no more than these."


def _by_type(summary: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## By question type\n"
    yield f"| type | questions | {' | '.join(_BY_TYPE)} |"
    yield f"|---|---:|{'---|' * len(_BY_TYPE)}"
    for kind, figures in summary["types"].items():
        cells = " | ".join(figure(figures[name], name) for name in _BY_TYPE)
        yield f"| `{code(kind)}` | {_questions(figures)} | {cells} |"


def _questions(figures: Mapping[str, Figure]) -> int:
    return int(figures["failed"]["n"])


def _risk(summary: Mapping[str, Any]) -> Iterator[str]:
    points = summary["risk_coverage"]
    if not points:
        return
    step = max(1, len(points) // 8)
    yield "\n## Risk and coverage\n"
    yield "If only questions were answered for which `answerable` is at least so high:\n"
    yield "| answerable at least | share of questions answered | of those, wrong or facts lacking |\n|---|---:|---:|"
    for point in [*points[step - 1 : -1 : step], points[-1]]:
        yield f"| {point['answerable']:.3f} | {point['coverage']:.0%} | {point['risk']:.0%} |"


def _stages(summary: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## Seconds by stage\n"
    yield "| stage | mean [95 % interval] | n |\n|---|---|---:|"
    for name, one in summary["stages"].items():
        yield f"| {code(name)} | {figure(one, 'seconds')} | {one['n']} |"


def _unscored(summary: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## Not scored, and why\n"
    yield "| measures | questions by reason |\n|---|---|"
    alike: dict[str, list[str]] = {}
    for name, one in summary["measures"].items():
        alike.setdefault(", ".join(f"{reason} {n}" for reason, n in one["unscored"].items()), []).append(name)
    yield from (f"| {', '.join(names)} | {escaped(reasons)} |" for reasons, names in alike.items() if reasons)


def _how_to_read(run: Mapping[str, Any]) -> Iterator[str]:
    boot = run["bootstrap"]
    yield "\n## How to read this\n"
    yield "- A mean is over questions: a question's score is the share of its own sentences, citations or facts."
    yield (
        f"- Intervals are 95 % bootstrap percentiles over questions ({boot['samples']} samples, seed {boot['seed']}). "
        "Few questions or equal scores make them too narrow; one question gives none worth the name."
    )
    yield "- What is not scored is neither right nor wrong; a declined answer counts neither as grounded nor as not."
    yield (
        "- Support is judged by the same scorer that checks the answers. It reads words and numbers, not meaning, so "
        "a sentence quoted word for word always passes: read required_facts beside it."
    )
