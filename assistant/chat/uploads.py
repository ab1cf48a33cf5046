"""Files that visitors bring: which are taken, where they lie, and that a request names no others."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

UPLOADS = (
    *(".jsonl", ".json", ".ndjson", ".bib", ".bibtex", ".ris", ".nbib", ".medline", ".ciw", ".wos", ".csv", ".tsv"),
    *(".tab", ".txt", ".md", ".xml", ".atom", ".html", ".htm"),
)
"""How the names of files end that hold papers, each plain or followed by `.gz`."""


def private_folder() -> Path:
    """A new folder for what is uploaded, for its owner alone; gradio's own would be open to all users of the machine.

    To be called before gradio is imported, which looks for it in the environment.
    """
    folder = Path(tempfile.mkdtemp(prefix="assistant-uploads-"))
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


def is_read(name: str) -> bool:
    """Whether a file of this name is taken."""
    return name.lower().removesuffix(".gz").endswith(UPLOADS)


def refused(reply: bytes) -> str | None:
    """The name of a file that is not taken, by gradio's reply to an upload; then all of the upload is deleted."""
    stored = [Path(path) for path in json.loads(reply)]
    other = next((path.name for path in stored if not is_read(path.name)), None)
    for path in stored if other is not None else ():
        path.unlink(missing_ok=True)
    return other


def names_another_file(body: bytes, folder: Path) -> bool:
    """Whether a request's JSON names a file that does not lie in the folder, as gradio's `FileData` does.

    Gradio takes such an object for any argument of any event, and downloads what it names by an address.
    """
    try:
        left = [json.loads(body)]
    except (ValueError, RecursionError):
        return False  # nor can gradio read it
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            path = one.get("path")
            where = Path(os.path.abspath(path)) if isinstance(path, str) else folder  # noqa: PTH100  # links stay as they are
            if "meta" in one and not where.is_relative_to(folder):
                return True
            left += one.values()
    return False
