"""What a judge says of an answer: is each sentence supported, is the whole right; only where a judge was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..dataset import Question
from ..judge import GRADES, Judge, Judged
from .case import Case, Scored, Unscored
from .facts import budget, words_of
from .grounding import sources_of
from .retrieval import ranked_papers

NAMES = (
    "judged_supported",
    "judged_partial",
    "judged_contradicted",
    "judged_not_stated",
    "judged_correct",
    "judge_unscored",
    "judge_flip",
    "judge_input_tokens",
    "judge_output_tokens",
)

_SHARES = {
    "judged_supported": "supported",
    "judged_partial": "partial",
    "judged_contradicted": "contradicted",
    "judged_not_stated": "not stated",
}


def score(case: Case, judge: Judge) -> Scored:
    """Shares of the sentences that got a verdict, and the grade of the whole.

    A sentence is held against the abstracts that it cites, or against everything retrieved where it cites nothing;
    headings are left out. `judged_correct` reads the answer up to the word budget of the required facts; a declined
    answer has 0, as there. `judge_unscored`: the items without a verdict. `judge_flip`: of the items asked twice with
    two verdicts, those that changed. Tokens: what the replies took when they were given.
    """
    sentences = {} if case.declined else _sentences(case, judge)
    correct = _correct(case, judge)
    items = [*sentences.values(), *([correct] if isinstance(correct, Judged) else [])]
    scores: dict[str, float | Unscored] = {**_shares(case, list(sentences.values()))}
    scores["judged_correct"] = _grade(correct) if isinstance(correct, Judged) else correct
    scores["judge_unscored"] = _share([one.first.verdict is None for one in items], "nothing to judge")
    changed = [one.changed for one in items if one.changed is not None]
    scores["judge_flip"] = _share(changed, "not in the sample")
    scores["judge_input_tokens"] = sum(one.input_tokens for one in items)
    scores["judge_output_tokens"] = sum(one.output_tokens for one in items)
    details = {
        "sentences": [{"index": index, **_told(one)} for index, one in sentences.items()],
        "correct": _told(correct) if isinstance(correct, Judged) else None,
        "retryable": any(one.first.retryable or (one.again and one.again.retryable) for one in items),
    }
    return Scored(scores, {"judge": details})


def _sentences(case: Case, judge: Judge) -> dict[int, Judged]:
    """By the sentence's index."""
    sources = {name: (source.title, source.text) for name, source in sources_of(case.answer).items()}
    papers = {citation["id"]: citation["paper_id"] for citation in case.answer["citations"]}
    retrieved = [name for name in ranked_papers(case.answer) if name in sources]
    judged = {}
    for sentence in case.answer["sentences"]:
        if sentence["block"] != "heading":
            cited = list(dict.fromkeys(papers[one] for one in sentence["citations"])) or retrieved
            judged[sentence["index"]] = judge.supported(sentence["text"], [sources[name] for name in cited])
    return judged


def _correct(case: Case, judge: Judge) -> Judged | float | Unscored:
    question: Question = case.question
    if not question.answerable:
        return Unscored("not answerable")
    if not question.gold_answer and not question.must_include:
        return Unscored("no gold answer")
    if case.declined:
        return 0.0
    said = " ".join(words_of(case.answer)[: budget(question)])
    return judge.correct(question.question, question.gold_answer, question.must_include, said)


def _shares(case: Case, judged: Sequence[Judged]) -> dict[str, float | Unscored]:
    if case.declined:
        return dict.fromkeys(_SHARES, Unscored("declined"))
    given = [one.first.verdict for one in judged if one.first.verdict is not None]
    none = judged[0].first.unscored if judged else "no sentence"
    return {name: _share([one == verdict for one in given], none) for name, verdict in _SHARES.items()}


def _grade(judged: Judged) -> float | Unscored:
    verdict = judged.first.verdict
    return Unscored(judged.first.unscored) if verdict is None else GRADES[verdict]


def _share(values: Sequence[bool], none: str) -> float | Unscored:
    return sum(values) / len(values) if values else Unscored(none)


def _told(judged: Judged) -> Mapping[str, Any]:
    again = judged.again
    return {
        "verdict": judged.first.verdict,
        "again": again.verdict if again else None,
        "reason": judged.first.unscored or (again.unscored if again else ""),
    }
