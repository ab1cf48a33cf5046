"""all-MiniLM-L6-v2 on onnxruntime: a committed graph of 28 KB that reads its weights from safetensors."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .weights import MODEL, NAME, Weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from . import Span

GRAPH = Path(__file__).with_name("minilm.onnx")
BATCH_TOKENS = 512  # padded word pieces in one run; more is slower and costs memory
_MANY = 8  # runs from which a second session is worth its memory
WINDOW = 2048  # texts tokenized and sorted at a time, so that memory does not grow with the corpus


@dataclass(frozen=True, slots=True)
class _Input:
    """A text's word pieces with [CLS] and [SEP], and the ranges of them that its spans cover."""

    ids: list[int]
    parts: list[tuple[int, int]]


class MiniLM:
    """The Embedder that needs no key: English, 384 dimensions, reads 256 word pieces, safe to share."""

    dimension = 384
    max_tokens = 256  # what it was trained at, though its positions go to 512

    def __init__(self, weights: Weights) -> None:
        from tokenizers import Tokenizer

        self.name = NAME
        self._model = weights.model
        self._session = open_session(weights.model, threads=cores())
        self._single: Any = None  # for many texts, opened when first needed
        self._opening = threading.Lock()
        # The file asks for truncation to 128 and padding to 128. Neither is wanted, and nothing is switched
        # later: `_input_ids` cuts the texts, so that the tokenizer has no state for threads to trip over.
        self._tokenizer = Tokenizer.from_file(str(weights.tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._first, self._last = self._tokenizer.encode("").ids  # [CLS] and [SEP]

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        return self.embed_spans(texts, [()] * len(texts), on_progress)[0]

    def embed_spans(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]], on_progress: Callable[[int], None] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `SpanEmbedder.embed_spans`. Similar lengths share a batch: padding is most of the cost of mixed ones."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        firsts = np.cumsum([0, *map(len, spans)])
        parts = np.empty((int(firsts[-1]), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), WINDOW):
            window = range(start, min(start + WINDOW, len(texts)))
            inputs = [self._input(texts[row], spans[row]) for row in window]
            groups = list(batches([len(one.ids) for one in inputs]))
            for rows, pooled in zip(
                groups, self._run_all([[inputs[row] for row in rows] for rows in groups]), strict=True
            ):
                for row, sets in zip(rows, pooled, strict=True):
                    vectors[start + row] = sets[0]
                    count = len(inputs[row].parts)
                    parts[firsts[start + row] : firsts[start + row] + count] = sets[1 : 1 + count]
                if on_progress:
                    on_progress(len(rows))
        return vectors, parts

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.token_counts`."""
        return [len(self.tokenize(text)) for text in texts]

    def tokenize(self, text: str) -> list[int]:
        """See `Embedder.tokenize`."""
        ids: list[int] = self._encoded(text).ids
        return ids

    def _encoded(self, text: str) -> Any:
        # One at a time: encode_batch starts a thread pool that does not survive a fork, for 1 % of the time.
        # Half of a surrogate pair, which JSON can hold, is not text to the tokenizer: it is read as "?".
        return self._tokenizer.encode(text.encode("utf-8", "replace").decode("utf-8"), add_special_tokens=False)

    def _input(self, text: str, spans: Sequence[Span]) -> _Input:
        encoded = self._encoded(text)
        ids = [self._first, *encoded.ids[: self.max_tokens - 2], self._last]
        if not spans:
            return _Input(ids, [])
        starts, ends = np.array(encoded.offsets[: self.max_tokens - 2]).reshape(-1, 2).T
        # + 1 for [CLS]. A word piece that lies across a border belongs to both sides.
        parts = [(int((ends <= start).sum()) + 1, int((starts < end).sum()) + 1) for start, end in spans]
        return _Input(ids, parts)

    def _run_all(self, groups: list[list[_Input]]) -> Iterator[NDArray[np.float32]]:
        """`_run` of each group. Many go through a session of one thread, one group a core: cores that share a small
        product wait for each other, which costs a fifth of the time."""
        if len(groups) < _MANY:
            yield from (self._run(group, self._session) for group in groups)
            return
        with self._opening:
            self._single = self._single or open_session(self._model, threads=1)
        pool = ThreadPoolExecutor(cores())
        try:
            yield from pool.map(lambda group: self._run(group, self._single), groups)
        finally:
            pool.shutdown(cancel_futures=True)

    def _run(self, inputs: list[_Input], session: Any) -> NDArray[np.float32]:
        """Vectors (texts, 1 + most spans, dimension), padded here to the longest: the whole text, then its spans."""
        width, sets = max(len(one.ids) for one in inputs), 1 + max(len(one.parts) for one in inputs)
        ids = np.zeros((len(inputs), width), dtype=np.int64)
        parts = np.zeros((len(inputs), sets, width), dtype=np.float32)
        for row, one in enumerate(inputs):
            ids[row, : len(one.ids)] = one.ids
            parts[row, 0, : len(one.ids)] = 1.0
            for place, (first, last) in enumerate(one.parts, start=1):
                parts[row, place, first:last] = 1.0
        feed = {"input_ids": ids, "mask": np.ascontiguousarray(parts[:, 0]), "parts": parts}
        pooled: NDArray[np.float32] = session.run(None, feed)[0]
        return pooled


def batches(lengths: list[int]) -> Iterator[list[int]]:
    """Row numbers, longest texts first, at most BATCH_TOKENS padded word pieces (or one text) at a time."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    start = 0
    while start < len(order):
        end = start + max(1, BATCH_TOKENS // lengths[order[start]])
        yield order[start:end]
        start = end


def open_session(model: Path, threads: int) -> Any:
    """An onnxruntime session on the graph, its weights read from the safetensors file `model`."""
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a tenth of the CPU for a query
    real = model.resolve()
    if real.name == MODEL:
        key = "session.model_external_initializers_file_folder_path"
        options.add_session_config_entry(key, str(real.parent))
    else:
        # The hub's cache holds links to files named by their hash, which onnxruntime will not follow out of
        # the folder. Handing it the bytes costs 0.3 s and 160 MB more, so only then.
        content = np.memmap(real, dtype=np.uint8, mode="r")
        options.add_external_initializers_from_files_in_memory([MODEL], [content], [content.size])
    return onnxruntime.InferenceSession(GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])


def cores() -> int:
    """The cores that this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
