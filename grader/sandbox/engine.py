"""An engine is a set of sources that a worker evaluates programs on.

The student's code, the reference, PyTorch (the namespace in `grader/engines/torch_engine.py`) and
the known mistakes are all engines of this one kind: they differ in their sources.
"""

import contextlib
import itertools
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.model import Outcome, Program
from grader.sandbox.reply import (
    Fault,
    ProtocolError,
    Reply,
    mark_of,
    parse_error,
    parse_reply,
)
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.sources import Graft, Source, load_request, standard_imports
from grader.sandbox.worker import Worker, WorkerGone

START_SECONDS = 30.0  # importing standard modules on a busy machine
MOST_FAULTS = 20  # of a notebook's cells
_DEAR = 0.1  # seconds that filling the memory took: more than a refusal at once


@dataclass(frozen=True)
class Loaded:
    """What loading one module gave: whether its names are there, and the faults met (several only
    in a notebook)."""

    name: str
    ok: bool
    faults: tuple[Fault, ...] = ()

    @property
    def fault(self) -> Fault | None:
        """The first one."""
        return self.faults[0] if self.faults else None


class Engine:
    """Evaluates programs on its sources; a dead worker is replaced for the next request."""

    def __init__(
        self,
        sandbox: Sandbox,
        kind: str,
        sources: Sequence[Source],
        graft: Graft | None = None,
        seconds: float | None = None,
        layers: Sequence[str] | None = None,
        imports: Sequence[str] | None = None,
    ) -> None:
        """`seconds` is the wall-clock budget of all programs together, by default the lesson's;
        `layers` is what the worker locks itself by, by default the sandbox's; `imports` are the
        standard modules that it can import, by default those that the sources name."""
        self._sandbox = sandbox
        self._kind = kind
        self._request = load_request(sources, graft)
        self._imports = standard_imports(_codes(sources)) if imports is None else list(imports)
        self._layers = layers
        self._seconds = sandbox.limits.lesson_seconds if seconds is None else seconds
        self._left = self._seconds
        self._used = 0.0  # seconds that this worker has been waited for
        self._worker: Worker | None = None
        self._loaded: tuple[Loaded, ...] = ()
        self._pending: _Pending | None = None

    def load(self) -> tuple[Loaded, ...]:
        """Load the sources in a worker; one entry a module. Faults of loading are in it."""
        if self._worker is None:
            self._load()
        return self._loaded

    def reload(self, sources: Sequence[Source]) -> None:
        """Put other sources in the place of these, in the same worker: for trusted code only."""
        self._request = load_request(sources, None)
        self._pending = None
        if self._worker is not None:
            self._load_into(self._worker)

    def extend(self, sources: Sequence[Source]) -> bool:
        """Load one more source into the same worker: `sources` are the ones that it holds, and it;
        or it alone, which builds on none of these, and they are taken out. Its time begins anew.
        False where that can't be; then nothing has changed."""
        request = load_request(sources, None)
        *before, _ = request["modules"]
        fit = (
            before in ([], self._request["modules"])
            and "graft" not in self._request
            and self._worker is not None
            and self._worker.alive
            and self._pending is None
            and self._used < self._seconds / 2  # its processor time is limited as a whole
            and {*standard_imports(_codes(sources[-1:]))} <= {*self._imports}
        )
        if not fit or self._worker is None:
            return False
        self._request = request
        self.renew()
        verb = "extend" if before else "load"
        self._load_into(self._worker, self._to_load(verb, request["modules"][-1:]))
        return True

    def has(self, names: Sequence[str]) -> list[bool] | Fault:
        """Which of these names (`trace`, `Value.tanh`) the sources define; or the fault that
        looking for them ended with, because that makes a Value."""
        self.load()
        try:
            message = self._ask({"names": list(names)}, self._sandbox.limits.program_seconds)
        except WorkerGone as gone:
            return self._died(gone)
        found = message.get("names")
        if not isinstance(found, list) or len(found) != len(names):
            return [False] * len(names)
        return [each is True for each in found]

    def submit(self, programs: Sequence[Program]) -> None:
        """Send programs; the worker evaluates them while the caller does something else."""
        if self._pending is not None:  # nobody asked for the replies, and they would come first
            self._pending = None
            self.close()
        self.load()
        if self._worker is not None:
            request_id = secrets.token_hex(8)
            request = {"id": request_id, "run": list(map(self._worker.form_of, programs))}
            try:
                with self._in_one_piece():
                    self._sandbox.look_up()
                    self._worker.send(request, time.monotonic() + self._patience())
                self._pending = _Pending(request_id, programs)
            except WorkerGone as gone:
                self._died(gone)

    def collect(self, count: int | None = None) -> list[Reply]:
        """The replies to the next `count` programs of what was submitted, by default to all that
        are left; up to the first one that ended the worker: that was the last one of all."""
        if self._pending is None or self._worker is None:
            return [Reply(None, self._fault_of_loading())]
        pending, replies = self._pending, []
        with self._in_one_piece():
            for program in pending.take(count):
                replies.append(self._reply(self._worker, pending, program))
                if self._worker is None:
                    break
        if self._worker is None or not pending.left:
            self._pending = None
        return replies

    def _reply(self, worker: Worker, pending: "_Pending", program: Program) -> Reply:
        started = time.monotonic()
        mark = None
        try:
            message = worker.receive(started + self._patience())
            reply = parse_reply(message, pending.request_id, pending.done, len(program.shows))
            mark = mark_of(message)
        except ProtocolError as error:
            reply = Reply(None, self._died(worker.fail(error)))
        except WorkerGone as gone:
            reply = Reply(None, self._died(gone))
        pending.done += 1
        spent = time.monotonic() - started
        self._spend(spent)
        last = self._worker is None or not pending.left
        if last or mark is not None:
            # What went past Python's streams has no mark: the last program is told to have it.
            output = worker.take_output(None if last else mark)
            reply = reply._replace(output=output) if output else reply
        if reply.fault is not None and reply.fault.type == "MemoryError" and spent > _DEAR:
            self.close()  # the next program would fill the memory again, for as long
        return reply

    @property
    def waiting(self) -> int:
        """How many replies are still to come."""
        return self._pending.left if self._pending and self._worker else 0

    def evaluate(self, programs: Sequence[Program]) -> list[Reply]:
        """Submit and collect."""
        self.submit(programs)
        return self.collect()

    def renew(self, seconds: float | None = None) -> None:
        """Give it its whole budget of time again, or so much."""
        self._left = self._seconds if seconds is None else seconds

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _load(self) -> None:
        if self._left <= 0:
            self._failed(Fault(Outcome.TIMEOUT, "the time for this lesson was used up"))
            return
        zygote, limits = self._sandbox.zygote(self._kind), self._sandbox.limits
        self._worker = Worker(zygote, limits.output_kib, self._sandbox.meanwhile)
        self._used = 0.0
        self._load_into(self._worker, fresh=True)

    def _spend(self, seconds: float) -> None:
        self._left -= seconds
        self._used += seconds

    def _load_into(
        self, worker: Worker, request: dict[str, Any] | None = None, fresh: bool = False
    ) -> None:
        """`request`: by default, to load everything."""
        started = time.monotonic()
        try:
            if fresh:
                self._lock(worker)
            self._take(worker, request or self._to_load("load", self._request["modules"]))
        except WorkerGone as gone:
            self._failed(self._died(gone))
        self._spend(time.monotonic() - started)

    def _to_load(self, verb: str, modules: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The request, with the code objects of what is to be loaded."""
        told = []
        for each in modules:
            made = self._compiled(each["cells"])
            cells = _unread(each["cells"], made) if each["ours"] else each["cells"]
            told.append({**each, "cells": cells, "compiled": made})
        request: dict[str, Any] = {"modules": told}
        graft = self._request.get("graft")
        if graft:
            made = self._compiled((f"reference {name}", code) for name, code in graft["cells"])
            cells = _unread(graft["cells"], made)
            request["graft"] = {**graft, "cells": cells, "compiled": made}
        return {verb: request}

    def _compiled(self, cells: Iterable[tuple[str, str]]) -> tuple[bytes | None, ...]:
        return tuple(itertools.starmap(self._sandbox.compiler.compiled, cells))

    def _take(self, worker: Worker, request: dict[str, Any]) -> None:
        """Ask for what loading gave. Raises WorkerGone."""
        message = self._ask(request, self._patience())
        try:
            self._loaded = _parse_loaded(message, self._names)
        except ProtocolError as error:
            raise worker.fail(error) from None

    def _failed(self, fault: Fault) -> None:
        """No module is there, and this is why."""
        self._loaded = tuple(Loaded(name, False, (fault,)) for name in self._names)

    @property
    def _names(self) -> list[str]:
        return [module["name"] for module in self._request["modules"]]

    def _lock(self, worker: Worker) -> None:
        layers = self._sandbox.layers if self._layers is None else self._layers
        with self._in_one_piece():
            self._sandbox.look_up()
            holding = worker.lock(self._imports, layers, time.monotonic() + START_SECONDS)
        if self._layers is None:
            self._sandbox.note(holding)

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """One request, one answer."""
        if self._worker is None:
            raise WorkerGone(self._fault_of_loading())
        with self._in_one_piece():
            self._sandbox.look_up()
            return self._worker.ask(request, time.monotonic() + seconds)

    @contextlib.contextmanager
    def _in_one_piece(self) -> Iterator[None]:
        """An exchange that is left in the middle ends the worker: what it still sends would be
        taken for the answer to the next request."""
        try:
            yield
        except WorkerGone:
            raise
        except BaseException:
            self.close()
            raise

    def _patience(self) -> float:
        """Seconds that the next program may take."""
        return max(0.0, min(self._sandbox.limits.program_seconds, self._left))

    def _died(self, gone: WorkerGone) -> Fault:
        self._worker = None
        return gone.fault

    def _fault_of_loading(self) -> Fault:
        for loaded in self._loaded:
            if loaded.fault is not None:
                return loaded.fault
        return Fault(Outcome.CRASHED, "ended the Python process")


@dataclass
class _Pending:
    """A request whose replies have come up to `done`."""

    request_id: str
    programs: Sequence[Program]
    done: int = 0

    @property
    def left(self) -> int:
        """How many replies are still to come."""
        return len(self.programs) - self.done

    def take(self, count: int | None) -> Sequence[Program]:
        """The next programs."""
        end = len(self.programs) if count is None else self.done + count
        return self.programs[self.done : end]


def _parse_loaded(message: dict[str, Any], names: Sequence[str]) -> tuple[Loaded, ...]:
    entries = message.get("loaded")
    if not isinstance(entries, list) or len(entries) != len(names):
        raise ProtocolError("a load report of the wrong shape")
    loaded = []
    for name, entry in zip(names, entries, strict=True):
        if not isinstance(entry, dict) or not isinstance(entry.get("errors"), list):
            raise ProtocolError("a load report of the wrong shape")
        faults = tuple(parse_error(error) for error in entry["errors"][:MOST_FAULTS])
        loaded.append(Loaded(name, entry.get("ok") is True, faults))
    return tuple(loaded)


def _unread(
    cells: Iterable[tuple[str, str]], made: Iterable[bytes | None]
) -> tuple[tuple[str, str], ...]:
    """The cells without their text where the code object does: nobody quotes from it."""
    pairs = zip(cells, made, strict=True)
    return tuple((name, "" if compiled else code) for (name, code), compiled in pairs)


def _codes(sources: Iterable[Source]) -> Iterator[str]:
    return (code for each in sources for _, code in each.cells)
