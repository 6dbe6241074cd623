"""A notebook's kernel: a forked worker that speaks Jupyter's protocol over sockets of its own,
and answers programs on the names that its cells have left.

Here ipykernel is used beside the standard library; it was imported by the zygote.
"""

import contextlib
import ctypes
import io
import os
import resource
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from . import audit, landlock, limits, process, seccomp
from .streams import Printed

LAYERS = ("limits", "process", "landlock", "seccomp")
_ARENAS = -8  # M_ARENA_MAX of mallopt(3)


class Kernel:
    """The ipykernel application of this process. Made before any thread is there."""

    _statm: int | None = None

    def __init__(self, connection: Mapping[str, Any]) -> None:
        """`connection` is what a Jupyter connection file holds, with the transport `ipc`."""
        from IPython.core.profiledir import ProfileDir
        from traitlets.config import Config

        kernelapp: Any = import_module("ipykernel.kernelapp")
        iostream: Any = import_module("ipykernel.iostream")

        class NoPipe(iostream.IOPubThread):  # type: ignore[misc]
            """Without the TCP port that processes started by the notebook would print to."""

            def __init__(self, socket: Any, pipe: bool = False, **more: Any) -> None:
                super().__init__(socket, pipe=False, **more)

        kernelapp.IOPubThread = NoPipe

        class App(kernelapp.IPKernelApp):  # type: ignore[misc]
            """Without the files that others are for."""

            def init_profile_dir(self) -> None:
                self.profile_dir = ProfileDir(location=connection["folder"])

            def init_connection_file(self) -> None:
                pass

            def write_connection_file(self, **more: Any) -> None:
                pass

        config = Config()
        config.HistoryManager.enabled = False
        config.HistoryManager.hist_file = ":memory:"
        config.InteractiveShell.colors = "nocolor"
        config.InteractiveShell.xmode = "Plain"
        ports = {name: number for name, number in connection.items() if name.endswith("_port")}
        self._app: Any = App.instance(  # where some packages look for it
            config=config,
            transport="ipc",
            ip=connection["ip"],
            connection_file=connection["file"],
            capture_fd_output=False,
            log_level=50,
            **ports,
        )
        self._app.init_profile_dir()  # it makes folders
        self._app.session.key = connection["key"].encode()

        # Landlock takes /proc away before the threads are there that need address space as well.
        with contextlib.suppress(OSError):
            self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    @property
    def mapped_bytes(self) -> int:
        """The size of this process's address space; 0 where the system does not tell."""
        if self._statm is None:
            return 0
        pages = int(os.pread(self._statm, 100, 0).split()[0])
        return pages * resource.getpagesize()

    def bind(self) -> None:
        """Make the sockets and start the threads that serve them."""
        self._app.initialize([])

    @property
    def shell(self) -> Any:
        """IPython's."""
        return self._app.shell

    def run(self, channel: int, answer: Callable[[], None]) -> None:
        """Run what comes over Jupyter's channels, and `answer` when the worker's has something."""
        import asyncio

        from tornado.ioloop import IOLoop

        self._app.kernel.start()
        loop = IOLoop.current()
        inner = getattr(loop, "asyncio_loop", None) or asyncio.get_event_loop()
        inner.add_reader(channel, answer)
        loop.start()

    def fall_silent(self) -> None:
        """The cells are done: end the threads that served Jupyter's channels, as far as a cell has
        left them as they were. From now on nothing but programs runs here."""
        threads = [getattr(self._app.iopub_thread, "thread", None)]
        loops = [self._app.iopub_thread.io_loop]
        for each in (self._app.control_thread, self._app.shell_channel_thread):
            threads.append(each)
            loops.append(getattr(each, "io_loop", None))
        for thread, loop in zip(threads, loops, strict=True):
            if thread is not None and loop is not None:
                loop.add_callback(loop.stop)
                thread.join(0.3)
        time.sleep(0.02)  # a thread that has been joined still gives back what was its own


def lock_before(layers: Sequence[str], connection: Mapping[str, Any]) -> list[str]:
    """What must be done while there is one thread: those that follow inherit it."""
    holding = []
    ctypes.CDLL(None).mallopt(_ARENAS, 1)  # each arena takes 64 MiB of the address space
    if "process" in layers and _holds(process.apply):
        holding.append("process")
    if "landlock" in layers:
        sockets = landlock.MAKE_SOCKET | landlock.REMOVE_FILE | landlock.READ_FOLDER
        rules = [
            (connection["folder"], sockets),
            *((path, landlock.READ_FILE | landlock.READ_FOLDER) for path in readable()),
            *((path, landlock.READ_FOLDER) for path in listable()),
        ]
        if _holds(lambda settings: landlock.restrict(rules)):
            holding.append("landlock")
    return holding


def lock_after(
    layers: Sequence[str], settings: Mapping[str, int], holding: Sequence[str]
) -> list[str]:
    """What would forbid making the sockets: limits and system calls, for all threads."""
    found = [*holding]
    if "limits" in layers and _holds(limits.apply, settings):
        found.append("limits")
    if "seccomp" in layers and _holds(seccomp.apply_to_kernel):
        found.append("seccomp")
    if not {"landlock", "seccomp"} <= {*found}:
        audit.apply_to_kernel(readable(), listable())
    return [name for name in LAYERS if name in found]


def readable() -> list[str]:
    """The standard library without the packages that are installed in it, and the packages that
    the zygote has imported."""
    found: dict[str, None] = {"/dev/null": None, "/dev/urandom": None, "/etc/localtime": None}
    for folder in listable():
        for entry in os.scandir(folder) if folder in _standard() else ():
            if entry.name not in ("site-packages", "dist-packages"):
                found[entry.path] = None
    for module in list(sys.modules.values()):
        name = getattr(module, "__name__", "")
        where = getattr(getattr(module, "__spec__", None), "origin", None)
        if where and "." not in name and Path(where).is_absolute():
            path = Path(where)
            path = path.parent if path.name == "__init__.py" else path
            found[str(path)] = found[f"{path}.libs"] = None  # shared libraries, beside a package
    own = str(Path(__file__).parent)  # nothing of ours: it lies beside the grader
    return [path for path in found if path != own and not own.startswith(f"{path}/")]


def listable() -> list[str]:
    """The folders in which Python looks for modules."""
    return [folder for folder in dict.fromkeys(sys.path) if Path(folder).is_dir()]


def leave_streams(printed: Printed) -> None:
    """The cells are done: from now on what is printed goes to the pipe, as from any worker."""
    for name in ("stdout", "stderr"):
        try:
            stream: io.TextIOBase = printed.stream()
        except OSError:  # a cell has closed it
            stream = _Nowhere()
        setattr(sys, name, stream)
    sys.displayhook = sys.__displayhook__


class _Nowhere(io.TextIOBase):
    def write(self, text: str, /) -> int:
        return len(text)


def _standard() -> set[str]:
    paths = sysconfig.get_paths()
    return {paths["stdlib"], paths["platstdlib"], str(Path(paths["stdlib"]) / "lib-dynload")}


def _holds(
    layer: Callable[[Mapping[str, Any]], None], settings: Mapping[str, Any] | None = None
) -> bool:
    try:
        layer(settings or {})
    except (OSError, AttributeError):
        return False
    return True
