"""The evaluation harness: questions in; answers, scores with their reasons, intervals and a report out."""

from .run import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
