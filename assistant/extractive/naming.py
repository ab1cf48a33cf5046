"""What a paper is called in an answer: the name that it gives to what it brings, else its title, short."""

from __future__ import annotations

import re
from functools import lru_cache

from ..lexical import NAME
from ..papers import Paper
from ..sentences import split
from . import cues

_HEAD = 5  # words before the colon of a title that are a name
_CUT = 4  # words of a longer one
_SHORT = 6  # words of a title that may stand for it
_NAMED = r"(?=[\w+.^{}-]{0,40}[A-Z])[A-Za-z][\w+.^{}-]{0,40}[\w+}]"
_COINED = re.compile(
    rf"\b(?:called|named|dubbed|termed|coined|proposes?|introduces?|presents?|name it|as) (?:an? |the )?[\"“]?"
    rf"({_NAMED})[\"”]?"
    r"(?=[,.;:]|\s\(|\s(?:that|which|as|to|for|in|is|by|with|and|on)\b|\s(?:\w{1,30} ){0,3}(?:method|framework|"
    r"approach|model))"
)
_ACRONYM = re.compile(rf"\(\s?[\"“]?({_NAMED})[\"”]?\s?(?:[,;][^)]{0, 60})?\)")
_OURS = re.compile(
    rf"\bour (?:\w{{1,20}} ){{0,2}}(?:method|approach|framework|model|network|algorithm|system|technique),? ({_NAMED})"
)
_NEAR = 70  # characters after "we propose" in which what is proposed is named
_A_KIND = re.compile(r"\s+(approach|method|model|framework|setting|problem|task|paradigm)\b")
# What a whole field uses names no paper.
_FIELDS_OWN = frozenset(
    "NN NNs CNN DNN DNNs GNN GNNs GAN GANs ViT ViTs LLM LLMs MLLM MLLMs VLM VLMs CLIP SAM BERT GPT NLP NLU RL SSL MIM "
    "MLM MSE NCD PEFT PETL LoRA VPT RAG OOD NAS ICL T2I AI ML KD CL DL".split()
)
_BARE_NUMBER = re.compile(r"(?<![\w-])\d")


@lru_cache(maxsize=1024)
def name_of(paper: Paper) -> str:
    """A short title before a colon, else what the abstract names as it proposes it, else the title, cut."""
    head, colon, _ = paper.title.partition(":")
    words = paper.title.split()
    if colon and len(head.split()) <= _HEAD and (len(head.split()) <= 2 or NAME.search(head)):
        return head.strip()
    if name := _coined(paper):
        return name
    if colon and len(head.split()) <= _HEAD:
        return head.strip()
    return paper.title if len(words) <= _SHORT else " ".join(words[:_CUT]).rstrip(",:;") + " …"


def is_named(paper: Paper, question: str) -> bool:
    """Whether a question calls the paper by its name."""
    name = name_of(paper).removesuffix(" …")
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", question, re.IGNORECASE) is not None


def lead_of(paper: Paper, text: str) -> str:
    """What introduces the paper in front of a text: "Name: ", or nothing where the text has the name."""
    name = name_of(paper)
    known = name.casefold() in text.casefold() or _BARE_NUMBER.search(name)
    return "" if known else f"{name}: "


def _coined(paper: Paper) -> str:
    """The name that the abstract gives to what it proposes; "" where it gives none for certain."""
    proposals = [
        (paper.abstract[start:end], found.start())
        for start, end in split(paper.abstract)
        if (found := cues.PROPOSES.search(paper.abstract[start:end]))
    ]
    for text, at in proposals:
        if (name := _COINED.search(text, max(0, at - 20))) and name[1] not in _FIELDS_OWN:
            return name[1]
    for text, at in proposals:
        for name in _ACRONYM.finditer(text, at):
            if name[1] in _FIELDS_OWN:
                continue
            near = name.start() - at < _NEAR and not _A_KIND.match(text, name.end())
            if _spells(name[1], paper.title) or (near and paper.abstract.count(name[1]) > 1):
                return name[1]
    ours = _OURS.search(paper.abstract)
    return ours[1] if ours and ours[1] not in _FIELDS_OWN else ""


def _spells(acronym: str, title: str) -> bool:
    """Whether the title's words begin with the acronym's capitals, in order."""
    initials = iter(word[0].upper() for word in re.findall(r"\w+", title))
    return all(letter in initials for letter in acronym if letter.isupper())
