"""The real command: its exit codes, its streams, its words."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader import errors, regions
from grader.render.json_format import report_from_data
from tests.command import mggrade
from tests.conftest import SOLUTIONS

LESSON = "mg2_chain_rule.py"
SOLVED = (SOLUTIONS / LESSON).read_text(encoding="utf-8")
WRONG = SOLVED.replace("self.data * other.data", "self.data + other.data")


@pytest.fixture
def command(tmp_path, cache):
    """Runs the command in an empty folder of its own."""

    def run(*arguments, folder=tmp_path, **variables):
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "COLUMNS": "80", **variables}
        return mggrade(*arguments, cwd=folder, env=environment)

    return run


@pytest.fixture
def lesson(tmp_path):
    """Writes the second lesson into a folder and returns the folder."""

    def write(text, folder="handed_in"):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        (place / LESSON).write_text(text, encoding="utf-8")
        return str(place)

    return write


def one_line(result, code, *words):
    """It ended with this code and said so in one line on stderr, and nothing on stdout."""
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("mggrade: ") and result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr


# Exit codes


def test_solved_is_complete(command, lesson):
    result = command("check", lesson(SOLVED))
    assert result.returncode == errors.COMPLETE
    assert "Score 14 / 14" in result.stdout and "✓ Complete" in result.stdout
    assert "37 concepts are not in this submission" in result.stdout
    assert result.stderr == ""


def test_at_the_end_of_the_course_graduation_is_next(command, tmp_path):
    """Said of one's own work, and of the whole course alone."""
    shutil.copytree(SOLUTIONS, tmp_path / "exercises")
    last = "It is all yours: mggrade graduate makes a package of your lessons."
    assert command("check").stdout.splitlines()[-1] == last
    assert "graduate" not in command("check", "--lesson", "mg2").stdout
    assert "graduate" not in command("check", "exercises").stdout


def test_untouched_is_incomplete(command, lesson):
    result = command("check", lesson(regions.exercise(SOLVED)))
    assert result.returncode == errors.INCOMPLETE
    assert "· todo" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("next: mg2.value (A number in a box) → mg2_ch")


def test_a_wrong_number_stands_beside_pytorchs(command, lesson):
    result = command("check", lesson(WRONG))
    assert result.returncode == errors.INCOMPLETE
    yours, torch = re.findall(r"^ +(?:yours|PyTorch) +(\S.*) = \S+$", result.stdout, re.MULTILINE)
    assert yours == torch == "(a * b).data"
    goal = r"next: mg2\.mul \(Times\) → mg2_chain_rule\.py, line \d+, in __mul__"
    following, more = result.stdout.splitlines()[-2:]
    assert re.fullmatch(goal, following)
    assert more == "more: mggrade explain mg2.mul"


def test_syntax_error_names_the_line(command, lesson):
    result = command("check", lesson(SOLVED.replace("def trace(root):", "def trace(root)")))
    assert result.returncode == errors.INCOMPLETE
    assert result.stdout.count("SyntaxError") == 1
    assert "    def trace(root)\n" in result.stdout


def test_help_documents_the_exit_codes(command):
    text = command("check", "--help").stdout
    table = dict(re.findall(r"^(\d+) +(\S.*)$", errors.__doc__, re.MULTILINE))
    assert set(table) == {"0", "1", "2", "3", "130"}
    assert all(re.search(rf"^    {code} +\w", text, re.MULTILINE) for code in table)
    assert text.count("\n    mggrade check ") == 5


@pytest.mark.parametrize(
    ("asked", "code"), [("6", 0), ("12", 0), ("12.01", 1), ("85%", 0), ("86%", 1), ("0", 0)]
)
def test_fail_under(command, lesson, asked, code):
    result = command("check", lesson(WRONG), "--fail-under", asked)
    assert result.returncode == code
    assert ("is under --fail-under" in result.stderr) == (code == 1)


def test_a_broken_grader_is_infrastructure(command, lesson, tmp_path):
    fake = tmp_path / "tampered"
    fake.mkdir()
    (fake / "sitecustomize.py").write_text(
        "import grader.course\n"
        "def broken(*arguments): raise KeyError('x\\x1b')\n"
        "grader.course.load_course = broken\n"
    )
    broken = {"folder": tmp_path, "PYTHONPATH": str(fake)}
    result = command("check", lesson(SOLVED), **broken)
    one_line(result, errors.INFRASTRUCTURE, "internal error: KeyError", "please report it")
    assert "\x1b" not in result.stderr
    assert "Traceback" in command("--debug", "check", lesson(SOLVED), **broken).stderr


def test_interrupted(lesson, cache, tmp_path):
    endless = lesson(SOLVED.replace("def trace(root):", "while True: pass\ndef trace(root):"))
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "check", endless],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + 60
    while not children.read_text() and time.monotonic() < deadline:  # until there is a worker
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    output, trouble = process.communicate(timeout=20)
    assert (process.returncode, output) == (errors.INTERRUPTED, "")
    assert trouble == "mggrade: interrupted\n"


# What can't be used as given


def test_no_such_path(command):
    one_line(command("check", "nowhere"), errors.USAGE, "nowhere")


def test_empty_folder(command, tmp_path):
    (tmp_path / "empty").mkdir()
    one_line(command("check", "empty"), errors.USAGE, "empty", "nothing to grade")


