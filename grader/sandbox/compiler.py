"""Compiles sources once for all the workers that will run them.

Compiling is most of what loading a lesson takes, and a submission's lessons are loaded again for
every lesson after them. A text may be made so that compiling it takes all the memory there is, so
it is done in a sealed worker, which runs nothing of anyone's; what it sends is not looked into.
"""

import base64
import contextlib
import time
from collections.abc import Sequence
from typing import Protocol

from grader.course import Limits
from grader.sandbox.line import Forker
from grader.sandbox.worker import Worker, WorkerGone

MOST_KEPT = 500  # texts; a class shares the reference's, as it is and with one region a stub
MOST_COMPILED = 2000  # by one worker: its processor time is limited
KIND = "plain"


class Workshop(Protocol):
    """What a sandbox gives to whoever starts workers in it."""

    limits: Limits

    @property
    def layers(self) -> Sequence[str]:
        """What a worker is locked by."""

    def zygote(self, kind: str) -> Forker:
        """Where workers are forked from."""


class Compiler:
    """Compiles texts; a dead worker is replaced for the next one."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._worker: Worker | None = None
        self._compiled = 0
        self._known: dict[tuple[str, str], bytes | None] = {}

    def compiled(self, filename: str, code: str) -> bytes | None:
        """The text's code object, as `marshal` writes it; None where there is none: the worker that
        loads the text finds out why."""
        key = (filename, code)
        found = self._known.pop(key) if key in self._known else self._compile(filename, code)
        self._known[key] = found  # at the end: it was the last to be used
        if len(self._known) > MOST_KEPT:
            del self._known[next(iter(self._known))]
        return found

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _compile(self, filename: str, code: str) -> bytes | None:
        if self._compiled >= MOST_COMPILED:
            self.close()
        deadline = time.monotonic() + self._workshop.limits.program_seconds
        try:
            if self._worker is None:
                self._worker, self._compiled = self._new(deadline), 0
            answer = self._worker.ask({"compile": [filename, code]}, deadline).get("compiled")
        except WorkerGone:
            self._worker = None
            return None
        except BaseException:  # its answer would be taken for the next one
            self.close()
            raise
        self._compiled += 1
        with contextlib.suppress(ValueError):  # it is not what the worker should have sent
            return base64.b64decode(answer) if isinstance(answer, str) else None
        return None

    def _new(self, deadline: float) -> Worker:
        """Raises WorkerGone."""
        worker = Worker(self._workshop.zygote(KIND), 1)
        worker.lock([], self._workshop.layers, deadline)
        return worker
