"""`mggrade explain` and `mggrade hint` through the real command."""

import json
import os
import subprocess
import sys

import pytest

from grader import errors, regions
from grader.course import load_course
from tests.command import mggrade
from tests.conftest import SOLUTIONS
from tests.test_cli_check import one_line

CONCEPT = load_course().concept("mg2.mul")
HINTS = CONCEPT.hints
LESSON = "mg2_chain_rule.py"
SOLVED = (SOLUTIONS / LESSON).read_text(encoding="utf-8")
WRONG = SOLVED.replace("self.data * other.data", "self.data + other.data")


@pytest.fixture
def place(tmp_path):
    """A folder with exercises/ in it, where times adds."""
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / LESSON).write_text(WRONG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def command(place, cache):
    def run(*arguments, folder=place, **variables):
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "COLUMNS": "80", **variables}
        return mggrade(*arguments, cwd=folder, env=environment)

    return run


def words(result):
    return " ".join(result.stdout.split())


# explain


def test_a_failure_is_explained(command):
    result = command("explain", "mg2.mul")
    assert (result.returncode, result.stderr) == (errors.COMPLETE, "")
    assert result.stdout.startswith("Times · mg2.mul") and "✗ failed" in result.stdout
    assert "What happened" in result.stdout and "PyTorch" in result.stdout
    assert f"{LESSON}, line " in result.stdout
    assert words(result).endswith("the first of 3: mggrade hint mg2.mul")


def test_what_passed_needs_no_explanation(command):
    result = command("explain", "mg2.add")
    assert result.returncode == errors.COMPLETE
    assert "✓ passed" in result.stdout and "hint" not in result.stdout


def test_a_gap_is_no_failure(command, place):
    (place / "exercises" / LESSON).write_text(regions.exercise(SOLVED), encoding="utf-8")
    result = command("explain", "mg2.mul")
    assert "The gap is still there" in result.stdout
    assert f"{LESSON}, line " in result.stdout


def test_what_does_not_load_is_told_with_its_line(command, place):
    broken = SOLVED.replace("def trace(root):", "def trace(root)")
    (place / "exercises" / LESSON).write_text(broken, encoding="utf-8")
    result = command("explain", "mg2.mul")
    assert result.returncode == errors.COMPLETE
    assert "SyntaxError" in result.stdout and "def trace(root)\n" in result.stdout


def test_a_path_is_named_in_what_to_do_next(command, place):
    (place / "my work").mkdir()
    (place / "my work" / LESSON).write_text(WRONG, encoding="utf-8")
    result = command("explain", "mg2.mul", "my work")
    assert words(result).endswith("mggrade hint mg2.mul 'my work'")


def test_the_hint_taken_last_is_shown(command):
    command("hint", "mg2.mul")
    command("hint", "mg2.mul")
    result = command("explain", "mg2.mul")
    assert HINTS[1] in words(result) and HINTS[0] not in words(result)
    assert "2 of 3 hints taken" in result.stdout


def test_json_is_the_concept_of_the_report(command):
    result = command("explain", "mg2.mul", "--json", "--seed", "7")
    report = json.loads(
        command("check", "--concept", "mg2.mul", "--seed", "7", "--json", "-").stdout
    )
    assert json.loads(result.stdout) == report["concepts"][0]
    assert json.loads(result.stdout)["state"] == "failed"


def test_other_numbers_by_another_seed(command):
    once, other = (command("explain", "mg2.mul", "--seed", seed).stdout for seed in "78")
    assert once != other


def test_a_broken_memory_keeps_nobody_from_the_explanation(command, place):
    (place / ".mggrade").mkdir()
    (place / ".mggrade" / "progress.json").write_text("junk")
    result = command("explain", "mg2.mul")
    assert result.returncode == errors.COMPLETE and "What happened" in result.stdout
    assert result.stderr.count("\n") == 1 and "delete it to begin anew" in result.stderr


# hint


def test_hints_come_one_by_one_and_then_the_solution(command):
    for number, hint in enumerate(HINTS, 1):
        result = command("hint", "mg2.mul")
        assert (result.returncode, result.stderr) == (errors.COMPLETE, "")
        assert f"Hint {number} of 3" in result.stdout
        assert hint in words(result)
        assert all(other not in words(result) for other in HINTS if other != hint)
    assert "That was the last hint." in result.stdout
    result = command("hint", "mg2.mul")
    assert "All 3 hints are taken" in result.stdout
    assert all(hint not in words(result) for hint in HINTS)
    assert words(result).endswith("mggrade solution mg2.mul --give-up")


