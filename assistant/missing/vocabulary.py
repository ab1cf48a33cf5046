"""The details that questions ask of papers and that abstracts seldom state, with the words that would state them."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER = re.compile(
    r"(?<![\w.])[\d.,]*\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|fifty|"
    r"dozens?|hundreds?|thousands?|millions?|billions?|half|thirds?|quarter|twice|doubl\w+|tripl\w+)\b",
    re.IGNORECASE,
)
ONE = re.compile(r"one|single", re.IGNORECASE)
_SECONDS = r"(?:gpu[- ]?)?(?:ms|milliseconds?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?)"
TIME = rf"(?:\d|\b(?:one|two|three|four|five|six|ten|few|single|several|an|a)\b)[\s~-]*{_SECONDS}\b"
_PART = r"(?<![\w-])\d[\d.,]{0,12}\s?(?:%|[x×](?!\d)|times|-?fold|percent)"


@dataclass(frozen=True, slots=True)
class Term:
    """A detail: `asked` finds it in a question, `stated` in an abstract that could answer; `shown` names it."""

    shown: str
    asked: re.Pattern[str]
    stated: re.Pattern[str]


def _term(shown: str, asked: str, stated: str = "") -> Term:
    return Term(shown, re.compile(asked, re.IGNORECASE), re.compile(stated or asked, re.IGNORECASE))


_WHICH = r"\b(?:what|which)\s+(?:\w+\s+){0,2}?"
_CHIP = (
    r"\b(?:[avhp]100s?|t4|rtx|gtx|tpu(?:v\d)?s?|[34]0[789]0|titan|cpus?|jetson|raspberry|(?:one|single|\d+) gpus?)\b"
)

TERMS = (
    _term("the hardware", rf"{_WHICH}(?:gpus?|tpus?|hardware|graphics cards?|cards?|accelerators?|device)\b", _CHIP),
    _term("the learning rate", r"\blearning[- ]rates?\b"),
    _term("the batch size", r"\bbatch[- ]?sizes?\b", r"\bbatch(?:es)?\b[^.]{0,40}\d|\d[^.]{0,20}\bbatch"),
    _term("the hyperparameters", r"\bhyper-?parameters?\b"),
    _term("the number of epochs", r"\bepochs?\b"),
    _term("the hidden size", r"\bhidden (?:layers?|size|units|dimensions?)\b"),
    _term("the gradient clipping", r"\bclipping\b"),
    _term(
        "the software framework",
        r"\b(?:which|what) (?:deep learning |software )?(?:framework|library) (?:was|were|is|are|did)\b",
        r"\b(?:pytorch|tensorflow|jax|paddle\w*|keras|mxnet)\b",
    ),
    _term(
        "how often it was cited", r"\b(?:how often|how many times) .{0,60}\bcited\b|\bcitation counts?\b", r"\bcited\b"
    ),
    _term("the dropout", r"\bdropout\b"),
    _term("the weight decay", r"\bweight decay\b"),
    _term("the temperature", r"\btemperature\b"),
    _term("the momentum", r"\bmomentum\b"),
    _term("the optimizer", rf"{_WHICH}optimi[sz]ers?\b", r"\boptimi[sz]ers?\b|\badam|\bsgd\b|\blion\b"),
    _term("the random seeds", r"\b(?:random )?seeds?\b"),
    _term("the licence", r"\blicen[sc]e[ds]?\b|\bunder (?:the )?(?:MIT|Apache|GPL)\b|\bMIT or Apache\b"),
    _term(
        "the authors",
        r"\bwho (?:are|were|is|was) (?:the )?(?:(?:first|last|lead) )?authors?\b|\bauthors? of\b|\bwho (?:wrote|"
        r"published|authored|invented|developed|proposed|came up with)\b|\baffiliat\w+|\bcorresponding author\b|"
        r"\be-?mail address\b|\bwhich (?:university|institution|institute|lab|company|country)\b",
        r"\baffiliat|\buniversity of\b",
    ),
    _term(
        "where it was published",
        r"\b(?:which|what) (?:conference|journal|venue|workshop)\b|\bwhere (?:was|were) .{0,60}\bpublished\b",
        r"\b(?:conference|journal|proceedings|published (?:in|at))\b",
    ),
    _term(
        "the year",
        r"\b(?:which|what) year\b|^when was .{0,60}\b(?:published|presented|released)\b",
        r"\b(?:19|20)\d\d\b",
    ),
    _term("the funding", r"\bfund(?:ed|ing)\b|\bgrants?\b|\bsponsor\w*"),
    _term(
        "the cost",
        r"\bhow much (?:did|does|do|was|were|money)\b.{0,60}?\bcost\b|\b(?:dollars?|USD|euros?)\b|\bprice\b|"
        r"\b(?:were|was|are|get|got) (?:\w+ )?paid\b",
        r"[$€] ?\d|\b(?:dollars?|USD|euros?)\b|\bpric(?:e|ing)\b",
    ),
    _term(
        "the energy used",
        r"\bCO2\b|\bcarbon\b|\bemissions?\b|\bkWh\b|\belectricity\b|\benergy (?:was|did|does|is)\b",
        r"\bCO2\b|\bcarbon\b|\bemission|\benergy\b|\bkWh\b",
    ),
    _term(
        "the annotators",
        r"\bannotators?\b|\braters\b|\bparticipants\b|\bcrowd-?workers\b",
        r"\bannotators?\b|\braters\b|\bparticipants\b|\bcrowd|\bworkers\b|\bsubjects\b|\buser study\b",
    ),
    _term("the agreement of the annotators", r"\binter-?(?:annotator|rater)\b|\bkappa\b|\bannotator agreement\b"),
    _term(
        "the latency",
        r"\blatenc(?:y|ies)\b|\bmilliseconds?\b",
        r"\blatenc(?:y|ies)\b[^.]{0,40}\d|\d ?ms\b|\d milliseconds",
    ),
    _term(
        "the time it takes",
        r"\bhow long (?:did|does|do|was|were|is)\b.{0,80}?\b(?:take|takes|took|need|needs|train\w*|run|runs)\b|\bhow "
        r"(?:many|much) (?:gpu[- ])?(?:seconds?|minutes?|hours?|days?|weeks?|months?)\b|\bhow much (?:\w+ )?"
        r"time\b|\bwall[- ]clock\b|\b(?:training|inference|running) time of\b",
        TIME,
    ),
    _term(
        "the memory",
        r"\b(?:gigabytes?|megabytes?|GB|MB)\b|\bhow much (?:\w+ )?(?:memory|vram|ram)\b",
        rf"\d ?(?:GB|MB|gigabytes?)\b|\bmemory\b[^.]{{0,60}}{_PART}|{_PART}[^.]{{0,60}}\bmemory\b",
    ),
    _term(
        "the code",
        r"\b(?:where|is|are|was|can|did|does)\b.{0,60}\bcode\b.{0,60}\b(?:public\w*|available|released?|downloaded?|"
        r"found|open\w*)\b|\b(?:repository|github)\b",
        r"\bgithub|https?://|\bcodes?\b|\bopen[- ]?sourc|\brepositor|\breleas|\bpublic",
    ),
    _term(
        "how far the results scatter",
        r"\bstandard (?:deviations?|errors?)\b|\bconfidence intervals?\b|\berror bars?\b|\bp-?values?\b|"
        r"\bstatistical(?:ly)? significan\w+",
        r"\bdeviation|\bstandard error|\bconfidence interval|\berror bar|\bp ?[<=]|±|\bstatistically|\bvariance\b",
    ),
    _term("what reviewers said", r"\breviewers?\b|\bpeer[- ]review"),
    _term("the formula", r"\bformula\b", r"\bformulas?\b|="),
    _term(
        "the place in the text",
        r"\b(?:which|what) (?:theorem|lemma|equation|section|table|figure|appendix)\b",
        r"\b(?:theorem|lemma|equation|section|table|figure|appendix) [\dA-Z]",
    ),
)

METRIC = re.compile(
    r"(?<![\w-])(?:accurac(?:y|ies)|perplexity|s?FID|mAP|AP\d*|m?IoU|[Ss]?BLEU|ROUGE(?:-\w)?|METEOR|CIDEr|SPICE|F1|"
    r"AUC|AUROC|PSNR|SSIM|LPIPS|WER|word error rate|RMSE|s?MAPE|MASE|MSE|n?DCG(?:@\d+)?|MRR|R@\d+|rSum|recall(?:@\d+)?|"
    r"precision|pass@\d+|top-?[15]|[Rr]ank-?1|EER|Dice|scores?|throughput|FLOPs|speed-?ups?)(?![\w-])"
)
"""Names of measures, as questions write them; a value of one is a number near it."""

VALUES = frozenset("rank weight threshold coefficient ratio k n alpha beta gamma lambda tau epsilon".split())
"""Nouns whose value is a number, where a question asks which one was used."""

SIZES = frozenset("value size length dimension percentage margin constant rate budget count".split())
"""Nouns that ask for a number of what the words before them name: the vocabulary size."""

LOOSE = re.compile(r"accurac|score|recall|precision", re.IGNORECASE)
"""Measures that abstracts often leave unnamed: a number near the data set is enough."""

ROLES = frozenset(
    "base teacher student judge reward draft source target backbone version proxy surrogate reference verifier".split()
)
"""Words that say which one of several models or data sets is meant: an abstract that names it says its role."""

CHIPS = re.compile(_CHIP, re.IGNORECASE)
"""Names of hardware."""

MAKERS = frozenset(
    "openai google deepmind meta facebook microsoft nvidia apple amazon alibaba tencent baidu huawei bytedance "
    "salesforce ibm intel samsung anthropic adobe stanford berkeley mit cmu".split()
)
"""Those who make models: abstracts seldom say who wrote them."""

ALIKE = tuple(
    frozenset(group.split())
    for group in (
        "image picture photo sample example instance pair shot point",
        "scan volume image case patient",
        "parameter weight param",
        "word token",
        "person people user participant subject volunteer",
        "task dataset benchmark set collection corpus corpora evaluation",
        "paper work study article",
        "gpu card tpu accelerator",
        "document post text comment article",
        "step stage phase part",
        "model network submodel subnetwork variant",
        "class category label type kind",
        "cluster center centre centroid",
        "faster quicker speed speedup acceleration",
        "question query prompt",
        "layer block",
        "method technique approach algorithm baseline",
    )
)
"""Nouns that stand for each other where things are counted, in the singular."""

GENERIC = frozenset(
    "approach method model paper work study technique way part rule property step idea kind type sort option result "
    "thing problem benchmark dataset data task component change advantage weakness reason signal name word letter term "
    "one share factor margin effect difference finding evidence claim role question answer strategy trick network "
    "system framework algorithm lesson setting area field domain attention set group class case aspect element measure "
    "metric condition experiment test baseline performance quality improvement gain time percentage number amount size "
    "level point value degree extent stage module mechanism insight limitation challenge topic concept structure "
    "architecture information content use direction fraction percent other author".split()
)
"""Nouns that an abstract need not use to say which one it is."""
