"""The laws of the house, read off the source: import order, vendors behind one door, short files, no idle import."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "assistant"

# A module may import only those above it; a deferred import counts. `__init__` and `__main__` come last.
ORDER = """errors settings tokens prompts servers llm embeddings sentences marks papers hostile chunks store lexical
missing vectors index ingest conversation retrieval grounding sources drafts citations render extractive written
answer answering writers corpora harness assistant integrations chat doctor cli""".split()

# The files that may import each library, all of them inside a function but numpy (and click, in its door).
VENDORS = {
    "bibtexparser": {"papers/bibliography.py", "papers/formats/bibtex.py"},
    "charset_normalizer": {"papers/encodings.py"},
    "chromadb": {"index/dense.py"},
    "click": {
        f"cli/{name}.py"
        for name in (
            *("__init__", "bars", "chat", "checkup", "door", "indexing", "options", "papers"),
            *(
                f"evaluation/{name}"
                for name in (
                    "__init__",
                    "adversarial",
                    "comparing",
                    "drafting",
                    "reporting",
                    "retrieval",
                    "run",
                    "validating",
                )
            ),
        )
    },
    "filelock": {"index/locks.py"},
    "ftfy": {"papers/mojibake.py"},
    "gradio": {f"chat/{name}.py" for name in ("api", "asking", "choosing", "page", "papers_panel")},
    "huggingface_hub": {"embeddings/weights.py"},
    "llama_index": {
        "chunks.py",
        "integrations/llama_index.py",
        "llm/__init__.py",
        "llm/adapter.py",
        "llm/reading.py",
    },
    "lxml": {"papers/formats/paper_page.py", "papers/formats/xml_document.py"},
    "numkong": {"vectors/shadow.py"},
    "numpy": {
        "embeddings/minilm.py",
        "embeddings/served.py",
        "embeddings/unit.py",
        "extractive/candidates.py",
        "grounding/examine.py",
        "grounding/features.py",
        "index/dense.py",
        "index/files.py",
        "index/reading.py",
        "retrieval/__init__.py",
        "retrieval/closeness.py",
        "retrieval/ranking.py",
        "store/builds.py",
        "store/catalogue.py",
        "lexical.py",
        "sources.py",
        "vectors/__init__.py",
        "vectors/rows.py",
        "vectors/sentences.py",
        "vectors/shadow.py",
        "vectors/words.py",
    },
    "onnxruntime": {"embeddings/minilm.py"},
    "openai": {"llm/adapter.py", "llm/clients.py", "llm/course.py", "llm/faults.py", "llm/serving.py"},
    "platformdirs": {"embeddings/weights.py", "settings.py"},
    "rapidfuzz": {"retrieval/spelling.py"},
    "rich": {"cli/bars.py", "cli/door.py"},
    "rispy": {"papers/formats/ris.py", "papers/formats/web_of_science.py"},
    "tantivy": {"lexical.py"},
    "tiktoken": {"tokens.py"},
    "tokenizers": {"embeddings/minilm.py"},
    "yaml": {"papers/formats/pmlr_markdown.py"},
}
AT_THE_TOP = {"numpy", "click"}
# Files that are made of a vendor's classes import it at their top, and are themselves imported only inside functions.
LATE = {
    *(f"chat/{name}.py" for name in ("api", "asking", "choosing", "page", "papers_panel")),
    "integrations/llama_index.py",
    "llm/adapter.py",
    "llm/course.py",
}
STANDARD = {*__import__("sys").stdlib_module_names, "__future__"}
FILES = sorted(PACKAGE.rglob("*.py"))


@dataclass(frozen=True)
class Import:
    """`module` is dotted; `deferred` lies in a function; `typing` only type checkers see."""

    file: str
    module: str
    deferred: bool
    typing: bool


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def walk(node: ast.AST, deferred: bool = False, typing: bool = False) -> Iterator[tuple[ast.stmt, bool, bool]]:
    """Every import below a node, with whether it lies in a function or under TYPE_CHECKING."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, deferred, typing
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        checking = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        yield from walk(child, deferred or function, typing or checking)


