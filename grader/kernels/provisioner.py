"""A kernel provisioner for jupyter_client: kernels are forked from a warm parent, talk through
sockets in a private folder, and seal themselves before a cell comes.

It is listed by `jupyter kernelspec provisioners` as `mggrade-sealed`. A kernel specification that
names it gets such kernels in any Jupyter program:

    "metadata": {"kernel_provisioner": {"provisioner_name": "mggrade-sealed"}}

The interface is that of jupyter_client.provisioning.KernelProvisionerBase.
"""

import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Sequence
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Any as Anything
from traitlets import Unicode

from grader.course import load_course
from grader.sandbox import Sandbox
from grader.sandbox.engine import START_SECONDS
from grader.sandbox.worker import Worker

NAME = "mggrade-sealed"
PORTS = ("shell_port", "iopub_port", "stdin_port", "hb_port", "control_port")


class SealedProvisioner(KernelProvisionerBase):
    """One sealed kernel. `sandbox` is where it is forked; by default one of its own, with the
    course's limits. `kind` is the kind of zygote."""

    sandbox = Anything(None)
    kind = Unicode("kernel")

    worker: Worker | None = None
    holding: Sequence[str] = ()
    _asked: str | None = None
    _own: Sandbox | None = None
    _folder: str | None = None
    _ended: int | None = None

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel."""
        return self.worker is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the private folder; no TCP, whatever was asked for."""
        if self._folder is None:  # after a restart, clients are still connected to its sockets
            self._folder = tempfile.mkdtemp(prefix="mggrade-")
        manager = self.parent
        if manager is not None:
            manager.transport, manager.ip = "ipc", f"{self._folder}/k"
            for number, name in enumerate(PORTS, 1):
                setattr(manager, name, number)
            self.connection_info = manager.get_connection_info()
        kwargs.pop("extra_arguments", None)
        prepared: dict[str, Any] = await super().pre_launch(cmd=[], **kwargs)
        return prepared

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork, bind, seal. Raises InfrastructureError where that can't be done."""
        if self.worker is None:
            self.fork()
        self._take_note()
        return self.connection_info

    def fork(self) -> None:
        """Fork, and let it bind and seal itself by itself."""
        if self.sandbox is None:
            self.sandbox = self._own = Sandbox(load_course().limits)
        sandbox = self.sandbox
        zygote, limits = sandbox.zygote(self.kind), sandbox.limits
        worker = Worker(zygote, limits.output_kib, sandbox.meanwhile)
        info: dict[str, Any] = {**self.connection_info}
        key = info["key"]
        self._asked = secrets.token_hex(8)
        request = {
            "id": self._asked,
            "import": [],  # Python's library stays readable
            "layers": list(sandbox.layers),
            "kernel": {
                "folder": self._folder,
                "file": f"{self._folder}/kernel.json",
                "ip": info["ip"],
                "key": key.decode() if isinstance(key, bytes) else key,
                **{name: info[name] for name in PORTS},
            },
        }
        self.worker = worker
        worker.send(request, time.monotonic() + START_SECONDS)

    def _take_note(self) -> None:
        assert self.worker is not None
        answer = self.worker.receive(time.monotonic() + START_SECONDS)
        held = answer.get("locked") if isinstance(answer, dict) else None
        self.holding = held if isinstance(held, list) else []
        self.sandbox.note(self.holding)

    async def poll(self) -> int | None:
        """None while it runs."""
        if self.worker is None:
            return self._ended
        return None if self.worker.alive else 1

    async def wait(self) -> int | None:
        """Its exit status; ends it if need be, since nothing of it is worth waiting for."""
        await self.kill()
        return self._ended

    async def send_signal(self, signum: int) -> None:
        """An interrupt is delivered; all others end it."""
        if self.worker is None:
            return
        if signum == signal.SIGINT:
            self.worker.signal(signum)
        elif signum != 0:
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End it, and whatever it has started."""
        if self.worker is not None:
            self._ended = os.waitstatus_to_exitcode(self.worker.close())
            self.worker = None

    async def terminate(self, restart: bool = False) -> None:
        """As `kill`."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the folder, and the warm parent if it was this kernel's own."""
        await self.kill()
        if not restart:
            self.end()

    def end(self) -> None:
        """End it for good; nothing is left of it."""
        if self.worker is not None:
            self.worker.close()
            self.worker = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        if self._own is not None:
            self._own.__exit__(None, None, None)
            self.sandbox = self._own = None

    async def get_provisioner_info(self) -> dict[str, Any]:
        """What the base class tells, and the layers that hold."""
        info: dict[str, Any] = await super().get_provisioner_info()
        return info | {"isolation": list(self.holding)}

    def resolve_path(self, path: str) -> str | None:
        """A sealed kernel has no files."""
        return None

    def release(self) -> Worker:
        """Give the worker away: it goes on when the provisioner is cleaned up."""
        assert self.worker is not None
        worker, self.worker = self.worker, None
        return worker
