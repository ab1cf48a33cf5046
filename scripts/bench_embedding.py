"""Times our embedder beside this machine's matrix products and Chroma's stock MiniLM: Markdown for docs/benchmarks.md.

    python scripts/bench_embedding.py [--texts 512] [--rounds 5]

Two fixed samples of the bundled papers: chunks as they are indexed, and titles with abstracts, nearly all of which fill
the 256 word pieces that the model reads, so that no padding is left to save. In each round everything runs once, one
after the other, so that what else the machine does hits all of them; the tables have medians over rounds, the ratios
medians of each round's own ratio.

GFLOP are those of a text's own L word pieces, [CLS] and [SEP] included, padding and tokenizing not: in each of 6 layers
2 L (4 x 384^2 + 2 x 384 x 1536) for the projections and 4 L^2 x 384 for attention, in all 21.2 M L + 9,216 L^2.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray
from peers import stock_graph

from assistant.chunks import cutter
from assistant.embeddings.minilm import MiniLM, cores
from assistant.embeddings.weights import Weights, find
from assistant.papers import Record, read

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "assistant" / "data" / "daily_papers"
CHUNK_SIZE = 128  # the default of Settings
LAYERS, WIDTH, INNER = 6, 384, 1536
READ = 256  # word pieces that the model reads of a text
SHAPES = (  # rows x inner x columns of the products: the layers' at the rows of our batches, and a square one
    (1024, WIDTH, WIDTH),
    (1024, WIDTH, INNER),
    (1024, INNER, WIDTH),
    (2048, 2048, 2048),
)
PRODUCT_SECONDS = 0.5  # of each product in each round
PACKAGES = ("chromadb", "onnxruntime", "tokenizers", "numpy")

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts, and what they cost: `lengths` in word pieces as they are read."""

    name: str
    texts: list[str]
    lengths: NDArray[np.int64]

    @property
    def gflop(self) -> float:
        """See the head of this file."""
        lengths = self.lengths.astype(np.float64)
        products = 2 * lengths * (4 * WIDTH**2 + 2 * WIDTH * INNER)
        return float((LAYERS * (products + 4 * lengths**2 * WIDTH)).sum() / 1e9)


@dataclass(slots=True)
class Rounds:
    """Seconds of everything in each round, by name; GFLOP/s of the products."""

    products: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    @property
    def sgemm(self) -> float:
        """This machine's rate, GFLOP/s: of the median rates of all products, the highest."""
        return max(statistics.median(rates) for rates in self.products.values())

    def ratio(self, slow: str, fast: str) -> float:
        pairs = zip(self.seconds[slow], self.seconds[fast], strict=True)
        return statistics.median(a / b for a, b in pairs)


