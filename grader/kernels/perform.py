"""A notebook's cells, executed one by one by nbclient in a sealed kernel.

The kernel is a stranger: what it sends is bounded, what makes no sense ends it, and nothing that it
says about itself is believed. Its limits are kept here, by this side's clock.
"""

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from grader.kernels.libraries import quick_imports
from grader.kernels.provisioner import SealedProvisioner
from grader.model import Outcome
from grader.sandbox import Fault, Sandbox
from grader.sandbox.reply import ProtocolError, clean
from grader.sandbox.worker import Worker, WorkerGone

with quick_imports():
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError
    from nbformat import NotebookNode

GRACE = 1.0  # seconds that an interrupted cell has to end
LARGEST_MESSAGE = 8 << 20
READY_SECONDS = 20.0

Cells = Sequence[tuple[str, str]]  # (name, code)


@dataclass(frozen=True)
class Performance:
    """What executing a notebook came to: the process that holds its names, or the fault that ended
    it; `slow` cells were interrupted; `outputs` are those of each cell, as nbformat has them."""

    worker: Worker | None
    fault: Fault | None
    slow: tuple[str, ...] = ()
    outputs: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def perform(
    sandbox: Sandbox,
    kind: str,
    cells: Cells,
    begin: Mapping[str, Any],
) -> Performance:
    """Execute `cells` in a new kernel. `begin` is what its worker loads beforehand (see
    grader/worker/load.py), and with `main` that the notebook is the main program.

    Raises InfrastructureError where there can be no kernel.
    """
    return _in_a_loop(_perform(sandbox, kind, cells, begin))


async def _perform(
    sandbox: Sandbox,
    kind: str,
    cells: Cells,
    begin: Mapping[str, Any],
) -> Performance:
    kernel = _prepared(sandbox, kind)
    manager, provisioner = kernel.manager, kernel.provisioner
    book = _notebook(cells)
    client = _Client(book, km=manager, allow_errors=True, timeout=None)
    client.room = sandbox.limits.output_kib * 1024
    slow: list[str] = []
    fault, kept = None, None
    try:
        await manager.start_kernel()
        sandbox.spares[kind] = another = _Kernel(sandbox, kind)
        await another.set_off()
        worker = provisioner.worker
        assert worker is not None
        _begin(worker, begin, sandbox.limits.lesson_seconds)
        client.kc = manager.client()
        client.kc.start_channels(stdin=False, hb=False)
        await _connected(client.kc)
        with _watched(worker) as ended:
            await _all(client, worker, cells, sandbox, ended, slow)
        kept = provisioner.release()
    except WorkerGone as gone:
        fault = gone.fault
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        await provisioner.cleanup()
        manager.context.destroy(linger=0)
    outputs = {name: cell.outputs for (name, _), cell in zip(cells, book.cells, strict=True)}
    return Performance(kept, fault, tuple(slow), outputs)


def _prepared(sandbox: Sandbox, kind: str) -> "_Kernel":
    """The kernel that was prepared while the last notebook's cells ran, or a new one."""
    spare = sandbox.spares.pop(kind, None)
    if isinstance(spare, _Kernel) and spare.alive:
        return spare
    if spare is not None:
        spare.close()
    return _Kernel(sandbox, kind)


class _Kernel:
    """A kernel to come, with its manager."""

    def __init__(self, sandbox: Sandbox, kind: str) -> None:
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        self.manager = AsyncKernelManager(context=context)
        spec = KernelSpec(argv=[], display_name="mggrade", language="python")
        self.provisioner = SealedProvisioner(
            parent=self.manager, kernel_spec=spec, sandbox=sandbox, kind=kind
        )
        self.manager.provisioner = self.provisioner

    async def set_off(self) -> None:
        """Let it bind and seal itself, and wait until it is used."""
        await self.provisioner.pre_launch()
        self.provisioner.fork()

    @property
    def alive(self) -> bool:
        """Whether it waits."""
        worker = self.provisioner.worker
        return worker is not None and worker.alive

    def close(self) -> None:
        """End it."""
        self.provisioner.end()
        self.manager.context.destroy(linger=0)


class _Client(NotebookClient):
    """nbclient with bounds: outputs over the room there is are left out."""

    room = 0

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """As nbclient does, as long as there is room."""
        if msg["msg_type"] in _OUTPUTS:
            self.room -= len(repr(msg["content"]))
            if self.room < 0:
                return None
        elif msg["msg_type"].startswith("comm"):
            return None  # widgets have no one who looks at them
        found: NotebookNode | None = super().process_message(msg, cell, cell_index)
        return found


