"""The command `doctor`: what is here, and what to do about what is wrong."""

from __future__ import annotations

from typing import Any

import click

from .door import emit, json_option, say
from .options import using


@click.command()
@using(json_option)
def doctor(as_json: bool) -> None:
    """Check versions, corpora and settings, and say what to do about each problem."""
    from ..doctor import examine
    from ..settings import Settings

    facts = examine(Settings.load())
    if as_json:
        emit(facts)
        return
    say(f"home      {facts['home']}")
    say(f"weights   {facts['model']['embedding_weights'] or 'not found'}")
    say(f"answers   {_who(facts['model'])}")
    say(f"endpoints {', '.join(facts['endpoints']) or 'none is called'}")
    say("versions  " + ", ".join(f"{name} {number}" for name, number in facts["versions"].items()))
    for one in facts["corpora"]:
        state = "healthy" if one["healthy"] else "needs repair"
        made = f" by {one['embedder']}" if one["embedder"] else ""
        say(f"corpus    {one['name']}: {one['papers']} papers, {one['chunks']} chunks{made}, {state}")
    if not facts["corpora"]:
        say("corpus    none yet; the bundled sample is indexed at the first question")
    for problem in facts["problems"]:
        say(f"PROBLEM   {problem['problem']} {problem['cure']}")
    if not facts["problems"]:
        say('All is well. Try: assistant ask "What is CLIP used for?"')


def _who(model: dict[str, Any]) -> str:
    if model["mode"] == "extractive":
        return "quotes, without a model"
    return f"written by {model['name'] or 'the only model that the server has'}"
