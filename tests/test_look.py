"""What a look at the source warns of. It never changes a verdict."""

from pathlib import Path

import pytest

import grader
from grader import look
from grader.submission import Module, Submission

VALUE = "class Value:\n    def __init__(self, data):\n        self.data, self.grad = data, 0.0\n"


def _warnings(code: str, name: str = "engine") -> tuple[str, ...]:
    module = Module(name, Path(f"{name}.py"), ((f"{name}.py", code),))
    return look.warnings(Submission(Path(f"{name}.py"), own=(module,)))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import ctypes", "line 1: imports ctypes"),
        ("x = 1\n    import os, subprocess as s", "line 2: imports subprocess"),
        ("from jax.numpy import tanh", "imports jax, which can't be used"),
        ("d\u0430ta = 1", "mixes letters of several alphabets"),
        ("x = 1  # \u202e gnp", "hidden marks"),
    ],
)
def test_warnings(code: str, words: str) -> None:
    (line,) = _warnings(code)
    assert words in line
    assert line.startswith("engine.py, line ")


@pytest.mark.parametrize(
    "code",
    [
        "import math, random",
        "import torch",
        "import numpy as np",
        "naïve = 'ctypes'",
        "π = 3.14159",
        "# import ctypes",
        "данные = 1",
    ],
)
def test_nothing_to_warn_of(code: str) -> None:
    assert _warnings(code) == ()


def test_its_own_package_is_not_foreign() -> None:
    assert _warnings("from micrograd.engine import Value", "micrograd.nn") == ()


def test_many_are_summed_up() -> None:
    lines = "\n".join(f"d\u0430ta{number} = 1" for number in range(9))
    assert len(_warnings(lines)) == look.MOST_WARNINGS + 1


def test_a_warning_decides_nothing(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "engine.py"
    scores = []
    for head in ("", "import ctypes\n"):
        path.write_text(head + VALUE)
        report = grader.check(path, lessons=["mg2"], cache_folder=cache)
        scores.append(report.score)
    assert scores[0] == scores[1] > 0
    assert report.notes == ("engine.py, line 1: imports ctypes, which nothing here needs",)
