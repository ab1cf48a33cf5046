"""The Python door: what can be imported, what importing it costs, and an Assistant from opening to closing."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import json
from pathlib import Path

import pytest
from doors import RECORDS, run, small_home, written

import assistant
from assistant import Answer, Assistant, Event, IndexMissing, Settings, SettingsError, ask
from assistant.index import Index

ZEBRA = "What efficiency does the zebra grating reach on SunBench?"
HEAVY = [
    "chromadb",
    "llama_index",
    "openai",
    "gradio",
    "onnxruntime",
    "tantivy",
    "tokenizers",
    "numpy",
    "click",
    "rich",
]
_PROGRAM = "import json, sys\n{}\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a fresh process holds after a statement."""
    result = run("-c", _PROGRAM.format(statement), home=small_home())
    assert result.returncode == 0, result.stderr.decode()
    return set(json.loads(result.stdout.splitlines()[-1]))


def as_they_answer(answer: Answer) -> dict[str, object]:
    return {name: value for name, value in answer.to_dict().items() if name != "timings"}


def test_the_public_names_are_sorted_and_each_can_be_imported():
    assert assistant.__all__ == sorted(assistant.__all__)
    for name in assistant.__all__:
        assert getattr(assistant, name).__module__.startswith("assistant.")
    with pytest.raises(AttributeError, match="nothing_like_it"):
        importlib.import_module("assistant").nothing_like_it  # noqa: B018


def test_importing_loads_no_library_of_weight():
    assert not loaded_by("import assistant") & {*HEAVY}


def test_the_help_of_the_command_loads_no_library_of_weight():
    statement = "from assistant.cli import main\nmain(['ask', '--help'], standalone_mode=False)"
    assert not loaded_by(statement) & {*HEAVY} - {"click"}


def test_asking_a_built_index_needs_neither_llama_index_nor_openai():
    loaded = loaded_by(f"import assistant\nassert '31.4%' in assistant.ask({ZEBRA!r}).text")
    assert {"chromadb", "onnxruntime"} <= loaded
    assert not loaded & {"llama_index", "openai", "gradio", "huggingface_hub"}


def test_the_one_liner_of_the_readme_works(built_sample: Path):
    statement = (
        "from assistant import ask\n"
        'answer = ask("How does Point-CMAE bring contrastive learning into masked autoencoders?")\n'
        "assert 'Point-CMAE' in str(answer) and answer.citations, answer"
    )
    result = run("-c", statement, home=built_sample)
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_small_door_and_the_big_one_answer_alike(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ASSISTANT_HOME", str(small_home()))
    monkeypatch.setenv("ASSISTANT_MODE", "extractive")
    with Assistant() as big:
        assert as_they_answer(ask(ZEBRA, top_k=2)) == as_they_answer(big.ask(ZEBRA, top_k=2))


def test_a_stream_ends_with_the_answer_that_ask_gives():
    with Assistant(Settings(home=small_home())) as a:
        *steps, last = list(a.stream(ZEBRA))
        assert last.kind == "answer"
        assert last.answer is not None
        assert as_they_answer(last.answer) == as_they_answer(a.ask(ZEBRA))
    assert {step.kind for step in steps} == {"stage", "sentence"}
    assert [step.sentence for step in steps if step.sentence] == list(last.answer.sentences)
    assert [one for step in steps for one in step.citations] == list(last.answer.citations)


def test_the_asynchronous_doors_answer_alike():
    async def both(a: Assistant) -> tuple[Answer, list[Event]]:
        return await a.aask(ZEBRA), [event async for event in a.astream(ZEBRA)]

    with Assistant(Settings(home=small_home())) as a:
        answer, events = asyncio.run(both(a))
        assert as_they_answer(answer) == as_they_answer(a.ask(ZEBRA))
    assert events[-1].answer is not None
    assert as_they_answer(events[-1].answer) == as_they_answer(answer)


def test_papers_are_added_found_and_removed(tmp_path: Path):
    with Assistant(Settings(home=tmp_path / "home")) as a:
        report = a.add(written(tmp_path, RECORDS[:2]), str(written(tmp_path, RECORDS[2:], "more.jsonl")), source="mine")
        assert report.totals["new"] == 4
        assert a.corpus == "mine"
        assert [paper.title for paper in a.papers(year=2021)] == [RECORDS[0]["title"]]
        assert [paper.venue for paper in a.papers(limit=1, offset=1)] == ["Journal of Flight"]
        assert a.search("quiet drones")[0].paper.title == RECORDS[1]["title"]
        assert [paper.title for paper in a.remove("a2", "no such id")] == [RECORDS[1]["title"]]
        assert a.remove("a2") == []
        assert RECORDS[1]["title"] not in [passage.paper.title for passage in a.search("quiet drones")]


def test_filters_restrict_what_is_asked():
    with Assistant(Settings(home=small_home())) as a:
        assert [hit.paper.venue for hit in a.search("light", filters={"year": 2023})] == ["Journal of Flight"]
        assert a.ask(ZEBRA, filters={"author": "lind"}).state == "not_in_corpus"
        with pytest.raises(SettingsError, match="no filter 'colour'"):
            a.search("light", filters={"colour": "red"})


@pytest.mark.parametrize("top_k", [0, -1, 101])
def test_a_number_of_papers_out_of_range_is_refused(top_k: int):
    with Assistant(Settings(home=small_home())) as a, pytest.raises(SettingsError, match="from 1 to 100"):
        a.search("light", top_k=top_k)


def test_a_closed_assistant_opens_again_and_an_index_passed_in_stays_open():
    with Assistant(Settings(home=small_home())) as a:
        embedder = a.index.embedder
        a.close()
        a.close()
        assert a.ask(ZEBRA).state == "answered"
    with Index(small_home() / "corpora" / "mine", lambda: embedder) as index:
        with Assistant(index=index) as a:
            assert (a.corpus, a.ask(ZEBRA).corpus) == ("mine", "mine")
        assert index.store.count() == 4


def test_a_corpus_that_does_not_exist_is_an_error_that_lists_the_known_ones(tmp_path: Path):
    with Assistant(Settings(home=small_home(), corpus="elsewhere")) as a, pytest.raises(IndexMissing) as caught:
        a.ask(ZEBRA)
    assert "Known corpora: mine, sample." in caught.value.cure
    with Assistant(Settings(home=tmp_path)) as a:
        for change in (a.rebuild, lambda: a.remove("x")):
            with pytest.raises(IndexMissing):
                change()
        assert (a.corpora(), list(tmp_path.iterdir())) == ([], [])


def test_the_sample_is_never_changed_by_chance(tmp_path: Path):
    home = tmp_path / "home"
    with Assistant(Settings(home=home)) as a:
        assert a.corpus == "sample"
        a.add(written(tmp_path, RECORDS[:1]))
        assert (a.corpus, a.corpora()) == ("mine", ["mine"])


def test_nouns_are_frozen():
    with Assistant(Settings(home=small_home())) as a:
        answer = a.ask(ZEBRA)
        hit = a.search(ZEBRA)[0]
    for noun in (answer, answer.sentences[0], answer.citations[0], hit, hit.paper, hit.chunk, a.settings):
        field = dataclasses.fields(noun)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(noun, field, "changed")


def test_an_answer_reads_as_text_markdown_and_bibtex():
    with Assistant(Settings(home=small_home())) as a:
        answer = a.ask(ZEBRA)
    assert "[1] Zebra Gratings" in str(answer)
    assert answer.markdown().startswith("**What efficiency")
    assert "doi = {10.5555/zebra.1}" in answer.bibtex()