def samples(embedder: MiniLM, limit: int) -> list[Sample]:
    """The same texts whenever `limit` is the same, spread over all of the bundled papers."""
    cut = cutter(embedder.tokenize, CHUNK_SIZE)
    pages = sorted(PAGES.glob("page-*.txt"))
    papers = [item for page in pages for item in read(page) if isinstance(item, Record)]
    chunks = [chunk.text for paper in papers for chunk in cut("", paper.abstract)]
    whole = [f"{paper.title} {paper.abstract}" for paper in papers]
    named = {"chunks": chunks, "title and abstract": whole}
    return [sample(embedder, name, texts[:: max(1, len(texts) // limit)][:limit]) for name, texts in named.items()]


def sample(embedder: MiniLM, name: str, texts: list[str]) -> Sample:
    return Sample(name, texts, np.array([min(count + 2, READ) for count in embedder.token_counts(texts)]))


def stock(weights: Weights, cache: Path) -> Callable[[list[str]], Vectors]:
    """Chroma's embedding function as it comes, on the same weights."""
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2

    function = ONNXMiniLM_L6_V2()
    function.DOWNLOAD_PATH = stock_graph.cache(weights, cache / "stock-minilm")
    return lambda texts: np.array(function(texts), np.float32)


def products() -> dict[str, Callable[[], float]]:
    """By name: a float32 matrix product, run once, in GFLOP; by numpy and by onnxruntime with constant weights."""
    made: dict[str, Callable[[], float]] = {}
    random = np.random.default_rng(0)
    for rows, inner, columns in SHAPES:
        left = random.standard_normal((rows, inner), np.float32)
        right = random.standard_normal((inner, columns), np.float32)
        gflop, shape = 2e-9 * rows * inner * columns, f"{rows} x {inner} x {columns}"
        session = one_product(left.shape, right)
        made[f"numpy {shape}"] = partial(counted, gflop, partial(np.matmul, left, right))
        made[f"onnxruntime {shape}"] = partial(counted, gflop, partial(session.run, None, {"left": left}))
    return made


def counted(gflop: float, run: Callable[[], object]) -> float:
    run()
    return gflop


def one_product(shape: Sequence[int], right: Vectors) -> Any:
    """A session on a graph of one MatMul, whose right side is an initializer, as a model's weights are."""
    import onnxruntime  # type: ignore[import-untyped]
    from onnx import TensorProto, helper, numpy_helper

    left = helper.make_tensor_value_info("left", TensorProto.FLOAT, shape)
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [shape[0], right.shape[1]])
    node = helper.make_node("MatMul", ["left", "right"], ["out"])
    graph = helper.make_graph([node], "product", [left], [out], [numpy_helper.from_array(right, "right")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores()
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def rate(product: Callable[[], float]) -> float:
    """GFLOP/s over half a second, after one that does not count."""
    product()
    done, started = 0.0, time.perf_counter()
    while (spent := time.perf_counter() - started) < PRODUCT_SECONDS:
        done += product()
    return done / spent


def seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def measure(rounds: int, embedder: MiniLM, theirs: Callable[[list[str]], Vectors], taken: list[Sample]) -> Rounds:
    found = Rounds()
    named = products()
    for turn in range(rounds):
        for name, product in named.items():
            found.products.setdefault(name, []).append(rate(product))
        for one in taken:
            runs: dict[str, Callable[[], object]] = {
                f"ours, {one.name}": partial(embedder.embed, one.texts),
                f"Chroma, {one.name}": partial(theirs, one.texts),
                f"tokenizing, {one.name}": partial(embedder.token_counts, one.texts),
            }
            for name, run in runs.items():
                print(f"  round {turn + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
                found.seconds.setdefault(name, []).append(seconds(run))
    return found


def show_products(found: Rounds) -> None:
    print("\n| float32 product | GFLOP/s, median | lowest | highest |\n|---|---|---|---|")
    for name, rates in found.products.items():
        print(f"| {name} | {statistics.median(rates):.0f} | {min(rates):.0f} | {max(rates):.0f} |")
    print(f"\nBelow, the sgemm of this machine is the highest of these medians, {found.sgemm:.0f} GFLOP/s.\n")


def show(found: Rounds, taken: list[Sample], cosines: list[float]) -> None:
    print("| texts | embedder | texts/s | tokens/s | GFLOP/s | share of sgemm | share without tokenizing |")
    print("|---|---|---|---|---|---|---|")
    for one in taken:
        tokenizing = statistics.median(found.seconds[f"tokenizing, {one.name}"])
        for who in ("ours", "Chroma"):
            spent = statistics.median(found.seconds[f"{who}, {one.name}"])
            rates = [len(one.texts) / spent, float(one.lengths.sum()) / spent, one.gflop / spent]
            share, bare = rates[2] / found.sgemm, one.gflop / (spent - tokenizing) / found.sgemm
            cells = [f"{len(one.texts)} {one.name}", who, *(f"{value:,.0f}" for value in rates)]
            print(f"| {' | '.join(cells)} | {share:.0%} | {bare:.0%} |")
    print(
        "\n| texts | word pieces, mean | ours / Chroma, tokens/s | cosine of both vectors, lowest |\n|---|---|---|---|"
    )
    for one, cosine in zip(taken, cosines, strict=True):
        ratio = found.ratio(f"Chroma, {one.name}", f"ours, {one.name}")
        print(f"| {one.name} | {one.lengths.mean():.0f} | {ratio:.2f} | {cosine:.7f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=512, help="at most so many of each sample [512]")
    parser.add_argument("--rounds", type=int, default=5, help="[5]")
    parser.add_argument("--cache", type=Path, default=platformdirs.user_cache_path("assistant-bench"))
    given = parser.parse_args()
    weights = find()
    embedder, theirs = MiniLM(weights), stock(weights, given.cache)
    taken = samples(embedder, given.texts)
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    system = f"{cores()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{date.today()}, {system}, {versions}, load average before {os.getloadavg()[0]:.1f}")
    print(
        f"\n`{shlex.join(['python', *sys.argv])}`, OPENBLAS_CORETYPE {os.environ.get('OPENBLAS_CORETYPE', 'not set')}"
    )
    # Both are warm after this, and the vectors are of the very same texts and cuts.
    cosines = [float((embedder.embed(one.texts) * theirs(one.texts)).sum(axis=1).min()) for one in taken]
    found = measure(given.rounds, embedder, theirs, taken)
    show_products(found)
    show(found, taken, cosines)


if __name__ == "__main__":
    main()
