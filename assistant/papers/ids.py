"""The ids that mean the same everywhere: how a DOI, an arXiv id and a PMID are recognised and spelled."""

from __future__ import annotations

import re

_NEW_STYLE = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"  # 2403.02936, since April 2007
_OLD_STYLE = r"[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{7}"  # astro-ph/0601001, math.GT/0309136
_ARXIV_ID = rf"({_NEW_STYLE}|{_OLD_STYLE})(?:v\d+)?(?!\d)"
_ARXIV_PLACE = (
    r"(?:arxiv:\s*|(?:https?://)?(?:[\w-]+\.)?arxiv\.org/(?:abs|pdf|html|format)/"
    r"|(?:https?://)?huggingface\.co/papers/"
    r"|(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?10\.48550/arxiv\.)"
)
_ARXIV = re.compile(_ARXIV_PLACE + _ARXIV_ID, re.I | re.A)
_BARE_ARXIV = re.compile(_ARXIV_ID + r"\Z", re.I | re.A)
_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?(10\.\d{4,9}(?:\.\d+)*/\S+)", re.I | re.A)
_PMID = re.compile(r"(?:pmid:\s*|(?:https?://)?pubmed\.ncbi\.nlm\.nih\.gov/)0*([1-9]\d{0,8})/?", re.I | re.A)
_BARE_PMID = re.compile(r"0*([1-9]\d{0,8})", re.A)


def doi_of(text: str | None) -> str | None:
    """The DOI in lower case without prefix, of a text that is one ("doi:10.1/X", "https://doi.org/10.1/X")."""
    found = _DOI.fullmatch((text or "").strip())
    return found[1].lower().rstrip(".,;") if found else None


def arxiv_of(text: str | None, *, bare: bool = False) -> str | None:
    """The arXiv id, without version, of "arXiv:2403.02936v1", an address or an arXiv DOI.

    `bare`: of "2403.02936" too. Old ids lose their subject class, as arXiv itself spells them:
    math.GT/0309136 is math/0309136.
    """
    text = (text or "").strip()
    found = _ARXIV.match(text) or (_BARE_ARXIV.match(text) if bare else None)
    return re.sub(r"\.[a-z]{2}/", "/", found[1].lower()) if found else None


def arxiv_address(arxiv_id: str | None) -> str | None:
    """The page of an arXiv id."""
    return arxiv_id and f"https://arxiv.org/abs/{arxiv_id}"


def arxiv_year(arxiv_id: str | None) -> int | None:
    """Ids begin with two digits of the year and two of the month, since August 1991."""
    digits = (arxiv_id or "").rpartition("/")[2][:2]
    return (2000 if digits < "91" else 1900) + int(digits) if digits else None


def pmid_of(text: str | None, *, bare: bool = False) -> str | None:
    """The PMID of "PMID: 123" or of a PubMed address; `bare`: of "123" too."""
    text = (text or "").strip()
    found = _PMID.fullmatch(text) or (_BARE_PMID.fullmatch(text) if bare else None)
    return found[1] if found else None


def strong_ids(doi: str | None, arxiv_id: str | None, pmid: str | None) -> tuple[str, ...]:
    """`doi:`, `arxiv:` and `pmid:` ids, the strongest first."""
    named = (("doi", doi), ("arxiv", arxiv_id), ("pmid", pmid))
    return tuple(f"{name}:{value}" for name, value in named if value)
