"""What the tests of validate-scorer share: labelled sets made by hand, in every form that is read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.harness import load_eval

EVAL = load_eval().__name__
TOPICS = "tea milk salt iron rain wool lamps bees moss clay corn silk".split()


def write(path: Path, lines: Sequence[Any]) -> Path:
    """JSONL, compressed where the name says so."""
    text = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def labelled(count: int = 24) -> list[dict[str, Any]]:
    """Claims of which the first half stand in their source."""
    topics = [f"{TOPICS[i % 12]}{i}" for i in range(count)]
    return [
        {
            "claim": f"Warm {topic} slows the growth of {topic} mould." if i < count // 2 else f"Cold {topic} is blue.",
            "source": f"We grew {topic} mould in jars. Warm {topic} slows the growth of {topic} mould. It took weeks.",
            "supported": i < count // 2,
            "label": "ok" if i < count // 2 else ["Refutes", "Baseless info", "partially_supported"][i % 3],
            "subset": "ab"[i % 2],
        }
        for i, topic in enumerate(topics)
    ]


def scifact(folder: Path) -> Path:
    """A folder as SciFact's, with summaries beside it."""
    corpus = [
        {
            "doc_id": i,
            "title": f"On {topic}",
            "abstract": [
                f"People like {topic} a lot here.",
                f"We found that 4{i}.5% of {topic} is eaten by the young.",
            ],
        }
        for i, topic in enumerate(TOPICS)
    ]
    claims = [
        {
            "id": i,
            "claim": f"4{i}.5% of {topic} is {'eaten' if label == 'SUPPORT' else 'thrown away'} by the young.",
            "cited_doc_ids": [i],
            "evidence": {str(i): [{"sentences": [1], "label": label}]} if label else {},
        }
        for i, (topic, label) in enumerate(zip(TOPICS, ["SUPPORT", "CONTRADICT", "SUPPORT", ""] * 3, strict=True))
    ]
    write(folder / "corpus.jsonl.gz", corpus)
    write(folder / "claims_train.jsonl", [*claims, {"id": 99, "claim": "Gone.", "cited_doc_ids": [77], "evidence": {}}])
    write(folder / "author_tldr_dev.jsonl", [{"query": "The young eat tea.", "paper_id": "0"}])
    return folder
