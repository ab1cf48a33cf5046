"""How orders to a program read: by kind, the words that one needs and the pattern that tells it from plain prose."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import forgeries, languages
from .forgeries import LEAD, START

_GAP = r"[^.!?]{0,40}?"
_DROP = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget|override|overrule|bypass|neglect|discard|set aside|pay no attention to"
    r"|(?:do not|don't|never|stop) (?:follow|obey)(?:ing)?)"
)
_DROPS = (
    *("ignor", "disregard", "forget", "overr", "bypass", "neglect", "discard", "set aside", "no attention"),
    *("not follow", "n't follow", "never follow", "stop follow", "obey"),
)
_RULES = r"(?:instructions?|rules|prompts?|guidelines|directives?|orders|commands|policies|restrictions|safeguards)"
_ANSWER = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies)|reviews?)"
_ANSWERS = ("answer", "reply", "replies", "response", "respond")
_READER = r"(?:AI|LLMs?|language models?|assistants?|chat ?bots?|GPT|ChatGPT|reviewers?|models?)"
_VERBS = (
    *("ignore", "disregard", "forget", "pretend", "repeat after", "translate your", "tell", "say", "print", "write"),
    *("insert", "append", "send", "act as", "reply", "respond", "(?:begin|start|end) with", "give this"),
    *(
        "(?:reveal|leak|click|call|e-?mail) (?:on|the|your|all|any|here)",
        "answer (?:in|as|with|only|the|every)",
    ),
    *("(?:rate|cite|recommend|summari[sz]e) (?:it|this)", "never (?:mention|cite|reveal|say)"),
    *("(?:do not|don't) (?:summari[sz]e|cite|mention|trust|use|read|answer|reveal|tell)",),
    *(
        "put the",
        "use the following",
        "execute",
        "erase",
        "let us play",
        "refrain",
        "do (?:whatever|exactly)",
        "load http",
    ),
    *("always (?:recommend|cite|answer|say|reply|mention)",),
)
_WORDS = r"the (?:words?|phrase|code|sentence|following)\b"
_SHOUTED = r"(?-i:[A-Z][A-Z\d]+-[A-Z\d-]+)"  # such as PASS-17

DROPS = "it tells its reader to drop earlier instructions"
ADDRESSES = "it speaks to the program that reads it"
DICTATES = "it tells its reader what to answer"
FOREIGN = "it gives orders in another language"

Needs = tuple[str, ...]
_PATTERNS: tuple[tuple[str, Needs, str], ...] = (
    (DROPS, _DROPS, rf"\b{_DROP}\b{_GAP}\b(?:previous|prior|preceding|above|earlier|foregoing)\b{_GAP}\b{_RULES}\b"),
    (DROPS, _DROPS, rf"{LEAD}{_DROP}\b{_GAP}\b(?:{_RULES}|other (?:papers|sources|abstracts))\b"),
    (DROPS, _DROPS, rf"{LEAD}{_DROP}\b{_GAP}\b(?:everything|all) (?:above|before|you)\b"),
    (
        DROPS,
        ("earlier ", "previous ", "prior ", "above "),
        rf"\b(?:earlier|previous|prior|above) {_RULES} (?:were|was|are|is|have been) (?:an? |now )?"
        r"(?:test|void|outdated|wrong|cancel|revoked|obsolete|over\b)",
    ),
    (
        DROPS,
        ("anweisung", "regel", "vorgabe", "instruktion", "befehl"),
        r"\b(?:ignorier|vergiss|vergessen sie|missachte)[^.!?]{0,50}\b(?:anweisung|regel|vorgabe|instruktion|befehl)",
    ),
    (
        DROPS,
        ("told", "taught", "instructed", "overrid"),
        r"\b(?:everything|anything|all|what) (?:that )?you (?:were|have been|had been|are) (?:told|taught|instructed)\b"
        rf"|\boverrid(?:e|es|ing)\b[^.!?]{{0,30}}\b(?:prior|previous|earlier|all)\b[^.!?]{{0,20}}\b{_RULES}\b"
        r"|(?-i:OVERRIDE)|\boverride\s?:",
    ),
    (
        DROPS,
        ("ignore", "disregard", "forget", "not exist"),
        r"\b(?:ignore|disregard|forget)\b[^.!?]{0,15}\b(?:prior|previous|preceding|above) "
        r"(?:text|content|sources?|messages?)\b"
        r"|\b(?:previous|other|above) (?:sources?|text|papers) do(?:es)? not exist\b",
    ),
    (
        ADDRESSES,
        ("you ",),
        r"\byou (?:should (?:only|always|never|not)|must|are required|shall|may (?:not|only))\b"
        r"|\basked you\b",
    ),
    (ADDRESSES, ("your ",), r"\byour (?:real|actual|true|new|only|sole) (?:task|job|goal|instructions?|purpose)\b"),
    (ADDRESSES, (":", ","), rf"{START}(?:assistant|AI|LLM|chat ?bot)[,:] "),
    (ADDRESSES, ("from now on",), r"\bfrom now on\b"),
    (
        ADDRESSES,
        ("reading this", "no longer", "been "),
        r"\breading this (?:abstract|text|paper|document)\b"
        r"|\b(?:instructions|rules|prompt|configuration)\b[^.!?]{0,30}\b"
        r"(?:no longer (?:appl|hold|valid)|been (?:replaced|cancel|revoked|deleted))",
    ),
    (
        DICTATES,
        ("mention", "claim", "say ", "state ", "note ", "answer "),
        r"(?:,|\bto) (?:mention|claim|say|state|note|answer) (?:that )?"
        r"(?:the authors|they are|there (?:are|is) no|this (?:paper|abstract))\b",
    ),
    (
        DICTATES,
        ("conversation", " chat", " memory", "full marks", "top marks"),
        r"\b(?:erase|delete|wipe) (?:the|your|all) (?:conversation|chat|memory)\b|\b(?:full|top) marks\b",
    ),
    (
        ADDRESSES,
        ("ai", "llm", "language model", "assistant"),
        rf"{START}(?:(?:note|message|instructions?) (?:to|for)|to) (?:the |any |all |every )?"
        r"(?:AI|LLM|(?:large )?language model|assistant|chat ?bot)s?\b[^.!?]{0,40}:",
    ),
    (
        DICTATES,
        (":",),
        rf"{START}(?:the )?(?:new|real|updated|additional|important|final|hidden|admin|secret|special|following)? ?"
        r"(?:instructions?|tasks?|policy|orders?|directives?)\s?:",
    ),
    (
        DICTATES,
        ("generating", "producing", "writing", "giving", "composing"),
        r"\b(?:when|while|before) (?:generating|producing|writing|giving|composing) (?:your|the (?:final )?answer)\b",
    ),
    (DICTATES, (), rf"{START}(?:(?:please|kindly|now|so|and|then|also|instead),? )?(?:{'|'.join(_VERBS)})(?![\w-])"),
    (
        DICTATES,
        ("correct answer", "right answer", "only answer", "other papers", "other sources", "only this", "the user"),
        r"\b(?:correct|right|only) answer to (?:any|every|all)\b|\bonly this (?:one|paper|abstract|source)\b"
        r"|\bother (?:papers|sources) are (?:retracted|wrong|false|worthless|fraud)|\bwhatever the user\b",
    ),
    (
        ADDRESSES,
        ("you ",),
        r"\byou (?:are now|will now|must now|now (?:are|act|speak|answer))\b|\bfrom now on,? you\b"
        r"|\b(?:developers?|administrators?|operators?) (?:allow|permit|authori[sz]e|require|order)s? you\b",
    ),
    (ADDRESSES, ("you are",), r"(?:\A|[.!?>\]]\s|\bnow\s)you are (?:an?|the|no longer) "),
    (ADDRESSES, ("you",), r"\bif you(?:'re| are) (?:an? )?(?:AI|LLM|(?:large )?language model|assistant|chat ?bot)\b"),
    (
        ADDRESSES,
        ("note", "message", "instruction", "notice", "correction", "memo", "reminder", "hint"),
        rf"{LEAD}(?:note|message|instruction|notice|correction|memo|reminder|hint)s? (?:to|for)\b"
        rf"[^.!?:]{{0,20}}\b{_READER}\b[^.!?:]{{0,30}}:",
    ),
    (ADDRESSES, ("for llm", "for ai"), r"\bfor (?:LLM|AI) (?:reviewers?|readers?|assistants?)\s?:"),
    (
        ADDRESSES,
        ("dear ", "attention"),
        r"\b(?:dear|attention,) (?:AI|assistant|LLM|language model|chat ?bot|ChatGPT|GPT|Claude|Gemini)\b",
    ),
    (
        DICTATES,
        ("your ",),
        r"\b(?:begin|start|end|finish|prefix|preface|close|conclude|sign|fill|replace|append|add|insert|include|put|"
        rf"write|state|say|mention|repeat)\b[^.!?]{{0,60}}\byour (?:\w+ )?{_ANSWER}\b",
    ),
    (
        DICTATES,
        _ANSWERS,
        rf"{LEAD}(?:append|add|begin|start|end|finish|sign)\b[^.!?]{{0,60}}\b(?:the|every|each|all) {_ANSWER}\b",
    ),
    (DICTATES, _ANSWERS, rf"\b(?:every|each|all|any) {_ANSWER} (?:must|should|shall|has to|have to)\b"),
    (DICTATES, _ANSWERS, r"\banswer (?:every|all|any|each) (?:questions?|queries) (?:with|by|as)\b"),
    (DICTATES, _ANSWERS, rf"(?:{LEAD}|,\s)(?:reply|respond|answer) (?:only |just )?(?:that|with|using)\b"),
    (
        DICTATES,
        ("say ", "print ", "write ", "output ", "reply ", "respond ", "answer "),
        rf"{LEAD}(?:say|print|write|output|reply|respond|answer) (?:only |just |exactly )?"
        rf"(?:{_WORDS}|only that\b|{_SHOUTED})"
        rf"|\b(?:and|then) (?:say|reply|respond|answer|print) (?:only |with )?(?:{_WORDS}|{_SHOUTED})"
        r"|\b(?:answer|say|state|reply|conclude) that this (?:is|paper|work|study)\b",
    ),
    (
        DICTATES,
        ("when you", "whenever", "when asked", "asks"),
        r"\bwhen(?:ever)? (?:you|asked to) (?:answer|reply|respond|summari[sz]e|cite|review)\b"
        r"|\bwhenever\b[^.!?]{0,40}\bis asked\b|\bif (?:the user|anyone|someone) asks?\b",
    ),
    (
        DICTATES,
        ("tell the", "sending the"),
        r"\b(?:and|always|must|please|then) tell the (?:user|reader)\b|\bsending the (?:user|reader) to\b",
    ),
    (DICTATES, ("remember ",), rf"{LEAD}remember (?:the|this) (?:\w+ )?(?:part|word|code|number)\b"),
    (
        DICTATES,
        ("positive review", "not highlight", "not mention"),
        r"\bgive (?:an? )?positive reviews?\b|\bdo not (?:highlight|mention) any (?:negatives|weaknesses)\b",
    ),
    (
        DICTATES,
        ("supported", "verified", "checked"),
        r"\bthis (?:sentence|statement|claim) is (?:fully |already )?(?:supported|verified|checked)\s?[:,]"
        r"|\blabel:? supported\b",
    ),
)


@dataclass(frozen=True, slots=True)
class Order:
    """One way in which an order reads. `needs`: it holds at least one of these, in small letters, if there are any."""

    reason: str
    needs: Needs
    pattern: re.Pattern[str]

    def read_in(self, text: str, small: str) -> bool:
        """Whether the text, given also in small letters, reads so."""
        return (not self.needs or any(word in small for word in self.needs)) and bool(self.pattern.search(text))


_ALL = (*_PATTERNS, *forgeries.PATTERNS, *((FOREIGN, needs, found) for needs, found in languages.PATTERNS))
ORDERS = tuple(Order(reason, needs, re.compile(found, re.IGNORECASE)) for reason, needs, found in _ALL)
