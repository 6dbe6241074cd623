"""What people hand in by mistake: one clear line each, and the right exit code."""

import dataclasses
import os
import pwd
import re
import shutil
import time
from pathlib import Path

import pytest

import grader
from grader import errors
from grader.course import load_course
from grader.errors import SubmissionError, UsageError
from grader.model import Outcome, State
from grader.sandbox.zygote import Zygote

from .command import mggrade
from .conftest import EXERCISES, SOLUTIONS

COURSE = load_course()
LIMITS = dataclasses.replace(COURSE.limits, program_seconds=0.4, lesson_seconds=4.0)
IMPATIENT = dataclasses.replace(COURSE, limits=LIMITS)
MG1, MG2, MG3 = "mg1_derivatives.py", "mg2_chain_rule.py", "mg3_backpropagation.py"
SLOPE = "\ndef parabola_slope(x):\n    return {}\n"


@pytest.fixture
def mine(tmp_path):
    """A folder with some of the solutions; `text` replaces or follows what is in the last one."""

    def hand_in(*files, old="", new="", more="", name="mine"):
        folder = tmp_path / name
        folder.mkdir()
        for file in files:
            shutil.copy(SOLUTIONS / file, folder)
        path = folder / files[-1]
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text((text.replace(old, new, 1) if old else text) + more, encoding="utf-8")
        return folder

    return hand_in


@pytest.fixture
def command(tmp_path, cache):
    """Runs `mggrade check`; nothing that it says may hold a traceback or a line of ours."""

    def run(*arguments, drop=(), **variables):
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "COLUMNS": "400", **variables}
        result = mggrade(
            *("check", *arguments),
            cwd=tmp_path,
            env={name: value for name, value in environment.items() if name not in drop},
        )
        for stream in (result.stdout, result.stderr):
            assert "Traceback" not in stream
            assert not re.search(r"grader/\w|worker/\w", stream)
        return result

    return run


@pytest.fixture
def forks(monkeypatch):
    """The workers that were started."""
    seen = []
    fork = Zygote.fork

    def watch(self, *rest):
        seen.append(self)
        return fork(self, *rest)

    monkeypatch.setattr(Zygote, "fork", watch)
    return seen


def refused(result, *words):
    """Exit code 2 and a single line on stderr."""
    assert result.returncode == errors.USAGE, result.stdout + result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("mggrade: ") and result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr


def told(result, *words):
    """Graded, incomplete, and told on standard output."""
    assert result.returncode == errors.INCOMPLETE, result.stderr
    assert result.stderr == ""
    for word in words:
        assert word in result.stdout


def graded(folder, cache, course=COURSE, **options):
    """The concepts of a report by id."""
    report = grader.check(folder, cache_folder=cache, course=course, **options)
    return {concept.id: concept for concept in report.concepts}


def states(concepts, lesson):
    return {each.state for each in concepts.values() if each.lesson == lesson}


# Paths


@pytest.mark.parametrize("path", ["nowhere", "no/where.py", "x" * 5000])
def test_no_such_path(command, path):
    refused(command(path), path[:20])


def test_empty_folder(command, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(command("empty"), "empty: nothing to grade here", "expected files such as mg1_")


def test_neither_py_nor_ipynb(command, tmp_path):
    (tmp_path / "essay.txt").write_text("dear sir")
    refused(command("essay.txt"), "essay.txt: neither .py nor .ipynb", "give ")


def test_both_a_file_and_a_notebook(command, mine):
    folder = mine(MG3)
    shutil.copy(EXERCISES / "notebooks" / "mg3_backpropagation.ipynb", folder)
    refused(command(folder), MG3, "mg3_backpropagation.ipynb", "are both mg3", "keep one of them")


def test_a_dangling_link_given(command, tmp_path):
    (tmp_path / "engine.py").symlink_to("gone.py")
    refused(command("engine.py"), "engine.py", "link", "put the file itself")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--lesson", "mg33"], ["no lesson 'mg33'", "did you mean 'mg3'?"]),
        (["--concept", "mg3.tanh-bakward"], ["did you mean 'mg3.tanh-backward'?"]),
        (["--concept", "tanh-backward"], ["did you mean 'mg3.tanh-backward'?"]),
        (["--lesson", "mg5"], ["holds nothing of mg5"]),
        (["--concept", "mg5.mlp"], ["holds nothing of mg5"]),
    ],
)
def test_unknown_or_not_there(command, mine, options, words):
    refused(command(mine(MG1), *options), *words)


