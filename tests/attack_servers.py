"""Processes that grade attacks: two at a time, as this user and as another."""

import functools
import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.attack_corpus import SOLUTIONS, Attack, Result

ROOT = Path(__file__).parent.parent
NOBODY = 65534
# Twice: setpriv keeps its rights until it has become the first interpreter.
TRIAL = (
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import grader'], check=True)"
)


@functools.cache
def as_an_ordinary_user() -> tuple[str, ...]:
    """A command that starts another as another user; empty where that can't be.

    The user may read everything where root's own folders hold the interpreter, as on many
    machines, and nothing more than that.
    """
    user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    plain = (*user, "--bounding-set=-all", "--inh-caps=-all")
    capabilities = ("inh-caps", "ambient-caps", "bounding-set")
    reader = (*user, *(f"--{each}=-all,+dac_read_search" for each in capabilities))
    for prefix in (plain, reader) if shutil.which("setpriv") else ():
        attempt = [*prefix, sys.executable, "-c", TRIAL]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        if not subprocess.run(attempt, capture_output=True, env=environment).returncode:
            return prefix
    return ()


def hand_over(folder: Path) -> None:
    """Give a folder and what is in it to the ordinary user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


class Servers:
    """Runs attacks in other processes, in the order in which they are asked for."""

    def __init__(self, folder: Path, prefix: tuple[str, ...] = (), count: int = 2) -> None:
        self._folder = folder
        self._prefix = prefix
        self._pool = ThreadPoolExecutor(count)
        self._own = threading.local()
        self._processes: list[subprocess.Popen[str]] = []
        self._number = 0
        for each in ("home/.cache", "cwd"):  # where kernels' packages have a cache of their own
            (folder / each).mkdir(parents=True, exist_ok=True)

    def ask(self, attack: Attack, mode: str, notebooks: str | None = None) -> "Future[Result]":
        """The result to come of one attack; `notebooks`: handed in as one, and read in this way."""
        self._number += 1
        folder = self._folder / str(self._number)
        return self._pool.submit(self._ask, attack, mode, notebooks, folder)

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)
        for process in self._processes:
            if process.stdin and process.stdout:
                process.stdin.close()
                process.stdout.close()
            process.wait()

    def _ask(self, attack: Attack, mode: str, notebooks: str | None, folder: Path) -> Result:
        process = self._process()
        request = {
            "attack": attack.id,
            "mode": mode,
            "notebooks": notebooks,
            "folder": str(folder),
            "cache": str(self._folder / "cache"),
        }
        line = ""
        if process.stdin and process.stdout:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        shutil.rmtree(folder, ignore_errors=True)
        if not line:
            return Result([], [], 0.0, [f"the grader's process ended: {process.wait()}"], [])
        return Result(**json.loads(line))

    def _process(self) -> "subprocess.Popen[str]":
        known: subprocess.Popen[str] | None = getattr(self._own, "process", None)
        if known is None or known.poll() is not None:
            known = self._own.process = subprocess.Popen(
                [*self._prefix, sys.executable, "-m", "tests.attack_corpus"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=self._folder / "cwd",
                env={
                    **os.environ,
                    "HOME": str(self._folder / "home"),
                    "PYTHONPATH": str(ROOT),
                    "PYTHONDONTWRITEBYTECODE": "1",
                },
            )
            self._processes.append(known)
        return known


def warm(cache: Path) -> None:
    """Have PyTorch's answers ready, so that no attack waits for it."""
    import grader

    lessons = ["mg1", "mg2", "mg3", "mg4", "mg6", "mg7", "mg8"]
    grader.check(SOLUTIONS, lessons=lessons, cache_folder=cache, fresh=True)
