"""validate-scorer end to end: what is measured, what is kept, what is null with a reason, and the command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from doors import checked, knock, validator
from tiny import Tiny
from validating import EVAL, labelled, scifact, write

from assistant import Settings
from assistant.errors import AssistantError

validate, cache, own, pairs = (import_module(f"{EVAL}.validate{name}") for name in ("", ".cache", ".own", ".pairs"))


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    write(tmp_path / "plain" / "made.jsonl.gz", labelled())
    write(tmp_path / "plain" / "other.jsonl", [{"query": "no set"}])
    return [tmp_path / "plain", scifact(tmp_path / "scifact")]


def measured(home: Path, folders: Sequence[Path], **options: Any) -> dict[str, Any]:
    embedder = options.pop("embedder", None) or Tiny()
    found = validate.validate_scorer(Settings(home=home), folders, embedder=embedder, **options)
    validator("validate_scorer").validate(found.summary)
    summary: dict[str, Any] = found.summary
    return summary


def timeless(summary: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in summary.items() if name != "seconds"}


def test_a_set_measures_three_abilities_by_its_labels(folders: list[Path], tmp_path: Path):
    found = measured(tmp_path, folders)
    made = found["sets"]["made"]
    assert made["auroc"]["mean"] > 0.9 and made["overlap_auroc"]["mean"] > 0.9
    assert all(one["n"] == 16 for one in made["abilities"].values())
    assert made["subsets"].keys() == {"a", "b"} and made["constant_bacc"] == 0.5
    assert found["sets"]["scifact_train"]["abilities"]["over_claimed"] is None
    assert found["sets"]["scifact_train"]["auroc"]["unscored"]["its abstract is not in the corpus"] == 1
    assert sum(one["n"] for one in found["calibration"]["bins"]) == found["calibration"]["brier"]["n"]
    assert found["reasons"] == {}
    assert found["false_alarms"]["verbatim"]["mean"] == 0 < found["false_alarms"]["verbatim"]["n"]


def test_equal_arguments_give_equal_figures_and_a_second_run_embeds_nothing(folders: list[Path], tmp_path: Path):
    first, second = Tiny(), Tiny()
    found = [measured(tmp_path, folders, limit=10, embedder=one) for one in (first, second)]
    assert timeless(found[0]) == timeless(found[1])
    assert first.embedded > 0 == second.embedded
    assert found[0]["sets"]["made"]["n"] == 10 and found[0]["limit"] == 10
    assert measured(tmp_path, folders, limit=10, whole=True)["sets"]["made"]["n"] == 24


def test_what_is_absent_is_null_with_a_reason_and_the_bundled_papers_make_the_probes(tmp_path: Path):
    write(tmp_path / "d" / "made.jsonl", labelled())
    found = measured(tmp_path, [tmp_path / "d"], limit=12)
    assert found["probes_on_paraphrases"] is None is found["false_alarms"]["paraphrase"]
    assert found["reasons"].keys() == {"probes_on_paraphrases", "false_alarms.paraphrase"}
    assert found["probes"]["negate"]["n"] == 12


def test_abstracts_alone_make_probes_but_no_pooled_figures(tmp_path: Path):
    write(
        tmp_path / "d" / "corpus.jsonl", [{"id": "a", "title": "T", "abstract": "The tea of the old town is very hot."}]
    )
    found = measured(tmp_path, [tmp_path / "d"])
    assert found["sets"] == {} and found["sensitivity"] is None is found["calibration"]
    assert found["probes"]["negate"]["n"] == 1 and "sensitivity" in found["reasons"]


def test_any_scorer_can_be_measured(folders: list[Path], tmp_path: Path):
    class Shy:
        """Never sure of a claim about milk, right about the rest."""

        name = "shy"

        def judge(self, asked: Sequence[Any], on_progress: Any) -> list[Any]:
            right = {one["claim"] for one in labelled() if one["supported"]}
            return [
                pairs.Verdict(unscored="shy") if "milk" in one.claim else pairs.Verdict(one.claim in right, 0.5)
                for one in asked
            ]

    found = measured(tmp_path, folders[:1], scorer=Shy())
    made = found["sets"]["made"]
    assert found["scorer"] == "shy" and made["n"] == 24
    assert made["kappa"]["mean"] == 1 and made["bacc"]["unscored"] == {"shy": 2} and made["bacc"]["n"] == 22
    assert made["auroc"]["mean"] == 0.5  # it gives every claim the same support


def test_hostile_texts_are_measured_like_others(tmp_path: Path):
    lines = [*labelled(), {"claim": "\ud800\x1b[2J<b>", "source": "\x00 \u202e", "supported": 0, "subset": "|\x1b|"}]
    write(tmp_path / "d" / "made.jsonl", lines)
    found = validate.validate_scorer(Settings(home=tmp_path), [tmp_path / "d"], embedder=Tiny(), limit=30)
    assert found.summary["sets"]["made"]["n"] == 25
    assert "| made " in str(found) and "|\x1b|" not in str(found)


def test_vectors_come_back_nearly_as_they_were_and_a_damaged_file_says_so(tmp_path: Path):
    matrix = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)
    kept = cache.VectorCache(tmp_path / "new" / "v.sqlite", 8)
    kept.put({b"a": matrix, b"none": matrix[:0]})
    found = kept.get([b"a", b"none", b"c"])
    assert found.keys() == {b"a", b"none"} and np.allclose(found[b"a"], matrix, atol=2e-3) and len(found[b"none"]) == 0
    kept.close()
    (tmp_path / "new" / "v.sqlite").write_bytes(b"no database at all " * 100)
    with pytest.raises(AssistantError, match="is damaged") as refused:
        cache.VectorCache(tmp_path / "new" / "v.sqlite", 8)
    assert "Delete" in refused.value.cure


def test_a_sentence_cut_into_chunks_has_one_vector(tmp_path: Path):
    long = "Tea " + " ".join(f"word{i}" for i in range(90)) + ". Short one here."
    scorer = own.Own(Tiny(), 32, tmp_path, lambda done, total: None)
    vectors = scorer._embed_sources([long, "", "One. Two words. Three."])
    assert [len(one) for one in vectors] == [2, 0, 3]
    assert np.allclose(np.linalg.norm(vectors[0], axis=1), 1, atol=1e-5)
    assert vectors[0][1] @ Tiny().embed(["Short one here."])[0] > 0.9


def test_the_command_prints_the_object_or_tables(folders: list[Path], tmp_path: Path):
    given = [part for folder in folders for part in ("--data", str(folder))]
    out = tmp_path / "out.json"
    found = knock("eval", "validate-scorer", *given, "--limit", "10", "--out", str(out), "--json", home=tmp_path / "h")
    assert found.exit_code == 0, found.output
    assert json.loads(out.read_text()) == checked("validate_scorer", found.stdout)
    shown = knock("eval", "validate-scorer", *given, "--limit", "10", home=tmp_path / "h")
    assert "| scifact_train " in shown.stdout and "| negate " in shown.stdout and "MiniCheck-7B" in shown.stdout
    assert "10 of 24 pairs" in shown.stderr


def test_the_command_refuses_with_a_sentence(tmp_path: Path):
    found = knock("eval", "validate-scorer", "--data", str(tmp_path), "--json", home=tmp_path / "h")
    assert found.exit_code == 1 and json.loads(found.stdout)["error"]["type"] == "QuestionsError"
