"""One submission graded where bytes arrive: in a process of a pool, or on a worker of a cluster.

A process holds one desk open for each set-up that it is asked for, in a thread of its own, and
feeds it: pytest's session, warm workers and PyTorch's answers are made once.
"""

import functools
import platform
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import util
from pathlib import Path

from grader import grade, reuse
from grader.answers import Answers
from grader.cache import Cache, default_folder
from grader.classroom.handins import Work
from grader.classroom.records import FAULT, GRADED, REFUSED, packed
from grader.course import Course, load_course
from grader.errors import GraderError, SubmissionError
from grader.intake import Folder
from grader.model import Report
from grader.sandbox.shared import Door
from grader.version import __version__, torch_version


@dataclass(frozen=True)
class Setup:
    """What every submission of a run is graded by. `cache` None: the user's own folder."""

    seed: int
    lessons: tuple[str, ...] = ()
    isolation: str = "auto"
    notebooks: str = "auto"
    cache: str | None = None


# What is not sealed could kill the zygote that others' workers are forked from.
UNSHARED = frozenset({"none"})


@dataclass(frozen=True)
class Marked:
    """What came of one: its outcome (see records.Result), and the report, compressed."""

    digest: str
    outcome: str
    message: str = ""
    report: bytes | None = None
    isolation: str = ""
    started: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Versions:
    """What must be the same wherever one run grades."""

    grader: str
    code: str
    python: str
    torch: str
    machine: str


def versions() -> Versions:
    """This process's own."""
    torch = torch_version() or "none"
    code = reuse.stamp(load_course()).hex()
    return Versions(__version__, code, platform.python_version(), torch, platform.machine())


def wanted_at_once(setup: Setup, course: Course) -> tuple[str, ...]:
    """The kinds of shared workers that every desk will ask for first: PyTorch's, where its answers
    in such a run are not known yet."""
    if setup.isolation in UNSHARED:
        return ()
    cache = Cache(Path(setup.cache) if setup.cache else default_folder())
    try:
        asked = setup.lessons or [lesson.id for lesson in course.lessons]
        suites = [course.lesson(lesson).suite for lesson in asked]
        return () if Answers(cache, setup.seed).cover(suites) else ("torch",)
    finally:
        cache.close()


def mark(setup: Setup, work: Work) -> Marked:
    """Grade one submission. Whatever goes wrong with it is in what is returned."""
    return _process().desk(setup).mark(work)


def warm(setup: Setup) -> Versions:
    """Open the desk before the first submission comes."""
    _process().desk(setup)
    return versions()


def share(door: Door) -> None:
    """Have the desks of this process share with others what is slow to start."""
    _process().door = door


MOST = 1000  # submissions at one desk: what it remembers of them stays bounded


@functools.cache
def _process() -> "_Process":
    """This one."""
    return _Process()


class _Process:
    """What a process keeps from one submission to the next."""

    def __init__(self) -> None:
        self.door: Door | None = None
        self._desks: dict[Setup, _Desk] = {}
        self._lock = threading.Lock()

    def desk(self, setup: Setup) -> "_Desk":
        """The one for this set-up; closed when the process ends by itself, so that what was learned
        is remembered on disk."""
        with self._lock:
            if setup not in self._desks:
                door = None if setup.isolation in UNSHARED else self.door
                desk = self._desks[setup] = _Desk(setup, door)
                util.Finalize(desk, desk.close, exitpriority=10)
            return self._desks[setup]


class _Desk:
    """An open desk in a thread of its own; one submission at a time."""

    def __init__(self, setup: Setup, door: Door | None) -> None:
        self._setup = setup
        self._door = door
        self._turn = threading.Lock()
        self._open()

    def mark(self, work: Work) -> Marked:
        digest = work.digest
        with self._turn:
            if not self._thread.is_alive():
                self._open()
            self._works.put(work.folder())
            found = self._results.get()
            self._count += 1
            if self._count == MOST:
                self._end()
        if isinstance(found, Report):
            outcome = FAULT if found.infrastructure else GRADED
            message = "a check of the grader's own is broken" if found.infrastructure else ""
            level = found.isolation.level
            blob = packed(found)
            return Marked(digest, outcome, message, blob, level, found.started, found.seconds)
        outcome = REFUSED if isinstance(found, SubmissionError) else FAULT
        return Marked(digest, outcome, str(found) or type(found).__name__)

    def close(self) -> None:
        """End the desk, and write down what it learned."""
        with self._turn:
            self._end()

    def _end(self) -> None:
        self._works.put(None)
        self._thread.join()

    def _open(self) -> None:
        self._count = 0
        self._works: queue.SimpleQueue[Folder | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Report | GraderError] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._hold, name="desk", daemon=True)
        self._thread.start()

    def _hold(self) -> None:
        setup = self._setup
        try:
            grade.check_each(
                self._incoming(),
                lambda path, found: self._results.put(found),
                lessons=setup.lessons,
                seed=setup.seed,
                isolation=setup.isolation,
                notebooks=setup.notebooks,
                cache_folder=Path(setup.cache) if setup.cache else None,
                door=self._door,
            )
        except GraderError as error:
            self._results.put(error)
        except BaseException as error:  # a fault of ours: the next one gets a new desk
            what = f"{type(error).__name__}: {error}"
            self._results.put(GraderError(f"internal error: {what}; please report it"))

    def _incoming(self) -> Iterator[Folder]:
        while (work := self._works.get()) is not None:
            yield work
