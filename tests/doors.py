"""What the tests of the doors share: an indexed home, made once a session, and ways to knock."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from assistant import Assistant, Settings
from assistant.cli import main

ROOT = Path(__file__).parents[1]

_SETTINGS = ("ASSISTANT_CORPUS", "ASSISTANT_MODE", "ASSISTANT_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL")
HOSTILE = "\x1b\x07\x9b\x00\u202e\u2066\u200b\u061c\U000e0041"
RECORDS: list[dict[str, Any]] = [
    {
        "id": "a1",
        "title": "Zebra Gratings for Brighter Solar Cells",
        "abstract": "Solar cells lose light at their front surface. We present the zebra grating, a striped layer that "
        "bends light into the cell. The zebra grating reaches an efficiency of 31.4% on the SunBench test.",
        "authors": ["Ada Berg", "Chen Wu"],
        "year": 2021,
        "venue": "Optics Notes",
        "doi": "10.5555/zebra.1",
        "url": "https://example.org/zebra",
    },
    {
        "id": "a2",
        "title": "Owl-Inspired Propellers Make Quiet Drones",
        "abstract": "Drones are loud. We shape propeller blades after the serrated wings of owls. In a wind tunnel our "
        "propellers lower the noise of a drone by 9 decibels and cost 3% of thrust.",
        "authors": ["Bo Lind"],
        "year": 2023,
        "venue": "Journal of Flight",
    },
    {
        "id": "a3",
        "title": "Grafted Tomatoes Survive Salty Soil",
        "abstract": "Salty soil harms tomatoes. We graft tomato plants onto wild roots that keep salt out. Over two "
        "summers the grafted plants gave twice the harvest of plain ones on salty fields.",
    },
    {
        "id": "a4",
        "title": f"Evil \x1b]0;owned\x07 Beacons{HOSTILE} in Harbours",
        "abstract": f"Harbour beacons guide ships.{HOSTILE} We attach \x1b[31mred\x1b[0m lamps to harbour beacons. "
        "Ships then find the harbour [bold]beacons[/bold] from 12 kilometres away.",
        "authors": [f"Eve\x1b[2J {HOSTILE}Doe"],
        "year": 2024,
        "venue": f"Sea\x07 Letters{HOSTILE}",
        "url": "javascript:alert(1)",
        "note": f"kept as it came {HOSTILE}",
    },
]


def written(folder: Path, records: list[dict[str, Any]] = RECORDS, name: str = "small.jsonl") -> Path:
    """A JSONL file of records."""
    path = folder / name
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def _home() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="assistant-doors-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def small_home() -> Path:
    """A home whose `mine` holds RECORDS. Ask it only: other tests share it."""
    home = _home()
    with Assistant(Settings(home=home)) as assistant:
        assistant.add(written(home))
    return home


def knock(*arguments: str, home: Path, **environment: str) -> Result:
    """What the command line answers, within this process."""
    runner = CliRunner(env={**dict.fromkeys(_SETTINGS), "ASSISTANT_HOME": str(home), **environment})
    return runner.invoke(main, list(arguments))


def run(*command: str, home: Path, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """What a process of its own answers; a command that begins with a dash is for Python."""
    bare = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    variables = {**bare, "ASSISTANT_HOME": str(home), **environment}
    return subprocess.run([sys.executable, *command], env=variables, capture_output=True, timeout=timeout, check=False)


def checked(name: str, text: str) -> dict[str, Any]:
    """The JSON object that is the whole of `text`, validated against assistant/schemas/<name>.schema.json."""
    value: dict[str, Any] = json.loads(text)
    validator(name).validate(value)
    return value


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of one committed schema."""
    schema = json.loads((ROOT / "assistant/schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def word_vectors(texts: list[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A stand-in embedder: (len(texts), 512) unit vectors; texts with the same words are near one another."""
    rows = np.full((len(texts), 512), 1e-6, np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in re.findall(r"\w+", text.lower()):
            row[sum(ord(letter) * 31**i for i, letter in enumerate(word)) % 512] += 1.0
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
