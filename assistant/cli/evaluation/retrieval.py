"""`eval retrieval`: our ranking beside its baselines."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from ..bars import counting_bar, progress_bar
from ..door import emit, json_option, say


@click.command()
@click.option("--corpus", required=True, metavar="PATH|NAME", help="Papers to index, or the name of a corpus.")
@click.option("--queries", required=True, metavar="FILE", help="Queries with their papers: JSONL, or daily_papers.")
@click.option("--methods", metavar="NAME,...", help="What to compare [default: bm25,dense,rrf,assistant].")
@click.option("--limit", type=click.IntRange(1), help="Ask only the first so many queries.")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", help="Which half to ask.")
@json_option
def retrieval(corpus: str, queries: str, methods: str | None, as_json: bool, **options: Any) -> None:
    """Compare our ranking of papers with BM25 alone, dense alone and plain rank fusion.

    A line of the queries is {"query", "paper_id" or "paper_ids"}, a question with gold_papers, or a SciFact claim.
    Papers given by path are indexed once, into a cache.

    \b
    assistant eval retrieval --corpus papers.jsonl.gz --queries queries.jsonl
    """
    from importlib import import_module

    from ...harness import load_eval
    from ...settings import Settings

    compare = import_module(".retrieval", load_eval().__name__).compare_retrieval
    if methods is not None:
        options["methods"] = methods.replace(",", " ").split()
    with (
        ExitStack() as indexing,
        counting_bar("Ranking", "rankings", before=indexing.close, after=2.0) as ranking,
    ):
        show = indexing.enter_context(progress_bar("Indexing"))
        found = compare(Settings.load(), corpus, queries, on_indexing=show, on_progress=ranking, **options)
    if as_json:
        emit(found.summary)
        return
    say(str(found))
    say("\n" + "\n".join(found.notes), err=True)
