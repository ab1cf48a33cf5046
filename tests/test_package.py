"""The wheel: what is in it, and that it answers in an environment of its own beside folders with our folders' names."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
QUESTION = "What top-1 accuracy does Hierarchical Side-Tuning reach on VTAB-1k, and with how many tuned parameters?"

pytestmark = pytest.mark.slow


def succeeded(*command: str | Path, cwd: Path, **environment: str) -> str:
    """The standard output of a command that has to end well."""
    bare = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ASSISTANT_", "OPENAI_"))
    }
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**bare, **environment},
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout.decode()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    succeeded(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment: the wheel, decoys, and this environment's libraries by path.

    Libraries that come by path bring no editable installs with them, so that the repository is out of reach.
    """
    folder = tmp_path_factory.mktemp("environment")
    succeeded(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin/python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    succeeded(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n" + sysconfig.get_path("platlib") + "\n")
    decoys(site)
    return python


def decoys(folder: Path) -> None:
    """Packages named like our folders, which nobody may import."""
    for name in ("eval", "prompts", "tests", "schemas"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise SystemExit('a decoy was imported')\n")


def test_the_wheel_holds_all_that_is_needed_and_no_generic_names(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = [f"data/daily_papers/page-{number}.txt" for number in range(1, 6)]
    needed += ["data/daily_papers/NOTICE", "embeddings/minilm.onnx", "py.typed", "cli/__init__.py"]
    needed += [str(path.relative_to(ROOT / "assistant")) for path in (ROOT / "assistant/schemas").iterdir()]
    assert {f"assistant/{name}" for name in needed} <= names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"assistant"}
    assert not [name for name in names if "__pycache__" in name]


def test_the_wheel_names_its_license_its_notice_and_its_command(wheel: Path):
    archive = zipfile.ZipFile(wheel)
    (information,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    metadata = message_from_bytes(archive.read(f"{information}/METADATA"))
    assert metadata["License-Expression"] == "MIT"
    assert sorted(metadata.get_all("License-File", [])) == ["LICENSE", "NOTICE"]
    assert "assistant = assistant.cli:main" in archive.read(f"{information}/entry_points.txt").decode()


def test_installed_beside_decoys_it_answers_a_question(python: Path, tmp_path: Path):
    decoys(tmp_path)
    home = {"ASSISTANT_HOME": str(tmp_path / "home")}
    place = succeeded(python, "-c", "import assistant; print(assistant.__file__)", cwd=tmp_path)
    assert Path(place.strip()).is_relative_to(python.parents[1])
    shown = succeeded(python.with_name("assistant"), "ask", QUESTION, cwd=tmp_path, **home)
    assert "76.0" in shown
    assert "0.78M" in shown
    assert "Hierarchical Side-Tuning for Vision Transformers" in shown
    assert "All is well." in succeeded(python, "-m", "assistant", "doctor", cwd=tmp_path, **home)
