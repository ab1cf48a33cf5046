"""Links, images and markup in what a model says: a reader is led only where an abstract itself points."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..papers import Paper
from ..sentences import split
from .reading import suspicious

LEFT_OUT = "(address left out)"

_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\](?:\([^()\s]{0,2000}(?:\([^()\s]{0,500}\))?[^()\n]{0,200}\))")
_BARE_IMAGE = re.compile(r"!\[([^\[\]\n]{0,300})\]")
_TAG = re.compile(
    r"</?(?:a|img|script|iframe|svg|object|embed|form|input|link|style|video|audio|base|meta|tool_call|invoke)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(?:(?:https?|ftp|file|wss?)://|(?:javascript|vbscript|data|mailto|tel):(?=\S)|www\.(?=\w))[^\s<>\"“”]*",
    re.IGNORECASE,
)
_AFTER = ".,;:!?)]}'\"”’*_"


def unlinked(text: str, papers: Sequence[Paper]) -> str:
    """What a model says, without images and markup, links as their words, and no address but those in the abstracts.

    An address in a sentence that gives orders does not count. Linear in the text.
    """
    bare = _TAG.sub("", _BARE_IMAGE.sub(r"\1", _IMAGE_OR_LINK.sub(r"\1", text)))
    return _ADDRESS.sub(lambda found: _address(found[0], papers), bare)


def _address(found: str, papers: Sequence[Paper]) -> str:
    address = found.rstrip(_AFTER)
    if address and any(_states(paper.abstract, address) for paper in papers):
        return found
    return LEFT_OUT + found[len(address) :]


def _states(abstract: str, address: str) -> bool:
    if address not in abstract:
        return False
    return any(address in (one := abstract[start:end]) and not suspicious(f"\n{one}") for start, end in split(abstract))
