"""The keyword index: BM25 over title and abstract, one document a paper (tantivy)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TITLE_BOOST = 2.0
_WORD = re.compile(r"\w+")
NAME = re.compile(r"\b(?=[\w.-]*(?:\d|[a-z][A-Z]|[A-Z]{2}))[A-Za-z][\w.-]*\w")
"""A name in a question: digits or a second capital inside (GPT-4, VTAB-1k, LoRA), or all capitals."""
_WRITER_BYTES = 64_000_000
# Words of questions, not of abstracts: rare in a corpus of abstracts, they would weigh like names.
_QUESTION_WORDS = frozenset(
    "a about an and any are as at be been by can could did do does for from had has have how i if in into is it its "
    "me much many my of on or our please say says should show some tell than that the their them there these they "
    "this those to was we were what when where which who whom whose why will with would you your paper papers".split()
)


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of a paper."""

    number: int
    title: str
    abstract: str


def content_words(question: str) -> list[str]:
    """The lower-case words of a question that say what it is about; all of its words where none does."""
    words = _WORD.findall(question.lower())
    return [word for word in words if word not in _QUESTION_WORDS] or words


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

        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for number in removed:
            writer.delete_documents_by_term("number", number)
        for document in documents:
            writer.delete_documents_by_term("number", document.number)
            writer.add_document(
                tantivy.Document(number=document.number, title=document.title, abstract=document.abstract)
            )
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, question: str, k: int, allowed: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """(paper number, BM25 score) of the best k papers, best first; `allowed` restricts the papers."""
        import tantivy

        # Words only, and in lower case: the parser knows a syntax (AND, OR, quotes, fields) that is not the user's.
        words = " ".join(content_words(question))
        if not words or k < 1 or (allowed is not None and not len(allowed)):
            return []
        query, _ = self._index.parse_query_lenient(words, ["title", "abstract"], field_boosts={"title": _TITLE_BOOST})
        if allowed is not None:
            inside = tantivy.Query.term_set_query(self._schema, "number", [int(number) for number in allowed])
            inside = tantivy.Query.const_score_query(inside, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, inside)])
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=k, count=False).hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        pairs: Any = zip(numbers, hits, strict=True)
        found = [(int(number), float(score)) for number, (score, _) in pairs]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def stems(self, text: str) -> list[str]:
        """The terms that a text is indexed under, in order."""
        terms: Any = self._analyzer.analyze(text)
        return list(terms)

    def document_frequency(self, stem: str) -> int:
        """In how many abstracts a term occurs."""
        return int(self._index.searcher().doc_freq("abstract", stem))

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)