def targets(node: ast.stmt, path: Path) -> list[str]:
    """The dotted modules that a statement imports; `from . import x` is x where x is a module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert isinstance(node, ast.ImportFrom)
    module = node.module or ""
    if node.level:
        package = (name_of(path) if path.name == "__init__.py" else name_of(path.parent / "__init__.py")).split(".")
        module = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
    inner = [f"{module}.{alias.name}" for alias in node.names]
    modules = {name_of(file) for file in FILES}
    return [one if one in modules else module for one in inner]


@cache
def imports() -> tuple[Import, ...]:
    found = []
    for path in FILES:
        for node, deferred, typing in walk(ast.parse(path.read_text(encoding="utf-8"))):
            file = str(path.relative_to(PACKAGE))
            found += [Import(file, target, deferred, typing) for target in dict.fromkeys(targets(node, path))]
    return tuple(found)


def stage(module: str) -> str:
    """`index` for `assistant.index.dense`, "" for the package itself."""
    return [*module.split("."), ""][1]


def stage_of(file: str) -> str:
    return file.split("/")[0].removesuffix(".py")


def foreign(one: Import) -> str:
    """The top-level name of a third-party import, else ""."""
    top = one.module.split(".")[0]
    return "" if top == "assistant" or top in STANDARD else top


def test_every_module_has_its_place_in_the_order():
    assert {stage_of(str(path.relative_to(PACKAGE))) for path in FILES} <= {*ORDER, "__init__", "__main__"}


def test_a_module_imports_only_modules_above_it():
    place = {name: number for number, name in enumerate([*ORDER, "__init__", "__main__"])}
    ours = [one for one in imports() if one.module.split(".")[0] == "assistant"]
    wrong = [
        one
        for one in ours
        if (own := stage_of(one.file)) != stage(one.module) and place[own] <= place[stage(one.module)]
    ]
    assert len(ours) > 50
    assert wrong == []


def test_nobody_imports_the_package_itself():
    assert [one for one in imports() if one.module == "assistant"] == []


def test_there_is_no_ring_of_imports():
    graph: dict[str, set[str]] = {name_of(path): set() for path in FILES}
    for one in imports():
        if one.module in graph and not one.typing:
            graph[name_of(PACKAGE / one.file)].add(one.module)
    while leaves := {module for module, needed in graph.items() if not needed & graph.keys()}:
        graph = {module: needed for module, needed in graph.items() if module not in leaves}
    assert graph == {}


def test_a_library_is_imported_only_where_it_belongs():
    wrong = [
        one for one in imports() if (name := foreign(one)) and not one.typing and one.file not in VENDORS.get(name, ())
    ]
    assert wrong == []


def test_libraries_are_imported_inside_the_functions_that_need_them():
    early = [one for one in imports() if foreign(one) and not one.deferred and not one.typing and one.file not in LATE]
    assert {foreign(one) for one in early} == AT_THE_TOP
    assert not [one for one in early if foreign(one) == "click" and not one.file.startswith("cli/")]


def test_a_file_that_is_made_of_a_vendors_classes_is_imported_inside_functions_only():
    modules = {name_of(PACKAGE / file) for file in LATE}
    at_once = [one for one in imports() if one.module in modules and not one.deferred and not one.typing]
    assert [one for one in at_once if one.file not in LATE] == []


def test_the_package_never_imports_the_evaluation():
    assert not [one for one in imports() if {"eval", "_eval", "prompts"} & {one.module.split(".")[0]}]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_opens_with_a_sentence_and_is_short(path: Path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.body[0].lineno >= 50]
    greedy = [node.name for node in functions if len([a for a in node.args.args if a.arg not in ("self", "cls")]) > 5]
    assert re.match(r"[A-Za-z`].*[.:?]", (ast.get_docstring(tree) or "").split("\n\n")[0], re.DOTALL)
    assert len(text.splitlines()) <= 250
    assert (long, greedy) == ([], [])


def test_every_test_file_opens_with_a_sentence():
    for path in sorted((ROOT / "tests").rglob("*.py")):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path.name


def test_what_is_declared_is_imported_and_what_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {declared_name(line) for line in project["dependencies"]}
    assert declared == {foreign(one) for one in imports()} - {""} | {"jinja2"}  # the reports of eval/


def test_the_tools_of_developers_are_used():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")]
    imported = {
        target.split(".")[0]
        for path in files
        for node, *_ in walk(ast.parse(path.read_text(encoding="utf-8")))
        for target in targets(node, path)
    }
    commands = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in project["optional-dependencies"]["dev"]:
        name = declared_name(line)
        used = {"pytest_xdist": "--numprocesses"}.get(name, f"/{name}")  # a plug-in is used by its option
        types_of = name.removeprefix("types_").removesuffix("_stubs")
        assert name in imported or used in commands or types_of != name, name  # mypy reads stubs


def declared_name(line: str) -> str:
    """How a requirement is imported: `llama-index-core>=0.14` as llama_index."""
    name = re.split(r"[^\w-]", line)[0].replace("-", "_")
    return {"llama_index_core": "llama_index", "pyyaml": "yaml", "scikit_learn": "sklearn"}.get(name, name)
