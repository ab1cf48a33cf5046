"""What a negator reaches in a sentence, and what a verb such as "address" does away with."""

from __future__ import annotations

from dataclasses import dataclass

from . import words

NEGATORS = frozenset(
    """
    not cannot never no nor neither none nothing without lack lacks lacking lacked rarely hardly seldom scarcely
    barely unable incapable fail fails failed failing devoid absence avoid avoids avoided avoiding
    """.split()
)
_ABSENT = frozenset("without lack lacks lacking lacked absence avoid avoids avoided avoiding".split())
_PREPOSITIONS = frozenset("in with by from for on of at the".split())
_WIDE = {"no": 3, "without": 2, "lack": 2, "lacks": 2, "lacking": 2, "lacked": 2, "absence": 2}
"""How many words of a noun phrase a negator denies, where it is not one."""
_SUBJECT = {"neither": 5, "nor": 5, "none": 5, "nothing": 3}
"""The same for negators that, as a subject, deny what follows past function words."""
_SOLVING = frozenset(
    map(
        words.stem,
        """
        address tackle solve resolve overcome fix cure remedy mitigate alleviate combat counter circumvent counteract
        prevent reduce eliminate remove suppress minimize
        """.split(),
    )
)
"""Stems of verbs whose object is a problem."""
_NEED = "requir"
"""The key of all words that say that something is needed."""
_OBJECT = 5
_WITHIN = frozenset("a an the its their this these of such as".split())
"""Words that do not end what is done away with: "the problem of the X"."""


@dataclass(slots=True)
class Reach:
    """What the negators seen so far still reach: `left` words of parity `parity`, None once they met them.

    `weight` is the `head` of the words they land on; `through` says that function words do not end it, `carried` that
    an "or" takes it up again.
    """

    parity: bool | None = None
    weight: int = 1
    left: int = 0
    through: bool = False
    begun: bool = False
    carried: bool = False

    def deny(self, word: str, following: str) -> None:
        self.parity = True if word == "nor" else not self.parity
        self.left, self.begun = _SUBJECT.get(word, _WIDE.get(word, 1)), False
        self.through, self.carried = word in _SUBJECT, word not in _SUBJECT
        self.weight = 2 if word in _SUBJECT or word in _ABSENT or following in _PREPOSITIONS else 1

    def pass_by(self, word: str) -> None:
        """A word that is no unit."""
        if self.begun and not self.through:
            self.parity = None
        if word == "or" and self.parity is None and self.carried:
            self.parity, self.left, self.begun = True, 1, False

    def meet(self) -> None:
        """A word that is denied."""
        self.left, self.begun = self.left - 1, True
        if not self.left:
            self.carried = self.carried and bool(self.parity)
            self.parity = None


@dataclass(slots=True)
class Spared:
    """How many of the next words are done away with, though no negator denies them: "addresses X", "needs no X"."""

    left: int = 0

    def pass_by(self, word: str) -> None:
        """A word that is no unit."""
        if word not in _WITHIN:
            self.left = 0

    def meet(self, key: str, negated: bool) -> None:
        """A word with content."""
        if negated if key == _NEED else (key in _SOLVING and not negated):
            self.left = _OBJECT
        elif self.left:
            self.left -= 1
