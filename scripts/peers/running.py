"""Runs one measurement in a process of its own, and sets up the environment that the peers run in."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent
REQUIREMENTS = PEERS / "requirements.txt"
CONSTRAINTS = ROOT / "constraints.txt"  # what both environments have is of one version


def environment(folder: Path) -> Path:
    """The Python of the peers' environment, made with pip where it is not there or asks for other versions."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + CONSTRAINTS.read_bytes()).hexdigest()
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        say(f"Installing the peers into {folder} (a minute or two, once) ...")
        venv.create(folder, with_pip=True, clear=stamp.exists())  # only what was made here is ever cleared
        command = [python, "-m", "pip", "install", "--disable-pip-version-check", "-r", REQUIREMENTS]
        subprocess.run([*command, "--constraint", CONSTRAINTS], check=True, stdout=sys.stderr)
        stamp.write_text(wanted)
    return python


def ours(home: Path, *words: str | Path) -> dict[str, Any]:
    """What `ours.py` prints, with its corpora below `home`."""
    return child([sys.executable, PEERS / "ours.py", *words], {"ASSISTANT_HOME": str(home)})


def peer(python: Path, *words: str | Path) -> dict[str, Any]:
    """What `peer.py` prints."""
    return child([python, PEERS / "peer.py", *words], {"ANONYMIZED_TELEMETRY": "False"})


def child(command: list[str | Path], extra: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(command, env={**os.environ, **extra}, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode:
        sys.exit(f"It stopped in: {shlex.join(map(str, command))}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def now() -> str:
    """When the process that is about to start was started, for it to compare with its own `time.monotonic()`."""
    return repr(time.monotonic())


def built(python: Path, part: str, export: Path) -> dict[str, Any]:
    """How a part of the peers' index was built below `export`, with `bytes` on disk: now, or in an earlier run."""
    record = export / f"{part}.json"
    if not record.exists():
        say(f"  building {part}")
        shutil.rmtree(export / part, ignore_errors=True)  # of a run that was stopped
        result = peer(python, "build", part, export)
        record.write_text(json.dumps(result | {"bytes": size(export / part)}))
    known: dict[str, Any] = json.loads(record.read_text())
    return known


def size(path: Path) -> int:
    """Bytes of a file or of all files below a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
