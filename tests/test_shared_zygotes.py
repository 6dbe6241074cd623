"""Zygotes that several graders share: one for all, nobody's workers in another's hands."""

import errno
import os
import signal
import socket
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import grader
from grader.classroom import marking
from grader.classroom.crew import LocalCrew
from grader.classroom.handins import Work
from grader.classroom.marking import Setup, mark
from grader.course import load_course
from grader.errors import InfrastructureError
from grader.expressions import Draft
from grader.sandbox import Engine, Sandbox, Source
from grader.sandbox import zygote as zygotes
from grader.sandbox.line import Line
from grader.sandbox.shared import SharedZygotes
from tests.conftest import SOLUTIONS

LIMITS = load_course().limits
KIND = "kernel"  # shared, and warm sooner than PyTorch
WORKS = Source("student", (("student.py", "def works():\n    return 7\n"),))


OTHERS: set[int] = set()  # processes that other tests keep


@pytest.fixture(autouse=True)
def alone():
    """What was there before does not count."""
    OTHERS.clear()
    OTHERS.update(each.pid for each in psutil.Process().children(recursive=True))


@pytest.fixture
def shared(alone):
    with SharedZygotes() as opened:
        yield opened


@pytest.fixture
def first(shared):
    with Sandbox(LIMITS, door=shared.door) as opened:
        yield opened


@pytest.fixture
def second(shared):
    with Sandbox(LIMITS, door=shared.door) as opened:
        yield opened


def answers(engine):
    draft = Draft()
    (reply,) = engine.evaluate([draft.show(draft.call("works")).program()])
    return reply.values == (7,)


def at_work(sandbox):
    """An engine that has a worker, and this worker's process."""
    before = {*workers()}
    engine = Engine(sandbox, KIND, [WORKS])
    assert answers(engine)
    (mine,) = {*workers()} - before
    return engine, mine


def kind_of(process):
    """The kind of zygote that this is, or was forked from."""
    told = "" if process.status() == psutil.STATUS_ZOMBIE else " ".join(process.cmdline())
    if "worker.zygote" not in told:
        return None
    return "kernel" if "ipykernel" in told else "torch" if '"torch"' in told else "plain"


def zygotes_of(kind):
    """All that descend from this process, and began with this test."""
    mine = psutil.Process().children(recursive=True)
    every = [each for each in mine if each.pid not in OTHERS and kind_of(each) == kind]
    pids = {each.pid for each in every}  # of their workers too, which look the same
    return [each for each in every if each.ppid() not in pids]


def workers():
    """The processes forked from the shared zygote."""
    return [child for zygote in zygotes_of(KIND) for child in zygote.children()]


def ended(process):
    try:
        process.wait(5)
    except psutil.TimeoutExpired:
        return False
    return True


def test_graders_fork_from_one_zygote(first, second):
    _, mine = at_work(first)
    _, other = at_work(second)
    (zygote,) = zygotes_of(KIND)
    assert mine.ppid() == other.ppid() == zygote.pid


def test_what_starts_quickly_is_everyones_own(first, second):
    assert answers(Engine(first, "plain", [WORKS])) and answers(Engine(second, "plain", [WORKS]))
    assert len(zygotes_of("plain")) == 2


def test_anothers_worker_cannot_be_ended(first, second):
    engine, mine = at_work(first)
    at_work(second)
    assert second.zygote(KIND).kill(mine.pid) == 0
    assert mine.is_running() and answers(engine)


def test_who_leaves_takes_only_their_own_workers_along(shared, first):
    engine, mine = at_work(first)
    with Sandbox(LIMITS, door=shared.door) as leaving:
        theirs = [at_work(leaving)[1], at_work(leaving)[1]]
    assert all(ended(each) for each in theirs)
    assert mine.is_running() and answers(engine)


def test_nothing_is_left_once_it_is_closed():
    with SharedZygotes() as shared:
        sandbox = Sandbox(LIMITS, door=shared.door)
        _, mine = at_work(sandbox)
        (zygote,) = zygotes_of(KIND)
    assert ended(mine) and ended(zygote)
    with sandbox, pytest.raises(InfrastructureError, match="shares its workers is gone"):
        Engine(sandbox, KIND, [WORKS]).load()


def test_a_dead_one_is_replaced(first, second):
    at_work(first)
    engine, mine = at_work(second)
    (zygote,) = zygotes_of(KIND)
    zygote.send_signal(signal.SIGKILL)
    assert ended(mine)
    assert not answers(engine)  # its worker is gone, which is told once
    assert answers(engine)
    at_work(first)
    (other,) = zygotes_of(KIND)
    assert other.pid != zygote.pid


