"""The report for people, as Markdown: what was run, the figures in words, tables, and the questions to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .agreement import agreement, corrected, told
from .faults import code, escaped, to_look_at
from .headline import headlines
from .words import Figure, figure, groups_of, percent, range_of

Outcome = Mapping[str, Any]

_BY_TYPE = ("recall@5", "ndcg@10", "required_facts", "supported", "citation_precision", "declined")


def markdown(run: Mapping[str, Any], outcomes: Sequence[Outcome], summary: Mapping[str, Any]) -> str:
    """The report. Texts of questions, papers and models are escaped."""
    parts = [*_head(run, outcomes), *_in_short(summary), *_tables(run, summary), *_by_type(summary)]
    parts += [*_risk(summary), *_stages(summary), *to_look_at(outcomes), *_unscored(summary), *_how_to_read(run)]
    return "\n".join(parts) + "\n"


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
    known = agreement()
    yield "\n## In short\n"
    for one in headlines(summary):
        yield f"- **{one.title}: {one.value}**{f' ({one.range})' if one.range else ''}. {one.says} `{one.name}`"
    if figures["failed"]["mean"]:
        yield f"- **{round(figures['failed']['mean'] * summary['n'])}** questions failed; see below."
    yield f"\n{escaped(told(known))}"
    if (better := corrected(figures["supported"], known)) and better.mean is not None:
        ends = range_of(better.low or 0.0, better.high or 0.0)
        yield f"Supported, corrected for the scorer's errors: {percent(better.mean)} ({ends}). {better.caveat}"


def _tables(run: Mapping[str, Any], summary: Mapping[str, Any]) -> Iterator[str]:
    for title, rows in groups_of(summary["measures"]):
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
