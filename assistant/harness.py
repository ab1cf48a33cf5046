"""Loads the evaluation harness: the one way from `assistant` to `eval`, taken only when something is evaluated."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .errors import SettingsError


def load_eval() -> ModuleType:
    """`assistant/_eval` in the wheel, else the repository's `eval/`; never `import eval`, which could be anybody's.

    Raises SettingsError where neither is there.
    """
    name = f"{__package__}._eval"
    if name in sys.modules:
        return sys.modules[name]
    package = Path(__file__).parent
    folder = package / "_eval"
    if not folder.is_dir() and (package.parent / "pyproject.toml").is_file():
        folder = package.parent / "eval"
    init = folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[str(folder)])
    if not init.is_file() or spec is None or spec.loader is None:
        raise SettingsError("This installation lacks the evaluation harness.", cure="Install the package again.")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