def test_one_is_started_before_anybody_asks(shared, first):
    shared.warm(KIND, LIMITS)
    until = time.monotonic() + 5
    while not (warm := zygotes_of(KIND)) and time.monotonic() < until:
        time.sleep(0.01)
    _, mine = at_work(first)
    assert mine.ppid() == warm[0].pid


def test_pytorch_is_wanted_at_once_where_its_answers_are_not_known(tmp_path):
    setup = Setup(3, ("mg1",), cache=str(tmp_path))
    course = load_course()
    assert marking.wanted_at_once(setup, course) == ("torch",)
    assert marking.wanted_at_once(replace(setup, isolation="none"), course) == ()
    grader.check(SOLUTIONS, lessons=["mg1"], seed=3, cache_folder=tmp_path)
    assert marking.wanted_at_once(setup, course) == ()
    assert marking.wanted_at_once(replace(setup, seed=4), course) == ("torch",)
    assert marking.wanted_at_once(replace(setup, lessons=()), course) == ("torch",)


def test_what_is_not_installed_is_named(first, monkeypatch):
    monkeypatch.setitem(zygotes.KINDS, KIND, ("no_such_package",))
    with pytest.raises(InfrastructureError, match="no_such_package is not installed"):
        Engine(first, KIND, [WORKS]).load()


def test_a_machine_that_is_full_refuses_one_and_serves_the_next(first, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr("subprocess.Popen", no_more_processes)
        with pytest.raises(InfrastructureError, match="Resource temporarily unavailable"):
            Engine(first, KIND, [WORKS]).load()
    at_work(first)


def no_more_processes(*arguments, **named):
    """Stands where a process would be started."""
    raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def test_a_worker_has_nobodys_line(shared, first):
    """However many graders there are."""
    lines = [shared.door.zygote(KIND, LIMITS) for _ in range(300)]
    _, mine = at_work(first)
    (zygote,) = zygotes_of(KIND)
    assert len([*Path(f"/proc/{zygote.pid}/fd").iterdir()]) > 300
    assert {each.name for each in Path(f"/proc/{mine.pid}/fd").iterdir()} == {*"0123"}
    for line in lines:
        line.close()


def test_signals_that_wait_here_do_not_wait_there(first):
    """Whoever starts the zygotes holds signals back; a kernel is interrupted by one."""
    _, mine = at_work(first)
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{mine.pid}/status").read_text().splitlines()
    )
    assert int(status["SigBlk"], 16) == 0


def test_what_is_not_sealed_shares_nothing(shared, tmp_path, monkeypatch):
    """A student's code could kill what others' workers are forked from."""
    opened = []
    monkeypatch.setattr(marking, "_Desk", lambda setup, door: opened.append(door) or Closed())
    process = marking._Process()
    process.door = shared.door
    for isolation in ("auto", "full", "none"):
        process.desk(Setup(1, isolation=isolation))
    assert opened == [shared.door, shared.door, None]


class Closed:
    """A desk that nobody works at."""

    def close(self) -> None:
        """Nothing was open."""


def test_pytorch_is_imported_once(shared, tmp_path):
    """By two processes that grade at once, side by side with all others."""
    setup = Setup(3, ("mg1", "mg2", "mg3", "mg4", "mg5"), cache=str(tmp_path))
    files = tuple((each.name, each.read_bytes()) for each in sorted(SOLUTIONS.glob("mg*.py")))
    works = [
        Work(name, tuple((file, text + f"\n# {name}\n".encode()) for file, text in files))
        for name in ("ada", "grace", "emmy", "sofia")
    ]
    with LocalCrew(2, shared.door) as crew:
        futures = [crew.submit(mark, setup, work) for work in works]
        assert [each.result().outcome for each in futures] == ["graded"] * 4
        assert len(zygotes_of("plain")) == 2  # both of them have worked
        (zygote,) = zygotes_of("torch")
        assert zygote.ppid() == os.getpid()


def test_a_line_to_nobody_says_so():
    ours, theirs = socket.socketpair()
    theirs.close()
    line = Line(ours, KIND)
    assert not line.alive
    started_at = time.monotonic()
    with pytest.raises(InfrastructureError, match="kernel worker process can't be used"):
        line.fork(0, 1)
    assert time.monotonic() - started_at < 5