def test_only_what_nothing_can_be_said_about(mine, cache):
    folder = mine("mg7_final.py")
    with pytest.raises(SubmissionError, match="defines nothing of what is to be graded"):
        grader.check(folder, concepts=["mg7.integration"], cache_folder=cache)


def test_unknown_ids_from_python(mine, cache):
    with pytest.raises(UsageError, match=r"did you mean 'mg1\.slope'"):
        grader.check(mine(MG1), concepts=["mg1.slop"], cache_folder=cache)


def test_spaces_and_letters_in_the_path(command, mine):
    result = command(mine(MG1, name="mein été 数学 \u202e"), "-q")
    assert (result.returncode, result.stdout[:13]) == (errors.COMPLETE, "Score 10 / 10")


def test_a_path_that_is_not_utf_8(command, mine):
    folder = mine(MG1)
    strange = folder.with_name(os.fsdecode(b"caf\xe9"))
    folder.rename(strange)
    assert command(strange, "--json", "-").returncode == errors.COMPLETE


def test_a_folder_that_can_only_be_read(command, mine):
    folder = mine(MG1)
    before = {each.name: each.stat().st_mtime_ns for each in folder.iterdir()}
    folder.chmod(0o555)
    assert command(folder, "-q").returncode == errors.COMPLETE
    folder.chmod(0o755)
    assert {each.name: each.stat().st_mtime_ns for each in folder.iterdir()} == before


# Files that can't be read: the others are still graded


def _folder(path):
    path.unlink()
    path.mkdir()


def _fifo(path):
    path.unlink()
    os.mkfifo(path)


def _dangling(path):
    path.unlink()
    path.symlink_to("gone")


UNREADABLE = {
    "not UTF-8": (lambda path: path.write_bytes(b"x = 1\n# caf\xe9\n"), "0xe9 in line 2); save it"),
    "UTF-16": (lambda path: path.write_bytes("x = 1\n".encode("utf-16")), "is not UTF-8"),
    "100 MB": (lambda path: os.truncate(path, 100_000_000), "is too large: 95 MiB"),
    "NUL": (lambda path: path.write_bytes(b"x = 1\ny = '\0'\n"), "a NUL byte in line 2; save it"),
    "empty": (
        lambda path: path.write_text("\n"),
        "holds no code; mggrade reset mg2 puts the exercise back",
    ),
    "a folder": (_folder, "is a folder, not a file; rename"),
    "a FIFO": (_fifo, "is no regular file; put a file"),
    "a dangling link": (_dangling, "link"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_unreadable_file(command, mine, kind):
    spoil, words = UNREADABLE[kind]
    folder = mine(MG1, MG2)
    spoil(folder / MG2)
    result = command(folder)
    told(result, f"{MG2} ", words, "10 / 10", "0 / 14", "the lesson does not load")
    assert result.stdout.splitlines()[-1] == f"next: make mg2 Chain Rule load → {MG2}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(command, mine):
    folder = mine(MG1, MG2)
    (folder / MG2).chmod(0)
    told(command(folder), f"{MG2} can't be read (Permission denied)", "10 / 10")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("hello", "is not a notebook (not valid JSON); save it again in Jupyter"),
        ("[" * 100_000, "is not a notebook (not valid JSON)"),
        ('{"worksheets": [], "nbformat": 3}', "is not a notebook of format 4"),
        ('{"cells": [], "nbformat": 4}', "holds no code"),
        ('{"cells": [{"cell_type": "code"}, 7, null], "nbformat": 4}', "holds no code"),
    ],
    ids=["text", "deep", "format 3", "no cells", "no code"],
)
def test_not_a_notebook(mine, cache, content, words):
    folder = mine(MG1)
    (folder / "mg2_chain_rule.ipynb").write_text(content)
    concepts = graded(folder, cache, lessons=["mg1", "mg2"])
    assert states(concepts, "mg1") == {State.PASSED}
    assert states(concepts, "mg2") == {State.ERROR}
    assert words in concepts["mg2.add"].checks[0].message


