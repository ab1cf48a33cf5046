"""For LlamaIndex: a retriever over our index, and a query engine whose responses carry our checked citations."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from ..answer import Answer
from ..assistant import Assistant
from ..retrieval import Passage


class AbstractsRetriever(BaseRetriever):
    """Passages of the papers that fit a query, best paper first, as nodes with stable ids.

    A node's text is its chunk of the abstract; `start` and `end` in its metadata are the chunk's place in it.
    """

    def __init__(
        self, assistant: Assistant, *, top_k: int | None = None, filters: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__()
        self._assistant = assistant
        self._options: dict[str, Any] = {"top_k": top_k, "filters": filters}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._assistant.search(query_bundle.query_str, **self._options)
        return [_node(passage) for passage in found]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class CitedQueryEngine(BaseQueryEngine):
    """Answers with every sentence checked; `response.metadata["answer"]` is our Answer as a dict.

    The response's source nodes are the cited spans, one a citation, with their support as score.
    """

    def __init__(
        self, assistant: Assistant, *, top_k: int | None = None, filters: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(callback_manager=None)
        self._assistant = assistant
        self._options: dict[str, Any] = {"top_k": top_k, "filters": filters}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return _response(self._assistant.ask(query_bundle.query_str, **self._options))

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return _response(await self._assistant.aask(query_bundle.query_str, **self._options))

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _node(passage: Passage) -> NodeWithScore:
    chunk, paper = passage.chunk, passage.paper
    metadata = {
        "paper_id": paper.id,
        "title": paper.title,
        "year": paper.year,
        "url": paper.url,
        "start": chunk.start,
        "end": chunk.end,
    }
    return NodeWithScore(node=TextNode(id_=chunk.id, text=chunk.text, metadata=metadata), score=passage.score)


def _response(answer: Answer) -> Response:
    titles = {paper["paper_id"]: paper["title"] for paper in answer.papers}
    nodes = [
        NodeWithScore(
            node=TextNode(
                id_=f"{citation.paper_id}[{citation.start}:{citation.end}]#{citation.id}",
                text=citation.quote,
                metadata={
                    "paper_id": citation.paper_id,
                    "title": titles[citation.paper_id],
                    "number": citation.number,
                    "start": citation.start,
                    "end": citation.end,
                },
            ),
            score=citation.support,
        )
        for citation in answer.citations
    ]
    return Response(response=answer.text, source_nodes=nodes, metadata={"answer": answer.to_dict()})
