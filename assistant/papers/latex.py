r"""LaTeX in prose as a reader sees it: `\textbf{x}` is x and `\%` is %; mathematics and a bare % stay as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .letters import LETTERS, SIGNS, accented, is_grouped, is_tie, split_greek

_DEEPEST = 20  # commands in commands; beyond it they are left as they are
_LONGEST_LOOSE_MATH = 200  # characters of `$ a^2 $`: by rule no blank stands inside a dollar
_CITED = "\0"  # holds the place of a citation until the blanks and brackets around it are put right

_WORTH = re.compile(r"[\\~]|``|''|mph\{")
_LOST_BACKSLASH = re.compile(r"(?<![\\A-Za-z])e?mph\{")  # "\emph{" read as an escape, whose "\e" is gone
_ESCAPED_QUOTES = re.compile(r'(?<![^\s(\[/-])\\"([^"\\]{1,200})\\"(?![A-Za-z{])')
_TOKEN = re.compile(
    r"""(?P<math>\$\$(?:[^$\\]|\\.)+\$\$|\$(?:[^$\\]|\\.)+\$)
    |(?P<address>(?:https?://|www\.)(?:[^\s{}\\$<>"]|\\[_%\#&~-])+)
    |(?P<list>\\(?:begin|end)\{(?:itemize|enumerate|description|quote|center|abstract|small|document)\})
    |(?P<display>\\[(\[]|\\begin\{[A-Za-z]+\*?\})
    |\\(?P<command>[A-Za-z]+)\*?
    |(?P<escape>\\)
    |(?P<brace>[{}])
    |(?P<tie>~)
    |(?P<quote>(?<!`)``(?!`)|(?<!')''(?!'))""",
    re.X,
)
_MATHEMATICAL = re.compile(r"[\\^_=]")
_ARGUMENT = re.compile(r"(?:\s?\[[^\[\]{}]{0,80}\])*\s?\{")
_ESCAPED = re.compile(r"\\+([%&_#$])|\\([{} ,;:>!/@*-])|\\\\(?=\s|\Z)")
_SHOWN_AS = {**{sign: sign for sign in "%&_#${}*-"}, **dict.fromkeys(" ,;:>", " "), **dict.fromkeys("!/@", "")}
_APOSTROPHE = re.compile(r"\\'(?=(?:s|t|re|ve|ll|d|m|)(?![A-Za-z{\\ı]))")  # the "\'s" of a Python string
_FUSED = re.compile(r"(?:emph|textbf|textit|textsc|texttt)(?=[A-Za-z])")  # "\emphscaling": its braces are lost
_CITE = re.compile(r"[Cc]ite[A-Za-z]{0,12}\Z")
_NUMBER = re.compile(r"[-+−]?\d")
_LONE_SIGN = re.compile(r"\{\s?\\([A-Za-z]+)\s*(?:\{\})?\s?\}")
_FIRST_COMMAND = re.compile(r"\{\s?\\([A-Za-z]+)")
_SHOWN = frozenset(
    "textbf textit textsl textsc texttt textsf textrm textmd textup textnormal text emph underline uline ul mbox hbox "
    "fbox ensuremath url path nolinkurl gls Gls glspl ac Ac acp acs acl acf acrshort acrlong acrfull num ce st hl "
    "textsuperscript textsubscript abstract Abstract enquote footnote thanks".split()
)
_AROUND = {"enquote": ('"', '"'), "footnote": (" (", ")"), "thanks": (" (", ")")}
_UNSEEN = frozenset("label vspace hspace".split())
_UNSEEN_THEN_SHOWN = frozenset("color textcolor colorbox hyperlink texorpdfstring".split())
_SWITCHES = frozenset(
    "em it bf sc tt sl sf rm small footnotesize scriptsize tiny large Large normalsize itshape bfseries "
    "scshape ttfamily sffamily rmfamily slshape upshape normalfont noindent displaystyle boldmath centering xspace "
    "protect".split()
)
_BLANKS = frozenset("par newline linebreak quad qquad space hfill".split())


def plain(text: str) -> str:
    r"""One line of text without LaTeX's commands and ties. Linear in time; nothing is taken for a comment.

    `$...$`, `\(...\)` and mathematical environments stay, and so does a command that is not known here.
    """
    if not _WORTH.search(text):
        return text
    text = _LOST_BACKSLASH.sub(r"\\emph{", text)
    text = _Reading(_ESCAPED_QUOTES.sub(r'"\1"', text)).whole()
    if _CITED in text:
        text = re.sub(rf"[(\[][\s;,]*{_CITED}[\s;,{_CITED}]*[)\]]", _CITED, text)
        text = re.sub(rf"[\s;,]*{_CITED}[\s{_CITED}]*(?=[)\]])|\s*{_CITED}", "", text)
    return text


@dataclass(frozen=True, slots=True)
class _Group:
    """An open brace: what its closing one shows, and the piece from which on a `gone` or `link` content lies."""

    close: str
    kind: str = "shown"
    start: int = 0
    then: _Group | None = None


@dataclass(slots=True)
class _Reading:
    text: str
    place: int = 0
    pieces: list[str] = field(default_factory=list)
    groups: list[_Group] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)  # what was looked for and does not come any more
    quotes: int = 0
    unknown_end: int = -1  # where the last command that is not known here ends: what follows is its argument

    def whole(self) -> str:
        steps = {
            "math": self._math,
            "address": self._address,
            "list": self._list,
            "display": self._display,
            "command": self._command,
            "escape": self._escape,
            "brace": self._brace,
            "tie": self._tie,
            "quote": self._quote,
        }
        while token := _TOKEN.search(self.text, self.place):
            self.pieces.append(self.text[self.place : token.start()])
            steps[str(token.lastgroup)](token)
        self.pieces.append(self.text[self.place :])
        return "".join(self.pieces)

    def _show(self, shown: str, end: int) -> None:
        self.pieces.append(shown)
        self.place = end

    def _open(self, shown: str, group: _Group, end: int) -> None:
        self.groups.append(group)
        self._show(shown, end)

    def _before(self, place: int) -> str:
        return self.text[max(0, place - 1) : place]

    def _math(self, token: re.Match[str]) -> None:
        inner = token[0].strip("$")
        after = self.text[token.end() : token.end() + 1]
        tight = inner[:1].strip() and inner[-1:].strip() and not after.isdigit()  # "$5M to $7M" is no mathematics
        if tight or (len(inner) <= _LONGEST_LOOSE_MATH and _MATHEMATICAL.search(inner)):
            self._show(token[0], token.end())
        else:
            self._show("$", token.start() + 1)

    def _address(self, token: re.Match[str]) -> None:
        self._show(re.sub(r"\\(.)", r"\1", token[0]), token.end())

    def _list(self, token: re.Match[str]) -> None:
        self._show(" ", token.end())

    def _display(self, token: re.Match[str]) -> None:
        closing = {r"\(": r"\)", r"\[": r"\]"}.get(token[0], token[0].replace("begin", "end"))
        found = -1 if closing in self.absent else self.text.find(closing, token.end())
        if found < 0:
            self.absent.add(closing)
        end = token.end() if found < 0 else found + len(closing)
        self._show(self.text[token.start() : end], end)

    def _command(self, token: re.Match[str]) -> None:
        name, end = token["command"], token.end()
        argument = _ARGUMENT.match(self.text, end) if len(self.groups) < _DEEPEST else None
        letter = accented(self.text, token.start()) or split_greek(self.text, token.start())
        if letter:
            self._show(*letter)
        elif name in SIGNS and token.start() != self.unknown_end:  # `\bar\theta` stays whole
            end += 2 if self.text.startswith("{}", end) else self._blank(end) if name in LETTERS else 0
            sign = SIGNS[name]
            self._show(sign[:-1] if sign[-1] == "." and self.text.startswith(".", end) else sign, end)
        elif argument and (opened := self._opened(name, token, argument.end())):
            self._open(*opened, argument.end())
        elif name in _SWITCHES or name in _BLANKS:
            self._show(" " if name in _BLANKS else "", end + self._blank(end))
        else:
            fused = _FUSED.match(name)
            self.unknown_end = -1 if fused else end
            self._show(name[fused.end() :] if fused else token[0], end)

    def _blank(self, place: int) -> int:
        return 1 if self.text.startswith(" ", place) else 0

    def _opened(self, name: str, token: re.Match[str], end: int) -> tuple[str, _Group] | None:
        """What a command with an argument shows at once, and the group that it opens; None if it is not known."""
        raw = self.text[token.start() : end]  # shown unless the group is closed: the text may be cut
        if name in _SHOWN or name in _SWITCHES:
            before, after = _AROUND.get(name, ("", ""))
            if name == "textsuperscript" and self._before(token.start()).isdigit() and _NUMBER.match(self.text, end):
                before = "^"  # 10^6 is not 106
            return before, _Group(after)
        if name in _UNSEEN or _CITE.match(name):
            return raw, _Group("" if name in _UNSEEN else _CITED, "gone", len(self.pieces))
        if name in _UNSEEN_THEN_SHOWN:
            return raw, _Group("", "gone", len(self.pieces), then=_Group(""))
        return ("", _Group("", "link", len(self.pieces))) if name == "href" else None

    def _brace(self, token: re.Match[str]) -> None:
        if token[0] == "}":
            self._close(token)
            return
        argument = token.start() == self.unknown_end or self._before(token.start()) in ("_", "^", "}")
        letter = accented(self.text, token.start())
        lone = _LONE_SIGN.match(self.text, token.start())
        first = _FIRST_COMMAND.match(self.text, token.start())
        if letter:
            self._show(*letter)
        elif lone and lone[1] in SIGNS and not argument:
            self._show(SIGNS[lone[1]], lone.end())
        elif len(self.groups) >= _DEEPEST:
            self._show("{", token.end())
        elif first and (first[1] in _SHOWN or first[1] in _SWITCHES or first[1] == "color") and not argument:
            self._open("", _Group(""), token.end())
        else:
            self._open("{", _Group("}"), token.end())

    def _close(self, token: re.Match[str]) -> None:
        group = self.groups.pop() if self.groups else _Group("}")
        shown, then = group.close, group.then
        if group.kind != "shown":
            content = "".join(self.pieces[group.start :])
            del self.pieces[group.start :]
            if group.kind == "link":
                then = _Group(content.strip(), "linked", len(self.pieces))
            elif group.kind == "linked":
                shown = _linked(content, address=group.close)
        argument = _ARGUMENT.match(self.text, token.end()) if then else None
        if then and argument:
            self._open(shown, then, argument.end())
        else:
            self._show(then.close if then else shown, token.end())

    def _escape(self, token: re.Match[str]) -> None:
        quote = _APOSTROPHE.match(self.text, token.start()) if self._before(token.start()).isalpha() else None
        letter = None if quote else accented(self.text, token.start())
        found = _ESCAPED.match(self.text, token.start())
        if quote:
            self._show("'", quote.end())
        elif letter:
            self._show(*letter)
        elif found:
            thousands = found[2] == "," and is_grouped(self.text, token.start())
            self._show("," if thousands else _SHOWN_AS.get(found[1] or found[2] or " ", " "), found.end())
        elif self.text.startswith((r"\~{}", r"\^{}"), token.start()):
            self._show(self.text[token.end()], token.end() + 3)
        else:
            self._show("\\", token.end())

    def _tie(self, token: re.Match[str]) -> None:
        self._show(" " if is_tie(self.text, token.start()) else "~", token.end())

    def _quote(self, token: re.Match[str]) -> None:
        opens = not self._before(token.start()).strip(" ([") and self.text[token.end() : token.end() + 1].strip()
        if token[0] == "``" or opens or self.quotes:
            self.quotes += 1 if token[0] == "``" or (opens and not self.quotes) else -1
            self._show('"', token.end())
        else:
            self._show(token[0], token.end())  # the second derivative f''


def _linked(content: str, *, address: str) -> str:
    """A link's text, and its address if that says more."""
    if address.startswith(("http", "www")) and address.strip("/") not in content:
        return address if content.strip(" /") in address else f"{content} ({address})"
    return content