def test_a_strangers_file_that_cannot_be_read(command, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "engine.py").write_bytes(b"class Value: pass\n# caf\xe9\n")
    refused(command("theirs"), "theirs: nothing to grade", "engine.py is not UTF-8", "save it as")


def test_a_byte_order_mark_is_fine(mine, cache):
    folder = mine(MG1)
    (folder / MG1).write_bytes(b"\xef\xbb\xbf" + (folder / MG1).read_bytes())
    assert states(graded(folder, cache), "mg1") == {State.PASSED}


@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["CRLF", "CR"])
def test_line_ends_of_other_systems(tmp_path, cache, end):
    folder = tmp_path / "windows"
    folder.mkdir()
    unix = (EXERCISES / MG2).read_bytes()
    (folder / MG2).write_bytes(unix.replace(b"\n", end))
    concepts = graded(folder, cache)
    assert states(concepts, "mg2") == {State.TODO}
    stub = unix.decode().split("\n").index('        raise NotImplementedError("mg2.value")') + 1
    assert concepts["mg2.value"].place.line == stub
    (folder / MG2).write_bytes((SOLUTIONS / MG2).read_bytes().replace(b"\n", end))
    assert states(graded(folder, cache), "mg2") == {State.PASSED}


# Lessons that don't load: the others are graded, later ones with the reference in its place

GUARD = 'under if __name__ == "__main__"'
UNLOADABLE = {
    "syntax": ({"old": "def tanh(self):", "new": "def tanh(self)"}, "SyntaxError: expected ':'"),
    "indentation": ({"more": "\n  x = 1\n"}, "IndentationError"),
    "missing module": ({"more": "\nimport tabulate\n"}, "'tabulate'; only Python's own modules"),
    "own helper": ({"more": "\nfrom utils import x\n"}, "'utils'; only Python's own modules"),
    "sys.exit": ({"more": "\nimport sys\nsys.exit()\n"}, f"the file ends Python.*{GUARD}"),
    "os._exit": ({"more": "\nimport os\nos._exit(0)\n"}, f"ended the Python process.*{GUARD}"),
    "an exception": ({"more": "\n1 / 0\n"}, "ZeroDivisionError: division by zero"),
    "parentheses": ({"more": "\nx = " + "(" * 9000 + ")" * 9000}, "too many nested"),
    "signs": ({"more": "\nx = " + "-" * 90_000 + "1"}, "MemoryError|ended the Python process"),
    "sums": ({"more": "\nx = 1" + "+1" * 90_000}, "RecursionError|ended the Python process"),
}


@pytest.mark.parametrize("kind", UNLOADABLE)
def test_lesson_that_does_not_load(mine, cache, kind):
    change, words = UNLOADABLE[kind]
    concepts = graded(mine(MG2, "mg4_activation.py", MG3, **change), cache)
    assert states(concepts, "mg2") == states(concepts, "mg4") == {State.PASSED}
    assert states(concepts, "mg3") == {State.ERROR}
    assert not any(each.carried for each in concepts.values() if each.lesson == "mg2")
    assert all(each.carried for each in concepts.values() if each.lesson == "mg4")
    for concept in concepts.values():
        if concept.lesson == "mg3":
            assert re.search(words, concept.checks[0].message)
            assert concept.place.file == MG3
            line = concept.checks[0].place and concept.checks[0].place.line
            assert concept.place.line == line  # what ended the process may stand anywhere


def test_syntax_error_through_the_command(command, mine):
    change, words = UNLOADABLE["syntax"]
    result = command(mine(MG2, "mg4_activation.py", MG3, **change))
    told(result, words, "with the reference's earlier code", "Score 38 / 60", "def tanh(self)")
    assert result.stdout.count("SyntaxError") == 1
    assert re.search(rf"next: make mg3 .* → {MG3}, line \d+$", result.stdout.strip())


