"""The folder that Chroma's ONNXMiniLM_L6_V2 wants in its cache, made from our verified weights without a network.

Its graph has the inputs, the output and the operators of a PyTorch export (batch x tokens x width throughout, MatMul
and then Add), which is what onnxruntime's fusions of attention, GELU and normalisation look for; its weights are the
same.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

from assistant.embeddings.weights import Weights

sys.path.insert(0, str(Path(__file__).parents[1]))

from build_minilm_graph import WIDTH, Builder, constants, encoded, padding_mask

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
NEVER_READ = ("config.json", "special_tokens_map.json", "tokenizer_config.json")  # but looked for


@dataclass(slots=True)
class Stock(Builder):
    """The builder with the weights inside the graph, and a product's weights transposed."""

    content: bytes = b""

    def tensor(self, name: str) -> NDArray[np.float32]:
        entry = self.header[name]
        first, end = entry["data_offsets"]
        data = self.content[self.start + first : self.start + end]
        return np.frombuffer(data, np.float32).reshape(entry["shape"])

    def weight(self, name: str) -> str:
        self.initializers.append(numpy_helper.from_array(self.tensor(name), name))
        return name

    def linear(self, x: str, name: str) -> str:
        kernel = np.ascontiguousarray(self.tensor(f"{name}.weight").T)
        self.initializers.append(numpy_helper.from_array(kernel, f"{name}.kernel"))
        return self.op("Add", self.weight(f"{name}.bias"), self.op("MatMul", x, f"{name}.kernel"))


def cache(weights: Weights, folder: Path) -> Path:
    """`folder`, with the six files of `folder/onnx` written unless they are there."""
    inside = folder / "onnx"
    model = inside / "model.onnx"
    if not model.exists():
        inside.mkdir(parents=True, exist_ok=True)
        tokenizer = weights.tokenizer.read_text(encoding="utf-8")
        words = json.loads(tokenizer)["model"]["vocab"]
        (inside / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
        (inside / "vocab.txt").write_text("\n".join(sorted(words, key=words.get)), encoding="utf-8")
        for name in NEVER_READ:
            (inside / name).write_text("{}", encoding="utf-8")
        partial = model.with_suffix(".new")
        partial.write_bytes(build(weights.model).SerializeToString(deterministic=True))
        partial.replace(model)
    return folder


def build(safetensors: Path) -> ModelProto:
    """input_ids, attention_mask and token_type_ids (batch, tokens) int64 -> last_hidden_state (batch, tokens, 384)."""
    content = safetensors.read_bytes()
    length = int.from_bytes(content[:8], "little")
    b = Stock(json.loads(content[8 : 8 + length]), start=8 + length, content=content)
    constants(b)
    b.initializers = [one for one in b.initializers if one.name != "rows"]
    for kind, inputs, output in (
        ("Shape", ["input_ids"], "shape"),
        ("Concat", ["shape", "heads"], "split"),
        ("Concat", ["shape", "width"], "rows"),  # what ours flattens stays apart here
        ("Cast", ["attention_mask"], "mask"),
    ):
        attributes = {"Concat": {"axis": 0}, "Cast": {"to": TensorProto.FLOAT}}.get(kind, {})
        b.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
    b.nodes.append(helper.make_node("Mul", [padding_mask(b), "dead_score"], ["bias"], name="bias"))
    hidden = encoded(b, embedded(b))
    b.nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"], name="last_hidden_state"))
    return model_of(b)


def embedded(b: Stock) -> str:
    """Word + token type + position, normalised."""
    words = b.op("Gather", b.weight("embeddings.word_embeddings.weight"), "input_ids")
    kinds = b.op("Gather", b.weight("embeddings.token_type_embeddings.weight"), "token_type_ids")
    length = b.op("Slice", "shape", "index_1", "index_2")
    places = b.op("Slice", b.weight("embeddings.position_embeddings.weight"), "index_0", length)
    return b.norm(b.op("Add", b.op("Add", words, kinds), places), "embeddings.LayerNorm")


def model_of(b: Stock) -> ModelProto:
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in INPUTS]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", WIDTH])
    graph = helper.make_graph(b.nodes, "all-MiniLM-L6-v2 as exported", inputs, [output], b.initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
