"""One corpus in one process: adding, changing, removing, rebuilding, and exact filters against Chroma's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import Tiny, add, audit, opened, record

from assistant.errors import IndexBusy, IndexMismatch
from assistant.index import Index
from assistant.index.dense import Dense
from assistant.index.locks import file_lock
from assistant.index.rebuilding import Rebuilding
from assistant.retrieval import retrieve
from assistant.store import Filters


class Failing(Tiny):
    """Embeds so many texts and then fails, as an interrupted run does."""

    def __init__(self, texts: int) -> None:
        super().__init__()
        self.left = texts

    def embed(self, texts: Sequence[str], on_progress: object = None) -> NDArray[np.float32]:
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        return super().embed(texts)


def rebuild(index: Index, chunk_size: int = 32) -> None:
    Rebuilding(index, chunk_size, lambda _: None).run()


def found(index: Index, question: str, top_k: int = 8) -> list[str]:
    return [passage.paper.id for passage in retrieve(index, question, top_k=top_k).papers]


def builds(folder: Path) -> set[str]:
    return {path.name for path in (folder / "builds").iterdir()}


def test_what_is_added_is_in_every_part_of_the_index(index: Index) -> None:
    decisions = add(index, map(record, range(210)))
    assert {decision.kind for decision in decisions} == {"new"}
    assert index.store.count() == 210
    assert found(index, "number77")[0] == "made:p77"
    index.close()
    assert audit(index.folder) == {f"made:p{number}" for number in range(210)}


def test_adding_again_embeds_and_changes_nothing(index: Index, embedder: Tiny) -> None:
    add(index, map(record, range(30)))
    before, embedded = index.fingerprint, embedder.embedded
    assert {decision.kind for decision in add(index, map(record, range(30)))} == {"unchanged"}
    assert (index.fingerprint, embedder.embedded) == (before, embedded)


def test_only_what_is_new_is_embedded(index: Index, embedder: Tiny) -> None:
    add(index, map(record, range(10)))
    before = index.store.builds.chunk_count(index.store.builds.active.id)  # type: ignore[union-attr]
    assert embedder.embedded == before
    add(index, map(record, range(12)))
    assert embedder.embedded == index.store.builds.chunk_count(index.store.builds.active.id)  # type: ignore[union-attr]


def test_a_changed_abstract_replaces_the_old_chunks_everywhere(index: Index, embedder: Tiny) -> None:
    add(index, map(record, range(20)))
    longest = max(range(20), key=lambda n: len(record(n).abstract))
    embedded = embedder.embedded
    (decision,) = add(index, [replace(record(longest), abstract="A zebra grazes in the savanna.")])
    assert (decision.kind, embedder.embedded) == ("changed", embedded + 1)
    (number,) = index.store.numbers([f"made:p{longest}"])
    assert found(index, "zebra savanna")[0] == f"made:p{longest}"
    assert number not in dict(index.lexical(f"number{longest}", 50))
    vector = embedder.embed(["zebra"])[0]
    assert [hit.ordinal for hit in index.dense(vector, 500) if hit.number == number] == [0]
    allowed = index.allowed(Filters(paper_ids=(f"made:p{longest}",)))
    assert [hit.ordinal for hit in index.dense(vector, 500, allowed)] == [0]
    index.close()
    audit(index.folder)


def test_a_removed_paper_is_nowhere(index: Index) -> None:
    add(index, map(record, range(12)))
    assert [paper.id for paper in index.remove(["made:p3", "p4", "made:none"])] == ["made:p3", "made:p4"]
    assert index.remove(["made:p3"]) == []
    assert not {"made:p3", "made:p4"} & set(found(index, "number3 number4 study", 50))
    index.close()
    assert audit(index.folder) == {f"made:p{n}" for n in range(12) if n not in (3, 4)}


def test_a_paper_that_was_removed_can_be_added_again(index: Index) -> None:
    add(index, map(record, range(3)))
    index.remove(["made:p0", "made:p1", "made:p2"])
    assert found(index, "study") == []
    add(index, [record(1)])
    assert found(index, "number1") == ["made:p1"]


def test_a_record_that_joins_two_papers_leaves_one(index: Index) -> None:
    add(index, [record(1, doi="10.1/a"), replace(record(2), source="other", arxiv_id="2101.00001")])
    joined = replace(record(1), source="third", own_id=None, doi="10.1/a", arxiv_id="2101.00001")
    assert [decision.kind for decision in add(index, [joined])] == ["merged"]
    assert index.store.count() == index.store.total() == 1
    assert index.store.by_ids(["arxiv:2101.00001"]) == index.store.by_ids(["doi:10.1/a"])
    index.close()
    assert audit(index.folder) == {"doi:10.1/a"}


def test_papers_made_and_joined_in_one_batch_leave_one(index: Index) -> None:
    joined = replace(record(1), source="third", own_id=None, doi="10.1/a", arxiv_id="2101.00001")
    add(index, [record(1, doi="10.1/a"), replace(record(2), source="other", arxiv_id="2101.00001"), joined])
    index.close()
    assert audit(index.folder) == {"doi:10.1/a"}


# Rebuilding


@pytest.fixture
def renamed(index: Index) -> Iterator[Index]:
    """The corpus of `index`, opened with another embedder."""
    with opened(index.folder, Tiny("other", 48)) as made:
        yield made


def test_another_embedder_is_refused_with_the_cure(index: Index, renamed: Index) -> None:
    add(index, map(record, range(5)))
    with pytest.raises(IndexMismatch, match="indexed with tiny, not with other") as caught:
        retrieve(renamed, "study")
    assert caught.value.cure == "Run: assistant index --rebuild --corpus corpus"
    with pytest.raises(IndexMismatch):
        add(renamed, [record(7)])
    assert index.store.total() == 5


def test_a_build_of_another_version_is_refused_with_the_cure_and_a_rebuild_mends_it(index: Index) -> None:
    add(index, map(record, range(5)))
    with index.store.transaction():
        index.store.sql.execute("UPDATE builds SET schema = schema - 1")
    index.close()
    with opened(index.folder) as older:
        with pytest.raises(IndexMismatch, match="indexed by another version of assistant") as caught:
            retrieve(older, "study")
        assert caught.value.cure == "Run: assistant index --rebuild --corpus corpus"
        Rebuilding(older, 32, lambda _: None).run()
        older.refresh()
        assert older.lexical("number3", 1)[0][0] == older.store.number("made:p3")


class Asking(Tiny):
    """Asks another index while it embeds for a rebuild."""

    def __init__(self, other: Index) -> None:
        super().__init__("other", 48)
        self.other = other
        self.answers: list[list[str]] = []

    def embed(self, texts: Sequence[str], on_progress: object = None) -> NDArray[np.float32]:
        self.answers.append(found(self.other, "number3")[:1])
        return super().embed(texts)


def test_the_old_build_answers_until_the_swap_and_the_next_writer_deletes_it(index: Index) -> None:
    add(index, map(record, range(250)))
    old = builds(index.folder)
    asking = Asking(index)
    with opened(index.folder, asking) as renamed:
        rebuild(renamed)
        assert asking.answers == [["made:p3"]] * 2
        with pytest.raises(IndexMismatch, match="indexed with other, not with tiny"):
            retrieve(index, "number3")
    assert old < builds(index.folder)
    index.close()
    with opened(index.folder, Tiny("other", 48)) as renamed:
        assert found(renamed, "number3")[0] == "made:p3"
        add(renamed, [record(250)])
        assert len(builds(index.folder)) == 1
        assert not old & builds(index.folder)
    assert len(audit(index.folder)) == 251


def test_an_interrupted_rebuild_goes_on_where_it_stopped(index: Index) -> None:
    add(index, map(record, range(410)))
    texts = index.embedder.embedded  # type: ignore[attr-defined]
    index.close()
    with opened(index.folder, Failing(texts // 2 + 5), 64) as failing, pytest.raises(KeyboardInterrupt):
        rebuild(failing, 64)
    with opened(index.folder) as again:
        assert found(again, "number3")[0] == "made:p3"
        before = again.embedder.embedded  # type: ignore[attr-defined]
        rebuild(again, 64)
        active = again.store.builds.active
        assert active is not None and active.chunk_size == 64
        assert 0 < again.embedder.embedded - before < again.store.builds.chunk_count(active.id)  # type: ignore[attr-defined]
    assert len(audit(index.folder)) == 410


class Changing(Tiny):
    """Adds, changes and removes papers of the corpus while the rebuild embeds its first batch."""

    def __init__(self, other: Index) -> None:
        super().__init__()
        self.other: Index | None = other

    def embed(self, texts: Sequence[str], on_progress: object = None) -> NDArray[np.float32]:
        other, self.other = self.other, None
        if other is not None:
            add(other, [record(500), replace(record(1), abstract="A zebra grazes in the savanna.")])
            other.remove(["made:p2"])
        return super().embed(texts)


def test_a_rebuild_catches_up_with_what_changed_meanwhile(index: Index) -> None:
    add(index, map(record, range(210)))
    with opened(index.folder, Changing(index)) as other:
        rebuild(other, 48)
    assert found(index, "zebra savanna")[0] == "made:p1"
    assert found(index, "number500")[0] == "made:p500"
    assert "made:p2" not in found(index, "number2", 50)
    index.close()
    assert audit(index.folder) == {f"made:p{n}" for n in (*range(210), 500) if n != 2}


def test_a_batch_that_was_cut_before_a_swap_is_cut_anew(index: Index) -> None:
    class Swapping(Tiny):
        def embed(self, texts: Sequence[str], on_progress: object = None) -> NDArray[np.float32]:
            if len(texts) > 1 and index.chunk_size() == 32:
                rebuild(index, 200)
            return super().embed(texts)

    add(index, [record(1)])
    with opened(index.folder, Swapping()) as other:
        add(other, [record(2, abstract=" ".join(f"Sentence {n} is here for length." for n in range(20)))])
    assert index.store.builds.chunk_count(index.store.builds.active.id) == 2  # type: ignore[union-attr]


def test_a_second_rebuild_is_refused_while_the_first_runs(index: Index) -> None:
    add(index, [record(1)])
    with (
        file_lock(index.folder / "rebuild.lock", 0, "rebuilt"),
        pytest.raises(IndexBusy, match="being rebuilt") as caught,
    ):
        rebuild(index)
    assert caught.value.retryable
    rebuild(index)
    assert found(index, "number1") == ["made:p1"]


def test_rebuilding_an_empty_corpus_makes_an_empty_build(index: Index) -> None:
    rebuild(index)
    assert found(index, "anything") == []
    add(index, [record(1)])
    assert found(index, "number1") == ["made:p1"]


# Filters against the oracle


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """2,000 papers of ten years, three sources and four authors."""
    with opened(tmp_path_factory.mktemp("large") / "corpus", chunk_size=64) as made:
        for source in range(3):
            numbers = range(source, 2000, 3)
            described = (record(n, year=2010 + n % 10, authors=(f"Author {n % 4}",)) for n in numbers)
            add(made, (replace(one, source=f"s{source}") for one in described))
        yield made


FILTERS = (
    Filters(year_from=2013, year_to=2013),
    Filters(year_from=2012),
    Filters(source="s1"),
    Filters(author="author 3", year_to=2014),
    Filters(source="s2", author="Author 1", year_from=2019),
    Filters(paper_ids=("s0:p0", "s1:p1", "s1:p1000", "no")),
)


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_filtered_search_is_what_chroma_finds_with_where(large: Index, filters: Filters) -> None:
    import chromadb

    build = large.store.builds.active
    assert build is not None
    large.refresh()
    allowed = large.allowed(filters)
    assert allowed is not None and 0 < len(allowed) < 2000
    questions = large.embedder.embed(["robot policy reward", "sparse graph kernel", "study of noise in speech"])
    mine = [[hit.similarity for hit in large.dense(question, 20, allowed)] for question in questions]
    large.close()
    with chromadb.PersistentClient(str(large.folder / "builds" / build.id / "chroma")) as client:
        collection = client.get_collection("chunks", embedding_function=None)
        where = {"number": {"$in": allowed[:, 0].tolist()}}
        theirs = collection.query(query_embeddings=questions, n_results=20, where=where)["distances"]
    for similarities, distances in zip(mine, theirs, strict=True):
        assert similarities == pytest.approx([1 - distance for distance in distances], abs=2e-3)


def test_unfiltered_search_agrees_with_the_exact_one(large: Index) -> None:
    large.refresh()
    everything = large.allowed(Filters(year_from=1))
    for question in large.embedder.embed(["robot policy", "latent depth camera"]):
        near, exact = (large.dense(question, 10, allowed) for allowed in (None, everything))
        assert [hit.similarity for hit in near] == pytest.approx([hit.similarity for hit in exact], abs=2e-3)


def test_a_closed_vector_index_holds_no_generation_and_finds_nothing(tmp_path: Path) -> None:
    dense = Dense(tmp_path / "chroma", 4)
    dense.reopen(1)
    dense.forget([1, 2])
    assert dense.keys() == set() and dense.generation == 1
    dense.close()
    assert dense.generation == -1
    assert dense.query(np.ones(4, np.float32), 3) == []