def test_the_solution_is_not_shown_before_the_last_hint(command):
    assert "solution" not in command("hint", "mg2.mul").stdout
    assert "solution" not in command("hint", "mg2.mul").stdout


def test_each_concept_counts_for_itself(command):
    command("hint", "mg2.mul")
    assert "Hint 1 of 3" in command("hint", "mg2.add").stdout
    assert "Hint 2 of 3" in command("hint", "mg2.mul").stdout


def test_again_takes_none(command):
    assert "Hint 1 of 3" in command("hint", "mg2.mul", "--again").stdout  # none to repeat yet
    assert "Hint 1 of 3" in command("hint", "mg2.mul", "--again").stdout
    assert "Hint 2 of 3" in command("hint", "mg2.mul").stdout
    assert "Hint 2 of 3" in command("hint", "mg2.mul", "--again").stdout


def test_all_shows_and_takes_all(command):
    result = command("hint", "mg2.mul", "--all")
    assert all(hint in words(result) for hint in HINTS)
    assert "All 3 hints are taken" in command("hint", "mg2.mul").stdout


def test_it_is_remembered_beside_the_exercises(command, place):
    command("hint", "mg2.mul")
    saved = json.loads((place / ".mggrade" / "progress.json").read_text())
    assert saved["concepts"] == {"mg2.mul": {"hints": 1}}
    result = command("hint", "mg2.mul", folder=place / "exercises")
    assert "Hint 2 of 3" in result.stdout
    assert [each.name for each in (place / "exercises").iterdir()] == [LESSON]
    assert "Hint 3 of 3" in command("hint", "mg2.mul", f"exercises/{LESSON}").stdout


def test_a_broken_memory_is_one_line(command, place):
    (place / ".mggrade").mkdir()
    (place / ".mggrade" / "progress.json").write_text("junk")
    one_line(command("hint", "mg2.mul"), errors.USAGE, "progress.json", "delete it to begin anew")


def test_again_writes_nothing(command, place):
    command("hint", "mg2.mul")
    before = (place / ".mggrade" / "progress.json").stat().st_ino
    command("hint", "mg2.mul", "--again")
    assert (place / ".mggrade" / "progress.json").stat().st_ino == before


def test_where_nothing_can_be_remembered_the_hint_is_given(command, place):
    (place / ".mggrade").write_text("in the way")
    result = command("hint", "mg2.mul")
    assert result.returncode == errors.COMPLETE and HINTS[0] in words(result)
    assert result.stderr.count("\n") == 1 and "will not be remembered" in result.stderr


@pytest.mark.parametrize("width", ["60", "80"])
def test_lines_fit(command, width):
    for concept in ("mg2.mul", "mg2.graph"):
        for arguments in (["explain", concept], ["hint", concept, "--all"]):
            result = command(*arguments, COLUMNS=width)
            lines = result.stdout.splitlines()
            assert not [line for line in lines if len(line) > int(width) or line != line.rstrip()]


# What can't be used as given


@pytest.mark.parametrize("name", ["explain", "hint"])
def test_usage(command, place, name):
    one_line(command(name, "mul"), errors.USAGE, "no concept 'mul'", "did you mean 'mg2.mul'?")
    one_line(command(name), errors.USAGE, "CONCEPT", "such as mg3.tanh", f"mggrade {name} --help")
    one_line(command(name, "mg2.mul", "nowhere"), errors.USAGE, "no such file or folder: nowhere")
    (place / "empty").mkdir()
    empty = command(name, "mg2.mul", folder=place / "empty")
    one_line(empty, errors.USAGE, "no exercises/ here", f"mggrade {name} mg2.mul PATH")


def test_again_and_all_exclude_each_other(command):
    one_line(command("hint", "mg2.mul", "--all", "--again"), errors.USAGE, "choose one")


def test_what_is_not_handed_in_cannot_be_explained(command):
    one_line(command("explain", "mg3.tanh"), errors.USAGE, "holds nothing of mg3")


@pytest.mark.parametrize("name", ["explain", "hint"])
def test_help_has_examples_and_exit_codes(command, name):
    text = command(name, "--help").stdout
    assert text.count(f"\n    mggrade {name} mg3.") == 2
    assert "\n    0  " in text and "\n    2  " in text
    assert name in command("--help").stdout


def test_an_ascii_terminal_and_a_closed_pipe_are_survived(command, place, cache):
    assert command("explain", "mg2.mul", PYTHONIOENCODING="ascii").returncode == 0
    line = f"{sys.executable} -m grader explain mg2.mul | head -n 1"
    result = subprocess.run(
        line,
        shell=True,
        cwd=place,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        timeout=60,
    )
    assert (result.stdout.count("\n"), result.stderr) == (1, "")
