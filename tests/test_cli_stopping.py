"""Ctrl-C and SIGTERM at the worst moments: an exit code, one line, and never the signal itself."""

import signal
import subprocess
import sys

import pytest

from grader import errors
from tests.conftest import SOLUTIONS

# Run by `python -m`, Python ends by the signal where that has passed through an `exec` of text, as
# every dataclass has one.
BEGIN = """
import atexit, os, signal, sys, time

class Interrupter:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            exec("os.kill(os.getpid(), {number}); time.sleep(10)")

sys.meta_path.insert(0, Interrupter())
if {name!r} == "at the end":
    atexit.register(os.kill, os.getpid(), {number})
sys.argv = ["mggrade", *{arguments!r}]
from grader.__main__ import main
main()
"""


@pytest.fixture
def run(tmp_path):
    def run(number, name, *arguments):
        code = BEGIN.format(number=int(number), name=name, arguments=arguments)
        (tmp_path / "stopped_command.py").write_text(code, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "stopped_command"],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
        )

    return run


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (signal.SIGINT, "click"),
        (signal.SIGINT, "grader.cli.check"),
        (signal.SIGINT, "grader.course"),
        (signal.SIGINT, "_pytest.config"),
        (signal.SIGTERM, "grader.course"),
        (signal.SIGTERM, "_pytest.config"),
    ],
)
def test_while_something_is_imported(run, number, name):
    result = run(number, name, "check", "--lesson", "mg1", "--fresh", "--quiet", str(SOLUTIONS))
    assert (result.returncode, result.stdout) == (errors.INTERRUPTED, "")
    assert result.stderr == "mggrade: interrupted\n"


def test_after_the_end_nothing_is_interrupted(run):
    result = run(signal.SIGINT, "at the end", "--version")
    assert (result.returncode, result.stderr) == (errors.COMPLETE, "")
    assert result.stdout.startswith("mggrade ")
