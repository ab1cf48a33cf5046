"""The keyword index: BM25 over title and abstract, one document a paper (tantivy)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tantivy

_TITLE_BOOST = 1.0
_WORD = re.compile(r"\w+")
NAME = re.compile(r"\b(?=[\w.-]{0,60}?(?:\d|[a-z][A-Z]|[A-Z]{2}))[A-Za-z][\w.-]{0,60}\w")
"""A name in a question: digits or a second capital inside (GPT-4, VTAB-1k, LoRA), or all capitals."""
_WRITER_BYTES = 64_000_000
_RARE = 50  # papers; of a word in fewer it matters whether some were deleted
_BEGINNING, _ENDING = 4, 4  # letters: the least that is compared, and what an ending may have
_LOOK_UP = 6  # to look up one allowed paper takes as long as to go through so many hits of all papers
_MORE = 8  # times as many hits are read where too few of them were allowed
# Words of questions, not of abstracts: rare in a corpus of abstracts, they would weigh like names.
_QUESTION_WORDS = frozenset(
    "a about an and any are as at be been by can could did do does for from had has have how i if in into is it its "
    "me much many my of on or our please say says should show some tell than that the their them there these they "
    "this those to was we were what when where which who whom whose why will with would you your paper papers".split()
)

# What asks for the long form of a name says nothing of the paper.
_LONG_FORM = re.compile(
    r"\b(stands? for|short (for|form)|spell\w*( \w+)? out|abbreviat\w+|acronyms?|(full|long) (name|form)|"
    r"expan(d|sion)\w*|mean(s|ing)?|letters?|words? hid\w+|hid\w+ behind|(the|which) (word|name)s?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of a paper."""

    number: int
    title: str
    abstract: str


def words(text: str) -> list[str]:
    """The lower-case words of a text, as they are indexed before stemming."""
    return _WORD.findall(text.lower())


def content_words(question: str) -> list[str]:
    """The lower-case words of a question that say what it is about; all of its words where none does."""
    every = words(_LONG_FORM.sub(" ", question) if NAME.search(question) else question)
    return [word for word in every if word not in _QUESTION_WORDS] or every