_OUTPUTS = frozenset({"stream", "display_data", "update_display_data", "execute_result", "error"})


def _begin(worker: Worker, begin: Mapping[str, Any], seconds: float) -> None:
    """Let the worker load what the notebook imports. Raises WorkerGone."""
    if worker.ask({"begin": begin}, time.monotonic() + seconds).keys() != {"id"}:
        raise worker.fail(ProtocolError("a reply to no request"))


async def _connected(client: Any) -> None:
    """Until a message came over IOPub: what is published before is lost. jupyter_client's own
    `wait_for_ready` goes on to wait for a fifth of a second without any."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        client.kernel_info()
        with contextlib.suppress(Empty):
            await client.iopub_channel.get_msg(timeout=0.5)
            return


async def _all(
    client: _Client,
    worker: Worker,
    cells: Cells,
    sandbox: Sandbox,
    ended: "asyncio.Event",
    slow: list[str],
) -> None:
    """Execute the cells; the names of those that were interrupted go to `slow`. Raises
    WorkerGone."""
    limits = sandbox.limits
    deadline = time.monotonic() + limits.notebook_seconds
    death = asyncio.ensure_future(ended.wait())
    try:
        for number, (name, _) in enumerate(cells):
            sandbox.look_up()
            left = deadline - time.monotonic()
            if left <= 0:
                raise _too_long(worker, f"took longer than {limits.notebook_seconds:g} s")
            cell = asyncio.ensure_future(client.async_execute_cell(client.nb.cells[number], number))
            patience = min(left, limits.cell_seconds)
            await asyncio.wait({cell, death}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if not cell.done() and not death.done():
                slow.append(name)
                worker.signal(signal.SIGINT)
                await asyncio.wait(
                    {cell, death}, timeout=GRACE, return_when=asyncio.FIRST_COMPLETED
                )
            if cell.done():
                _judge(worker, cell, name)
            else:
                cell.cancel()
                with contextlib.suppress(BaseException):
                    await cell
                if death.done():
                    raise _end(worker, name)
                raise _too_long(worker, f"{_shown(name)} took too long and could not be stopped")
    finally:
        death.cancel()


def _judge(worker: Worker, cell: "asyncio.Future[Any]", name: str) -> None:
    """What nbclient makes of a cell's end. That the cell raised is no error of its."""
    error = cell.exception()
    if isinstance(error, DeadKernelError):
        raise _end(worker, name)
    if error is not None:
        raise worker.fail(ProtocolError("something that is no Jupyter message"))


@contextlib.contextmanager
def _watched(worker: Worker) -> Any:
    """An event for the kernel's end. While cells run nothing is asked of the worker, so anything on
    its channel is an end, or a lie that ends it."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    channel, output = worker.descriptors

    def drain() -> None:
        if worker.drain():
            loop.remove_reader(output)

    loop.add_reader(channel, ended.set)
    loop.add_reader(output, drain)
    try:
        yield ended
    finally:
        loop.remove_reader(channel)
        loop.remove_reader(output)


def _too_long(worker: Worker, what: str) -> WorkerGone:
    worker.close()
    return WorkerGone(Fault(Outcome.TIMEOUT, what))


def _end(worker: Worker, name: str) -> WorkerGone:
    """It ended by itself, or spoke without being asked."""
    if worker.alive:
        fault = worker.fail(ProtocolError("something that nobody asked for")).fault
    else:
        fault = worker.death().fault
    return WorkerGone(Fault(fault.outcome, f"{fault.message} in {_shown(name)}"))


def _shown(name: str) -> str:
    """`mg3.ipynb[cell 4]` as people say it."""
    return clean(name).replace("[cell ", ", cell ").removesuffix("]")


def _notebook(cells: Cells) -> NotebookNode:
    version: Any = nbformat.v4
    made: NotebookNode = version.new_notebook(
        cells=[version.new_code_cell(code) for _, code in cells]
    )
    return made


def _in_a_loop(work: Coroutine[Any, Any, Performance]) -> Performance:
    """Run it to its end; in a thread of its own where a loop is running already, as in Jupyter."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    found: list[Performance] = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(work)))
    thread.start()
    thread.join()
    return found[0]
