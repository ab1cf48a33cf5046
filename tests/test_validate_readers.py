"""Folders of labelled sets: what is read under which name, what is refused with its line, and what is drawn."""

from __future__ import annotations

import contextlib
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validating import EVAL, labelled, scifact, write

from assistant.errors import QuestionsError

readers, pairs = (import_module(f"{EVAL}.validate.{name}") for name in ("readers", "pairs"))


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    write(tmp_path / "plain" / "made.jsonl.gz", labelled())
    write(tmp_path / "plain" / "other.jsonl", [{"query": "no set"}])
    return [tmp_path / "plain", scifact(tmp_path / "scifact")]


def test_sets_are_named_after_their_files_and_scifact_makes_several(folders: list[Path]):
    found = readers.load(folders)
    sizes = {one.name: (len(one.items), one.derived) for one in found.sets}
    assert sizes == {
        "made": (24, False),
        "scifact_train": (12, False),
        "scifact_train_contradicted": (9, True),
        "scifact_train_not_enough_info": (9, True),
        "scifact_train_off_topic": (12, True),
        "scifact_train_runner_up": (12, True),
    }
    assert dict(found.sets[1].unscored) == {"its abstract is not in the corpus": 1}
    assert found.notes == ["other.jsonl is no labelled set: its first line has no claim and source."]
    assert [pair.title for pair in found.paraphrases["author_tldr_dev"]] == ["On tea"]


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("bad.jsonl", "{", "bad.jsonl line 25 is not JSON"),
        ("bad.jsonl", [1], "line 25 is not a JSON object"),
        ("bad.jsonl", {"claim": "c", "source": "s"}, "line 25: supported is neither"),
        ("bad.jsonl", {"claim": 1, "source": "s", "supported": True}, "line 25: claim is not a text"),
        ("bad.jsonl", "[" * 100_000, "nested too deeply, after line 24"),
        ("claims_x.jsonl", {"id": 1, "claim": "c", "evidence": {}}, "no corpus.jsonl beside it"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(tmp_path: Path, name: str, line: Any, message: str):
    write(tmp_path / name, [*labelled(), line])
    with pytest.raises(QuestionsError) as refused:
        readers.load([tmp_path])
    assert message in refused.value.message and refused.value.cure


@pytest.mark.parametrize(
    "line",
    [{"claim": ""}, {"claim": "c", "evidence": {"0": [{"label": "MAYBE"}]}}, {"claim": "c", "cited_doc_ids": [[]]}],
)
def test_a_broken_claim_of_scifact_is_refused(tmp_path: Path, line: dict[str, Any]):
    folder = scifact(tmp_path / "s")
    write(folder / "claims_dev.jsonl", [{"claim": "c", "evidence": {}, "cited_doc_ids": [0]}, line])
    with pytest.raises(QuestionsError, match=r"claims_dev\.jsonl line 2"):
        readers.load([folder])


def test_folders_without_a_set_and_sets_of_one_name_are_refused(tmp_path: Path):
    with pytest.raises(QuestionsError, match="There is no folder"):
        readers.load([tmp_path / "nope"])
    write(tmp_path / "a" / "x.txt", ["{}"])
    with pytest.raises(QuestionsError, match="No labelled set"):
        readers.load([tmp_path / "a"])
    for folder in "bc":
        write(tmp_path / folder / "made.jsonl", labelled())
    with pytest.raises(QuestionsError, match="Two sets are called 'made'"):
        readers.load([tmp_path / "b", tmp_path / "c"])


FIELDS = ("claim", "source", "supported", "label", "subset", "evidence", "cited_doc_ids", "id", "title", "abstract")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=2) | st.dictionaries(st.text(max_size=2), one, max_size=2)
)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6), max_size=3))
def test_any_lines_are_read_or_refused_with_a_sentence(lines: list[dict[str, Any]]):
    for name in ("made.jsonl", "corpus.jsonl", "claims_dev.jsonl"):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder) / "corpus.jsonl", [{"id": 1, "abstract": "Tea."}])
            write(Path(folder) / name, lines)
            with contextlib.suppress(QuestionsError):
                found = readers.load([folder])
                assert all(isinstance(item.pair.claim, str) for one in found.sets for item in one.items)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(2, 20), st.integers(0, 5))
def test_a_sample_keeps_the_share_of_each_class(truth: list[bool], limit: int, seed: int):
    items = [pairs.Labelled(pairs.Pair(str(i), "s"), one, "", "", "c") for i, one in enumerate(truth)]
    drawn = readers.sampled(items, limit, seed)
    assert len(drawn) == min(limit, len(items)) == len({one.pair for one in drawn})
    assert drawn == readers.sampled(items, limit, seed)
    right = sum(one.supported for one in drawn)
    assert abs(right - len(drawn) * sum(truth) / len(truth)) <= 1
    assert {one.supported for one in drawn} == set(truth)
