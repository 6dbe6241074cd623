"""The solutions as an engine in the tests' own process: no worker, no pipe."""

import functools
import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

SOLUTIONS = Path(__file__).parent.parent / "solutions"


def lookup(name: str) -> Any:
    """What the solutions define under this name, the last lesson first."""
    for module in _modules():
        if name in module.__dict__:
            return module.__dict__[name]
    raise NameError(f"{name} is not defined")


def namespace() -> dict[str, Any]:
    """All that the solutions define, for programs as text."""
    return {name: thing for module in _modules()[::-1] for name, thing in vars(module).items()}


@functools.cache
def _modules() -> list[ModuleType]:
    names = sorted((path.stem for path in SOLUTIONS.glob("mg*.py")), reverse=True)
    sys.path.insert(0, str(SOLUTIONS))
    try:
        return [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(str(SOLUTIONS))
        for name in names:
            sys.modules.pop(name, None)
