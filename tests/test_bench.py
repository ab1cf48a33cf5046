"""The pure parts of the benchmarks: percentiles, the cost of a text, and how a system is asked."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from bench_embedding import Rounds, Sample
from bench_retrieval import percentile
from peers.timing import TOP, WARM_UP, asked

SCRIPTS = Path(__file__).parents[1] / "scripts"


def test_a_percentile_is_a_value_that_was_measured():
    values = [float(value) for value in range(200, 0, -1)]
    assert [percentile(values, percent) for percent in (1, 50, 95, 99, 100)] == [2.0, 100.0, 190.0, 198.0, 200.0]
    assert percentile([7.0], 50) == percentile([7.0], 99) == 7.0


def test_a_text_of_256_word_pieces_costs_six_gflop():
    one = Sample("one", ["text"], np.array([256]))
    assert one.gflop == pytest.approx(6.04, abs=0.005)
    assert Sample("two", ["a", "b"], np.array([256, 128])).gflop < 1.5 * one.gflop  # attention grows with the square


def test_a_ratio_compares_runs_of_the_same_round_only():
    rounds = Rounds(seconds={"slow": [2.0, 40.0, 6.0], "fast": [1.0, 10.0, 3.0]})
    assert rounds.ratio("slow", "fast") == 2.0


def test_every_question_is_timed_once_after_a_warm_up():
    questions = [f"question {number}" for number in range(30)]
    seen: list[str] = []

    def search(question: str) -> list[str]:
        seen.append(question)
        return [f"{question}, paper {rank}" for rank in range(20)]

    result = asked("test", search, questions, time.monotonic() - 5)
    assert seen == [questions[0], *questions[:WARM_UP], *questions]
    assert len(result["milliseconds"]) == len(questions)
    assert result["rankings"][7] == [f"question 7, paper {rank}" for rank in range(TOP)]
    assert 5 <= result["cold_seconds"] < 60


def test_a_single_question_is_answered_cold_only():
    result = asked("test", lambda question: [question], ["first"], time.monotonic())
    assert (result["rankings"], result["milliseconds"]) == ([["first"]], [])


def test_memory_counts_what_was_held_at_its_most():
    script = "from peers.timing import memory; a = memory(); held = b'x' * (64 << 20); del held; print(memory() - a)"
    done = subprocess.run([sys.executable, "-c", script], cwd=SCRIPTS, capture_output=True, text=True, check=True)
    assert 60 < float(done.stdout) < 90
