"""Questions: what is read, what is refused and where, and the split that never changes."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest
from evaluating import QUESTIONS, asked, dataset

from assistant.errors import QuestionsError


def test_the_bundled_questions_are_found_by_name_and_have_all_types():
    questions = dataset.load("daily_papers")
    assert len(questions) == 836
    assert {question.type for question in questions} == {*dataset.TYPES}


def test_plain_and_zipped_files_hold_the_same_questions(tmp_path: Path):
    plain = asked(tmp_path / "q.jsonl")
    zipped = tmp_path / "q.jsonl.gz"
    zipped.write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain.read_bytes() + b"\n"))
    assert dataset.load(plain) == dataset.load(zipped) == dataset.load(QUESTIONS)


def test_a_question_goes_through_json_unchanged():
    for question in dataset.load("daily_papers"):
        assert dataset.parse(json.loads(json.dumps(question.to_dict())), "here") == question


def test_only_the_text_must_be_given():
    question = dataset.parse({"question": "What is CLIP?"}, "here")
    assert question.answerable and question.type == "other" and question.id.startswith("q-")
    assert not dataset.parse({"question": "Who?", "type": "unanswerable_far"}, "here").answerable


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", "line 2 is not a JSON object"),
        ('{"id": "x", "question": "  "}', "line 2 has no question"),
        ('{"question": 5}', "line 2: question is 5"),
        ('{"question": "a", "answerable": "yes"}', "answerable is 'yes'"),
        ('{"question": "a", "gold_papers": "Title"}', "gold_papers is 'Title'"),
        ('{"question": "a", "must_include": [[]]}', "must_include holds a fact without a spelling"),
        ('{"question": "a", "must_include": [[""]]}', "must_include holds ''"),
        ('{"question": "a", "history": [{"role": "user"}]}', "history holds"),
        ('{"id": "zebra", "question": "a"}', "which q.jsonl line 1 has too"),
    ],
)
def test_what_is_no_question_is_refused_with_its_line(tmp_path: Path, line: str, told: str):
    path = asked(tmp_path / "q.jsonl", QUESTIONS[:1])
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(QuestionsError, match=r"q\.jsonl") as refused:
        dataset.load(path)
    assert told in refused.value.message and refused.value.cure


def test_missing_empty_and_broken_files_are_refused(tmp_path: Path):
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"{}" * 900)[:-12])
    for name, told in (("none.jsonl", "no file"), ("empty.jsonl", "no question"), ("broken.gz", "cannot be read")):
        with pytest.raises(QuestionsError, match=told):
            dataset.load(tmp_path / name)


def test_the_split_is_by_the_first_byte_of_the_hashed_id():
    questions = dataset.load("daily_papers")
    for question in questions:
        even = int(hashlib.sha256(question.id.encode()).hexdigest()[:2], 16) % 2 == 0
        assert dataset.split(question) == ("dev" if even else "test")
    sizes = Counter(map(dataset.split, questions))
    assert min(sizes.values()) > 50
