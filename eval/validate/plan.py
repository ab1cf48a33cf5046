"""Everything that is to be judged, drawn and altered before anything is judged."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import corpora, probes
from .corpora import Abstract, Corpus
from .pairs import Labelled, LabelledSet, Pair
from .probes import Probe
from .readers import Material, sampled

_SHUFFLED = 1000  # pairs of a set that are judged again with the source of another


@dataclass(frozen=True, slots=True)
class SetPlan:
    """A set, the pairs drawn from it, and some of them with the source of another pair, in the order of `swapped`,
    which numbers them within `items`."""

    whole: LabelledSet
    items: Sequence[Labelled]
    swapped: Sequence[int]
    shuffled: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Plan:
    """verbatim: sentences against the abstract that they stand in, with the abstract's id. paraphrases: the same of
    what people wrote, by where it comes from. probes, on_paraphrases: by name."""

    sets: Sequence[SetPlan]
    probes: dict[str, list[Probe]]
    on_paraphrases: dict[str, list[Probe]]
    verbatim: Sequence[tuple[str, Pair]]
    paraphrases: dict[str, list[tuple[str, Pair]]]
    corpora: Sequence[Corpus]

    def pairs(self) -> list[Pair]:
        """Every pair that must be judged, once."""
        return list(dict.fromkeys(self._all()))

    def _all(self) -> Iterator[Pair]:
        for one in self.sets:
            yield from (item.pair for item in one.items)
            yield from one.shuffled
        for probe in (probe for made in (self.probes, self.on_paraphrases) for own in made.values() for probe in own):
            yield from (control_of(probe), altered_of(probe))
        yield from (pair for _, pair in self.verbatim)
        yield from (pair for own in self.paraphrases.values() for _, pair in own)


def control_of(probe: Probe) -> Pair:
    """The unaltered sentence against its own abstract."""
    return Pair(probe.original, probe.own.text, probe.own.title)


def altered_of(probe: Probe) -> Pair:
    """What a scorer must not call supported."""
    return Pair(probe.altered, probe.against.text, probe.against.title)


def made(material: Material, limit: int, whole: bool, seed: int) -> Plan:
    """limit: pairs of a set, probes of a name, sentences; whole: every labelled pair instead."""
    given = material.corpora or [corpora.sample()]
    own = {f"{corpus.name}": corpus for corpus in given}
    paraphrases = {name: _drawn(own, limit, seed) for name, own in _paraphrases(material).items()}
    told = [(pair.claim, Abstract(key, pair.title, pair.source)) for part in paraphrases.values() for key, pair in part]
    return Plan(
        [_set_plan(one, None if whole else limit, seed) for one in material.sets],
        probes.from_abstracts(list(own.values()), limit, seed),
        probes.from_paraphrases(told, limit, seed),
        list(_verbatim(given, limit, seed)),
        paraphrases,
        given,
    )


def _set_plan(whole: LabelledSet, limit: int | None, seed: int) -> SetPlan:
    items = sampled(whole.items, limit, seed)
    swapped, shuffled = [], []
    for number, stranger in _strangers(items, seed):
        swapped.append(number)
        shuffled.append(Pair(items[number].pair.claim, stranger.source, stranger.title))
    return SetPlan(whole, items, swapped, shuffled)


def _strangers(items: Sequence[Labelled], seed: int) -> Iterator[tuple[int, Pair]]:
    """Of at most _SHUFFLED items, drawn by seed, the number of each and a pair with another source."""
    dice = random.Random(f"shuffled {seed}")  # noqa: S311 - a sample, no secret
    for number in sorted(dice.sample(range(len(items)), min(len(items), _SHUFFLED))):
        for _ in range(20):
            other = dice.choice(items)
            if other.cluster != items[number].cluster and other.pair.source != items[number].pair.source:
                yield number, other.pair
                break


def _paraphrases(material: Material) -> dict[str, list[tuple[str, Pair]]]:
    """What people wrote of an abstract that supports it: SciFact's supported claims, authors' summaries."""
    scifact = {
        one.name: [(item.cluster, item.pair) for item in one.items if item.supported]
        for one in material.sets
        if one.name.startswith("scifact_") and not one.derived
    }
    told = {name: [(pair.title or pair.source, pair) for pair in own] for name, own in material.paraphrases.items()}
    return {name: own for name, own in (scifact | told).items() if own}


def _drawn(own: Sequence[tuple[str, Pair]], limit: int, seed: int) -> list[tuple[str, Pair]]:
    return sorted(own, key=lambda one: hashlib.sha256(f"{seed} {one[1].claim}".encode()).digest())[:limit]


def _verbatim(given: Iterable[Corpus], limit: int, seed: int) -> Iterator[tuple[str, Pair]]:
    """One sentence of each abstract, corpora in turn."""
    count = 0
    for corpus, abstract in probes.in_turn(list(given), 2 * limit, seed):
        for sentence in probes.usable(abstract, seed)[:1]:
            if count < limit:
                count += 1
                yield f"{corpus.name}:{abstract.id}", Pair(sentence, abstract.text, abstract.title)
