"""Prompts: one model call = one file in prompts/; found by name, filled strictly, named by a fingerprint."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from .errors import PromptError

_PLACES = (Path(__file__).parent / "_prompts", Path(__file__).parents[1] / "prompts")  # the wheel, the repository
_OPENING, _CLOSING = "<＜‹«❮≪⋘⟨⟪〈《˂ᐸ", ">＞›»❯≫⋙⟩⟫〉》˃ᐳ"  # the signs of a fence and their look-alikes
_ANGLES = str.maketrans(_OPENING + _CLOSING, "<" * len(_OPENING) + ">" * len(_CLOSING))
_FENCE = re.compile(rf"[{_OPENING}{_CLOSING}]{{3,}}|[«»≪≫⟪⟫《》]{{2,}}|[⋘⋙]")
# What a server may read as the end of a turn, whoever wrote it.
_TURN = re.compile(
    r"<\|[^|<>\n]{1,40}\|>|<｜[^｜\n]{1,40}｜>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>|<[be]os>",
    re.IGNORECASE,
)
_SECTION = re.compile(r"^# (system|user)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file: its texts by role, in order, with `$variables` to fill."""

    name: str
    sections: tuple[tuple[str, str], ...]
    fingerprint: str

    def fill(self, **values: str) -> list[tuple[str, str]]:
        """(role, text) messages. Raises PromptError if a variable is missing or one is given that is not there."""
        wanted = {name for _, text in self.sections for name in Template(text).get_identifiers()}
        if wanted != set(values):
            names = ", ".join(sorted(wanted ^ set(values)))
            raise PromptError(f"The prompt {self.name!r} and its call differ in: {names}.", cure="Make them agree.")
        return [(role, Template(text).substitute(values)) for role, text in self.sections]


def load(name: str) -> Prompt:
    """The prompt in `prompts/<name>.md`. Raises PromptError where there is none or it has no `# user` section."""
    path = next((place / f"{name}.md" for place in _PLACES if (place / f"{name}.md").is_file()), None)
    if path is None:
        raise PromptError(f"There is no prompt {name!r}.", cure=f"It belongs into {_PLACES[-1]}.")
    text = path.read_text(encoding="utf-8")
    pieces = _SECTION.split(text)
    sections = tuple((role, body.strip()) for role, body in zip(pieces[1::2], pieces[2::2], strict=True))
    if "user" not in dict(sections):
        raise PromptError(f"The prompt {path} has no '# user' section.", cure="Add one.")
    return Prompt(name, sections, hashlib.sha256(text.encode()).hexdigest()[:12])


def fenced(label: str, text: str) -> str:
    """A text from outside between fence lines; fences and marks of turns inside it are taken apart with blanks, so
    that it can close neither its own fence nor the message that it stands in."""
    harmless = _TURN.sub(lambda found: f"{found[0][0]} {found[0][1:-1]} {found[0][-1]}", text)
    harmless = _FENCE.sub(lambda found: " ".join(found[0].translate(_ANGLES)), harmless)
    return f"<<<{label}\n{harmless}\n{label}>>>"