def test_nothing_here(command):
    one_line(command("check"), errors.USAGE, "no exercises/ here", "mggrade check PATH")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--lesson", "mg22"], ["no lesson 'mg22'", "did you mean 'mg2'?"]),
        (["--concept", "trace"], ["no concept 'trace'", "did you mean 'mg2.trace'?"]),
        (["--lesson", "mg2,"], ["an id is missing"]),
        (["--lesson", "mg3"], ["holds nothing of mg3"]),
        (["--seed", "-1"], ["'-1'", "random"]),
        (["--seed", "x\ny"], ["whole number"]),
        (["--fail-under", "lots"], ["'lots'", "60%"]),
        (["--fail-under", "101%"], ["'101%'"]),
        (["--fail-under", "nan"], ["'nan'"]),
        (["--json", "no/such/folder.json"], ["there is no folder no/such"]),
        (["--json", "."], ["is a folder"]),
        (["--quiet", "--verbose"], ["choose one"]),
        (["--lessn", "mg2"], ["--lessn", "--lesson", "mggrade check --help"]),
    ],
)
def test_usage(command, lesson, arguments, words):
    one_line(command("check", lesson(SOLVED), *arguments), errors.USAGE, *words)


@pytest.mark.parametrize(
    ("given", "meant"), [("mg2", "--lesson mg2"), ("mg2.add", "--concept mg2.add")]
)
def test_an_id_given_as_a_path(command, given, meant):
    said = f"no such file or folder: {given};"
    one_line(command("check", given), errors.USAGE, said, f"mggrade check {meant}")


def test_unknown_command(command, lesson):
    one_line(command("chekc"), errors.USAGE, "did you mean 'check'?")
    one_line(command(lesson(SOLVED)), errors.USAGE, "to grade it: mggrade check ")


# Where it looks, and what it grades


def test_exercises_come_first(command, lesson, tmp_path):
    lesson(SOLVED, ".")
    lesson(WRONG, "exercises")
    assert command("check", "-q").stdout.startswith("Score 12 / 14\n")


def test_else_the_lessons_of_this_folder(command, lesson):
    assert command("check", "-q", folder=lesson(SOLVED)).stdout.startswith("Score 14 / 14\n")


def test_else_a_micrograd_in_this_folder(command, tmp_path):
    (tmp_path / "engine.py").write_text(SOLVED, encoding="utf-8")
    result = command("check")
    assert result.returncode in (errors.COMPLETE, errors.INCOMPLETE)
    assert "mg2  Chain Rule" in result.stdout


def test_lessons_and_concepts_can_be_chosen(command, lesson):
    both = command(
        "check", lesson(SOLVED), "--concept", "mg2.add,mg2.mul", "--concept", "mg2.nudge"
    )
    assert "Score 5 / 5" in both.stdout
    assert "add, mul, nudge" in both.stdout


def test_unchanged_lessons_are_reused_and_fresh_runs_them(command, lesson):
    folder = lesson(SOLVED)
    command("check", folder)
    assert "nothing has changed since the last check" in command("check", folder).stdout
    assert "nothing has changed" not in command("check", folder, "--fresh").stdout


# Streams


def test_json_to_stdout_is_nothing_but_json(command, lesson):
    result = command("check", lesson(WRONG), "--json", "-", PYTHONIOENCODING="ascii")
    assert result.returncode == errors.INCOMPLETE
    assert report_from_data(json.loads(result.stdout)).score == 12
    assert result.stderr == ""


def test_json_to_a_file_leaves_nothing_else(command, lesson, tmp_path):
    result = command("check", lesson(SOLVED), "--json", "report.json")
    assert "Score 14 / 14" in result.stdout
    assert report_from_data(json.loads((tmp_path / "report.json").read_text())).complete
    assert sorted(each.name for each in tmp_path.iterdir()) == ["handed_in", "report.json"]


def test_json_into_a_device_keeps_the_device(command, lesson):
    assert command("check", lesson(SOLVED), "--json", "/dev/null").returncode == 0
    assert os.path.exists("/dev/null") and not os.path.isfile("/dev/null")  # noqa: PTH110, PTH113


def test_seed_is_shown_and_random_ones_differ(command, lesson):
    folder = lesson(SOLVED)
    assert "seed 7 ·" in command("check", folder, "--seed", "7").stdout
    drawn = {
        re.search(r"seed (\d+)", command("check", folder, "--seed", "random").stdout)[1]
        for _ in range(2)
    }
    assert len(drawn) == 2


def test_verbose_lists_checks_and_output(command, lesson):
    text = SOLVED.replace("    build(root)\n", "    print('walking', root)\n    build(root)\n")
    result = command("check", lesson(text), "--verbose")
    assert "✓ add three" in result.stdout
    assert "printed  walking Value(data=" in result.stdout
    assert "isolation" in result.stdout


def test_an_ascii_terminal_is_survived(command, lesson):
    result = command("check", lesson(WRONG), PYTHONIOENCODING="ascii")
    assert result.returncode == errors.INCOMPLETE
    assert "failed" in result.stdout and result.stderr == ""


def test_a_closed_pipe_is_no_fault(lesson, cache):
    line = f"{sys.executable} -m grader check {lesson(SOLVED)} --verbose --fresh | head -n 1"
    result = subprocess.run(
        line,
        shell=True,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        timeout=60,
    )
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""


@pytest.mark.parametrize(("ci", "shown"), [("", True), ("true", False)])
def test_progress_is_for_terminals(lesson, cache, ci, shown):
    main_end, command_end = pty.openpty()
    result = subprocess.run(
        [sys.executable, "-m", "grader", "check", lesson(SOLVED), "--fresh"],
        stdout=subprocess.PIPE,
        stderr=command_end,
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "CI": ci, "TERM": "xterm"},
        timeout=60,
    )
    os.close(command_end)
    try:
        seen = os.read(main_end, 65536).decode()
    except OSError:  # Linux says so where nothing was ever written
        seen = ""
    os.close(main_end)
    assert result.returncode == errors.COMPLETE
    assert ("checking mg2 Chain Rule" in seen) == shown
    assert b"checking" not in result.stdout
