"""Our side of the comparison, each command in a process of its own: what the peers get, and how we answer and build.

    python ours.py export CORPUS EXPORT          chunks, vectors and papers of a corpus
    python ours.py ask CORPUS QUESTIONS STARTED  from question string to ranked papers; leaves QUESTIONS/vectors.npy
    python ours.py passages CORPUS QUESTIONS STARTED    from question string to judged passages, as `search` has them
    python ours.py build CORPUS EXPORT FOLDER    a second build of a corpus without embedding

CORPUS is a name below ASSISTANT_HOME. Each prints one JSON object.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from timing import TOP, asked, best_of_each, lines, memory, progress

from assistant import Assistant, Settings
from assistant.embeddings import Embedder, chosen
from assistant.errors import AssistantError
from assistant.index import Index
from assistant.ingest import ingest
from assistant.writers import model_settings

SLICE = 1000  # papers read at a time


def main() -> None:
    commands = {"export": export, "ask": ask, "passages": passages, "build": build}
    try:
        print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))
    except AssistantError as error:
        sys.exit(str(error))


def export(corpus: str, folder: str) -> dict[str, Any]:
    """chunks.jsonl, vectors.npy, papers.jsonl and `count.json`, written last: papers and chunks."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    matrices: list[NDArray[np.float32]] = []
    papers = 0
    with (
        Assistant(Settings.load(corpus=corpus)) as assistant,
        (out / "chunks.jsonl").open("w", encoding="utf-8") as chunk_file,
        (out / "papers.jsonl").open("w", encoding="utf-8") as paper_file,
    ):
        assistant.index.refresh()
        for paper, vectors, spans in indexed(assistant.index):
            record = {"id": paper.id, "title": paper.title, "abstract": paper.abstract}
            paper_file.write(json.dumps(record, ensure_ascii=False) + "\n")
            for ordinal, start, end in spans:
                text = paper.abstract[start:end]
                chunk = {"id": f"{paper.id}#{ordinal}", "paper": paper.id, "title": paper.title, "text": text}
                chunk_file.write(json.dumps(chunk, ensure_ascii=False) + "\n")
            matrices.append(np.array(vectors))
            papers += 1
    matrix = np.concatenate(matrices)
    np.save(out / "vectors.npy", matrix)
    count = {"papers": papers, "chunks": len(matrix)}
    (out / "count.json").write_text(json.dumps(count), encoding="utf-8")
    return count


def indexed(index: Index) -> Iterator[tuple[Any, NDArray[np.float32], list[list[int]]]]:
    """Each whole paper, its chunks' vectors and their (ordinal, start, end)."""
    rows = index.store.sql.execute("SELECT number FROM papers ORDER BY number").fetchall()
    numbers = [row["number"] for row in rows]
    starts = range(0, len(numbers), SLICE)
    for start in progress("exporting, in thousands of papers", starts):
        part = numbers[start : start + SLICE]
        papers = index.store.by_numbers(part)
        for number, (vectors, spans) in index.chunk_rows(part).items():
            yield papers[number], vectors, spans[:, 1:].tolist()


class Timed:
    """An embedder that notes how long each call took: the peers, who are given vectors, are charged the same."""

    def __init__(self, real: Embedder, load_seconds: float) -> None:
        self._real = real
        self.load_seconds = load_seconds
        self.milliseconds: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        before = time.perf_counter()
        vectors = self._real.embed(texts, on_progress)
        self.milliseconds.append((time.perf_counter() - before) * 1000)
        return vectors


def ask(corpus: str, folder: str, started: str) -> dict[str, Any]:
    """Our retrieval, from question string to the ten papers in rank order, read from the corpus."""
    from assistant.retrieval.ranking import rank

    def search(index: Index, question: str) -> list[str]:
        index.refresh()
        numbers = [number for number, _ in rank(index, question)[:TOP]]
        papers = index.store.by_numbers(numbers)
        return [papers[number].id for number in numbers if number in papers]

    return timed(corpus, Path(folder), float(started), search)


def passages(corpus: str, folder: str, started: str) -> dict[str, Any]:
    """The same with passages, their reasons and the judgement whether the corpus answers."""
    from assistant.retrieval import retrieve

    def search(index: Index, question: str) -> list[str]:
        found = retrieve(index, question, top_k=TOP)
        return best_of_each(passage.paper.id for passage in found.passages)

    return timed(corpus, Path(folder), float(started), search)


def timed(corpus: str, folder: Path, started: float, search: Callable[[Index, str], list[str]]) -> dict[str, Any]:
    """What `asked` says, `embedding`: the part of each question's milliseconds that went into its vector, and
    `embedding_cold_seconds`: loading the model, and the first vector."""
    questions = [line["question"] for line in lines(folder / "questions.jsonl")]
    settings = Settings.load(corpus=corpus)
    before = time.perf_counter()
    real = chosen(settings.embedder, model_settings(settings))
    embedder = Timed(real, time.perf_counter() - before)
    spent: list[float] = []

    def one(question: str) -> list[str]:
        embedder.milliseconds.clear()
        found = search(index, question)
        spent.append(sum(embedder.milliseconds))
        return found

    with Assistant(settings, embedder=embedder) as assistant:
        index = assistant.index
        index.refresh()
        result = asked(corpus, one, questions, started)
    np.save(folder / "vectors.npy", np.array([real.embed([question])[0] for question in questions]))
    cold = embedder.load_seconds + spent[0] / 1000
    return {**result, "embedding": spent[-len(questions) :], "embedding_cold_seconds": cold}


class Known:
    """The corpus's embedder with its vectors already made: what is left of indexing is everything but embedding.

    A text that the export lacks gets the vector of another one, for only the time counts.
    """

    def __init__(self, real: Embedder, export: Path) -> None:
        self.name, self.dimension, self.max_tokens = real.name, real.dimension, real.max_tokens
        self.tokenize, self.token_counts = real.tokenize, real.token_counts
        self._matrix = np.load(export / "vectors.npy")
        self._places = {chunk["text"]: place for place, chunk in enumerate(lines(export / "chunks.jsonl"))}

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        places = [self._places.get(text, number % len(self._matrix)) for number, text in enumerate(texts)]
        if on_progress:
            on_progress(len(texts))
        rows: NDArray[np.float32] = self._matrix[places]
        return rows


def build(corpus: str, export_folder: str, folder: str) -> dict[str, Any]:
    """Seconds to read, merge, cut and write the papers of an export into an empty corpus, without embedding."""
    export = Path(export_folder)
    shutil.rmtree(folder, ignore_errors=True)
    with Assistant(Settings.load(corpus=corpus)) as assistant:
        known = Known(assistant.index.embedder, export)
        chunk_size = assistant.index.chunk_size()
    shown = time.monotonic()

    def show(done: float, total: int | None) -> None:
        nonlocal shown
        if time.monotonic() - shown > 2:
            shown = time.monotonic()
            print(f"  our build: {done:.0f} papers", file=sys.stderr, flush=True)

    started = time.perf_counter()
    with Index(Path(folder), lambda: known, chunk_size=chunk_size) as index:
        ingest(index, [export / "papers.jsonl"], progress=show)
    seconds = time.perf_counter() - started
    shutil.rmtree(folder)
    return {"seconds": seconds, "memory_mib": memory()}


if __name__ == "__main__":
    main()