@contextmanager
def _disk_faults() -> Iterator[None]:
    """tantivy tells of a full or read-only disk in a ValueError."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error


class Lexical:
    """An open keyword index. BM25 with tantivy's k1 = 1.2, b = 0.75 and English stems.

    The caller holds the corpus's lock while writing. Readers call `reload()` to see what was written.
    """

    def __init__(self, folder: Path) -> None:
        import tantivy

        folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", stored=True, indexed=True, fast=True)
        builder.add_text_field("title", tokenizer_name="en_stem", index_option="freq")
        builder.add_text_field("abstract", tokenizer_name="en_stem", index_option="freq")
        self._schema = builder.build()
        with _disk_faults():
            self._index = tantivy.Index(self._schema, path=str(folder))
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )

    def reload(self) -> None:
        """Sees what was committed since."""
        self._index.reload()

    def replace(self, documents: Iterable[Document], removed: Iterable[int]) -> None:
        """Takes out the removed papers, puts the documents in place of older ones, and commits: all or nothing."""
        import tantivy

        with _disk_faults():
            writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
            try:
                for number in removed:
                    writer.delete_documents_by_term("number", number)
                for document in documents:
                    writer.delete_documents_by_term("number", document.number)
                    writer.add_document(
                        tantivy.Document(number=document.number, title=document.title, abstract=document.abstract)
                    )
                writer.commit()
                writer.wait_merging_threads()
            finally:
                del writer  # with an error that is kept somewhere, its lock would be held
            self._index.reload()

    def search(
        self, question: str, k: int, allowed: Sequence[int] | NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """(paper number, BM25 score) of the best k papers, best first, equals by number.

        `allowed`, paper numbers, restricts them, exactly: the scores stay those of the whole index.
        """
        # Words only, and in lower case: the parser knows a syntax (AND, OR, quotes, fields) that is not the user's.
        wanted = " ".join(content_words(question))
        if not wanted or k < 1 or (allowed is not None and not len(allowed)):
            return []
        query, _ = self._index.parse_query_lenient(wanted, ["title", "abstract"], field_boosts={"title": _TITLE_BOOST})
        searcher = self._index.searcher()
        if allowed is None:
            return _best(searcher, query, k, k + 1)
        expected = k * searcher.num_docs // len(allowed)  # hits that have k allowed ones among them
        if len(allowed) * _LOOK_UP < expected:
            return _best(searcher, self._among(query, allowed), k, len(allowed) + 1)
        return _best(searcher, query, k, 2 * expected, np.asarray(allowed))

    def _among(self, query: tantivy.Query, allowed: Sequence[int] | NDArray[np.int64]) -> tantivy.Query:
        """The query for these papers only, with the same scores. Slow for many: each is looked up as a word."""
        import tantivy

        inside = tantivy.Query.term_set_query(self._schema, "number", [int(number) for number in allowed])
        inside = tantivy.Query.const_score_query(inside, 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, inside)])

    def stems(self, text: str) -> list[str]:
        """The terms that a text is indexed under, in order."""
        terms: Any = self._analyzer.analyze(text)
        return list(terms)

    def frequency(self, word: str) -> int:
        """In how many titles, and in how many abstracts, a word occurs in any form: their sum."""
        return sum(self._frequency(field, stem) for field in ("title", "abstract") for stem in self.stems(word))

    def _frequency(self, field: str, stem: str) -> int:
        import tantivy

        searcher = self._index.searcher()
        told = int(searcher.doc_freq(field, stem))
        if not 0 < told <= _RARE:
            return told
        # Counted, not looked up: until tantivy merges, its statistics hold what was deleted.
        found: Any = searcher.search(tantivy.Query.term_query(self._schema, field, stem), limit=1, count=True)
        return int(found.count)

    def similar(self, word: str, faults: int, k: int, *, beginning: bool = False) -> list[int]:
        """Numbers of k papers whose abstract has a word with at most so many letters wrong, missing or swapped.

        Stems are compared, of which a fault near the end of a word makes quite others; with `beginning`, only the first
        letters are.
        """
        import tantivy

        stem = "".join(self.stems(word))
        if beginning:
            stem = word[: max(_BEGINNING, len(word) - _ENDING)]
        if not stem:  # tantivy keeps no word of more than 40 bytes
            return []
        query = tantivy.Query.fuzzy_term_query(self._schema, "abstract", stem, distance=faults, prefix=beginning)
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=k, count=False).hits
        numbers: Any = searcher.fast_field_values("number", [address for _, address in hits])
        return [int(number) for number in numbers]

    def document_frequency(self, stem: str) -> int:
        """In how many abstracts a term occurs."""
        return int(self._index.searcher().doc_freq("abstract", stem))

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)


def _best(
    searcher: tantivy.Searcher, query: tantivy.Query, k: int, limit: int, allowed: NDArray[np.int64] | None = None
) -> list[tuple[int, float]]:
    """The best k of the allowed papers: hits are read, ever more of them, until those left are all worse than the k-th.

    A hit that is as good as the k-th is not left: which of equals is best does not depend on how the index lies.
    """
    while True:
        limit = min(limit, searcher.num_docs + 1)
        hits = searcher.search(query, limit=limit, count=False).hits
        found: Any = searcher.fast_field_values("number", [address for _, address in hits])
        numbers, scores = np.array(found, np.int64), np.array([score for score, _ in hits], np.float64)
        inside = slice(None) if allowed is None else np.isin(numbers, allowed)
        kept, worth = numbers[inside], scores[inside]
        if len(hits) < limit or (len(kept) >= k and scores[-1] < worth[k - 1]):
            order = np.lexsort((kept, -worth))[:k]
            return list(zip(kept[order].tolist(), worth[order].tolist(), strict=True))
        limit *= _MORE
