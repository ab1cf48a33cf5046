"""A peer in its own environment: builds a part of its index from an export, or asks it. Prints one JSON object.

    python peer.py build PART EXPORT
    python peer.py ask SYSTEM EXPORT QUESTIONS STARTED

EXPORT holds chunks.jsonl, vectors.npy and papers.jsonl, and gets a folder for each part. QUESTIONS holds
questions.jsonl and vectors.npy: every dense search works on the same vectors. STARTED is the `time.monotonic()` of the
process that started this.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from timing import TOP, asked, best_of_each, lines, memory, progress

PACKAGES = (
    "bm25s",
    "chromadb",
    "llama-index-core",
    "llama-index-retrievers-bm25",
    "llama-index-vector-stores-chroma",
    "numpy",
    "PyStemmer",
)
DEPTHS = {"llamaindex-10": 10, "llamaindex-100": 100, "fusion-10": 10, "fusion-100": 100}  # chunks retrieved
BATCH = 10_000  # nodes held at a time: a node keeps its vector as a list, twelve times as large
Search = Callable[[str], list[str]]


def main() -> None:
    command, what, export, *rest = sys.argv[1:]
    if command == "build":
        result = build(what, Path(export))
    else:
        questions, started = Path(rest[0]), float(rest[1])
        texts = [line["question"] for line in lines(questions / "questions.jsonl")]
        result = asked(what, opened(what, Path(export), questions), texts, started)
    print(json.dumps(result | {"versions": {name: version(name) for name in PACKAGES}}))


def build(part: str, export: Path) -> dict[str, Any]:
    """Builds one part. `seconds` leave out reading the export, and all embedding, which the export has."""
    folder = export / part
    folder.mkdir()
    build_one = {"chroma": build_chroma, "bm25-chunks": build_bm25_chunks, "bm25-papers": build_bm25_papers}[part]
    return {"seconds": build_one(export, folder), "memory_mib": memory()}


def build_chroma(export: Path, folder: Path) -> float:
    """VectorStoreIndex over ChromaVectorStore as its documentation makes it, in the default collection."""
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.embeddings import MockEmbedding

    context = StorageContext.from_defaults(vector_store=chroma(folder))
    # The model is never asked: the nodes have their vectors.
    index = VectorStoreIndex([], storage_context=context, embed_model=MockEmbedding(embed_dim=384))
    seconds, stream = 0.0, nodes(export, vectors=True)
    while batch := list(itertools.islice(stream, BATCH)):
        started = time.perf_counter()
        index.insert_nodes(batch)
        seconds += time.perf_counter() - started
    return seconds


def build_bm25_chunks(export: Path, folder: Path) -> float:
    """LlamaIndex's BM25Retriever over the same nodes, saved."""
    from llama_index.retrievers.bm25 import BM25Retriever

    plain = list(nodes(export, vectors=False))
    started = time.perf_counter()
    BM25Retriever.from_defaults(nodes=plain).persist(str(folder))
    return time.perf_counter() - started


def build_bm25_papers(export: Path, folder: Path) -> float:
    """bm25s with its defaults and a Snowball stemmer, over title and abstract."""
    import bm25s
    import Stemmer

    papers = list(lines(export / "papers.jsonl"))
    started = time.perf_counter()
    texts = [f"{paper['title']} {paper['abstract']}" for paper in papers]
    tokens = bm25s.tokenize(texts, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False)
    engine = bm25s.BM25()
    engine.index(tokens, show_progress=False)
    engine.save(str(folder))
    seconds = time.perf_counter() - started
    (folder / "ids.json").write_text(json.dumps([paper["id"] for paper in papers]), encoding="utf-8")
    return seconds


def nodes(export: Path, *, vectors: bool) -> Iterator[Any]:
    """A TextNode for each chunk: its paper as source, the title as metadata, which BM25Retriever indexes too."""
    import numpy as np
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    matrix = np.load(export / "vectors.npy", mmap_mode="r")
    for number, chunk in enumerate(progress("reading chunks", lines(export / "chunks.jsonl"), len(matrix))):
        yield TextNode(
            id_=chunk["id"],
            text=chunk["text"],
            metadata={"title": chunk["title"]},
            relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=chunk["paper"])},
            embedding=matrix[number].tolist() if vectors else None,
        )


def chroma(folder: Path) -> Any:
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(str(folder))
    return ChromaVectorStore(chroma_collection=client.get_or_create_collection("quickstart", embedding_function=None))


def opened(system: str, index: Path, questions: Path) -> Search:
    """The search of a system: question -> paper ids."""
    if system == "bm25s":
        return open_bm25s(index)
    retriever = open_llama_index(system, index, questions)
    return lambda question: best_of_each(hit.node.ref_doc_id for hit in retriever.retrieve(question))


def open_llama_index(system: str, index: Path, questions: Path) -> Any:
    from llama_index.core import VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever

    depth = DEPTHS[system]
    stored = VectorStoreIndex.from_vector_store(chroma(index / "chroma"), embed_model=given_vectors(questions))
    dense = stored.as_retriever(similarity_top_k=depth)
    if system.startswith("llamaindex"):
        return dense
    from llama_index.retrievers.bm25 import BM25Retriever

    sparse = BM25Retriever.from_persist_dir(str(index / "bm25-chunks"))
    sparse.similarity_top_k = min(depth, len(sparse.corpus))
    return QueryFusionRetriever(
        [dense, sparse],
        similarity_top_k=depth,
        num_queries=1,
        mode="reciprocal_rerank",
        use_async=False,
        llm=MockLLM(),  # never asked with one query
    )


def given_vectors(questions: Path) -> Any:
    """An embedding model that knows the vectors of the questions; the time they took is added by who reads this."""
    import numpy as np
    from llama_index.core.embeddings import MockEmbedding

    texts = [line["question"] for line in lines(questions / "questions.jsonl")]
    vectors = dict(zip(texts, np.load(questions / "vectors.npy").tolist(), strict=True))

    class Given(MockEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return vectors[query]

    return Given(embed_dim=384)


def open_bm25s(index: Path) -> Search:
    import bm25s
    import Stemmer

    folder = index / "bm25-papers"
    engine = bm25s.BM25.load(str(folder), mmap=True)
    ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
    tokenize = partial(bm25s.tokenize, stopwords="en", stemmer=Stemmer.Stemmer("english"), show_progress=False)

    def search(question: str) -> list[str]:
        found, scores = engine.retrieve(tokenize([question]), k=min(TOP, len(ids)), show_progress=False)
        return [ids[place] for place, score in zip(found[0], scores[0], strict=True) if score > 0]

    return search


if __name__ == "__main__":
    main()
