"""Questions written by a model, one call a paper, read strictly: a fact that the abstract does not hold is dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from assistant import prompts
from assistant.errors import ModelError
from assistant.llm import complete
from assistant.papers import Paper

from ..measures.facts import holds, normal
from .drafts import Draft
from .rules import short_name

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

PROMPT = "make_questions"
_FORM = re.compile(r"QUESTION: (?P<question>[^\n]+)\nANSWER: (?P<answer>[^\n]+)(?P<facts>(?:\nFACT: [^\n]+){1,5})")
_FACT = re.compile(r"FACT: ([^\n]+)")
_DIGIT = re.compile(r"\d")
_FAILURES = 3  # one after another: then the model is out of reach


def drafted(llm: LLM, papers: Iterable[Paper], dropped: Counter[str]) -> Iterator[Draft | None]:
    """A draft for each paper, None where the model gave none that can be used; `dropped` counts why.

    Raises ModelError where the model fails several times in a row.
    """
    prompt = prompts.load(PROMPT)
    by = f"{llm.metadata.model_name}, {prompt.name} {prompt.fingerprint}"
    failures = 0
    for paper in papers:
        abstract = prompts.fenced("ABSTRACT", f"Title: {paper.title}\n{paper.abstract}")
        try:
            reply = complete(llm, prompt.fill(abstract=abstract))
        except ModelError:
            failures += 1
            if failures == _FAILURES:
                raise
            dropped["the model failed"] += 1
            yield None
            continue
        failures = 0
        yield read(reply.text, paper, by, dropped)


def read(text: str, paper: Paper, by: str, dropped: Counter[str]) -> Draft | None:
    """The question that a reply states; its facts are those that stand in the abstract, of which there must be one."""
    if text.strip().rstrip(".") == "NONE":
        dropped["the model found nothing to ask"] += 1
        return None
    found = _FORM.fullmatch(text.strip())
    if found is None:
        dropped["the model's reply cannot be read"] += 1
        return None
    given = [fact.strip() for fact in _FACT.findall(found["facts"])]
    abstract = normal(paper.abstract)
    facts = tuple((fact,) for fact in dict.fromkeys(given) if normal(fact) and holds(abstract, normal(fact)))
    dropped["a fact that the abstract does not hold"] += len(given) - len(facts)
    question = found["question"].strip()
    if not facts:
        dropped["no fact that the abstract holds"] += 1
        return None
    name = short_name(paper)
    kind = "factoid" if any(_DIGIT.search(fact) for (fact,) in facts) else "method"
    named = name if name and name.casefold() in question.casefold() else ""
    return Draft(paper, kind, question, found["answer"].strip(), named, facts, facts[0][0], drafted_by=by)
