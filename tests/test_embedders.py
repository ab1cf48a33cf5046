"""Other embedders: an OpenAI-compatible server, chosen by name only, and any LlamaIndex BaseEmbedding."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
from doors import written
from llama_index.core import MockEmbedding
from model_server import ModelServer

from assistant import Assistant, IndexMismatch, ModelError, Settings, SettingsError
from assistant.embeddings import adapted, chosen
from assistant.llm import ModelSettings

QUESTION = "zebra grating"


def test_a_server_gives_unit_vectors_in_the_order_of_the_texts() -> None:
    with ModelServer() as server:
        embedder = chosen("openai:small", ModelSettings(base_url=server.url))
        many = embedder.embed([f"text {number}" for number in range(300)])
        again = embedder.embed(["text 299"])
    assert many.shape == (300, embedder.dimension)
    assert np.allclose(np.linalg.norm(many, axis=1), 1, atol=1e-5)
    assert np.allclose(many[299], again[0], atol=1e-6)


def test_a_corpus_is_built_and_asked_with_a_servers_embeddings(tmp_path: Path) -> None:
    with ModelServer() as server:
        settings = Settings(home=tmp_path, embedder="openai:small", base_url=server.url, mode="extractive")
        with Assistant(settings) as assistant:
            assistant.add(written(tmp_path))
            assert assistant.search(QUESTION)[0].paper.title.startswith("Zebra")
    with (
        Assistant(Settings(home=tmp_path, mode="extractive")) as assistant,
        pytest.raises(IndexMismatch, match="--rebuild"),
    ):
        assistant.search(QUESTION)


def test_a_key_and_a_server_alone_never_change_the_embedder(tmp_path: Path) -> None:
    with ModelServer() as server, Assistant(Settings(home=tmp_path, base_url=server.url, api_key="k")) as assistant:
        assistant.add(written(tmp_path))
        assert assistant.index.embedder.name.startswith("all-MiniLM")
        assert server.embedded == []


def test_any_llama_index_embedding_can_be_passed_in(tmp_path: Path) -> None:
    with Assistant(Settings(home=tmp_path, mode="extractive"), embedder=MockEmbedding(embed_dim=8)) as assistant:
        assistant.add(written(tmp_path))
        assert assistant.search(QUESTION)[0].paper.title.startswith("Zebra")
        assert assistant.index.embedder.dimension == 8


def test_an_embedder_of_our_own_is_taken_as_it_is() -> None:
    embedder = adapted(MockEmbedding(embed_dim=8))
    assert adapted(embedder) is embedder


@pytest.mark.parametrize("name", ["maxilm", "openai:", "openai"])
def test_an_unknown_embedder_is_a_sentence(name: str) -> None:
    with pytest.raises(SettingsError, match="openai:MODEL"):
        chosen(name, ModelSettings())


def test_an_unreachable_server_is_a_sentence() -> None:
    with pytest.raises(ModelError, match="cannot be reached"):
        chosen("openai:small", ModelSettings(base_url="http://127.0.0.1:9/v1", retries=0))


class _Page(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>Welcome</html>")

    def log_message(self, format: str, *arguments: object) -> None:
        """Silence."""


def test_a_page_instead_of_vectors_is_a_sentence_with_its_cure() -> None:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(ModelError) as caught:
            chosen("openai:small", ModelSettings(base_url=f"http://127.0.0.1:{server.server_port}/v1", retries=0))
        server.shutdown()
    assert caught.value.cure and "attribute" not in str(caught.value)
