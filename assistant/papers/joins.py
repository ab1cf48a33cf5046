"""Joins: words that a PDF or a line end has cut are put together; a hyphen that belongs to a word stays."""

from __future__ import annotations

import re
import unicodedata

_LIGATURE = re.compile("[\ufb00-\ufb06]")
# Glyphs that a PDF names by number only: the ligatures of TeX's fonts and, from 192 on, the letters of Latin-1.
_GLYPH = re.compile(r"\(cid:(\d{1,5})\)")
_TEX_GLYPHS = {"2": "fi", "3": "fl", "11": "ff", "12": "fi", "13": "fl", "14": "ffi", "15": "ffl"}
_SOFT_HYPHEN = re.compile(r"(?<![^\W\d_])([^\W\d_]+)(?:\xad|\(cid:173\))\s*([^\W\d_]+)|\(cid:173\)")
_BREAK = re.compile(r"(?<![A-Za-z])([A-Za-z]+)-(\s+)([A-Za-z][a-z]*)")

# "long- and short-term": the word that a hyphen waits for comes later; after other small words it is a dash.
_SMALL_WORDS = frozenset(
    "a an and are as at but by can for from has have in is it its nor not of on or than that the their this to und "
    "versus via vs was we were when where which while whose with".split()
)
_FIRST_PARTS = frozenset("ill non quasi self well".split())
_SECOND_PARTS = frozenset(
    "based dependent dimensional driven free independent layer level like order scale specific term time "
    "valued wise world".split()
)
_LINKS = frozenset("of to the in by on and".split())  # state-of- the-art, end-to- end
# What is left at a line end and is neither a word nor the first part of a compound.
_HEADS = frozenset(
    """accu activ adap aggre algo alloca alterna analyt ap appli approxi architec arti asso assump atten aug avail aver
    calcu capa cate charac clas classi classifi clus col com combi combin commu compe competi compo compu computa
    con concep condi conju consis convolu coor cor corre correspon deci decom defi deforma demon demonstrat detec
    deter dif differen dimen discrim distribu dy dynam ef effec em embed encom envi environ er es esti estima eval
    evalu exper experi explic fac fea feasi fun func fur gen gener generaliza guar hi hierar hu hy identi illu im imple
    implementa impor incor incorpo incremen inde infor informa inte integra intro invari investi ker knowl lan mathe
    mea mecha mem meth mul neu nonethe num ob opti optimiza orien orig outper pa param parame parti particu percep
    perfor perspec poli possi poten predic previ prin pro prob proba probabil proce produc prop propa provid quanti
    recogni reduc ref reg rela reli rep repre represen representa segmen selec seman sen seq sev sig signif signifi
    simi simu simul simulta solu specif specifi spon sta statis statisti struc su substan sug sugges syn synthe sys
    tar tem tempo theoret tradi transla typi underly unsu vari varia ver visualiza vulnera""".split()
)
# What opens the next line and is no word: "tational", "rithms", "ment".
_TAIL = re.compile(
    r"""(?: [cdfglmnstvz]?ing(?:s|ly)? | [bcfglmnprstv]{0,2}[ts]ion(?:s|al|ally|ality|ed|ing|ary|ships?)?
    | (?:[bcdfghlmptuvz]|i[zs]|fic|li[zs]|si[fz]?|ti[zs]|nic|ri[zs])?ations?(?:al|ally)?
    | [cnp]tur(?:es?|al|ally|ed|ing) | ture[sd]? | ment(?:s|ally|ed|ing|ations?)? | ness | [dlmnrstv]?ity
    | [blmnr]?ities
        | [bdmnrtv]?ic(?:al|ally|s)? | [lrt]?istics? | [cnt]?tiv(?:e|ely|es|ity) | [ns]?siv(?:e|ely|ity)
    | [cdlmnrt]al(?:ly)?
        | (?:bili|tivi|ari|ri|tici|rali|nali|mali|plexi)(?:ty|ties) | bilistic(?:ally)?
    | [dgmrt]?en(?:ces?|cy|cies) | [dt]ent(?:s|ly)? | ential(?:ly)? | [mrt]an(?:ces?|cy|t|tly) | (?:b|g|t|cl|pl)les?
    | (?:p|go)?rithm(?:s|ic)? | iz(?:ed|es|ing|ation) | ted | [rstvbl]ers | [st]ors | (?:i|e)?ous(?:ly)?
    | resentations? | resent(?:s|ed|ing)? | sentations? | proach(?:es|ed)? | puta(?:tion|tions|tional|tionally)
    | duc(?:es|ed|ing|tion) | plica?(?:tions?|bility|ble) | ronments? | lem(?:s|atic)? | tems? | els | ods
    | ject(?:s|ive|ives|ed|ory|ories)? | fer(?:ence|ences|ent|ently|ential|entiable) | mum | nique(?:s|ly)?
    | in?forcement | tain(?:ed|ing|ty|ties) | sult(?:s|ing)? | quir(?:e|ed|es|ing) | velop(?:s|ed|ing|ment)?
    | (?:cu|ra)racy | formance | ceptron | gorithms? | eters? | rameters? | erat(?:e|es|ed|ing)
    )""",
    re.X,
)
# No word begins so: "knowle-" and "dge".
_NO_ONSET = re.compile(
    "(?:bb|ck|ct|dd|dg|ff|ft|gg|ld|lf|lg|lk|lm|lp|lt|lv|mb|mp|nc|nd|nf|ng|nk|nn|nt|pp|pt|rb|rc|rd|rf|rg|rk|rl|rm|rn|rp"
    "|rs|rt|rv|ss|tt|xp|xt)[aeiouy]"
)
_WORD = re.compile(r"\w+(?:-\w+)*")


