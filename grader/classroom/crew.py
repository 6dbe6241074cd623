"""Who grades: processes on this machine or workers of a cluster, behind one small surface.

Both are executors of concurrent.futures. A submission whose grading ends the process is tried
again alone; one that ends it twice is named and left, and everybody else's is graded.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from grader.classroom.gradebook import FAULT
from grader.classroom.handins import Work
from grader.classroom.marking import Marked, Setup

Mark = Callable[[Setup, Work], Marked]
TRIES = 2
POISON = "grading it ended the grader's process {} times; look at it by hand"


class Crew(Protocol):
    """Where work is done. `renew` after a worker was lost; `size` works at once."""

    size: int

    def submit(self, function: Mark, setup: Setup, work: Work) -> "Future[Marked]":
        """Have this done somewhere."""

    def renew(self) -> None:
        """Put new workers in the place of lost ones."""


def mark_all(
    crew: Crew, setup: Setup, works: Iterable[Work], mark: Mark
) -> Iterator[tuple[Work, Marked]]:
    """Each piece of work and what came of it, in the order of completion. No more is read ahead
    than keeps everyone busy."""
    source = iter(works)
    waiting: deque[Work] = deque()  # what was under way when a worker was lost
    tries: dict[str, int] = {}
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
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        lost = []
        for future in done:
            work = running.pop(future)
            try:
                yield work, future.result()
            except Exception as error:
                if not _is_loss(error):
                    yield work, Marked(work.digest, FAULT, f"{type(error).__name__}: {error}")
                    continue
                lost.append(work)
        if lost:
            if not all(future.done() for future in running):
                wait(running)
            for future in list(running):
                work = running.pop(future)
                if future.cancelled() or future.exception() is not None:
                    lost.append(work)
                else:
                    yield work, future.result()
            if len(lost) == 1:
                (culprit,) = lost
                tries[culprit.digest] = tries.get(culprit.digest, 0) + 1
                if tries[culprit.digest] >= TRIES:
                    lost = []
                    why = POISON.format(tries[culprit.digest])
                    yield culprit, Marked(culprit.digest, FAULT, why)
            waiting.extend(lost)
            crew.renew()


class LocalCrew:
    """Processes of this machine, each with a desk of its own. A context manager."""

    def __init__(self, jobs: int) -> None:
        self.size = jobs
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
        with _held():
            return self._pool.submit(function, setup, work)

    def renew(self) -> None:
        """A pool that lost one process is of no use any more."""
        self.stop()
        self._pool = self._new()

    def stop(self) -> None:
        """End the processes now; what they were at is dropped."""
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            with contextlib.suppress(ValueError, OSError):
                process.terminate()
        for process in processes:
            process.join(5)

    def _new(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self.size, mp_context=context, initializer=_prepare)


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


@contextlib.contextmanager
def _held() -> Generator[None]:
    """Ctrl-C waits, also in a process that is started meanwhile, until that is prepared."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """Ctrl-C is for the one who gives out the work; when that one is gone, this process is."""
    from grader.sandbox.hide import hide_this_process

    # Not SIG_IGN: students' kernels would inherit that, and these are interrupted so.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    hide_this_process()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
