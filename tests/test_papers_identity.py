"""Identity: which records are one paper, what they add, and that a second run changes nothing."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.papers import Decision, Paper, Record, read, resolve, same_abstract, title_key
from assistant.papers.identity import new_id
from assistant.papers.likeness import abstract_key, near_duplicates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
PAGES = sorted((Path(__file__).parents[1] / "assistant" / "data" / "daily_papers").glob("page-*.txt"))
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
OTHER = "one two three four five six"


class Memory:
    """Known papers in a dict, in the order in which they came."""

    def __init__(self) -> None:
        self.papers: dict[str, Paper] = {}

    def by_ids(self, ids: Sequence[str]) -> list[Paper]:
        return [paper for paper in self.papers.values() if not set(ids).isdisjoint(paper.source_ids)]

    def by_title(self, key: str) -> list[Paper]:
        return [paper for paper in self.papers.values() if title_key(paper.title) == key]

    def run(self, records: Iterable[Record]) -> list[Decision]:
        seen: set[str] = set()
        decisions = []
        for record in records:
            decision = resolve(record, self, seen)
            seen.update(decision.touched)
            for gone in decision.absorbed:
                del self.papers[gone]
            self.papers[decision.paper.id] = decision.paper
            decisions.append(decision)
        return decisions


def record(**fields: object) -> Record:
    given = Record(line=1, source="a", title="A Title", abstract=WORDS, raw_abstract=WORDS)
    return replace(given, **fields)  # type: ignore[arg-type]


def kinds(decisions: list[Decision]) -> list[str]:
    return [decision.kind for decision in decisions]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"doi": "10.1/x", "arxiv_id": "2403.02936", "pmid": "5", "own_id": "k"}, "doi:10.1/x"),
        ({"arxiv_id": "astro-ph/0601001", "pmid": "5", "own_id": "k"}, "arxiv:astro-ph/0601001"),
        ({"pmid": "5", "own_id": "k"}, "pmid:5"),
        ({"own_id": "k"}, "a:k"),
        ({}, "title:aa4e9c1087d9d929"),
    ],
)
def test_the_id_is_the_strongest_that_the_record_has(fields: dict[str, str], expected: str) -> None:
    assert new_id(record(**fields)) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Deep Learning: A Review.", "deep   learning — a review", True),
        ("ﬁne-tuning", "Fine Tuning", True),
        ("STRAẞE", "strasse", True),
        ("Part 1", "Part 2", False),
        ("!!!", "???", False),
        ("की", "का", False),
    ],
)
def test_titles_are_compared_by_letters_and_digits(one: str, other: str, same: bool) -> None:
    assert (title_key(one) == title_key(other)) is same


def test_abstracts_are_the_same_from_four_fifths_of_their_words() -> None:
    assert same_abstract(WORDS, WORDS.replace("kappa", ""))
    assert same_abstract("a b c d", "a b c d e")
    assert not same_abstract("a b c d", "a b c e")
    assert not same_abstract("", "a")
    assert same_abstract("…", "…")


def test_the_bundled_pages_hold_340_papers_and_a_second_run_changes_nothing() -> None:
    known = Memory()
    records = [item for page in PAGES for item in read(page) if isinstance(item, Record)]
    assert Counter(kinds(known.run(records))) == {"new": 340, "duplicate": 57}
    first = dict(known.papers)
    assert Counter(kinds(known.run(records))) == {"unchanged": 340, "duplicate": 57}
    assert known.papers == first


def test_a_published_paper_joins_its_preprint_and_another_version_its_first() -> None:
    known = Memory()
    preprint = record(arxiv_id="2403.02936", title="Point Clouds")
    published = record(source="b", doi="10.1/x", title="Point clouds.", abstract=f"{WORDS} lambda")
    version = record(source="c", arxiv_id="2403.02936", title="Point Clouds 2.0: Renamed", abstract=OTHER)
    assert kinds(known.run([preprint, published, version])) == ["new", "merged", "duplicate"]
    (paper,) = known.papers.values()
    assert (paper.id, paper.doi, paper.sources) == ("arxiv:2403.02936", "10.1/x", ("a", "b", "c"))


def test_one_abstract_under_two_titles_stays_two_papers_and_is_told_by_its_key() -> None:
    known = Memory()
    assert kinds(known.run([record(), record(title="Another")])) == ["new", "new"]
    one, other = known.papers.values()
    assert abstract_key(one.abstract) == abstract_key(f" {other.abstract.upper()}. ")
    assert abstract_key(one.abstract) != abstract_key(" ".join(reversed(one.abstract.split())))


def test_near_duplicates_are_the_pairs_that_comparing_everything_finds() -> None:
    chance = random.Random(7)
    texts = [[f"w{int(chance.paretovariate(0.4)) % 5000}" for _ in range(80)] for _ in range(150)]
    for number in range(0, 150, 3):
        texts.append([word if chance.random() < 0.93 else f"new{chance.random()}" for word in texts[number]])
    papers = [(f"p{number}", " ".join(words)) for number, words in enumerate(texts)]
    wanted = {(one, other) for (one, a), (other, b) in combinations(papers, 2) if same_abstract(a, b)}
    found = list(near_duplicates(iter(papers)))
    assert {(pair.one, pair.other) for pair in found} == wanted
    assert len(found) > 20
    assert all(0.8 <= pair.similarity <= 1 for pair in found)


def test_short_texts_and_other_papers_are_no_near_duplicates() -> None:
    assert list(near_duplicates([("a", "Editorial of this issue"), ("b", "Editorial of this issue")])) == []
    assert list(near_duplicates([("a", f"{WORDS} {OTHER}"), ("b", f"{WORDS} seven eight nine ten eleven")])) == []


def test_a_second_source_fills_what_is_missing_and_replaces_nothing() -> None:
    known = Memory()
    known.run([record(doi="10.1/x", year=2020)])
    (decision,) = known.run([record(source="b", doi="10.1/x", title="New", abstract=OTHER, year=2021, venue="ACL")])
    paper = decision.paper
    assert decision.kind == "merged"
    assert (paper.title, paper.abstract, paper.year, paper.venue) == ("A Title", WORDS, 2020, "ACL")
    assert (paper.id, paper.sources) == ("doi:10.1/x", ("a", "b"))


def test_the_first_source_replaces_and_a_missing_value_erases_nothing() -> None:
    known = Memory()
    known.run([record(own_id="1", year=2020, authors=("Ann",), extra={"k": 1})])
    (decision,) = known.run([record(own_id="1", title="Renamed", abstract=OTHER, raw_abstract=OTHER, doi="10.1/x")])
    paper = decision.paper
    assert decision.kind == "changed"
    assert (paper.title, paper.abstract, paper.raw_abstract) == ("Renamed", OTHER, OTHER)
    assert (paper.year, paper.authors, paper.extra, paper.doi) == (2020, ("Ann",), {"k": 1}, "10.1/x")
    assert paper.id == "a:1"
    assert set(paper.source_ids) == {"a:1", "1", "doi:10.1/x"}


def test_within_a_run_the_first_text_stands_and_the_next_run_agrees() -> None:
    known = Memory()
    records = [record(doi="10.1/x"), record(doi="10.1/x", abstract=OTHER)]
    assert kinds(known.run(records)) == ["new", "duplicate"]
    assert kinds(known.run(records)) == ["unchanged", "duplicate"]
    assert known.papers["doi:10.1/x"].abstract == WORDS


def test_an_update_lands_though_another_source_came_first_in_the_run() -> None:
    known = Memory()
    known.run([record(doi="10.1/x")])
    records = [record(source="b", doi="10.1/x"), record(doi="10.1/x", abstract=OTHER)]
    assert kinds(known.run(records)) == ["merged", "merged"]
    assert known.papers["doi:10.1/x"].abstract == OTHER
    assert kinds(known.run(records)) == ["unchanged", "duplicate"]


def test_a_record_that_joins_two_papers_leaves_the_older_id() -> None:
    known = Memory()
    known.run(
        [
            record(arxiv_id="2403.02936"),
            record(source="b", title="B", abstract=OTHER, doi="10.1/x", year=2020),
        ]
    )
    (decision,) = known.run([record(source="c", arxiv_id="2403.02936", doi="10.1/x")])
    assert (decision.kind, decision.absorbed) == ("merged", ("doi:10.1/x",))
    assert list(known.papers) == ["arxiv:2403.02936"]
    assert (decision.paper.abstract, decision.paper.year) == (WORDS, 2020)
    assert {"arxiv:2403.02936", "doi:10.1/x"} <= set(decision.paper.source_ids)
    assert decision.paper.sources == ("a", "b", "c")


def test_equal_titles_with_other_abstracts_stay_two_papers() -> None:
    known = Memory()
    records = [record(title="Editorial"), record(title="Editorial", abstract=OTHER)]
    assert kinds(known.run(records)) == ["new", "twin"]
    one, twin = known.papers
    assert twin.startswith(f"{one}-")
    assert kinds(known.run(records)) == ["unchanged", "unchanged"]
    assert kinds(known.run(reversed(records))) == ["unchanged", "unchanged"]


def test_a_new_abstract_of_a_paper_without_ids_is_an_update_not_a_twin() -> None:
    known = Memory()
    known.run([record()])
    assert kinds(known.run([record(abstract=OTHER)])) == ["changed"]
    assert kinds(known.run([record(abstract=OTHER)])) == ["unchanged"]
    assert kinds(known.run([record(source="b", abstract="quite another text")])) == ["twin"]
    assert len(known.papers) == 2


def test_after_an_update_the_former_text_is_a_paper_again_if_it_comes_beside_the_new() -> None:
    known = Memory()
    known.run([record()])
    records = [record(abstract=OTHER), record()]
    assert kinds(known.run(records)) == ["changed", "twin"]
    assert kinds(known.run(records)) == ["unchanged", "unchanged"]


def test_own_ids_mean_nothing_outside_their_source() -> None:
    known = Memory()
    known.run([record(own_id="1"), record(source="b", own_id="1", title="Another", abstract=OTHER)])
    assert list(known.papers) == ["a:1", "b:1"]
    foreign = record(source="c", own_id="x:9", title="Third", abstract="words of a third kind")
    alike = record(source="x", own_id="9", title="Fourth", abstract="nothing in common here")
    assert kinds(known.run([foreign, alike])) == ["new", "new"]
    assert len(known.papers) == 4


def test_conflicting_dois_merge_only_with_the_same_title_and_abstract() -> None:
    known = Memory()
    same, other = record(source="b", doi="10.1/y"), record(source="b", doi="10.1/z", abstract=OTHER)
    assert kinds(known.run([record(doi="10.1/x"), same, other])) == ["new", "duplicate", "twin"]
    assert known.papers["doi:10.1/x"].doi == "10.1/x"
    assert [paper.id for paper in known.by_ids(["doi:10.1/y"])] == ["doi:10.1/x"]


def test_a_paper_survives_its_dict_and_only_indexed_fields_change_its_hash() -> None:
    (decision,) = Memory().run([record(authors=("Ann",), doi="10.1/x", extra={"k": [1]})])
    paper = decision.paper
    assert Paper.from_dict(paper.to_dict()) == paper
    assert replace(paper, url="https://a.org", listed="Mar 14").content_hash == paper.content_hash
    assert replace(paper, authors=(), year=1999, venue="V", sources=()).content_hash == paper.content_hash
    assert replace(paper, title="B").content_hash != paper.content_hash != replace(paper, abstract="B").content_hash


RECORDS = st.lists(
    st.builds(
        record,
        source=st.sampled_from("ab"),
        title=st.sampled_from("TU"),
        abstract=st.sampled_from([WORDS, f"{WORDS} lambda", WORDS[:-6], OTHER, "seven eight nine"]),
        own_id=st.sampled_from([None, None, "1", "2"]),
        doi=st.sampled_from([None, None, "10.1/x", "10.1/y"]),
        arxiv_id=st.sampled_from([None, None, "2403.02936"]),
        year=st.sampled_from([None, 2020, 2021]),
        listed=st.sampled_from([None, "Mar 14"]),
    ),
    max_size=10,
)


@settings(deadline=None, max_examples=300)
@given(RECORDS)
def test_a_second_run_over_any_records_changes_nothing(records: list[Record]) -> None:
    known = Memory()
    known.run(records)
    first = dict(known.papers)
    assert set(kinds(known.run(records))) <= {"unchanged", "duplicate"}
    assert known.papers == first


@settings(deadline=None, max_examples=300)
@given(RECORDS, RECORDS)
def test_after_any_history_no_id_leads_to_two_papers_and_runs_settle(
    before: list[Record], records: list[Record]
) -> None:
    known = Memory()
    for run in (before, records, records):
        known.run(run)
    settled = dict(known.papers)
    assert set(kinds(known.run(records))) <= {"unchanged", "duplicate"}
    assert known.papers == settled
    ids = [name for paper in settled.values() for name in paper.source_ids if ":" in name]
    assert len(ids) == len(set(ids))
    assert all(paper.id in paper.source_ids for paper in settled.values())


def test_the_scifact_corpus_has_three_twins() -> None:
    corpus = SHARED / "scifact" / "corpus.jsonl.gz"
    if not corpus.exists():
        pytest.skip("shared/data/scifact is not on this machine")
    records = [item for item in read(corpus) if isinstance(item, Record)]
    titled = [item for item in records if title_key(item.title) in ("summary", "corresponding author")]
    assert Counter(kinds(Memory().run(titled))) == {"new": 2, "twin": 3}
