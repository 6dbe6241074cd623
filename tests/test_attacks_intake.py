"""What is handed in is opened with care: refused in one line, or graded, and never waited for."""

import re
import resource
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

import grader
from grader.errors import USAGE, GraderError
from grader.model import Outcome, State
from tests.attack_corpus import course
from tests.attacks.intake import GRADED, REFUSED, Build, name_with_commands

CONCEPTS = ["mg2.value", "mg2.add"]
SECONDS = 20.0  # by the wall: no hang, on however busy a machine
MEBIBYTES = 600.0


def _listing(folder: Path) -> set[tuple[str, float]]:
    """All that lies in and beside the folder of an attack."""
    return {(str(path), path.lstat().st_mtime) for path in folder.parent.rglob("*")}


@pytest.mark.parametrize(("build", "word"), REFUSED, ids=[each[0].__name__ for each in REFUSED])
def test_refused(build: Build, word: str, tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "attack"
    folder.mkdir()
    path = build(folder)
    before = _listing(folder)
    tracemalloc.start()
    started = time.monotonic()
    try:
        with pytest.raises(GraderError) as caught:
            grader.check(path, course=course(), concepts=CONCEPTS, cache_folder=cache, fresh=True)
        seconds = time.monotonic() - started
        peak = tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()
    assert caught.value.exit_code == USAGE
    message = str(caught.value)
    assert word in message
    assert "\n" not in message
    assert len(message) < 1000
    assert seconds < SECONDS
    assert peak < MEBIBYTES
    assert _listing(folder) == before


@pytest.mark.parametrize(
    ("build", "outcomes", "earns"), GRADED, ids=[each[0].__name__ for each in GRADED]
)
def test_graded(
    build: Build, outcomes: set[str], earns: set[str], tmp_path: Path, cache: Path
) -> None:
    folder = tmp_path / "attack"
    folder.mkdir()
    path = build(folder)
    before = _listing(folder)
    report = grader.check(path, course=course(), concepts=CONCEPTS, cache_folder=cache, fresh=True)
    checks = [check for concept in report.concepts for check in concept.checks]
    assert {concept.id for concept in report.concepts if concept.state is State.PASSED} == earns
    assert {str(each.outcome) for each in checks} - {Outcome.PASSED} == outcomes
    assert _listing(folder) == before


def test_a_file_name_can_not_command_a_terminal(tmp_path: Path) -> None:
    path = name_with_commands(tmp_path)
    command = [sys.executable, "-m", "grader", "check", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == USAGE
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", done.stdout + done.stderr)
    assert done.stderr.count("\n") == 1


def test_no_descriptor_is_left_open(tmp_path: Path, cache: Path) -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    for build, _ in REFUSED[:8]:
        folder = tmp_path / build.__name__
        folder.mkdir()
        with pytest.raises(GraderError):
            grader.check(build(folder), course=course(), cache_folder=cache)
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before < soft
