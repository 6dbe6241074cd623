"""Who grades: processes on this machine or workers of a cluster, behind one small surface.

Both are executors of concurrent.futures. A submission whose grading ends the process is tried
again alone; one that ends it twice is named and left, and everybody else's is graded. Where nobody
is left to grade, the run ends.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Protocol

from grader.classroom.handins import Work
from grader.classroom.holding import SIGNALS, held
from grader.classroom.marking import Marked, Setup, share
from grader.classroom.records import FAULT
from grader.errors import InfrastructureError
from grader.sandbox.shared import Door

Mark = Callable[[Setup, Work], Marked]
TRIES = 2
HOPELESS = 5  # submissions that ended the process, and not one that did not
POISON = "grading it ended the grader's process {} times; look at it by hand"
ROLL_CALL = 5.0  # seconds without a result after which the crew is asked whether it is still there
DOOMED = (
    "the process that grades ended at each of {}, and nothing was graded; mggrade doctor tells "
    "what is wrong with this machine. Where it finds nothing, look at these by hand, and grade the "
    "others without them"
)


class CrewGone(InfrastructureError):
    """Nobody is left to grade, and nobody will come; what was under way has no verdict."""


class Crew(Protocol):
    """Where work is done. `renew` after a worker was lost; `size` works at once."""

    size: int

    def submit(self, function: Mark, setup: Setup, work: Work) -> "Future[Marked]":
        """Have this done somewhere. The future raises CrewGone where that has become impossible."""

    def look(self) -> None:
        """Nothing has come for a while. Raises CrewGone where nothing will."""

    def renew(self) -> None:
        """Put new workers in the place of lost ones."""


def mark_all(
    crew: Crew, setup: Setup, works: Iterable[Work], mark: Mark
) -> Iterator[tuple[Work, Marked]]:
    """Each piece of work and what came of it, in the order of completion. No more is read ahead
    than keeps everyone busy. Raises CrewGone, once all that came before has been handed out."""
    source = iter(works)
    waiting: deque[Work] = deque()  # what was under way when a worker was lost
    losses = _Losses()
    running: dict[Future[Marked], Work] = {}
    while True:
        alone = bool(waiting)  # to find out whose fault it was
        room = 1 if alone else 2 * crew.size
        while len(running) < room:
            work = waiting.popleft() if waiting else next(source, None) if not alone else None
            if work is None:
                break
            running[_submitted(crew, mark, setup, work)] = work
        if not running:
            return
        done, _ = wait(running, timeout=ROLL_CALL, return_when=FIRST_COMPLETED)
        if not done:
            crew.look()
        lost = []
        for future in sorted(done, key=_is_gone):
            work = running.pop(future)
            try:
                yield work, future.result()
                losses.proven = True
            except CrewGone:
                raise
            except Exception as error:
                if not _is_loss(error):
                    yield work, Marked(work.digest, FAULT, f"{type(error).__name__}: {error}")
                    continue
                lost.append(work)
        if lost:
            while running and wait(running, timeout=ROLL_CALL).not_done:
                crew.look()
            for future in list(running):
                work = running.pop(future)
                if future.cancelled() or future.exception() is not None:
                    lost.append(work)
                else:
                    yield work, future.result()
                    losses.proven = True
            if len(lost) == 1 and losses.blame(lost[0]):
                culprit = lost.pop()
                yield culprit, Marked(culprit.digest, FAULT, POISON.format(TRIES))
            waiting.extend(lost)
            losses.despair()
            crew.renew()


class _Losses:
    """Whose grading ended a process; `proven` once that of anybody did not."""

    def __init__(self) -> None:
        self.proven = False
        self._tries: Counter[str] = Counter()
        self._blamed: list[str] = []

    def blame(self, work: Work) -> bool:
        """It was alone when its process ended. Whether that was once too often."""
        self._tries[work.digest] += 1
        if self._tries[work.digest] < TRIES:
            return False
        self._blamed.append(work.name)
        return True

    def despair(self) -> None:
        """Raises CrewGone where it can hardly be the submissions' fault."""
        if len(self._blamed) >= HOPELESS and not self.proven:
            raise CrewGone(DOOMED.format(", ".join(sorted(self._blamed))))


