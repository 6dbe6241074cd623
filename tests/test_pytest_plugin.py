"""`pytest --mggrade`: the verdicts of the grader, as tests; and nothing without the option."""

import os
import re
import subprocess
import sys

import pytest

from grader import regions
from tests.conftest import SOLUTIONS

# By name, whether or not this installation has the entry point.
PLUGIN = ("--disable-plugin-autoload", "-p", "grader.pytest_plugin")
FIRST, SECOND = "mg1_derivatives.py", "mg2_chain_rule.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The first lesson untouched, the second with a slip; a notebook of the first beside them."""
    base = tmp_path_factory.mktemp("course")
    folder = base / "exercises"
    (folder / "notebooks").mkdir(parents=True)
    first, second = ((SOLUTIONS / name).read_text(encoding="utf-8") for name in (FIRST, SECOND))
    (folder / FIRST).write_text(regions.exercise(first), encoding="utf-8")
    (folder / SECOND).write_text(
        "import os; print('imported by', os.getpid())\n"
        + second.replace("self.data * other.data", "self.data + other.data"),
        encoding="utf-8",
    )
    (folder / "notebooks" / "mg1_derivatives.ipynb").write_text("{}", encoding="utf-8")
    (folder / "test_own.py").write_text("def test_own(): assert True\n", encoding="utf-8")
    return base


@pytest.fixture
def run(folder, cache):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-ra", *PLUGIN, *arguments],
            cwd=folder,
            env={**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(SOLUTIONS.parent)},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
        )

    return run


def test_the_same_verdicts_at_their_own_lines(run, folder):
    shown = run("--mggrade", "exercises", "--junit-xml=out.xml", "-ojunit_family=xunit1").stdout
    assert re.search(r"1 failed, 7 passed, 5 skipped", shown)
    assert shown.count("FAILED") == 1 and "FAILED exercises/mg2_chain_rule.py::mg2.mul" in shown
    assert "yours    (a * b).data" in shown and "PyTorch  (a * b).data" in shown
    assert "still to be written" in shown
    assert "Traceback" not in shown and "imported by" not in shown
    line = re.search(r'name="mg2.mul"[^>]*line="(\d+)"', (folder / "out.xml").read_text())[1]
    source = (folder / "exercises" / SECOND).read_text(encoding="utf-8").splitlines()
    assert "def __mul__" in source[int(line)]  # where an editor jumps to


def test_one_concept_by_its_id(run):
    result = run("--mggrade", f"exercises/{SECOND}::mg2.add")
    assert result.returncode == 0 and "1 passed" in result.stdout


def test_what_cannot_be_graded_says_why(run, folder):
    shown = run("--mggrade", "exercises/notebooks").stdout
    assert "mg1_derivatives.ipynb" in shown and "Traceback" not in shown
    assert "error" in shown.splitlines()[-1]


def test_ordinary_runs_import_none_of_it(run):
    result = run("exercises", "-q")
    assert "1 passed" in result.stdout and "mg2" not in result.stdout
    program = (
        "import sys, pytest\n"
        "pytest.main(['-q', '-p', 'grader.pytest_plugin', '--co', 'exercises'])\n"
        "print(sorted(each for each in sys.modules if each.startswith('grader')))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], cwd=SOLUTIONS.parent, capture_output=True, text=True
    ).stdout
    assert "grader.pytest_plugin'" in shown
    assert "grader.course" not in shown and "grader.model" not in shown
