"""Fits assistant/grounding/support.json, the scorer of groundedness, and prints how well it does (eval/fit_scorer).

    python scripts/fit_support.py [--data ../shared/data] [--cache DIR] [--write]

Embedding the sets takes some minutes the first time; --cache keeps the vectors.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from assistant.embeddings import local
from assistant.harness import load_eval

ROOT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, help="keep the vectors in this folder")
    parser.add_argument("--write", action="store_true", help="replace the model")
    given = parser.parse_args()
    fit_scorer = import_module(f"{load_eval().__name__}.fit_scorer")
    for name, figures in fit_scorer.run(given.data, local(), given.cache):
        if name != "model":
            print(f"{name}: {figures}", flush=True)
        elif given.write:
            fit_scorer.write(figures, ROOT / "assistant" / "grounding" / "support.json")


if __name__ == "__main__":
    main()
