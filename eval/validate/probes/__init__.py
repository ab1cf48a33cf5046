"""Probes: sentences of abstracts altered so that they are no longer so, by rules alone and without a model.

They are written apart from the guards of the scorer and share no code with them: what both got wrong in the same way
would never be seen.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.sentences import split

from ..corpora import Abstract, Corpus
from .directions import flip_direction
from .entities import Names, names, swap_entity
from .figures import borrow_number, swap_number
from .hedges import drop_hedge
from .negation import negate

__all__ = ["NAMES", "RUNNER_UP", "Probe", "altered", "from_abstracts", "from_paraphrases", "usable"]

RUNNER_UP = "cite_runner_up"
_RICHEST = 6  # abstracts looked through for each probe that is wanted


@dataclass(frozen=True, slots=True)
class Probe:
    """A sentence that its abstract supports, the same altered, and the abstract that each is held against."""

    name: str
    original: str
    altered: str
    own: Abstract
    against: Abstract


Alteration = Callable[[str, Abstract, Names, random.Random], str | None]

ALTERATIONS: dict[str, Alteration] = {
    "negate": lambda sentence, _abstract, _names, dice: negate(sentence, dice),
    "swap_number": lambda sentence, abstract, _names, dice: swap_number(sentence, abstract.text, dice),
    "borrow_number": lambda sentence, abstract, _names, dice: borrow_number(sentence, abstract.text, dice),
    "swap_entity": lambda sentence, abstract, pool, dice: swap_entity(
        sentence, f"{abstract.title} {abstract.text}", pool, dice
    ),
    "flip_direction": lambda sentence, _abstract, _names, dice: flip_direction(sentence, dice),
    "drop_hedge": lambda sentence, _abstract, _names, dice: drop_hedge(sentence, dice),
}
NAMES = (*ALTERATIONS, RUNNER_UP)


def altered(name: str, sentence: str, abstract: Abstract, pool: Names, seed: int) -> str | None:
    """One alteration of one sentence: equal arguments give equal results. None where it does not apply."""
    dice = random.Random(f"{seed} {name} {sentence}")  # noqa: S311 - a choice of words, no secret
    made = ALTERATIONS[name](sentence, abstract, pool, dice)
    return made if made is not None and made != sentence and made not in abstract.text else None


def from_abstracts(corpora: Sequence[Corpus], limit: int, seed: int) -> dict[str, list[Probe]]:
    """At most `limit` probes of each name, at most one of a name from an abstract; corpora take turns."""
    pools = {corpus.name: Names(one.text for one in corpus.abstracts) for corpus in corpora}
    found: dict[str, list[Probe]] = {name: [] for name in NAMES}
    for corpus, abstract in in_turn(corpora, limit * _RICHEST, seed):
        sentences = usable(abstract, seed)
        for name in (name for name in ALTERATIONS if len(found[name]) < limit):
            made = ((one, altered(name, one, abstract, pools[corpus.name], seed)) for one in sentences)
            first = next(((one, said) for one, said in made if said), None)
            if first is not None:
                found[name].append(Probe(name, *first, abstract, abstract))
        if len(found[RUNNER_UP]) < limit and (probe := _runner_up(sentences, abstract, corpus)):
            found[RUNNER_UP].append(probe)
        if all(len(own) >= limit for own in found.values()):
            break
    return found


def from_paraphrases(said: Sequence[tuple[str, Abstract]], limit: int, seed: int) -> dict[str, list[Probe]]:
    """The same alterations of what people wrote in their own words of an abstract that supports it."""
    pool = Names(abstract.text for _, abstract in said)
    found: dict[str, list[Probe]] = {}
    for name in ALTERATIONS:
        made = (
            Probe(name, sentence, one, abstract, abstract)
            for sentence, abstract in said
            if (one := altered(name, sentence, abstract, pool, seed))
        )
        found[name] = [probe for probe, _ in zip(made, range(limit), strict=False)]
    return found


def usable(abstract: Abstract, seed: int) -> list[str]:
    """The sentences that make fair probes, shuffled: of a common length, in prose, ending in a full stop."""
    texts = [abstract.text[start:end] for start, end in split(abstract.text)]
    fair = [
        one
        for one in texts
        if 8 <= len(one.split()) <= 60 and one.endswith(".") and not re.search(r"[\\${}\n]|http", one)
    ]
    return sorted(fair, key=lambda one: hashlib.sha256(f"{seed} {one}".encode("utf-8", "replace")).digest())


def _runner_up(sentences: Sequence[str], abstract: Abstract, corpus: Corpus) -> Probe | None:
    """A sentence that reports something of its own, held against the abstract that is most like it.

    Its own: it has a number or a name and does not open the abstract: what is said of the background may hold in the
    other abstract as well.
    """
    for sentence in sentences:
        if (re.search(r"\d", sentence) or names(sentence)) and not abstract.text.startswith(sentence):
            other = corpus.runner_up(sentence, abstract.id)
            if other is not None and sentence not in other.text:
                return Probe(RUNNER_UP, sentence, sentence, abstract, other)
    return None


def in_turn(corpora: Sequence[Corpus], limit: int, seed: int) -> Iterator[tuple[Corpus, Abstract]]:
    """At most `limit` abstracts, shuffled, one of each corpus after the other."""
    orders: list[tuple[Corpus, Iterator[Abstract]]] = []
    for corpus in corpora:
        shuffled = list(corpus.abstracts)
        random.Random(f"{seed} {corpus.name}").shuffle(shuffled)  # noqa: S311 - a sample, no secret
        orders.append((corpus, iter(shuffled)))
    taken = 0
    while orders and taken < limit:
        for corpus, order in list(orders):
            abstract = next(order, None)
            if abstract is None:
                orders.remove((corpus, order))
            else:
                taken += 1
                yield corpus, abstract
