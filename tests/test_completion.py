"""Shell completion: through the real command, and through the shells that are there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli import COMMANDS
from grader.course import load_course
from tests.command import mggrade

COURSE = load_course()
HOME = Path(sys.executable).parent


def complete(line, folder=None):
    """What the command offers for a line; the word to complete is its last one."""
    words = line.split(" ")
    variables = {
        "_MGGRADE_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    result = mggrade(env={**os.environ, **variables}, cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    return [each.partition(",")[::2] for each in result.stdout.split()]


def plain(line):
    return [value for kind, value in complete(line) if kind == "plain"]


def test_commands():
    assert plain("mggrade ") == list(COMMANDS)
    assert plain("mggrade so") == ["solution"]
    assert "--version" in plain("mggrade --")


def test_options():
    assert plain("mggrade check --le") == ["--lesson"]
    assert plain("mggrade init --ci git") == ["github", "gitlab"]


def test_ids():
    concepts = [each.id for each in COURSE.concepts]
    assert plain("mggrade hint mg3.t") == [each for each in concepts if each.startswith("mg3.t")]
    assert plain("mggrade solution ") == concepts
    assert plain("mggrade check --lesson mg3,mg") == [f"mg3,{each.id}" for each in COURSE.lessons]
    assert plain("mggrade reset mg8")[:2] == ["mg8", "mg8.gradient"]


def test_files_are_left_to_the_shell():
    assert complete("mggrade check exer") == [("file", "exer")]
    assert complete("mggrade explain mg3.tanh exer") == [("file", "exer")]


def test_nonsense_is_answered_with_nothing():
    assert complete("mggrade nonsense --le") == []


def test_completing_imports_next_to_nothing():
    program = (
        "import os, sys\nfrom grader.cli import main\n"
        "os.environ |= {'_MGGRADE_COMPLETE': 'bash_complete', 'COMP_CWORD': '2',"
        " 'COMP_WORDS': 'mggrade check --'}\n"
        "try: main([])\nexcept SystemExit: pass\n"
        "heavy = {'rich', 'pytest', 'torch', 'numpy', 'grader.grade', 'grader.submission'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "--lesson" in result.stdout and result.stderr == "[]\n"


SHELLS = {
    "bash": "COMP_WORDS=(mggrade hint mg3.ta); COMP_CWORD=2; _mggrade_completion mggrade;"
    ' printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": "whence -w _mggrade_completion",
    "fish": "complete -C 'mggrade hint mg3.ta'",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_works_in_the_shell(tmp_path, shell):
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    path = os.pathsep.join([str(HOME), os.environ["PATH"]])
    written = subprocess.run(
        [sys.executable, "-m", "grader", "completion", shell], capture_output=True, check=True
    )
    script = tmp_path / "script"
    script.write_bytes(written.stdout)
    start = "autoload -U compinit; compinit -u; " if shell == "zsh" else ""
    result = subprocess.run(
        [shell, "-c", f"{start}source {script}; {SHELLS[shell]}"],
        env={**os.environ, "PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.stderr == ""
    if shell == "zsh":
        assert result.stdout.split() == ["_mggrade_completion:", "function"]
    else:
        found = [line.split("\t")[0] for line in result.stdout.split("\n") if line]
        assert found == ["mg3.tanh", "mg3.tanh-backward"]


def test_an_unknown_shell_is_one_line():
    result = subprocess.run(
        [sys.executable, "-m", "grader", "completion", "tcsh"], capture_output=True, text=True
    )
    assert result.returncode == 2 and result.stderr.count("\n") == 1
    assert "'bash', 'zsh', 'fish'" in result.stderr
