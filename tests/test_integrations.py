"""LlamaIndex's own engines and tools run over our retriever, and our query engine carries our citations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from doors import small_home
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.tools import QueryEngineTool, RetrieverTool

from assistant import Assistant, Settings
from assistant.integrations.llama_index import AbstractsRetriever, CitedQueryEngine

QUESTION = "What efficiency does the zebra grating reach?"


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    with Assistant(Settings(home=small_home(), mode="extractive")) as made:
        yield made


def test_nodes_have_stable_ids_and_exact_places(assistant: Assistant) -> None:
    retriever = AbstractsRetriever(assistant, top_k=2)
    first, again = retriever.retrieve(QUESTION), asyncio.run(retriever.aretrieve(QUESTION))
    assert [node.node_id for node in first] == [node.node_id for node in again]
    best = first[0]
    paper = assistant.papers(paper_ids=[best.metadata["paper_id"]])[0]
    assert paper.abstract[best.metadata["start"] : best.metadata["end"]] == best.text
    assert "zebra" in best.text


def test_their_query_engine_runs_over_our_retriever(assistant: Assistant) -> None:
    engine = RetrieverQueryEngine.from_args(AbstractsRetriever(assistant), llm=MockLLM())
    response = engine.query(QUESTION)
    assert "zebra grating" in str(response)  # MockLLM repeats its prompt
    assert response.source_nodes


def test_their_agent_tools_run_over_ours(assistant: Assistant) -> None:
    retrieving = RetrieverTool.from_defaults(AbstractsRetriever(assistant))
    answering = QueryEngineTool.from_defaults(CitedQueryEngine(assistant))
    assert "31.4%" in retrieving.call(QUESTION).content
    assert "31.4%" in answering.call(QUESTION).content


def test_our_query_engine_carries_the_checked_citations(assistant: Assistant) -> None:
    engine = CitedQueryEngine(assistant)
    response, same = engine.query(QUESTION), asyncio.run(engine.aquery(QUESTION))
    answer = response.metadata["answer"]
    assert str(response) == str(same) == answer["text"]
    assert [node.text for node in response.source_nodes] == [c["quote"] for c in answer["citations"]]
    assert response.source_nodes[0].metadata["title"] == "Zebra Gratings for Brighter Solar Cells"
