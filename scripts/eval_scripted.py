"""Runs the evaluation with a scripted model that quotes its first source: the whole written path without a key."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from model_server import Messages, ModelServer  # noqa: E402

from assistant import Assistant, Settings  # noqa: E402
from assistant.sentences import split  # noqa: E402


def main(out: str) -> None:
    with (
        ModelServer(quoting, models=["scripted"]) as server,
        Assistant(Settings.load(corpus="sample", base_url=server.url)) as assistant,
    ):
        evaluation = assistant.evaluate("daily_papers", out)
    for name, metric in evaluation.summary["measures"].items():
        if metric["mean"] is not None:
            print(f"{name:24} {metric['mean']:8.3f}  [{metric['low']:.3f}, {metric['high']:.3f}]  n {metric['n']}")


def quoting(messages: Messages) -> str:
    """The last two sentences of the first source, each with its mark: what a lazy but honest model would write."""
    found = re.search(r"<<<SOURCE 1\nTitle: .*\n(.*)\nSOURCE 1>>>", messages[-1]["content"])
    if not found:  # a follow-up to be rewritten
        return str(messages[-1]["content"].rpartition("Last question: ")[2])
    abstract = found[1]
    return " ".join(f"{abstract[start:end]} [1]" for start, end in split(abstract)[-2:])


if __name__ == "__main__":
    main(sys.argv[1])
