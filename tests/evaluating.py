"""What the tests of the evaluation share: its modules, found as the package finds them, and answers made by hand."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from doors import written
from tiny import Tiny

from assistant import Assistant, Settings
from assistant.harness import load_eval

load_eval()
bootstrap, dataset, journal, run, summary = (
    import_module(f"assistant._eval.{name}") for name in ("bootstrap", "dataset", "journal", "run", "summary")
)
measures = import_module("assistant._eval.measures")
cost, declining, facts, grounding, retrieval = (
    import_module(f"assistant._eval.measures.{name}")
    for name in ("cost", "declining", "facts", "grounding", "retrieval")
)
Question, Case, Unscored = dataset.Question, measures.Case, measures.Unscored

ZEBRA = "Solar cells lose light. The zebra grating reaches an efficiency of 31.4% on the SunBench test."
OWL = "Drones are loud. Owl-shaped propellers lower the noise of a drone by 9 decibels in a wind tunnel."
PAPERS = {"z": ("Zebra Gratings", ZEBRA), "o": ("Owl Propellers", OWL)}

QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "zebra",
        "type": "factoid",
        "question": "What efficiency does the zebra grating reach on SunBench?",
        "gold_papers": ["Zebra gratings for brighter solar cells"],
        "must_include": [["31.4%"], ["SunBench"]],
    },
    {
        "id": "owl",
        "type": "factoid",
        "question": "By how many decibels do owl propellers lower the noise of a drone?",
        "gold_papers": ["small:a2"],
        "must_include": [["9 decibels", "9 dB"]],
    },
    {"id": "far", "type": "unanswerable_far", "question": "Who won the cup in Montevideo?", "answerable": False},
]


def asked(path: Path, questions: list[dict[str, Any]] = QUESTIONS) -> Path:
    """A file of questions."""
    path.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    return path


def indexed(folder: Path) -> Settings:
    """A corpus of a few papers below a folder."""
    chosen = Settings(home=folder / "home", corpus="small", mode="extractive")
    with Assistant(chosen, embedder=Tiny()) as assistant:
        assistant.add(written(folder))
    return chosen


def answer(*sentences: tuple[str, str], state: str = "answered", **fields: Any) -> dict[str, Any]:
    """An answer as `ask --json` prints it: sentences of (text, letters of the papers cited); z and o retrieved."""
    said, citations = [], []
    for i, (text, cited) in enumerate(sentences):
        ids = [f"s{i}c{j}" for j, _ in enumerate(cited)]
        citations += [{"id": one, "paper_id": letter} for one, letter in zip(ids, cited, strict=True)]
        said.append({"index": i, "text": text, "block": "paragraph", "citations": ids, "label": "supported"})
    passages = [
        {"paper_id": name, "title": title, "text": text, "start": 0, "rank": rank}
        for rank, (name, (title, text)) in enumerate(PAPERS.items(), start=1)
    ]
    return {
        "state": state,
        "sentences": said,
        "citations": citations,
        "papers": [],
        "passages": passages,
        "checks": {"invented_marks": 0, "dropped_marks": 0, "recited": 0, "repaired": 0},
        "usage": {"input_tokens": 10, "output_tokens": 5, "cost": None},
        "mode": "llm",
        "missing": None,
        "timings": {"search": 12.0, "total": 40.0},
        **fields,
    }


def case(given: dict[str, Any], gold: dict[str, tuple[str, ...]] | None = None, **question: Any) -> Any:
    """An answered question; the fields of the question may be named."""
    fields = {"id": "q", "type": "factoid", "question": "What?", **question}
    return Case(Question(**fields), given, gold or {}, 1.5)


def scripted(text: str) -> Any:
    """A LlamaIndex model that always says this."""
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class Scripted(CustomLLM):
        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(model_name="scripted")

        def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
            return CompletionResponse(text=text)

        def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> Any:
            yield CompletionResponse(text=text, delta=text)

    return Scripted()
