"""A million bytes of damaged real files through every reader: no crash, and nothing that cannot be stored."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from assistant.errors import PapersError
from assistant.papers import Problem, Record
from assistant.papers.formats import READERS
from assistant.papers.reading import forms, read

pytestmark = pytest.mark.slow

FORMATS = Path(__file__).parents[1].parent / "shared" / "data" / "formats"
PAGES = sorted((Path(__file__).parents[1] / "assistant" / "data" / "daily_papers").glob("page-*.txt"))
BYTES = 1_000_000  # for each reader
LARGEST = 40_000  # of a piece that is damaged
JUNK = (
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\n\n",
    b"{",
    b"}",
    b'"',
    b"]",
    b"<",
    b"&#x0;",
    b"\\",
    b",",
    b"\t",
    b"@a{",
    b"\x1f\x8b",
)


@cache
def real_files() -> dict[str, list[bytes]]:
    """The real files of each form: those that its reader is the first to recognise."""
    if not FORMATS.exists():
        pytest.skip("the real files are not here")
    found: dict[str, list[bytes]] = defaultdict(list)
    for file in (*PAGES, *sorted(path for path in FORMATS.rglob("*") if path.is_file())):
        data = file.read_bytes()
        head = data[:65_536].decode("utf-8", "replace").replace("\r\n", "\n")
        form = next((form for form, reader in zip(forms(), READERS, strict=True) if reader.sniff(head)), None)
        if form:
            found[form].append(data)
    return found


def damaged(data: bytes, dice: random.Random) -> bytes:
    """A stretch of the file with a few bytes changed, cut out, doubled, moved or put in."""
    start = dice.choice((0, dice.randrange(len(data))))
    piece = bytearray(data[start : start + dice.randint(200, LARGEST)])
    for _ in range(dice.choice((0, 1, 2, 5, 40))):
        at = dice.randrange(len(piece) + 1)
        end = min(len(piece), at + dice.choice((1, 3, 50, 2_000)))
        act = dice.randrange(6)
        if act == 0:
            piece[at:end] = b""
        elif act == 1:
            piece[at:at] = piece[at:end] * dice.choice((1, 2, 30))
        elif act == 2:
            piece[at:at] = dice.choice(JUNK) * dice.choice((1, 1, 9, 3_000))
        elif act == 3:
            piece[at:end] = dice.randbytes(end - at)
        elif act == 4:
            del piece[at:]
        else:
            piece[at:at] = data[(other := dice.randrange(len(data))) : other + dice.randint(1, 500)]
    return bytes(piece)


@pytest.mark.parametrize("form", forms())
def test_no_damage_to_a_real_file_crashes_its_reader(form: str, tmp_path: Path) -> None:
    files = real_files().get(form)
    if not files:
        pytest.skip(f"there is no real file of {form}")
    dice, done, kept = random.Random(form), 0, 0
    while done < BYTES:
        data = damaged(dice.choice(files), dice)
        done += len(data)
        (tmp_path / "damaged").write_bytes(data)
        for told in (form, None):
            try:
                items = list(read(tmp_path / "damaged", form=told))
            except PapersError:
                continue
            assert all(isinstance(one, Record | Problem) for one in items)
            for one in items:
                text = json.dumps(
                    [one.title, one.abstract, one.raw_abstract, one.extra] if isinstance(one, Record) else one.reason,
                    ensure_ascii=False,
                )
                assert text.encode()
            kept += sum(isinstance(one, Record) for one in items)
    assert kept  # the damage is not such that nothing is read any more
