"""Filters on 2,000 papers: what is allowed, and the hits among it, against SQL, numpy and Chroma's own `where`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny import WORDS, Tiny, opened

from assistant.index import Index
from assistant.lexical import Document, Lexical
from assistant.papers import Paper
from assistant.store import Filters, Rows, Store
from assistant.vectors import Vectors, rows_of

PAPERS = 2000
DIMENSION = 64
NAMES = ("Ada Lovelace", "Émile Borel", "Li Wei", "Åsa Öberg", "Grace O'Neil")
VENUES = ("NeurIPS", "École d'été", "STRASSE", None)


class Corpus:
    """An index, and a Chroma collection that holds the same vectors and fields."""

    def __init__(self, index: Index, collection: Any) -> None:
        self.index = index
        self.papers, self.vectors, self.owners = build(index)  # by number; (rows, dimension); the paper of each row
        index.refresh()
        self.collection = collection
        collection.add(
            ids=[str(row) for row in range(len(self.owners))],
            embeddings=self.vectors,
            metadatas=[metadata(number, self.papers[number]) for number in self.owners.tolist()],
        )


def made_paper(number: int) -> Paper:
    dice = random.Random(number)
    return Paper(
        f"made:{number}",
        f"Study {number}",
        " ".join(dice.choices(WORDS, k=20)),
        authors=tuple(dice.sample(NAMES, dice.randint(0, 3))),
        year=dice.choice([None, *range(2010, 2020)]),
        venue=dice.choice(VENUES),
        sources=(dice.choice(["one", "two", "two", "two"]),),
        source_ids=(f"made:{number}", f"doi:10.1/{number}"),
    )


def build(index: Index) -> tuple[dict[int, Paper], NDArray[np.float32], NDArray[np.int64]]:
    """Papers of no to four chunks that lie in clusters, written as the index would, without Chroma."""
    dice = np.random.default_rng(5)
    papers = [made_paper(number) for number in range(PAPERS)]
    counts = dice.integers(0, 5, PAPERS)
    with index.store.transaction():
        made = index.store.builds.create("tiny", DIMENSION, 32)
        index.store.builds.activate(made.id)
        numbers = [index.store.save(paper) for paper in papers]
        index.store.builds.mark_pending(made.id, numbers)
        ends = np.cumsum(counts).tolist()
        placed = [Rows(n, end - count, count) for n, count, end in zip(numbers, counts.tolist(), ends, strict=True)]
        index.store.builds.finish(made.id, placed, [], ends[-1])
    owners = np.repeat(numbers, counts)
    vectors = dice.standard_normal((50, DIMENSION), np.float32)[dice.integers(0, 50, len(owners))]
    vectors += 0.7 * dice.standard_normal(vectors.shape, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    files = index.folder / "builds" / made.id
    table = np.concatenate([rows_of(rows.number, [(0, 1)] * rows.count) for rows in placed])
    Vectors(files / "vectors", DIMENSION).write(0, vectors, table)
    documents = (Document(n, one.title, one.abstract) for n, one in zip(numbers, papers, strict=True))
    Lexical(files / "tantivy").replace(documents, [])
    return dict(zip(numbers, papers, strict=True)), vectors, owners


def metadata(number: int, paper: Paper) -> dict[str, Any]:
    plain = {"number": number, "year": paper.year, "venue": paper.venue, "source": paper.sources[0]}
    return {name: value for name, value in plain.items() if value is not None}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    import chromadb

    folder = tmp_path_factory.mktemp("filtered")
    with (
        opened(folder / "corpus", Tiny(dimension=DIMENSION)) as index,
        chromadb.PersistentClient(str(folder / "chroma")) as client,
    ):
        space: Any = {"hnsw": {"space": "cosine", "ef_search": 500}}
        yield Corpus(index, client.create_collection("oracle", embedding_function=None, configuration=space))


class Many(tuple[str, ...]):
    """Ids that a failing example need not list."""

    def __repr__(self) -> str:
        return f"<{len(self)} ids>"


YEARS = st.none() | st.integers(2008, 2021)
IDS = st.lists(st.integers(0, PAPERS + 50).map(lambda n: f"made:{n}" if n % 3 else f"doi:10.1/{n}"), max_size=30)
FILTERS = st.builds(
    Filters,
    source=st.sampled_from([None, None, None, "one", "two", "Two"]),
    year_from=YEARS,
    year_to=YEARS,
    author=st.sampled_from([None, None, None, "LI", "émile", "o'n", "\n", "e", "nobody"]),
    venue=st.sampled_from([None, None, None, "neurips", "ÉCOLE D'ÉTÉ", "straße", "strass"]),
    paper_ids=st.none()
    | IDS.map(tuple)
    | st.integers(0, PAPERS).map(lambda n: Many(f"made:{other}" for other in range(PAPERS) if other != n)),
)


@settings(max_examples=150, deadline=None)
@given(wanted=FILTERS)
def test_the_columns_in_memory_allow_what_sql_allows(corpus: Corpus, wanted: Filters) -> None:
    store, build = corpus.index.store, corpus.index.store.builds.active
    assert build is not None
    where, values = wanted.where()
    sql = f"SELECT number FROM papers WHERE {where} ORDER BY number"
    right = [row["number"] for row in store.sql.execute(sql, values)]
    allowed = store.builds.allowed(build.id, wanted)
    assert allowed[:, 0].tolist() == right
    assert {Rows(*row) for row in allowed.tolist()} == set(store.builds.rows(build.id, right))
    others, values = wanted.of_any_year().where()
    (undated,) = store.sql.execute(f"SELECT count(*) FROM papers WHERE {others} AND year IS NULL", values).fetchone()
    dated = wanted.year_from is not None or wanted.year_to is not None
    assert store.builds.without_year(build.id, wanted) == (undated if dated else 0)


def conditions(corpus: Corpus, wanted: Filters) -> Any:
    """The filters in Chroma's language; it knows no part of a name and no alias, so those papers are listed."""
    found: list[Any] = []
    if wanted.source is not None:
        found.append({"source": wanted.source})
    if wanted.year_from is not None:
        found.append({"year": {"$gte": wanted.year_from}})
    if wanted.year_to is not None:
        found.append({"year": {"$lte": wanted.year_to}})
    if wanted.venue is not None:
        same = [name for name in VENUES if name is not None and name.casefold() == wanted.venue.casefold()]
        found.append({"venue": {"$in": same or ["-"]}})
    if wanted.author is not None:
        part = wanted.author.casefold()
        found.append(
            {
                "number": {
                    "$in": [n for n, p in corpus.papers.items() if part in "\n".join(p.authors).casefold()] or [-1]
                }
            }
        )
    if wanted.paper_ids is not None:
        ids = set(wanted.paper_ids)
        found.append({"number": {"$in": [n for n, p in corpus.papers.items() if ids & set(p.source_ids)] or [-1]}})
    return {"$and": found} if len(found) > 1 else (found or [None])[0]


