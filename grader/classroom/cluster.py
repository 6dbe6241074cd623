"""Grading on a dask cluster: the same work, given to workers that may stand anywhere.

`distributed` is the extra `cluster`. Its own tools start clusters (`dask scheduler`, `dask worker`,
dask-jobqueue on Slurm, the operator on Kubernetes); this only sends work there.
"""

import contextlib
import logging
import time
from collections.abc import Generator
from concurrent.futures import CancelledError, Future
from dataclasses import fields
from typing import Any

from grader.classroom.crew import CrewGone, Mark
from grader.classroom.handins import Work
from grader.classroom.marking import Marked, Setup, Versions, versions
from grader.errors import InfrastructureError, UsageError

CONNECT_SECONDS = 20
WORKERLESS_SECONDS = 60  # how long a cluster may have no worker: schedulers of jobs start new ones
NAMES = {
    "grader": "mggrade",
    "code": "the grader's code, the course or Python's build",
    "python": "Python",
    "torch": "torch",
    "machine": "the machine's kind",
}


class ClusterCrew:
    """Workers of a cluster. Dask itself runs again what a lost worker was at, three times at most;
    what still ends workers comes back as KilledWorker and is named."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._workerless: float | None = None  # since when
        self.size = max(1, sum(client.nthreads().values()))

    def submit(self, function: Mark, setup: Setup, work: Work) -> "Future[Marked]":
        """Have this done by some worker; its bytes travel with it."""
        ours: Future[Marked] = Future()

        def done(future: Any) -> None:
            try:
                ours.set_result(future.result())
            except (CancelledError, OSError):  # so a client tells that it lost the scheduler
                ours.set_exception(self._gone())
            except BaseException as error:
                ours.set_exception(error)

        if self._client.status != "running":  # what is given to it now is kept, and never done
            ours.set_exception(self._gone())
            return ours
        theirs = self._client.submit(function, setup, work, pure=False, retries=0)
        theirs.add_done_callback(done)
        return ours

    def look(self) -> None:
        """Raise CrewGone where the scheduler is gone, or where no worker has come for a minute."""
        try:
            there = self._client.nthreads()
        except Exception:
            raise self._gone() from None
        now = time.monotonic()
        if there:
            self._workerless = None
        elif self._workerless is None:
            self._workerless = now
        elif now - self._workerless >= WORKERLESS_SECONDS:
            raise CrewGone(
                f"the cluster at {self._address} has no worker left; start some with: dask worker; "
                "then run the same command again to go on"
            )

    def renew(self) -> None:
        """Dask puts new workers in the place of lost ones by itself."""

    def _gone(self) -> CrewGone:
        return CrewGone(
            f"the dask scheduler at {self._address} is gone; start it and its workers, then run "
            "the same command again to go on"
        )


@contextlib.contextmanager
def cluster_crew(scheduler: str) -> Generator[ClusterCrew]:
    """The workers at a scheduler's address, or `local:N` of a cluster made for this run.

    Raises UsageError where there is none, InfrastructureError where they are not of this version.
    """
    try:
        import distributed as dask  # its own types are not to be had
    except ImportError:
        raise UsageError(
            "--scheduler needs dask.distributed; install the extra: pip install 'mggrade[cluster]'"
        ) from None
    distributed: Any = dask
    with contextlib.ExitStack() as stack:
        _quieten()
        if scheduler.startswith("local:"):
            count = scheduler.removeprefix("local:")
            if not (count.isascii() and count.isdigit() and 0 < int(count) <= 256):
                raise UsageError(f"--scheduler {scheduler}: write for example local:4")
            scheduler = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=int(count),
                    threads_per_worker=1,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                )
            ).scheduler_address
        try:
            client = stack.enter_context(
                distributed.Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(
                f"no dask scheduler at {scheduler} ({error}); start one with: dask scheduler"
            ) from None
        _agree(client)
        yield ClusterCrew(client, scheduler)


def _quieten() -> None:
    """What goes wrong is said by us, once and in a line; for good, since connections that close
    complain when everything is over."""
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _agree(client: Any) -> None:
    """Every worker must grade as this process would. Raises InfrastructureError."""
    own = versions()
    try:
        found: dict[str, Versions] = client.run(versions)
    except Exception as error:
        raise InfrastructureError(
            f"a worker can't grade ({type(error).__name__}: {error}); "
            "install the same mggrade there as here"
        ) from None
    if not found:
        raise InfrastructureError("the cluster has no workers; start some with: dask worker")
    for address, theirs in found.items():
        for each in fields(Versions):
            here, there = getattr(own, each.name), getattr(theirs, each.name)
            if here != there:
                shown = "" if each.name == "code" else f": {there} there, {here} here"
                raise InfrastructureError(
                    f"the worker {address} has another version of {NAMES[each.name]}{shown}; "
                    "install the same on all"
                )
