"""The comparison of ways to rank: queries in every form, gold by any id, the cache, and the command."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from doors import RECORDS, checked, knock, small_home, validator, written
from evaluating import asked
from tiny import Tiny, paper, write_papers

from assistant import Assistant, Settings
from assistant.errors import IndexMissing, PapersError, QuestionsError, SettingsError

retrieval, queries, systems = (
    import_module(f"assistant._eval.retrieval{name}") for name in ("", ".queries", ".systems")
)

QUERIES: list[dict[str, Any]] = [
    {"query": "a striped layer that bends light into solar cells", "paper_id": "a1"},
    {"query": "quiet propellers shaped after owls", "paper_ids": ["a2"]},
    {"id": 7, "claim": "Grafted tomatoes give twice the harvest on salty fields.", "cited_doc_ids": ["a3"]},
    {
        "question": "How far away are beacons seen?",
        "type": "factoid",
        "gold_papers": ["Grafted tomatoes survive salty soil"],
    },
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def compared(settings: Settings, corpus: Path | str, lines: list[dict[str, Any]], **options: Any) -> Any:
    """A comparison with the tiny embedder."""
    file = asked(settings.home.parent / "queries.jsonl", lines)
    options.setdefault("embedder", Tiny())
    return retrieval.compare_retrieval(settings, str(corpus), file, **options)


def figures(found: Any, system: str = "assistant") -> dict[str, float]:
    return {name: one["mean"] for name, one in found.summary["systems"][system].items()}


def timeless(summary: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in summary.items() if name not in ("latency_ms", "build_seconds")}


def test_every_form_of_query_is_scored_for_every_system(settings: Settings, tmp_path: Path):
    found = compared(settings, written(tmp_path), QUERIES).summary
    validator("eval_retrieval").validate(found)
    assert found["n"] == 4 and list(found["systems"]) == ["bm25", "dense", "rrf", "assistant"]
    assert found["types"].keys() == found["paired_types"].keys() == {"query", "claim", "factoid"}
    assert found["paired"].keys() == {"bm25", "dense", "rrf"}
    assert found["types"]["claim"]["bm25"]["ndcg@10"]["mean"] == found["types"]["query"]["bm25"]["mrr"]["mean"] == 1
    assert found["types"]["factoid"]["bm25"]["mrr"]["mean"] < 1  # the gold is about tomatoes, the question is not
    assert 0 < found["latency_ms"]["p50"] <= found["latency_ms"]["p95"] <= found["latency_ms"]["p99"]


def test_paired_differences_are_those_of_the_means(settings: Settings, tmp_path: Path):
    lines = [{"query": paper(number)["abstract"][20:70], "paper_id": f"p{number}"} for number in range(0, 60, 2)]
    found = compared(settings, write_papers(tmp_path / "made.jsonl", range(60)), lines).summary
    means = {system: one["ndcg@10"]["mean"] for system, one in found["systems"].items()}
    assert 0 < means["dense"] < 1
    for system, one in found["paired"].items():
        assert one["ndcg@10"]["difference"] == pytest.approx(means["assistant"] - means[system], abs=2e-6)


def test_the_figures_are_those_of_the_rankings(settings: Settings, tmp_path: Path):
    lines = [{"query": f"point cloud number{number}", "paper_id": f"p{number}"} for number in range(8)]
    found = compared(settings, write_papers(tmp_path / "made.jsonl", range(60)), lines, methods=["bm25"])
    with Assistant(replace(settings, corpus="made"), embedder=Tiny()) as assistant:
        assistant.add(tmp_path / "made.jsonl")
        tops = [assistant.index.lexical(one["query"], 100) for one in lines]
        numbers = [assistant.index.store.number(f"made:{one['paper_id']}") for one in lines]
    ranks = [[number for number, _ in top].index(number) + 1 for top, number in zip(tops, numbers, strict=True)]
    assert figures(found, "bm25")["mrr"] == pytest.approx(sum(1 / rank for rank in ranks) / len(ranks), abs=1e-6)


def test_a_second_run_indexes_nothing_and_ends_alike(settings: Settings, tmp_path: Path):
    corpus = written(tmp_path)
    first, tiny = compared(settings, corpus, QUERIES), Tiny()
    again = compared(settings, corpus, QUERIES, embedder=tiny)
    assert first.summary["build_seconds"] > 0 and again.summary["build_seconds"] == 0.0
    assert timeless(again.summary) == timeless(first.summary)
    assert tiny.embedded < 50  # queries alone


def test_another_content_embedder_or_chunk_size_is_another_cache(settings: Settings, tmp_path: Path):
    corpus = written(tmp_path)
    folders = settings.home / "cache/corpora"
    for number, (chosen, embedder) in enumerate(
        [(settings, Tiny()), (settings, Tiny("other")), (replace(settings, chunk_size=64), Tiny())], start=1
    ):
        compared(chosen, corpus, QUERIES, embedder=embedder)
        assert len(list(folders.iterdir())) == number
    written(tmp_path, [*RECORDS, paper(5)])
    assert "5 papers" in compared(settings, corpus, QUERIES).notes[0]
    assert len(list(folders.iterdir())) == 4


def test_an_indexing_that_was_stopped_goes_on_and_is_whole_before_it_is_used(settings: Settings, tmp_path: Path):
    corpus = write_papers(tmp_path / "made.jsonl", range(450))
    lines = [{"query": "number449", "paper_id": "p449"}]
    tiny = Tiny()

    def stop(done: float, total: int | None) -> None:
        if done > 220:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compared(settings, corpus, lines, embedder=tiny, on_indexing=stop)
    rest = Tiny()
    found = compared(settings, corpus, lines, embedder=rest)
    whole = compared(replace(settings, home=tmp_path / "other"), corpus, lines)
    assert 0 < rest.embedded < tiny.embedded + rest.embedded and "450 papers" in found.notes[0]
    assert figures(found, "bm25")["mrr"] == 1.0 and timeless(found.summary) == timeless(whole.summary)


def test_gold_is_any_id_of_a_paper_and_papers_of_one_title_keep_theirs(settings: Settings, tmp_path: Path):
    twin = {**RECORDS[0], "id": "b1", "doi": None, "abstract": "Owls nest in old barns. We count them by night."}
    copy = {**RECORDS[1], "id": "b2"}  # ingestion makes it one with a2
    corpus = written(tmp_path, [*RECORDS, twin, copy])
    text = "owls that nest in old barns, counted by night"
    lines = [{"query": text, "paper_id": one} for one in ("b1", "a1", "doi:10.5555/zebra.1", "small:b1")]
    lines += [{"query": "owl propellers for quiet drones", "paper_id": one} for one in ("a2", "b2")]
    for line, rank in zip(lines, (1, 2, 2, 1, 1, 1), strict=True):
        whole = compared(settings, corpus, [line], methods=["dense"])
        found = figures(whole, "dense")
        assert (found["mrr"] == 1) == (rank == 1), line
    assert any(note.startswith("Records that are one paper") and ": 1." in note for note in whole.notes)


def test_history_is_applied_once_for_all_systems(settings: Settings, tmp_path: Path):
    cites = [{"role": "assistant", "content": "It is [1].", "citations": [{"number": 1, "paper_id": "a3"}]}]
    lines = [{"question": "And what does it give?", "type": "followup", "gold_papers": ["a3"], "history": cites}]
    corpus = written(tmp_path)
    alone = {"query": "Grafted Tomatoes Survive Salty Soil: And what does it give?", "paper_id": "a3"}
    found, wanted = compared(settings, corpus, lines).summary, compared(settings, corpus, [alone]).summary
    assert found["systems"] == wanted["systems"] and found["systems"]["bm25"]["mrr"]["mean"] == 1.0
    assert figures(compared(settings, corpus, [{**lines[0], "history": []}]), "bm25")["mrr"] < 1


def test_queries_whose_gold_the_corpus_lacks_are_not_scored_and_told(settings: Settings, tmp_path: Path):
    lines = [*QUERIES, {"query": "nothing here", "paper_id": "z9"}, {"question": "Who?", "type": "unanswerable_far"}]
    found = compared(settings, written(tmp_path), lines)
    one = found.summary["systems"]["rrf"]["ndcg@10"]
    assert found.summary["n"] == 5 and one["n"] == 4 and one["unscored"] == {"gold not in the corpus": 1}
    assert "1 not scored (gold not in the corpus)" in str(found)
    assert any("left out" in note and "1." in note for note in found.notes)
    with pytest.raises(QuestionsError, match="has 1"):
        compared(settings, written(tmp_path), [QUERIES[0], *({"query": "x", "paper_id": f"z{i}"} for i in range(3))])


def test_methods_split_and_limit_choose(settings: Settings, tmp_path: Path):
    corpus = written(tmp_path)
    found = compared(settings, corpus, QUERIES, methods=["rrf", "bm25", "rrf"], limit=3).summary
    assert list(found["systems"]) == ["rrf", "bm25"] and found["n"] == 3
    assert found["paired"] == {} and found["latency_ms"] == {"p50": None, "p95": None, "p99": None}
    validator("eval_retrieval").validate(found)
    lines = [{"query": "owls", "paper_id": "a2", "id": f"q{number}"} for number in range(12)]
    parts = [compared(settings, corpus, lines, split=part).summary["n"] for part in ("dev", "test")]
    assert sum(parts) == 12 and all(parts)
    for methods, message in ((["bm26"], "'bm26'"), ([], "No way to rank")):
        with pytest.raises(SettingsError, match=message):
            compared(settings, corpus, QUERIES, methods=methods)


def test_files_may_be_compressed_folders_or_scifacts_and_a_name_is_a_corpus(settings: Settings, tmp_path: Path):
    sentences = [
        {"doc_id": i, "title": r["title"], "abstract": r["abstract"].split(". ")} for i, r in enumerate(RECORDS)
    ]
    folder = tmp_path / "papers"
    folder.mkdir()
    packed = "".join(json.dumps(one) + "\n" for one in sentences).encode()
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(packed))
    lines = [{"claim": "Zebra gratings bend light into solar cells.", "cited_doc_ids": [0]}]
    for corpus in (folder, folder / "corpus.jsonl.gz"):
        assert figures(compared(settings, corpus, lines), "bm25")["mrr"] == 1.0
    with Assistant(replace(settings, corpus="named"), embedder=Tiny()) as assistant:
        assistant.add(folder)
    named = compared(settings, "named", lines)
    assert figures(named, "bm25")["mrr"] == 1.0 and named.summary["build_seconds"] == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"text": "x"}, "queries.jsonl line 1 has no query, question or claim"),
        ({"query": "x"}, "line 1: paper_id is None"),
        ({"query": "x", "paper_ids": [1.5]}, "line 1: paper_ids is"),
        ({"query": "  ", "paper_id": "a1"}, "line 1 has no question"),
        ({"query": "x" * 5000, "paper_id": "a1"}, "line 1: The question has 5000 characters"),
        ({"claim": ["x"], "cited_doc_ids": ["a1"]}, "line 1: question is"),
        ({"question": "x", "answerable": False}, "holds no query with gold papers"),
    ],
)
def test_a_line_that_is_no_query_is_refused_with_a_sentence(line: dict[str, Any], message: str, tmp_path: Path):
    with pytest.raises(QuestionsError) as refused:
        queries.load(asked(tmp_path / "queries.jsonl", [line]))
    assert message in refused.value.message and refused.value.cure


def test_one_id_for_two_queries_is_refused_and_equal_queries_are_one_question(tmp_path: Path):
    twice = [{"id": 1, "query": text, "paper_id": "a1"} for text in ("x", "y")]
    with pytest.raises(QuestionsError, match="line 2 has the id '1'"):
        queries.load(asked(tmp_path / "queries.jsonl", twice))
    again = [{"query": "x", "paper_id": one} for one in ("a1", "a2")]
    first, second = queries.load(asked(tmp_path / "queries.jsonl", again)).questions
    assert first.id == second.id and first.gold_papers != second.gold_papers


def test_a_corpus_that_is_not_there_or_holds_nothing_is_refused(settings: Settings, tmp_path: Path):
    with pytest.raises(IndexMissing, match=r"no file, folder or corpus 'nope/papers\.jsonl'") as refused:
        compared(settings, "nope/papers.jsonl", QUERIES)
    assert "sample" in refused.value.cure
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(PapersError, match="No paper was found"):
        compared(settings, tmp_path / "empty.jsonl", QUERIES)


def test_the_command_prints_only_the_object(tmp_path: Path):
    options = ("--corpus", str(written(tmp_path)), "--queries", str(asked(tmp_path / "q.jsonl", QUERIES)))
    first, again = (knock("eval", "retrieval", *options, "--json", home=tmp_path / "home") for _ in range(2))
    assert first.exit_code == again.exit_code == 0, first.output
    found = [checked("eval_retrieval", one.stdout) for one in (first, again)]
    assert found[0]["build_seconds"] > 0 == found[1]["build_seconds"] and timeless(found[0]) == timeless(found[1])
    assert found[0]["systems"]["dense"]["recall@5"]["mean"] == 1.0


def test_the_command_prints_tables_and_says_what_they_rest_on(tmp_path: Path):
    file = asked(tmp_path / "q.jsonl", [*QUERIES, {"question": "Who?", "type": "a|b\x1b[2J", "gold_papers": ["z"]}])
    options = ("--queries", str(file), "--methods", "bm25, assistant")
    found = knock("eval", "retrieval", "--corpus", "mine", *options, home=small_home())
    assert found.exit_code == 0, found.output
    assert "n = 4 questions, 1 not scored" in found.stdout and "less bm25" in found.stdout
    assert "dense" not in found.stdout and "\x1b" not in found.stdout and "| a/b" in found.stdout
    assert "The corpus has 4 papers." in found.stderr and "of 5: 1." in found.stderr


def test_the_command_refuses_with_a_sentence(tmp_path: Path):
    found = knock("eval", "retrieval", "--corpus", "nope", "--queries", "daily_papers", "--json", home=tmp_path)
    assert found.exit_code == 1 and json.loads(found.stdout)["error"]["type"] == "IndexMissing"
    found = knock("eval", "retrieval", "--corpus", "mine", "--queries", "nope.jsonl", home=small_home())
    assert found.exit_code == 1 and "There is no file 'nope.jsonl'" in found.stderr