def join_words(text: str) -> str:
    """Ligatures as letters, soft hyphens gone, and words whole that a hyphen and a blank or line end cut in two.

    "compu- tational" is joined; "2- and 3-", "long- and short-term" and "context- aware" stay; at a line end
    "context-aware" closes up. It is told by fragments that are no words, and by the text's other words.
    """
    if not text.isascii():
        text = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    if "\xad" in text or "(cid:" in text:
        text = _GLYPH.sub(_glyph, _SOFT_HYPHEN.sub(_softly_joined, text))
    return _join_lines(text) if "- " in text or "-\n" in text or "-\r" in text else text


def _softly_joined(found: re.Match[str]) -> str:
    left, right = found[1] or "", found[2] or ""
    whole = left.lower() in _FIRST_PARTS or right in _SECOND_PARTS
    return f"{left}-{right}" if left and whole else left + right


def _glyph(found: re.Match[str]) -> str:
    letter = chr(int(found[1])) if 192 <= int(found[1]) < 256 else None
    return _TEX_GLYPHS.get(found[1]) or letter or "\ufffd"


def _join_lines(text: str) -> str:
    breaks = _BREAK.finditer(text)
    if all(found[3].lower() in _SMALL_WORDS and text[found.start() - 1 : found.start()] != "-" for found in breaks):
        return text
    words = frozenset(_WORD.findall(text))
    return _BREAK.sub(lambda found: _joined(found, words), text)


def _joined(found: re.Match[str], words: frozenset[str]) -> str:
    left, right = found[1], found[3]
    line_end = "\n" in found[2] or "\r" in found[2]
    hyphenated = f"{left}-{right}"
    if found.string[found.start() - 1 : found.start()] == "-" and left in _LINKS:
        return hyphenated
    if right.lower() in _SMALL_WORDS or len(left) < 2:
        return found[0]
    if hyphenated in words:
        return hyphenated
    if right[0].isupper():
        return hyphenated if line_end else found[0]
    if left.lower() in _HEADS or _TAIL.fullmatch(right) or _NO_ONSET.match(right) or left + right in words:
        return left + right
    return hyphenated if line_end else found[0]
