"""Questions by transparent rules, without a model: figures asked for, acronyms spelt out, names explained."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from assistant.extractive import cues
from assistant.extractive.naming import name_of
from assistant.papers import Paper
from assistant.sentences import split

from .acronyms import introduced
from .drafts import Draft
from .figures import stated

_FIGURE, _ACRONYM, _WHAT_IS, _BY_TITLE = range(4)  # the better the lower
_WORD = re.compile(r"\w+")
_SHORTEST = 3  # letters of an acronym that is asked about
_GENERIC = re.compile(
    r"^([\w-]+ )*(method|model|approach|framework|system|paper|study|work|dataset|benchmark|corpus|"
    r"algorithm|network|architecture|code|pipeline|experiment|evaluation)s?$"
)


def drafted(paper: Paper) -> list[Draft]:
    """What the rules make of one paper, the most telling first; empty where none applies."""
    drafts = [*_figures(paper), *_acronyms(paper), *_names(paper)]
    return sorted(drafts, key=lambda draft: draft.rank)


def _figures(paper: Paper) -> Iterator[Draft]:
    """`The zebra grating reaches an efficiency of 31.4%` becomes `What efficiency does the zebra grating reach?`

    A question that two figures of the abstract would answer is left out.
    """
    made = list(_each_figure(paper))
    asked = Counter(draft.question for draft in made)
    return (draft for draft in made if asked[draft.question] == 1)


def _each_figure(paper: Paper) -> Iterator[Draft]:
    for start, end in split(paper.abstract):
        sentence = paper.abstract[start:end].strip()
        for figure in stated(sentence):
            subject = "" if _GENERIC.match(figure.subject.lower()) else figure.subject
            name = subject or short_name(paper)
            asked = figure.ask(name or f"“{paper.title}”")
            rank = _FIGURE if name else _BY_TITLE
            yield Draft(paper, "factoid", asked, sentence, name or paper.title, (figure.fact,), sentence, rank)


def _acronyms(paper: Paper) -> Iterator[Draft]:
    """`Vision Prompt Tuning (VPT)` becomes `What does VPT stand for?`"""
    for short, long, start in introduced(paper.abstract):
        if len(short) < _SHORTEST:
            continue
        quote = next(paper.abstract[a:b].strip() for a, b in split(paper.abstract) if a <= start < b)
        answer = f"{short} stands for {long}."
        asked = f"What does {short} stand for?"
        yield Draft(paper, "acronym_lookup", asked, answer, short, ((long,),), quote, _ACRONYM)


def _names(paper: Paper) -> Iterator[Draft]:
    """`We propose Point-CMAE, which ...` becomes `What is Point-CMAE?`, with no fact required."""
    name = short_name(paper)
    for start, end in split(paper.abstract) if name else ():
        sentence = paper.abstract[start:end].strip()
        if name in sentence and cues.PROPOSES.search(sentence):
            yield Draft(paper, "method", f"What is {name}?", sentence, name, (), sentence, _WHAT_IS)
            return


def short_name(paper: Paper) -> str:
    """What the paper calls its own: one or two words that stand in the abstract too; "" where there is none."""
    name = name_of(paper)
    fits = len(name.split()) <= 2 and not name.endswith("…") and name in paper.abstract and name != paper.title
    return name if fits else ""


def in_turn(drafts: Sequence[Draft]) -> list[Draft]:
    """One of each rank after another, so that no kind of question crowds out the rest."""
    ranks = {draft.rank: [one for one in drafts if one.rank == draft.rank] for draft in drafts}
    rows = zip_longest(*(ranks[rank] for rank in sorted(ranks)))
    return [draft for row in rows for draft in row if draft is not None]


def only_here(drafts: Sequence[Draft], papers: Iterable[Paper]) -> list[Draft]:
    """Those whose name stands in no paper but their own: else the question could mean another."""
    held: dict[str, set[str]] = {draft.name.casefold(): set() for draft in drafts}
    by_word: dict[str, list[str]] = {}
    for name in held:
        by_word.setdefault(next(iter(_WORD.findall(name)), ""), []).append(name)
    for paper in papers:
        text = f"{paper.title}\n{paper.abstract}".casefold()
        for word in by_word.keys() & {*_WORD.findall(text)}:
            for name in by_word[word]:
                if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                    held[name].add(paper.id)
    return [draft for draft in drafts if held[draft.name.casefold()] <= {draft.paper.id}]
