"""Papers with one abstract, or nearly one, under other titles: reported when a run ends, and never merged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from doors import validator
from test_ingest_sync import lines, missing
from tiny import Tiny, paper

from assistant import Assistant, Settings
from assistant.index import Index
from assistant.ingest import alike, ingest, rehearse
from assistant.papers import Paper
from assistant.store import Store

SAME = {"id": "same", "title": "Another title", "abstract": paper(1)["abstract"].upper()}


def nearly(number: int) -> dict[str, Any]:
    """The paper with one word more, under another title."""
    return {"id": f"near{number}", "title": f"Near {number}", "abstract": f"{paper(number)['abstract']} Indeed."}


def told(group: list[tuple[str, str]]) -> set[str]:
    return {name for name, _ in group}


def test_two_papers_with_one_abstract_stay_two_and_are_told_on_every_run(index: Index, tmp_path: Path) -> None:
    file = lines(tmp_path / "made.jsonl", *map(paper, range(5)), SAME)
    for _ in range(2):
        report = ingest(index, [file])
        assert [told(group) for group in report.shared_abstracts] == [{"made:p1", "made:same"}]
    assert index.store.count() == 6
    assert ingest(index, [lines(tmp_path / "others.jsonl", paper(7))]).shared_abstracts == []


def test_an_abstract_that_was_indexed_long_before_counts(index: Index, tmp_path: Path) -> None:
    ingest(index, [lines(tmp_path / "made.jsonl", *map(paper, range(5)))])
    report = ingest(index, [lines(tmp_path / "later.jsonl", SAME)])
    assert [told(group) for group in report.shared_abstracts] == [{"made:p1", "later:same"}]


def test_what_was_merged_changed_or_removed_shares_nothing_any_more(index: Index, tmp_path: Path) -> None:
    file = lines(tmp_path / "made.jsonl", paper(1), SAME, paper(2), {**SAME, "id": "two", **nearly(2)})
    assert len(ingest(index, [file]).shared_abstracts) == 1
    changed = {**SAME, "abstract": "A zebra grazes in the savanna today."}
    assert ingest(index, [lines(tmp_path / "made.jsonl", paper(1), changed)]).shared_abstracts == []
    ingest(index, [lines(tmp_path / "made.jsonl", paper(1), SAME)])
    assert ingest(index, [lines(tmp_path / "made.jsonl", paper(1))], sync=True).shared_abstracts == []
    joined = (
        {**paper(3), "doi": "10.1234/x"},
        {"title": "A preprint", "abstract": paper(3)["abstract"], "doi": "10.1234/x"},
    )
    assert ingest(index, [lines(tmp_path / "joined.jsonl", *joined)]).shared_abstracts == []


def test_near_duplicates_are_told_with_how_alike_they_are_and_stay(index: Index, tmp_path: Path) -> None:
    report = ingest(index, [lines(tmp_path / "made.jsonl", *map(paper, (1, 2, 3, 8)), nearly(3), nearly(8), SAME)])
    assert report.near_duplicates is not None
    assert {(pair.one[0], pair.other[0]) for pair in report.near_duplicates} == {
        ("made:p3", "made:near3"),
        ("made:p8", "made:near8"),
    }
    assert all(0.8 <= pair.similarity < 1 for pair in report.near_duplicates)
    assert index.store.count() == 7


def test_near_duplicates_are_looked_for_after_a_change_or_when_asked_for(index: Index, tmp_path: Path) -> None:
    file = lines(tmp_path / "made.jsonl", paper(1), nearly(1))
    assert len(ingest(index, [file]).near_duplicates or ()) == 1
    assert ingest(index, [file]).near_duplicates is None
    assert len(ingest(index, [file], near_duplicates=True).near_duplicates or ()) == 1
    assert len(rehearse(lambda: index, [file], near_duplicates=True).near_duplicates or ()) == 1
    assert len(rehearse(missing, [file]).near_duplicates or ()) == 1


def test_a_large_corpus_is_compared_only_when_asked_for(tmp_path: Path) -> None:
    store = Store(tmp_path / "papers.sqlite")
    few = [Paper(f"p{n}", f"Title {n}", f"Only word{n}.") for n in range(alike.ALWAYS_COMPARED - 2)]
    text = paper(1)["abstract"]
    with store.transaction():
        for one in (*few, Paper("one", "One", text), Paper("other", "Other", f"{text} Indeed.")):
            store.save(one)
    watch = alike.Watch(store, changed=True)
    assert len(watch.near(wanted=False) or ()) == 1
    with store.transaction():
        store.save(Paper("more", "More", "One too many."))
    assert watch.near(wanted=False) is None
    assert [pair.one for pair in watch.near(wanted=True) or ()] == [("one", "One")]
    store.close()


def test_the_json_follows_its_schema_and_the_text_names_both(tmp_path: Path) -> None:
    file = lines(tmp_path / "made.jsonl", *map(paper, range(5)), SAME, nearly(2))
    with Assistant(Settings(home=tmp_path / "home"), embedder=Tiny()) as assistant:
        told = assistant.add(file).to_dict()
    validator("index").validate({"corpus": "mine", **told})
    assert {one["id"] for one in told["shared_abstracts"][0]} == {"made:p1", "made:same"}
    (pair,) = told["near_duplicates"]
    assert [one["title"] for one in pair["papers"]] == ["Study 2", "Near 2"]
    assert json.loads(json.dumps(told)) == told
