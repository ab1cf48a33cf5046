"""The command line: each command parses, calls one method and renders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..errors import AssistantError
from ..render import usage_line
from .chat import chat
from .checkup import doctor
from .door import Door, corpus_note, emit, json_option, say, session, waiting
from .evaluation import evaluation
from .indexing import index
from .options import corpus as corpus_option
from .options import filters as filter_options
from .options import mode as mode_option
from .options import model as model_option
from .options import top_k as top_k_option
from .options import using
from .papers import papers

if TYPE_CHECKING:
    from ..answer import Answer
    from ..assistant import Assistant


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="abstract-assistant", prog_name="assistant")
def main(debug: bool) -> None:
    """Questions answered from paper abstracts, each sentence cited and checked.

    \b
    assistant ask "How does Point-CMAE bring contrastive learning into masked autoencoders?"
    assistant index my-papers.jsonl        then ask again: the answers come from your papers
    """


for command in (index, papers, chat, evaluation, doctor):
    main.add_command(command)


@main.command()
@click.argument("question")
@click.option("-c", "--continue", "continued", is_flag=True, help="Go on with the last conversation.")
@using(corpus_option, mode_option, model_option, top_k_option, *filter_options, json_option)
@click.option("--markdown", "form", flag_value="markdown", help="Print Markdown with references.")
@click.option("--bibtex", "form", flag_value="bibtex", help="Print the cited papers as BibTeX.")
def ask(question: str, continued: bool, as_json: bool, form: str | None, **given: Any) -> None:
    """Answer QUESTION with citations, or say that the papers do not.

    A question that begins with a dash goes behind two: assistant ask -- "-v, what is it?"
    """
    settings = {name: given.pop(name) for name in ("corpus", "mode", "model")}
    top_k = given.pop("top_k")
    with session(**settings) as assistant:
        history = assistant.last_conversation() if continued else []
        with waiting("Answering"):
            answer = assistant.ask(question, history=history, filters=given, top_k=top_k)
        if as_json:
            emit(answer.to_dict())
        else:
            _show(assistant, answer, form)
        _remember(assistant, answer, history)


def _show(assistant: Assistant, answer: Answer, form: str | None) -> None:
    corpus_note(assistant, answering=True)
    for warning in answer.warnings:
        say(warning, err=True)
    if form == "bibtex" and not answer.papers:
        say(answer.text, err=True)
    say({"markdown": answer.markdown, "bibtex": answer.bibtex}.get(form or "", answer.__str__)())
    if answer.mode == "llm":
        say(f"\n{usage_line(answer.to_dict())}", err=True)


def _remember(assistant: Assistant, answer: Answer, history: list[dict[str, Any]]) -> None:
    try:
        assistant.remember(answer, history)
    except AssistantError as error:  # the answer is out; that -c will not know of it is no failure of it
        say(f"assistant: this conversation was not kept. {error}", err=True)


@main.command()
@click.argument("query")
@using(corpus_option, top_k_option, *filter_options, json_option)
def search(query: str, corpus: str | None, top_k: int | None, as_json: bool, **filters: Any) -> None:
    """Find the papers that fit QUERY best, and show how each was found."""
    with session(corpus) as assistant:
        found = assistant.retrieve(query, filters=filters, top_k=top_k).to_dict()
        if as_json:
            emit(found)
            return
        corpus_note(assistant)
        for hit in found["hits"]:
            ranks = [f"{name} {hit[f'{name}_rank'] or '-'}" for name in ("dense", "lexical")]
            say(f"{hit['rank']:>3}. {hit['title']}  ({', '.join(ranks)})\n     {hit['quote']}")
        if not found["hits"]:
            say("No paper fits.")