@settings(max_examples=60, deadline=None)
@given(wanted=FILTERS.filter(bool), row=st.integers(0, 3500), k=st.sampled_from([1, 10, 250]))
def test_filtered_hits_are_those_of_numpy_and_as_good_as_those_of_chroma(
    corpus: Corpus, wanted: Filters, row: int, k: int
) -> None:
    dice = np.random.default_rng(row)
    question = corpus.vectors[row] + 0.1 * dice.standard_normal(DIMENSION, np.float32)
    question /= np.linalg.norm(question)
    allowed = corpus.index.allowed(wanted)
    assert allowed is not None
    hits = corpus.index.dense(question, k, allowed)
    inside = np.flatnonzero(np.isin(corpus.owners, allowed[:, 0]))
    products = (corpus.vectors[inside].astype(np.float64) @ question).astype(np.float32)
    best = inside[np.lexsort((inside, -products))[:k]]
    first = np.searchsorted(corpus.owners, corpus.owners)
    assert [(hit.number, hit.ordinal) for hit in hits] == [(corpus.owners[r], r - first[r]) for r in best]
    theirs = corpus.collection.query(
        query_embeddings=question[np.newaxis], n_results=k, where=conditions(corpus, wanted)
    )
    found, distances = np.array(theirs["ids"][0], np.int64), np.array(theirs["distances"][0])
    assert set(found.tolist()) <= set(inside.tolist())
    assert len(found) == len(hits)
    missed = set(best.tolist()) - set(found.tolist())
    assert len(missed) <= 0.02 * len(best)  # its graph is approximate
    if not missed:
        assert 1 - distances == pytest.approx([hit.similarity for hit in hits], abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(wanted=FILTERS.filter(bool), question=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join))