def test_only_the_lesson_that_crashes_is_replaced(mine, cache):
    files = [each.name for each in SOLUTIONS.glob("mg[24567]*.py")]
    folder = mine(*files, MG3, more="\nimport os\nos._exit(0)\n")
    concepts = graded(folder, cache, concepts=["mg7.integration", "mg4.relu"])
    (sentence,) = {check.message for check in concepts["mg7.integration"].checks}
    assert sentence == "needs your own mg3, which can't be used"
    assert concepts["mg4.relu"].state is State.PASSED


@pytest.mark.parametrize("loop", ["while True: pass", "while True: print('again')"])
def test_endless_at_import(mine, cache, forks, loop):
    folder = mine(MG2, "mg4_activation.py", MG3, more=f"\n{loop}\n")
    start = time.monotonic()
    concepts = graded(folder, cache, IMPATIENT)
    assert time.monotonic() - start < 30
    assert len(forks) < 8  # it is not tried again for each concept
    check = concepts["mg3.tanh"].checks[0]
    assert check.outcome is Outcome.TIMEOUT and GUARD in check.message
    assert states(concepts, "mg4") == {State.PASSED}


# Code that misbehaves when it is asked


@pytest.mark.parametrize(
    "body", ["while True: pass", "while True: print('x' * 10_000)", "while True: os.write(1, X)"]
)
def test_endless_backward(mine, cache, body):
    change = {"old": "    self.grad = 1.0\n", "new": f"    {body}\n", "more": BIG}
    folder = mine(MG2, "mg4_activation.py", MG3, **change)
    start = time.monotonic()
    concepts = graded(folder, cache, IMPATIENT)
    assert time.monotonic() - start < 30
    lost = {name for name, each in concepts.items() if each.state not in _GOOD}
    assert lost == {"mg3.backward"}
    check = concepts["mg3.backward"].checks[0]
    assert check.outcome is Outcome.TIMEOUT and "took too long" in check.message
    assert check.program == "a = Value(0.74)\na.backward()"
    assert len(check.output) <= 2 * 1024 * COURSE.limits.output_kib


BIG = "\nimport os\nX = b'x' * 9**6\n"
_GOOD = {State.PASSED, State.ABSENT}


def test_without_backward(mine, cache):
    folder = mine(MG2, MG3, old="def backward(", new="def bakward(")
    concepts = graded(folder, cache)
    lost = {name for name, each in concepts.items() if each.state not in _GOOD}
    assert lost == {"mg3.backward"}
    assert concepts["mg3.backward"].state is State.ERROR
    assert "no attribute 'backward'" in concepts["mg3.backward"].checks[0].message


def test_a_number_where_a_function_is_expected(command, mine):
    result = command(mine(MG1, more="\nparabola_slope = 7\n"))
    told(result, "parabola_slope(", "TypeError: 7 is no function: it can't be called", "9 / 10")


WRONG_TYPES = {
    "'abc'": "is the text 'abc', not a number",
    "'7.0'": "is the text '7.0', not a number",
    "None": "is None, not a number",
    "True": "is the boolean True, not a number",
    "float('nan')": "is nan, which is no usable number",
    "-float('inf')": "is -inf, which is no usable number",
    "1j": "is a complex number, not a number",
    "10**400": "is an int beyond 2**63, not a number",
    "10**18": "is 1000000000000000000, PyTorch says",
    "[x]": "is a list of 1, not a number",
    "(x,)": "is a list of 1, not a number",
    "{'x': x}": "is a dictionary, not a number",
    "{1: x}": "is a dictionary, not a number",
    "object()": "is an object, not a number",
    "abs": "is a function, not a number",
    "'a'.upper": "is a function, not a number",
    "'\\ud800\\x1b[31m'": "is the text '?\ufffd[31m', not a number",
}


@pytest.mark.parametrize("result", WRONG_TYPES)
def test_result_of_the_wrong_type(mine, cache, result):
    folder = mine(MG1, more=SLOPE.format(result))
    concept = graded(folder, cache, concepts=["mg1.slope"])["mg1.slope"]
    assert concept.state is State.FAILED
    assert WRONG_TYPES[result] in concept.checks[0].message


def test_results_of_the_wrong_type_through_the_command(command, mine):
    result = command(mine(MG1, more=SLOPE.format("10**400")), "--verbose")
    told(result, "is an int beyond 2**63", "9 / 10")


