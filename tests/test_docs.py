"""The documentation is true: its trees, tables, links, commands and examples are checked against what is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from assistant import Settings
from assistant.cli import main

ROOT = Path(__file__).parents[1]
PAGES = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")] if path.name != "fact_answers.md")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def commands() -> list[tuple[str, list[str]]]:
    """Every `assistant ...` line of the documents, with the page it stands on."""
    lines = [(page, line) for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]
    found = [(page.name, shlex.split(line, comments=True)) for page, line in lines]
    words = [(page, line[1:]) for page, line in found if line and line[0].split("/")[-1] == "assistant"]
    assert len(words) > 5
    return words


def test_the_tree_of_the_readme_has_a_line_for_every_file() -> None:
    subprocess.run([sys.executable, str(ROOT / "scripts/readme_tree.py"), "--check"], check=True)


@pytest.mark.parametrize(("page", "words"), commands())
def test_every_command_in_the_documents_is_one(page: str, words: list[str]) -> None:
    command: click.Command = main
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    assert not isinstance(command, click.Group) or words[:1] in ([], ["--help"]), page
    command.make_parser(click.Context(command)).parse_args(list(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_file_in_the_contributing_table_is_there() -> None:
    rows = [line for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    paths = [
        path for row in rows for path in re.findall(r"`((?:assistant|tests|prompts|eval|scripts|docs)/[^`]*)`", row)
    ]
    assert len(paths) > 30
    assert [path for path in paths if not list(ROOT.glob(path))] == []


@pytest.mark.parametrize("page", ["README.md", "docs/llama_index.md"])
def test_the_python_examples_run(page: str, sample: Settings, tmp_path: Path) -> None:
    code = "\n".join(blocks(ROOT / page, "python"))
    (tmp_path / "my-papers.jsonl").write_text(
        '{"title": "Quiet Owls", "abstract": "We study owls, which need no labels."}\n'
    )
    environment = {"PATH": "/usr/bin:/bin", "ASSISTANT_HOME": str(sample.home), "HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, timeout=120)


def test_no_document_names_a_package_host() -> None:
    hosts = re.compile(r"pypi\.org|files\.pythonhosted|deb\.debian\.org|registry\.npmjs", re.IGNORECASE)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    texts = {
        name: (ROOT / name).read_text(encoding="utf-8", errors="ignore") for name in listed if (ROOT / name).exists()
    }
    assert [name for name, text in texts.items() if hosts.search(text) and name != "tests/test_docs.py"] == []
