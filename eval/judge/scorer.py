"""The judge as a scorer of (claim, source), so that it goes through the same validation as our own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from ..validate.pairs import Pair, Progress, Verdict
from .asking import Judge, Judged

SUPPORT = {"supported": 1.0, "partial": 0.5, "not stated": 0.0, "contradicted": 0.0}
"""How far each verdict counts as support, for the measures that rank pairs."""


@dataclass(frozen=True)
class JudgeScorer:
    """A judge as `Scorer` of eval/validate; `asking.Judge.told` says afterwards what it cost and how it wavered."""

    judge_model: Judge
    workers: int = 4

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f"judge {self.judge_model.name}"

    def judge(self, pairs: Sequence[Pair], on_progress: Progress) -> list[Verdict]:
        """See `Scorer.judge`. A reply that cannot be read is not scored, with the reason."""
        on_progress(0, len(pairs))
        pool = ThreadPoolExecutor(self.workers)
        try:
            asked = [pool.submit(self.judge_model.supported, p.claim, [(p.title, p.source)]) for p in pairs]
            for done, _ in enumerate(as_completed(asked), start=1):
                on_progress(done, len(pairs))
            return [_verdict(one.result()) for one in asked]
        finally:
            pool.shutdown(cancel_futures=True)


def _verdict(judged: Judged) -> Verdict:
    verdict = judged.first.verdict
    if verdict is None:
        return Verdict(unscored=judged.first.unscored)
    return Verdict(verdict == "supported", SUPPORT[verdict], partial=verdict == "partial")
