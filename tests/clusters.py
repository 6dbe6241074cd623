"""A dask cluster of separate processes on loopback, to be used and to be broken."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 60.0  # seconds


class Cluster:
    """`dask scheduler` and `dask worker` processes. A context manager; all of it is killed in the
    end. Raises TimeoutError where the scheduler does not come up.

    folder: for its files. cache: where graders remember things, the user's `XDG_CACHE_HOME`.
    """

    def __init__(self, folder: Path, workers: int = 2, *, cache: Path) -> None:
        self._environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
        self._told = folder / "scheduler.json"
        self._log = folder / "cluster.log"
        self._processes = {"scheduler": self._started("scheduler", "--host", "127.0.0.1",
                                                      "--port", "0", "--no-dashboard")}  # fmt: skip
        for number in range(workers):
            self._processes[f"worker {number}"] = self._started(
                "worker", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1",
                "--local-directory", str(folder),
            )  # fmt: skip
        self.address = self._awaited(workers)

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *exception: object) -> None:
        for name in list(self._processes):
            self.kill(name)

    def kill(self, name: str) -> None:
        """kill -9 of "scheduler" or "worker N", with the nanny that would start another."""
        process = self._processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _started(self, *command: str) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *command, "--scheduler-file", str(self._told)],
                env=self._environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _awaited(self, workers: int) -> str:
        import distributed

        until = time.monotonic() + PATIENCE
        try:
            while not self._told.exists():
                if time.monotonic() > until:
                    raise TimeoutError(self._log.read_text())
                time.sleep(0.05)
            with distributed.Client(
                scheduler_file=str(self._told), timeout=PATIENCE, set_as_default=False
            ) as client:
                client.wait_for_workers(workers, timeout=PATIENCE)
                return str(client.scheduler.address)
        except BaseException:
            self.__exit__()
            raise