def test_filtered_keyword_hits_are_the_allowed_ones_of_all(corpus: Corpus, wanted: Filters, question: str) -> None:
    allowed = corpus.index.allowed(wanted)
    assert allowed is not None
    inside = set(allowed[:, 0].tolist())
    everything = [hit for hit in corpus.index.lexical(question, PAPERS) if hit[0] in inside]
    assert corpus.index.lexical(question, 50, allowed) == everything[:50]


def test_nothing_is_found_where_nothing_is_allowed_and_all_of_the_one_paper_that_is(corpus: Corpus) -> None:
    question = corpus.vectors[0]
    nothing = corpus.index.allowed(Filters(source="none"))
    assert nothing is not None and nothing.shape == (0, 3)
    assert corpus.index.dense(question, 9, nothing) == [] == corpus.index.lexical("robot", 9, nothing)
    number = int(corpus.owners[100])
    one = corpus.index.allowed(Filters(paper_ids=(corpus.papers[number].id,)))
    assert one is not None and one[:, 0].tolist() == [number]
    hits = corpus.index.dense(question, 9, one)
    assert sorted(hit.ordinal for hit in hits) == [*range(np.count_nonzero(corpus.owners == number))]


# What others commit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "papers.sqlite")
    with made.transaction():
        build = made.builds.create("tiny", 4, 32)
        made.builds.activate(build.id)
        numbers = [made.save(made_paper(number)) for number in range(20)]
        made.builds.mark_pending(build.id, numbers)
        made.builds.finish(build.id, [Rows(number, 3 * number, 3) for number in numbers], [], 60)
    yield made
    made.close()
    made.builds.close()


def allowed(store: Store, **given: Any) -> list[int]:
    build = store.builds.active
    assert build is not None
    return store.builds.allowed(build.id, Filters(**given))[:, 0].tolist()


def test_a_field_that_changed_is_seen_at_once_though_nothing_was_indexed_anew(store: Store) -> None:
    numbers = store.numbers(["made:3"])
    assert allowed(store, venue="ICLR") == []
    before = store.builds.generation
    for other, venue in ((Store(store.path), "ICLR"), (store, "ICML")):
        with other.transaction():
            other.save(replace(made_paper(3), venue=venue))
        assert allowed(store, venue=venue) == numbers
    assert store.builds.generation == before
    assert allowed(store, venue="ICLR") == []


def test_a_paper_that_is_being_written_or_removed_is_not_allowed(store: Store) -> None:
    build = store.builds.active
    assert build is not None
    everything = allowed(store, source="one") + allowed(store, source="two")
    pending, removing = store.numbers(["made:3"]) + store.numbers(["made:4"])
    with store.transaction():
        store.builds.mark_pending(build.id, [pending])
        store.builds.mark_removing(build.id, [removing])
    left = allowed(store, source="one") + allowed(store, source="two")
    assert set(everything) - set(left) == {pending, removing}
    with store.transaction():
        store.builds.finish(build.id, [Rows(pending, 60, 1)], [removing], 61)
    assert store.builds.allowed(build.id, Filters(paper_ids=("made:3", "made:4"))).tolist() == [[pending, 60, 1]]


def test_what_is_allowed_is_one_state_for_all_threads_and_cannot_be_written_to(store: Store) -> None:
    build = store.builds.active
    assert build is not None
    once, again = (store.builds.allowed(build.id, Filters(year_from=2012)) for _ in range(2))
    assert once is again
    with pytest.raises(ValueError, match="read-only"):
        once[0, 0] = 7
    store.builds.close()
    assert np.array_equal(store.builds.allowed(build.id, Filters(year_from=2012)), once)
