"""A class graded for real by `mggrade grade`, through whatever may happen to a run."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest

import grader
from grader.classroom.gradebook import Gradebook
from grader.classroom.standing import standings
from tests.classes import contents, small_class, stored

HOW_MANY = 60
KILLS = 20
LESSON = "mg1"
# The clock that people see, now a day ahead and now a day behind. Durations have another one.
MAD_CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t kind, struct timespec *told) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(kind, told);
    if (kind == CLOCK_REALTIME) told->tv_sec += rand() % 2 ? 86400 : -86400;
    return result;
}
"""


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    """A small class; two have handed in the same, one nothing that can be graded."""
    folder = small_class(tmp_path_factory.mktemp("class") / "hall", HOW_MANY)
    shutil.copytree(folder / "student00", folder / "twin")
    (folder / "empty").mkdir()
    (folder / "empty" / "notes.py").write_text("# nothing yet\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def begin(hall, cache):
    """Start a run over the class, in a session of its own."""

    def begin(book, *more, **environment):
        return subprocess.Popen(
            [sys.executable, "-m", "grader", "grade", str(hall), "--gradebook", str(book),
             "--lesson", LESSON, "--jobs", "2", *map(str, more)],
            env={**os.environ, "XDG_CACHE_HOME": str(cache.parent / "xdg"), **environment},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    return begin


@pytest.fixture(scope="module")
def undisturbed(begin, tmp_path_factory):
    """The gradebook of a run that nothing happened to."""
    path = tmp_path_factory.mktemp("undisturbed") / "book.sqlite"
    run = begin(path)
    told = run.communicate()
    assert run.returncode == 0, told
    return path


@pytest.fixture(scope="module")
def killed(begin, undisturbed, tmp_path_factory):
    """The gradebook of a run that was killed at random moments, and how many results it had at
    each; now the process alone, now all of its group."""
    path = tmp_path_factory.mktemp("killed") / "book.sqlite"
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # pytest shows it with a failure
    draw = random.Random(seed)
    had = []
    for number in range(KILLS):
        run = begin(path)
        before = stored(path)[0]
        until = before + draw.choice((0, 1, 1))
        while stored(path)[0] < until and run.poll() is None:
            time.sleep(0.005)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(draw.random() * (0.02 if until > before else 0.7))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL) if number % 2 else run.kill()
        run.communicate()
        had.append(stored(path)[0])
    run = begin(path)
    told = run.communicate()
    assert run.returncode == 0, told
    return path, had


def test_killed_at_random_and_resumed_it_is_the_same_gradebook(killed, undisturbed):
    path, had = killed
    assert len({*had}) > 3, "the kills did not come at different moments"
    assert contents(path) == contents(undisturbed)
    with contextlib.closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        handins = raw.execute("SELECT count(*), count(DISTINCT student) FROM handins").fetchone()
    # Nothing twice, nothing lost: the twins' work is graded once, for both.
    assert stored(path) == (HOW_MANY + 1, HOW_MANY + 1)
    assert handins == (HOW_MANY + 2, HOW_MANY + 2)


def test_a_class_gets_what_each_would_alone(undisturbed, hall, cache):
    with Gradebook(undisturbed, reading=True) as book:
        found = {each.student.key: each for each in standings(book)}
    assert {*found} == {each.name for each in hall.iterdir()}
    assert found["empty"].state == "refused" and "defines nothing" in found["empty"].trouble
    assert found["twin"].report.concepts == found["student00"].report.concepts
    for name in ("student00", "student03"):
        alone = grader.check(hall / name, lessons=[LESSON], cache_folder=cache)
        both = [
            replace(each, started="", seconds=0, reused=0) for each in (alone, found[name].report)
        ]
        assert both[0] == both[1]


def test_a_second_run_has_nothing_to_do(undisturbed, begin):
    told, _ = begin(undisturbed, "-q").communicate()
    assert told.startswith("0 graded") and f"{HOW_MANY + 2} kept" in told


def test_what_was_learned_is_there_for_the_next_run(undisturbed, cache):
    """PyTorch's answers and what known mistakes do: the desks were closed in order."""
    with contextlib.closing(
        sqlite3.connect(cache.parent / "xdg" / "mggrade" / "cache.sqlite")
    ) as raw:
        kinds = dict(raw.execute("SELECT kind, count(*) FROM entries GROUP BY kind"))
    assert kinds.get("answer") and kinds.get("mistake")


@pytest.mark.parametrize(
    ("seconds", "number"),
    [(0, signal.SIGINT), (0.2, signal.SIGINT), (0.6, signal.SIGINT), (0.1, signal.SIGTERM)],
)
def test_an_interrupted_run_ends_cleanly_and_says_how_to_go_on(begin, tmp_path, seconds, number):
    """From its very start on: the gradebook is made before anybody grades."""
    path = tmp_path / "book.sqlite"
    run = begin(path)
    while not path.exists() and run.poll() is None:
        time.sleep(0.005)
    time.sleep(seconds)
    if number == signal.SIGINT:
        os.killpg(run.pid, number)  # as a terminal does
    else:
        run.send_signal(number)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert said.startswith("mggrade: interrupted") and said.count("\n") == 1
    assert not _living(run.pid)


def _living(session):
    """The processes of a session, once they had time to notice."""
    for _ in range(100):
        found = subprocess.run(["ps", "-s", str(session), "-o", "pid="], capture_output=True)
        if not found.stdout.strip():
            return []
        time.sleep(0.05)
    return found.stdout.split()


def test_the_clock_on_the_wall_decides_nothing(begin, undisturbed, tmp_path):
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler to build a mad clock with")
    clock = tmp_path / "clock.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-x", "c", "-", "-o", clock, "-ldl"],
        input=MAD_CLOCK, text=True, check=True,
    )  # fmt: skip
    path = tmp_path / "book.sqlite"
    run = begin(path, LD_PRELOAD=str(clock))
    told = run.communicate()
    assert run.returncode == 0, told
    with contextlib.closing(sqlite3.connect(path)) as raw:
        recorded = [each for (each,) in raw.execute("SELECT recorded FROM results ORDER BY number")]
    assert recorded != sorted(recorded), "the clock was not mad"
    assert contents(path) == contents(undisturbed)


