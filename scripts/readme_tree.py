"""Writes the tree of README.md: a line for every file, Python files by their first sentence; `--check` compares."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- tree -->\n```text\n", "```\n<!-- /tree -->"
OTHERS = {
    "eval/data/scorer_agreement.json": "how far the scorer agrees with people: what `eval validate-scorer` printed",
    "assistant/extractive/weights.json": "the fitted weights of the ranker of sentences",
    "assistant/grounding/opposites.json": "words that say the opposite, by sense",
    "assistant/grounding/support.json": "the fitted weights of the scorer, and where they come from",
    "assistant/retrieval/glossary.json": "words of the field in nine languages, with their English",
    "docs/chat.md": "the chat page: who may do what, and its API",
    "docs/own_evaluation.md": "a sitting: evaluating on one's own papers",
    "eval/data/adversarial.jsonl": "56 poisoned papers, each with what its writer is after",
    "prompts/judge_correctness.md": "a judge: how right an answer is",
    "prompts/judge_support.md": "a judge: what the abstracts say of a sentence",
    "prompts/make_questions.md": "questions drafted from an abstract",
    "prompts/translate_answer.md": "checked sentences in the language of the question",
    "prompts/translate_question.md": "a question in English, to search with",
    "scripts/answerable_questions.jsonl": "questions that the floor and what is missing were fitted on",
    "eval/report/base.html.j2": "what every page has: the policy that lets nothing in, one style, one script",
    "eval/report/chart.html.j2": "a chart with its numbers",
    "eval/report/compare.html.j2": "two runs compared",
    "eval/report/question.html.j2": "a question, opened",
    "eval/report/report.html.j2": "a run's report",
    "eval/report/page.css": "how reports look",
    "eval/report/page.js": "sorts, filters and opens the questions",
    "prompts/repair.md": "corrects sentences that failed their check",
    ".ci/run": "what CI runs: the targets of the Makefile",
    ".gitignore": "what git leaves out",
    "CHANGELOG.md": "what changed for users",
    "CONTRIBUTING.md": "I want to ... -> open ... -> its test",
    "LICENSE": "MIT",
    "Makefile": "ask, test, check, test-all, bench",
    "NOTICE": "whose the weights and the abstracts are",
    "README.md": "this page",
    "constraints.txt": "the versions that CI tests",
    "pyproject.toml": "the package, its dependencies, the rules of the tools",
    "assistant/py.typed": "says that the package is typed",
    "assistant/embeddings/minilm.onnx": "the graph of the embedding model, without weights",
    "assistant/llm/prices.json": "prices of models, dated, with their source",
    "assistant/retrieval/answerable.json": "the fitted probability that a corpus can answer, with its provenance",
    "assistant/chat/style.css": "how the page looks",
    "assistant/chat/page.js": "what a click on a citation does",
    "assistant/data/daily_papers/NOTICE": "whose the abstracts are",
    "docs/benchmarks.md": "how fast, by which command",
    "docs/decisions.md": "why it is as it is, and what failed",
    "docs/evaluation.md": "how good the answers are, by which command",
    "docs/fact_answers.md": "twenty questions and their answers as printed",
    "docs/fact_questions.jsonl": "those questions",
    "docs/llama_index.md": "the index inside LlamaIndex",
    "eval/data/daily_papers.jsonl": "836 questions on the bundled papers",
    "scripts/peers/requirements.txt": "what the benchmarks' peers are, pinned",
    "prompts/answer.md": "numbered sources in, cited sentences out",
    "prompts/rewrite_question.md": "a follow-up made to stand alone",
}
FOLDERS = ("assistant", "prompts", "eval", "tests", "scripts", "docs")


def main() -> None:
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    wanted = before + BEGIN + tree() + END + after
    if "--check" in sys.argv:
        sys.exit("README.md's tree is not what the files say: run scripts/readme_tree.py" if wanted != text else 0)
    readme.write_text(wanted, encoding="utf-8")


def tree() -> str:
    """The lines of the tree, folders in the order of FOLDERS, the files of the top level last."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    paths = sorted({name for name in names if name and (ROOT / name).exists()}, key=place)
    width = max(map(len, paths)) + 2
    return "".join(f"{path:<{width}}{about(path)}\n" for path in paths)


def place(path: str) -> tuple[int, tuple[int, str], str]:
    """Data order within `assistant` (the order of tests/test_floors.py), the alphabet elsewhere."""
    top, _, inner = path.partition("/")
    first = inner.split("/")[0].removesuffix(".py")
    rank = floors().index(first) if top == "assistant" and first in floors() else 99
    return FOLDERS.index(top) if top in FOLDERS else len(FOLDERS), (rank, first), path


def floors() -> list[str]:
    found = re.search(r'ORDER = """(.*?)"""', (ROOT / "tests/test_floors.py").read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1].split()


def about(path: str) -> str:
    """What a file is, in a few words."""
    if schema := re.fullmatch(r"assistant/schemas/(\w+)\.schema\.json", path):
        return f"the JSON Schema of {schema[1]}"
    if re.fullmatch(r"assistant/data/daily_papers/page-\d\.txt", path):
        return "a bundled page"
    if path.endswith(".py"):
        docstring = ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8"))) or ""
        return " ".join(docstring.split("\n\n")[0].split()).rstrip(".")
    return OTHERS[path]


if __name__ == "__main__":
    main()
