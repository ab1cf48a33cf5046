"""Every guard at once: in which ways a sentence says something else, or more, than its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import called, comparatives, contrast, hedges, names, numbers, polarity, quantities
from .finding import Finding, against

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .finding import Kind

__all__ = ["Finding", "findings"]


def findings(
    sentence: str, evidence: Sequence[str], sources: Sequence[str] = (), titles: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """What the guards hold against a sentence without citation marks; nothing for one that says what the evidence says.

    `evidence` is the sentences that it rests on, `sources` the whole texts that these lie in, `titles` theirs: a name
    may stand there. Text that repeats the evidence word for word has no findings.
    """
    said, near = polarity.read(sentence), [polarity.read(text) for text in evidence]
    given = called.names(said.text, titles, sources)
    found = (
        *_numbers(sentence, evidence, sources, titles),
        *names.findings(sentence, evidence, sources, titles),
        *contrast.findings(said, near, sources, given),
        *comparatives.findings(said, near),
        *hedges.findings(said, near, sources, given),
    )
    return tuple({(finding.kind, finding.said): finding for finding in reversed(found)}.values())[::-1]


def _numbers(
    sentence: str, evidence: Sequence[str], sources: Sequence[str], titles: Sequence[str]
) -> Iterator[Finding]:
    """The number guard's findings: another value in the same place, a value that is stated elsewhere or nowhere."""
    wrong = dict(numbers.misplaced(sentence, evidence))
    named = {sentence[start:end] for start, end in quantities.read(sentence).names}
    for found in numbers.guard(sentence, evidence, sources, titles):
        kind: Kind = "name" if found.text in named else "number"
        instead = found.instead or (wrong.get(found.text, "") if kind == "number" else "")
        if instead:
            yield against(kind, found.text, instead)
        elif found.where == "source" and kind == "number":
            reason = f"{found.text} occurs in the source, but not beside the rest of the sentence"
            yield Finding(kind, "weaker", found.text, "", reason)
        elif found.where == "absent":
            reason = f"{found.text} does not occur in the source"
            yield Finding(kind, "absent" if found.exact else "weaker", found.text, "", reason)
