"""What was set otherwise in two runs, so that nobody takes one cause for another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..journal import Left
from .pairs import Runs


def differences_of_setup(runs: Runs) -> list[dict[str, Any]]:
    """Each as {what, a, b}: settings, corpus and model, prompts, and the questions' file."""
    return [
        {"what": what, "a": _shown(a), "b": _shown(b)} for what, a, b in _all(runs.a, runs.b) if _shown(a) != _shown(b)
    ]


def _all(a: Left, b: Left) -> Iterator[tuple[str, Any, Any]]:
    for part in ("settings", "identity"):
        yield from _both(a.run.get(part, {}), b.run.get(part, {}))
    yield from ((f"prompt {name}", *pair) for name, *pair in _both(prompts_of(a), prompts_of(b)))
    yield "papers in the corpus", a.run.get("papers"), b.run.get("papers")
    yield from ((f"questions: {name}", *pair) for name, *pair in _both(_asked(a), _asked(b)))


def _both(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys([*a, *b]):
        yield name, a.get(name), b.get(name)


def _asked(run: Left) -> dict[str, Any]:
    return {name: run.run["questions"].get(name) for name in ("source", "split", "n")}


def prompts_of(run: Left) -> dict[str, str]:
    """The fingerprints of the prompts that a run's answers were written by, by name."""
    found: dict[str, set[str]] = {}
    for outcome in run.outcomes:
        for name, fingerprint in ((outcome["answer"] or {}).get("prompt_fingerprints") or {}).items():
            found.setdefault(name, set()).add(fingerprint)
    return {name: " and ".join(sorted(prints)) for name, prints in sorted(found.items())}


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)