@pytest.mark.parametrize("result", ["numpy.float64(6 * x - 4)", "numpy.array([6 * x - 4])[0]"])
def test_a_numpy_scalar_is_a_number(mine, cache, result):
    folder = mine(MG1, more=f"import numpy\n{SLOPE.format(result)}")
    assert graded(folder, cache, concepts=["mg1.slope"])["mg1.slope"].state is State.PASSED


def test_a_value_as_data(mine, cache):
    old = "        self.data = data\n"
    new = "        self.data = data if _children else Value(data, (self,))\n"
    concept = graded(mine(MG2, old=old, new=new), cache, concepts=["mg2.value"])["mg2.value"]
    assert "a.data is a Value, not a number" in {check.message for check in concept.checks}


# A stranger's micrograd


@pytest.mark.parametrize(
    ("code", "outcome", "words"),
    [
        ("while True: pass", Outcome.TIMEOUT, "making a Value took too long"),
        ("import os; os._exit(0)", Outcome.CRASHED, "making a Value ended the Python process"),
    ],
)
def test_a_value_that_cannot_be_made(tmp_path, cache, forks, code, outcome, words):
    path = tmp_path / "engine.py"
    path.write_text(f"class Value:\n    def __init__(self, data):\n        {code}\n")
    concepts = graded(path, cache, IMPATIENT)
    assert len(forks) < 4  # found out once, not once a lesson
    check = concepts["mg2.add"].checks[0]
    assert (check.outcome, words in check.message) == (outcome, True)


def test_a_strangers_missing_module(command, tmp_path):
    (tmp_path / "engine.py").write_text("import tabulate\nclass Value:\n    pass\n")
    told(command("engine.py"), "'tabulate'; only Python's own modules", "engine.py, line 1")


# The cache


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("/dev/null/cache", "Not a directory"),
        ("/proc/nobody", "No such file or directory"),
    ],
)
def test_a_cache_that_cannot_be_written(mine, folder, words, monkeypatch):
    monkeypatch.setattr("grader.harness.oracle.Oracle.answers", _constant_answers)
    report = grader.check(mine(MG1), concepts=["mg1.slope"], cache_folder=Path(folder))
    (note,) = report.notes
    assert f"the cache {folder}" in str(note) and words in note and "going on without it" in note


def _constant_answers(oracle, programs):
    return [tuple(1.0 for _ in program.shows) for program in programs]


def test_a_corrupt_cache(command, mine, tmp_path):
    ours = tmp_path / "cache" / "mggrade"
    ours.mkdir(parents=True)
    (ours / "cache.sqlite").write_bytes(b"not a database at all" * 1000)
    result = command(mine(MG1), XDG_CACHE_HOME=str(ours.parent))
    assert result.returncode == errors.COMPLETE
    assert f"note: the cache {ours} can't be used (file is not a database)" in result.stdout
    assert "delete that folder" in result.stdout


def test_no_home_for_a_cache(mine, monkeypatch):
    def nobody(uid):
        raise KeyError(uid)

    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.setattr("grader.harness.oracle.Oracle.answers", _constant_answers)
    report = grader.check(mine(MG1), concepts=["mg1.slope"])
    assert "no home folder for the cache; going on without it" in report.notes[0]


def test_no_home_variable(command, mine):
    result = command(mine(MG1), "-q", drop=["HOME"])
    assert (result.returncode, result.stderr) == (errors.COMPLETE, "")


def test_a_crash_behind_a_lesson_that_is_missing(tmp_path: Path, cache: Path) -> None:
    """The first that ends the process is looked for, among those that were handed in."""
    for name in ("mg2_chain_rule.py", "mg4_activation.py"):
        shutil.copy(SOLUTIONS / name, tmp_path)
    with (tmp_path / "mg4_activation.py").open("a") as file:
        file.write("import os\nos._exit(3)\n")
    report = grader.check(tmp_path, lessons=["mg2", "mg4"], cache_folder=cache)
    states = {each.lesson: each.state for each in report.concepts}
    assert states == {"mg2": State.PASSED, "mg4": State.ERROR}
