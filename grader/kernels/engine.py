"""An engine whose last source is a notebook, executed for real in a kernel of its own."""

import time
from collections.abc import Sequence
from dataclasses import replace

from grader.kernels.perform import perform
from grader.sandbox import Engine, Fault, Graft, Loaded, Sandbox, Source
from grader.sandbox.worker import WorkerGone


class NotebookEngine(Engine):
    """As any engine; to load means to execute the notebook."""

    def __init__(
        self,
        sandbox: Sandbox,
        kind: str,
        sources: Sequence[Source],
        graft: Graft | None = None,
    ) -> None:
        super().__init__(sandbox, kind, sources, graft)
        self._cells = sources[-1].cells
        self._before = False

    def _load(self) -> None:
        """Beside the limits of the notebook, each execution but the first one takes of the time
        that the lesson has."""
        if self._left <= 0:
            super()._load()
            return
        started = time.monotonic()
        done = perform(self._sandbox, self._kind, self._cells, self._request)
        if self._before:
            self._left -= time.monotonic() - started
        self._before = True
        if done.fault is not None or done.worker is None:
            self._failed(done.fault or self._fault_of_loading())
            return
        self._worker = done.worker
        try:
            self._take(done.worker, {"adopt": True})
        except WorkerGone as gone:
            self._failed(self._died(gone))
        limit = self._sandbox.limits.cell_seconds
        self._loaded = tuple(_told(each, set(done.slow), limit) for each in self._loaded)


def _told(loaded: Loaded, slow: set[str], limit: float) -> Loaded:
    """An interrupt of ours is told as what it was."""

    def told(fault: Fault) -> Fault:
        place = fault.place
        cell = f"{place.file}[cell {place.cell}]" if place else ""
        if fault.type != "KeyboardInterrupt" or cell not in slow:
            return fault
        return replace(fault, message=f"took longer than {limit:g} s and was stopped")

    return replace(loaded, faults=tuple(map(told, loaded.faults)))
