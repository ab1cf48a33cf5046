"""Figures published by others, or measured once with other code: bars to read ours beside, each with its unit."""

from __future__ import annotations

from typing import TypedDict


class Bar(TypedDict):
    """One figure, 0..1, what it was measured on, and the beginning of the names of the sets that it goes with."""

    name: str
    measure: str
    value: float
    on: str
    applies_to: str


_AGGREFACT = "LLM-AggreFact, mean of its sets"
_RAGTRUTH = "RAGTruth, whole responses"
_SUMMEDITS = "SummEdits, all domains"


def _bar(name: str, measure: str, value: float, on: str, applies_to: str = "") -> Bar:
    return {"name": name, "measure": measure, "value": value, "on": on, "applies_to": applies_to}


BARS: tuple[Bar, ...] = (
    _bar("SummaC-ZS", "bacc", 0.677, _AGGREFACT),
    _bar("AlignScore", "bacc", 0.705, _AGGREFACT),
    _bar("HHEM-2.1", "bacc", 0.718, _AGGREFACT),
    _bar("MiniCheck-RoBERTa", "bacc", 0.735, _AGGREFACT),
    _bar("MiniCheck-FT5", "bacc", 0.750, _AGGREFACT),
    _bar("GPT-4o", "bacc", 0.759, _AGGREFACT),
    _bar("MiniCheck-7B", "bacc", 0.774, _AGGREFACT),
    _bar("constant", "f1", 0.584, _RAGTRUTH, "ragtruth"),
    _bar("word overlap", "f1", 0.656, _RAGTRUTH, "ragtruth"),
    _bar("GPT-4", "f1", 0.634, _RAGTRUTH, "ragtruth"),
    _bar("LettuceDetect-large", "f1", 0.792, _RAGTRUTH, "ragtruth"),
    _bar("word overlap", "auroc", 0.539, _SUMMEDITS, "summedits"),
    _bar("GPT-4", "bacc", 0.821, _SUMMEDITS, "summedits"),
    _bar("human", "bacc", 0.909, _SUMMEDITS, "summedits"),
    _bar("word overlap", "auroc", 0.810, "AttributionBench", "attributionbench"),
    _bar("word overlap", "bacc", 0.738, "AttributionBench", "attributionbench"),
    _bar("word overlap", "auroc", 0.775, "WiCE", "wice"),
    _bar("word overlap", "auroc", 0.528, "HealthVer, supports against refutes", "healthver"),
    _bar("word overlap", "auroc", 0.580, "SciFact, supported against contradicted", "scifact"),
    _bar("claim only", "auroc", 0.763, "SciFact, supported against contradicted", "scifact"),
    _bar("word overlap", "auroc", 0.875, "SciFact, supported against not enough information", "scifact"),
    _bar("word overlap", "auroc", 0.733, "SciFact, supported against the best wrong abstract", "scifact"),
    _bar("word overlap", "auroc", 0.994, "SciFact, supported against a random abstract", "scifact"),
)
