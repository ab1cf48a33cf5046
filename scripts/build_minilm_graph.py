"""Builds assistant/embeddings/minilm.onnx, the graph of all-MiniLM-L6-v2 without its weights.

The weights stay in model.safetensors: every initializer points at its bytes there (ONNX external data).
Standard operators of opset 17 only; onnxruntime fuses what is worth fusing. The same safetensors header gives
the same bytes.

    python scripts/build_minilm_graph.py FOLDER    (the one that holds model.safetensors)
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onnx import ModelProto, NodeProto, TensorProto, helper, shape_inference

GRAPH = Path(__file__).parents[1] / "assistant" / "embeddings" / "minilm.onnx"
LAYERS, HEADS, WIDTH, EPSILON = 6, 12, 384, 1e-12
DEAD_SCORE = -10_000.0  # added to the attention score of padding: its softmax is exactly 0 in float32


@dataclass(slots=True)
class Builder:
    """The nodes and initializers so far; each method adds one thing and returns the name of its output."""

    header: dict[str, Any]
    start: int  # where the tensors begin in the safetensors file, bytes
    nodes: list[NodeProto] = field(default_factory=list)
    initializers: list[TensorProto] = field(default_factory=list)

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, name: str, values: list[float] | list[int]) -> str:
        kind = TensorProto.FLOAT if isinstance(values[0], float) else TensorProto.INT64
        self.initializers.append(helper.make_tensor(name, kind, [len(values)], values))
        return name

    def weight(self, name: str) -> str:
        """The tensor `name` of the safetensors file (float32), left where it is."""
        entry = self.header[name]
        first, end = entry["data_offsets"]
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=entry["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        place = {"location": "model.safetensors", "offset": self.start + first, "length": end - first}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        self.initializers.append(tensor)
        return name

    def linear(self, x: str, name: str) -> str:
        """x W' + b over rows: Gemm reads W as PyTorch stores it, so nothing is transposed."""
        return self.op("Gemm", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def norm(self, x: str, name: str) -> str:
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=EPSILON)

    def gelu(self, x: str) -> str:
        """x / 2 * (1 + erf(x / sqrt 2)), Hendrycks & Gimpel 2016, equation 1."""
        erf = self.op("Erf", self.op("Div", x, "root_of_two"))
        return self.op("Mul", self.op("Mul", x, self.op("Add", erf, "one")), "half")


def constants(b: Builder) -> None:
    b.constant("one", [1.0])
    b.constant("half", [0.5])
    b.constant("root_of_two", [math.sqrt(2.0)])
    b.constant("attention_scale", [1.0 / math.sqrt(WIDTH / HEADS)])
    b.constant("dead_score", [DEAD_SCORE])
    b.constant("index_0", [0])
    b.constant("index_1", [1])
    b.constant("index_2", [2])
    b.constant("rows", [-1, WIDTH])
    b.constant("width", [WIDTH])
    b.constant("heads", [HEADS, WIDTH // HEADS])
    b.constant("over_heads_and_queries", [1, 2])


def embedded(b: Builder) -> str:
    """Word + position + token type 0, normalised: (batch, tokens, width) as rows."""
    words = b.op("Gather", b.weight("embeddings.word_embeddings.weight"), "input_ids")
    kind = b.op("Gather", b.weight("embeddings.token_type_embeddings.weight"), "index_0")
    positions = b.op("Add", b.weight("embeddings.position_embeddings.weight"), kind)  # folded at load
    length = b.op("Slice", "shape", "index_1", "index_2")
    used = b.op("Slice", positions, "index_0", length)
    rows = b.op("Reshape", b.op("Add", words, used), "rows")
    return b.norm(rows, "embeddings.LayerNorm")


def attention(b: Builder, x: str, layer: str) -> str:
    def heads(name: str, order: list[int]) -> str:
        projected = b.op("Reshape", b.linear(x, f"{layer}.attention.self.{name}"), "split")
        return b.op("Transpose", projected, perm=order)

    query, key, value = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]), heads("value", [0, 2, 1, 3])
    scores = b.op("Mul", b.op("MatMul", query, key), "attention_scale")
    shares = b.op("Softmax", b.op("Add", scores, "bias"), axis=-1)
    mixed = b.op("Transpose", b.op("MatMul", shares, value), perm=[0, 2, 1, 3])
    return b.linear(b.op("Reshape", mixed, "rows"), f"{layer}.attention.output.dense")


def encoded(b: Builder, x: str) -> str:
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        x = b.norm(b.op("Add", attention(b, x, layer), x), f"{layer}.attention.output.LayerNorm")
        inner = b.gelu(b.linear(x, f"{layer}.intermediate.dense"))
        x = b.norm(b.op("Add", b.linear(inner, f"{layer}.output.dense"), x), f"{layer}.output.LayerNorm")
    return x


def pooled(b: Builder, rows: str) -> str:
    """The unit vector of the mean over each set of word pieces; the norm cancels the mean's division, so a sum will do.

    A set without word pieces, which pads the batch, gives zeros.
    """
    hidden = b.op("Reshape", rows, b.op("Concat", "shape", "width", axis=0))
    return b.op("LpNormalization", b.op("MatMul", "parts", hidden), axis=-1, p=2)


def build(safetensors: Path) -> ModelProto:
    """input_ids (batch, tokens) int64, mask (batch, tokens) and parts (batch, sets, tokens), float32 of 0 and 1
    -> embedding (batch, sets, 384), checked.
    """
    with safetensors.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    b = Builder(header, start=8 + length)
    constants(b)
    b.nodes.append(helper.make_node("Shape", ["input_ids"], ["shape"], name="shape"))
    b.nodes.append(helper.make_node("Concat", ["shape", "heads"], ["split"], name="split", axis=0))
    b.nodes.append(helper.make_node("Mul", [padding_mask(b), "dead_score"], ["bias"], name="bias"))
    output = pooled(b, encoded(b, embedded(b)))
    b.nodes.append(helper.make_node("Identity", [output], ["embedding"], name="embedding"))
    return checked(b)


def padding_mask(b: Builder) -> str:
    """1 at padding, 0 at word pieces: (batch, 1, 1, tokens)."""
    return b.op("Unsqueeze", b.op("Sub", "one", "mask"), "over_heads_and_queries")


def checked(b: Builder) -> ModelProto:
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"]),
        helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", "tokens"]),
        helper.make_tensor_value_info("parts", TensorProto.FLOAT, ["batch", "sets", "tokens"]),
    ]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", "sets", WIDTH])]
    graph = helper.make_graph(b.nodes, "all-MiniLM-L6-v2", inputs, outputs, b.initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    return model


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} FOLDER  (the one that holds model.safetensors)")
    GRAPH.write_bytes(build(Path(sys.argv[1]) / "model.safetensors").SerializeToString(deterministic=True))
    print(f"{GRAPH}: {GRAPH.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
