"""Token counts agree with tiktoken's own, need no network and never touch the user's cache."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import tokens

BUNDLE = Path(importlib.util.find_spec("llama_index").submodule_search_locations[0]) / "core/_static/tiktoken_cache"
TEXT = "  Point-CMAE's loss falls by 12345.6 %\n\n (see <|endoftext|>),\tÉtude 这是 I'LL 🤖\r\n done  "


@pytest.fixture(autouse=True)
def _no_encoding_is_remembered():
    tokens._encoding.cache_clear()


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        (None, "o200k_base"),
        ("gpt-5-mini", "o200k_base"),
        ("gpt-4o-2024-05-13", "o200k_base"),
        ("gpt-4.1", "o200k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("azure/gpt-35-turbo", "cl100k_base"),
        ("ft:gpt-3.5-turbo:org", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("llama3.1:8b", "o200k_base"),
    ],
)
def test_tokens_are_those_of_the_models_encoding(model, encoding, monkeypatch):
    import tiktoken

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(BUNDLE))
    theirs = tiktoken.get_encoding(encoding)
    assert tokens.encode(TEXT, model) == theirs.encode_ordinary(TEXT)
    assert tokens.count(TEXT, model) == len(tokens.encode(TEXT, model))


def test_the_parting_patterns_are_tiktokens(monkeypatch):
    import tiktoken

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(BUNDLE))
    for name, pattern in tokens._PATTERNS.items():
        assert pattern == tiktoken.get_encoding(name)._pat_str


@given(text=st.text(max_size=80), limit=st.integers(0, 30))
def test_trim_keeps_the_longest_beginning_within_the_limit(text, limit):
    kept = tokens.trim(text, limit)
    assert text.startswith(kept)
    assert tokens.count(kept) <= limit
    assert kept == text or tokens.count(text) > limit


def test_trim_never_cuts_inside_a_character():
    assert tokens.trim("🤖" * 50, 10) == "🤖" * len(tokens.trim("🤖" * 50, 10))
    assert tokens.trim("words and words", 2) == "words and"
    assert tokens.trim("words", 0) == tokens.trim("words", -1) == ""


def test_an_empty_cache_set_by_the_user_is_no_obstacle(tmp_path, monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert tokens.count("exact citations") == 2
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_cache_file_is_passed_over_and_left_in_place(tmp_path, monkeypatch):
    damaged = tmp_path / tokens._FILES["o200k_base"][0]
    damaged.write_bytes(b"AA== 0\n")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert tokens.count("exact citations") == 2
    assert damaged.read_bytes() == b"AA== 0\n"


def test_the_users_cache_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert [folder.resolve() for folder in tokens._folders()] == [tmp_path.resolve(), BUNDLE.resolve()]


def test_the_files_named_are_those_of_the_bundle():
    for name, digest in tokens._FILES.values():
        assert hashlib.sha256((BUNDLE / name).read_bytes()).hexdigest() == digest


SCRIPT = """
import sys, socket
class NoNetwork(socket.socket):
    def connect(self, *a): raise SystemExit("connected")
socket.socket = NoNetwork
sys.path = [p for p in sys.path if "site-packages" not in p] + [sys.argv[1], sys.argv[2]]
from assistant import tokens
from assistant.errors import SettingsError
assert "tiktoken" not in sys.modules
try:
    tokens.count("a")
except SettingsError as error:
    print(error.cure)
"""


def test_without_a_vocabulary_it_says_the_cure_and_asks_no_network(tmp_path):
    packages = BUNDLE.parents[3]
    for name in ("tiktoken", "tiktoken_ext", "regex", "requests"):
        if (packages / name).exists():
            (tmp_path / name).symlink_to(packages / name)
    root = Path(tokens.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-S", "-c", SCRIPT, str(tmp_path), str(root)],
        capture_output=True,
        text=True,
        env={**os.environ, "TIKTOKEN_CACHE_DIR": "", "PYTHONPATH": ""},
        check=False,
    )
    assert "llama-index-core" in done.stdout, done.stderr


def test_the_environment_is_left_as_it_was():
    before = dict(os.environ)
    tokens.count("a", "gpt-4")
    assert dict(os.environ) == before


@pytest.mark.parametrize("text", ["a" * 1_000_000, "^" * 1_000_000, " " * 1_000_000, "a b" * 300_000], ids="a^ w")
def test_a_megabyte_of_one_character_is_counted(text):
    assert 0 < tokens.count(text) <= len(text)