def usual_jobs(submissions: int) -> int:
    """One process a core; three for two cores where there is enough to do for all of them, since a
    grader waits for its student's process half of the time, but takes two seconds to start."""
    cores = os.cpu_count() or 1
    return cores + (cores + 1) // 2 if submissions > _MANY * cores else cores


_MANY = 100  # submissions a core
_PATIENCE = 0.5  # seconds for a pool to notice that its processes have ended


class LocalCrew:
    """Processes of this machine, each with a desk of its own. A context manager."""

    def __init__(self, jobs: int, door: Door) -> None:
        """`door`: where they share what is slow to start; so PyTorch is imported once."""
        self.size = jobs
        self._door = door
        self._pool = self._new()

    def __enter__(self) -> "LocalCrew":
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        if kind is None:
            self._pool.shutdown()  # each writes down what it learned
        else:
            self.stop()

    def submit(self, function: Mark, setup: Setup, work: Work) -> "Future[Marked]":
        """Have this done by some process."""
        with held():
            return self._pool.submit(function, setup, work)

    def look(self) -> None:
        """A process that hangs ends by its own time limits, and a lost one is told at once."""

    def renew(self) -> None:
        """A pool that lost one process is of no use any more."""
        self.stop()
        self._pool = self._new()

    def stop(self) -> None:
        """End the processes now; what they were at is dropped."""
        # Both are gone from the pool once it is shut down.
        manager = getattr(self._pool, "_executor_manager_thread", None)
        queue = getattr(self._pool, "_call_queue", None)
        self._pool.shutdown(wait=False, cancel_futures=True)
        started = [each for each in self._context.made if each.pid is not None]
        for process in started:
            with contextlib.suppress(ValueError, OSError):
                process.kill()  # one that is still being prepared holds gentler signals back
        for process in started:
            process.join(5)
        if manager is not None and queue is not None:
            manager.join(_PATIENCE)
            if manager.is_alive():
                # Older Pythons' (3.11.2's) waits for work to be taken out of a pipe that nobody
                # reads any more (https://github.com/python/cpython/issues/94777), and the end of
                # this process waits for it.
                queue._reader.close()

    def _new(self) -> ProcessPoolExecutor:
        self._context = _Processes()
        return ProcessPoolExecutor(
            self.size,
            mp_context=self._context,
            initializer=_prepare,
            initargs=(self._door,),
        )


class _Processes(SpawnContext):
    """Makes a pool's processes, and knows them: a pool itself can't be told to end them before
    Python 3.14."""

    def __init__(self) -> None:
        self.made: list[SpawnProcess] = []

    def Process(self, *arguments: Any, **named: Any) -> SpawnProcess:  # type: ignore[override]
        """One more."""
        process = SpawnProcess(*arguments, **named)
        self.made.append(process)
        return process


def _submitted(crew: Crew, mark: Mark, setup: Setup, work: Work) -> "Future[Marked]":
    """A pool that broke since the last answer is replaced first."""
    try:
        return crew.submit(mark, setup, work)
    except BrokenProcessPool as error:
        failed: Future[Marked] = Future()
        failed.set_exception(error)
        return failed


def _is_loss(error: Exception) -> bool:
    """Whether the process was lost, rather than that something was raised in it."""
    return isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker"


def _is_gone(future: "Future[Marked]") -> bool:
    return not future.cancelled() and isinstance(future.exception(), CrewGone)


def _prepare(door: Door) -> None:
    """Ctrl-C is for the one who gives out the work; when that one is gone, this process is."""
    from grader.sandbox.hide import hide_this_process

    # Not SIG_IGN: students' kernels would inherit that, and these are interrupted so.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    hide_this_process()
    gc.set_threshold(50_000, 20, 20)  # replies make many objects, and hardly a cycle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    share(door)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