# A disk of one's own, which is small


@pytest.fixture
def disk(tmp_path):
    """A folder with 64 KiB, and how to mount it otherwise."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mounted(*options):
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", folder], capture_output=True
        )
        return done.returncode == 0

    if not (shutil.which("mount") and os.geteuid() == 0 and mounted("size=64k")):
        pytest.skip("a small disk can't be mounted here")
    yield folder, mounted
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_full_and_then_has_room(disk, begin, undisturbed):
    folder, mounted = disk
    path = folder / "book.sqlite"
    run = begin(path)
    _, said = run.communicate()
    assert run.returncode == 3
    assert said == (
        f"mggrade: {path}: the disk is full; make room, and run the same command to go on\n"
    )
    assert mounted("remount", "size=64m")
    run = begin(path)
    told = run.communicate()
    assert run.returncode == 0, told
    assert stored(path) == (HOW_MANY + 1, HOW_MANY + 1)
    assert contents(path) == contents(undisturbed)
    assert mounted("remount", "ro")
    _, said = begin(path).communicate()
    assert said == f"mggrade: {path}: is read-only; mend its permissions (and its folder's)\n"
    assert contents(path) == contents(undisturbed)  # it can still be read


# Files that can't be used


def _newer(path):
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version=99")


def _nobodys(path):
    path.write_bytes(b"no database at all, but long enough to look at" * 30)


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [(_newer, 2, "was made by a newer mggrade"), (_nobodys, 2, "is no gradebook, or damaged")],
)
def test_a_gradebook_of_another_kind(spoil, code, said, undisturbed, begin, tmp_path):
    path = tmp_path / "book.sqlite"
    shutil.copy(undisturbed, path)
    spoil(path)
    before = path.read_bytes()
    run = begin(path)
    _, told = run.communicate()
    assert run.returncode == code and said in told and told.count("\n") == 1
    assert path.read_bytes() == before


def test_a_roster_with_somebody_twice(begin, tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text("name,id\nAda,7\nAlan,8\nEmmy,7\n", encoding="utf-8")
    run = begin(tmp_path / "book.sqlite", "--roster", roster)
    _, told = run.communicate()
    assert run.returncode == 2
    assert told == f"mggrade: {roster}: lines 2 and 4 have the same name, '7'; keep one of them\n"
    assert not (tmp_path / "book.sqlite").exists()


def test_a_gradebook_that_another_program_keeps(undisturbed, hall, tmp_path):
    path = tmp_path / "book.sqlite"
    shutil.copy(undisturbed, path)
    impatient = (
        "import sys; from grader.classroom import database; database.PATIENCE = 0.1; "
        "from grader.cli import main; main(sys.argv[1:])"
    )
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        run = subprocess.run(
            [sys.executable, "-c", impatient, "grade", str(hall), "--gradebook", str(path)],
            capture_output=True, text=True,
        )  # fmt: skip
    assert run.returncode == 3 and run.stderr.count("\n") == 1
    assert "is locked by another program; wait for it or end it" in run.stderr
