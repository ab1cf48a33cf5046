"""all-MiniLM-L6-v2 on onnxruntime: a committed graph of 28 KB that reads its weights from safetensors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .weights import MODEL, SHA256, Weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

GRAPH = Path(__file__).with_name("minilm.onnx")
BATCH_TOKENS = 1024  # padded word pieces in one run; more is slower and costs memory
WINDOW = 2048  # texts tokenized and sorted at a time, so that memory does not grow with the corpus


class MiniLM:
    """The Embedder that needs no key: English, 384 dimensions, reads 256 word pieces, safe to share."""

    dimension = 384
    max_tokens = 256  # what it was trained at, though its positions go to 512

    def __init__(self, weights: Weights) -> None:
        from tokenizers import Tokenizer

        self.name = f"all-MiniLM-L6-v2-{SHA256[MODEL][:8]}"
        self._session = open_session(weights.model)
        # The file asks for truncation to 128 and padding to 128. Neither is wanted, and nothing is switched
        # later: `_input_ids` cuts the texts, so that the tokenizer has no state for threads to trip over.
        self._tokenizer = Tokenizer.from_file(str(weights.tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._first, self._last = self._tokenizer.encode("").ids  # [CLS] and [SEP]

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See `Embedder.embed`. Similar lengths share a batch: padding is most of the cost of mixed ones."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), WINDOW):
            ids = [self._input_ids(text) for text in texts[start : start + WINDOW]]
            for rows in batches([len(row) for row in ids]):
                vectors[[start + row for row in rows]] = self._run([ids[row] for row in rows])
                if on_progress:
                    on_progress(len(rows))
        return vectors

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.token_counts`."""
        return [len(self.tokenize(text)) for text in texts]

    def tokenize(self, text: str) -> list[int]:
        """See `Embedder.tokenize`."""
        # One at a time: encode_batch starts a thread pool that does not survive a fork, for 1 % of the time.
        # Half of a surrogate pair, which JSON can hold, is not text to the tokenizer: it is read as "?".
        clean = text.encode("utf-8", "replace").decode("utf-8")
        ids: list[int] = self._tokenizer.encode(clean, add_special_tokens=False).ids
        return ids

    def _input_ids(self, text: str) -> list[int]:
        return [self._first, *self.tokenize(text)[: self.max_tokens - 2], self._last]

    def _run(self, rows: list[list[int]]) -> NDArray[np.float32]:
        """Vectors (len(rows), dimension) of id rows, padded here to the longest of them."""
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros(ids.shape, dtype=np.float32)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1.0
        vectors: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "mask": mask})[0]
        return vectors


def batches(lengths: list[int]) -> Iterator[list[int]]:
    """Row numbers, longest texts first, at most BATCH_TOKENS padded word pieces (or one text) at a time."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
    start = 0
    while start < len(order):
        end = start + max(1, BATCH_TOKENS // lengths[order[start]])
        yield order[start:end]
        start = end


def open_session(model: Path) -> Any:
    """An onnxruntime session on the graph, its weights read from the safetensors file `model`."""
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only
    options.intra_op_num_threads = cores()
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
