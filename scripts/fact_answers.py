"""Asks the twenty fact questions and writes docs/fact_answers.md: the answers as printed, right or wrong."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from pathlib import Path

from assistant import Answer, Assistant, Settings

DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    questions = [json.loads(line) for line in (DOCS / "fact_questions.jsonl").read_text().splitlines()]
    parts, found, right = [], 0, 0
    with Assistant(Settings.load(corpus="sample")) as assistant:
        for question in questions:
            answer = assistant.ask(question["question"])
            rank = rank_of(question["gold_paper"], answer)
            correct = is_right(question, answer)
            found += rank is not None and rank <= 5
            right += correct
            parts.append(section(question, answer, rank, correct))
    head = (
        "# Twenty fact questions, asked without a model\n\n"
        "Written by reading the abstracts before the writer existed (fact_questions.jsonl); answered by\n"
        f"`python scripts/fact_answers.py` on {date.today()}.\n\n"
        f"- The paper is among the first five for **{found} of {len(questions)}**.\n"
        f"- The answer states every required fact and cites the paper for **{right} of {len(questions)}**.\n"
    )
    (DOCS / "fact_answers.md").write_text("\n".join([head, *parts]))
    print(f"found {found}, right {right}, of {len(questions)}")


def rank_of(title: str, answer: Answer) -> int | None:
    return next((passage["rank"] for passage in answer.passages if passage["title"] == title), None)


def is_right(question: dict[str, object], answer: Answer) -> bool:
    """Whether every required fact is stated and the right paper cited."""
    facts = question["must_include"]
    assert isinstance(facts, list)
    stated = all(any(contains(answer.text, one) for one in alternatives) for alternatives in facts)
    return stated and question["gold_paper"] in [paper["title"] for paper in answer.papers]


def contains(text: str, fact: str) -> bool:
    """NFKC, case-folded, blanks collapsed, no letter or digit adjoining."""
    text, fact = (" ".join(unicodedata.normalize("NFKC", one).casefold().split()) for one in (text, fact))
    return re.search(rf"(?<![^\W_]){re.escape(fact)}(?![^\W_])", text) is not None


def section(question: dict[str, object], answer: Answer, rank: int | None, correct: bool) -> str:
    verdict = "right" if correct else "WRONG or incomplete"
    return (
        f"## {question['id']}: {verdict}\n\n"
        f"**{question['question']}**\n\n"
        f"Wanted: {question['answer']} (*{question['gold_paper']}*, found at rank {rank or 'over 8'})\n\n"
        f"```text\n{answer}\n```\n"
    )


if __name__ == "__main__":
    main()
