"""Start the warm interpreters that workers are forked from."""

import contextlib
import ctypes
import fcntl
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from grader.course import Limits
from grader.errors import InfrastructureError
from grader.sandbox.line import Line

FOLDER = Path(__file__).parent.parent  # holds the package `worker`
BOOT = "import sys; sys.path.insert(0, {!r}); from worker.zygote import main; main()"

# What lessons and real micrograds import (isolation.md): warm, so that a fork finds them loaded.
STANDARD = (
    "math",
    "cmath",
    "random",
    "itertools",
    "functools",
    "operator",
    "collections",
    "dataclasses",
    "enum",
    "typing",
    "abc",
    "copy",
    "inspect",
    "json",
    "numbers",
    "string",
    "re",
    "time",
    "unicodedata",  # Python itself asks for it at a name that is not ASCII
)
NUMPY = ("numpy", "numpy.random", "numpy.linalg")  # it imports its parts late
# What a notebook's kernel is made of.
KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger")
# Real in kernels where they are installed.
PLOTTING = (
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline",
)
KINDS: dict[str, tuple[str, ...]] = {
    "plain": STANDARD,
    "numpy": (*STANDARD, *NUMPY),
    "torch": (*STANDARD, *NUMPY, "torch"),
    "kernel": (*STANDARD, *NUMPY, *KERNEL, *PLOTTING),
    "torch-kernel": (*STANDARD, *NUMPY, *KERNEL, *PLOTTING, "torch"),
}
KERNELS = frozenset({"kernel", "torch-kernel"})


class Zygote(Line):
    """One warm interpreter, and the line to it that it ends with. Starting is not waited for until
    the first fork."""

    def __init__(self, kind: str, limits: Limits) -> None:
        self._log: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the zygote
        ours, theirs = _pair()
        super().__init__(ours, kind)
        preload = [
            name
            for name in KINDS[kind]
            if name not in PLOTTING or (available("matplotlib") and available("matplotlib_inline"))
        ]
        settings = {
            "control": theirs.fileno(),
            "parent": os.getpid(),
            "preload": preload,
            "site": _site_folders(preload),
            "limits": {
                "memory_mib": limits.memory_mib,
                "cpu_seconds": int(2 * limits.lesson_seconds) + 1,
                "descriptors": 256 if kind in KERNELS else 64,  # sockets, event loops
            },
        }
        with theirs, _repeatable_layout():
            self._process = subprocess.Popen(
                [
                    # Nobody asks for the columns that a line of a traceback came from.
                    *(sys.executable, "-P", "-s", "-S", "-B", "-X", "no_debug_ranges", "-c"),
                    BOOT.format(str(FOLDER)),
                    json.dumps(settings),
                ],
                env=_environment(kind),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                pass_fds=[theirs.fileno()],
                cwd="/",
                start_new_session=True,
            )

    def close(self) -> None:
        """End the zygote and with it every child, whoever asked for it."""
        warm = self._ready or self._has_answer()
        super().close()
        try:
            self._process.wait(timeout=1.0 if warm else 0.0)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()

    @property
    def alive(self) -> bool:
        """Whether the zygote still runs."""
        return self._process.poll() is None

    def _last_words(self) -> str:
        if self._log.closed:
            return ""
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")


def available(package: str) -> bool:
    """Whether a package is installed, without importing it."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def _environment(kind: str) -> dict[str, str]:
    """Almost nothing. Why Python is not started with -I: it would ignore the hash seed."""
    environment = {"PYTHONHASHSEED": "0"}
    if kind in KERNELS:
        import platformdirs

        # matplotlib looks through all fonts when it does not find what it wrote down before.
        folder = platformdirs.user_cache_dir("mggrade", appauthor=False)
        # IPython makes the folder of its profiles where there is none, and a sealed kernel can't.
        ipython = Path(folder) / "ipython"
        with contextlib.suppress(OSError):
            ipython.mkdir(parents=True, exist_ok=True)
        environment |= {
            "HOME": "/",
            "MPLCONFIGDIR": f"{folder}/matplotlib",
            "IPYTHONDIR": str(ipython),
        }
    return environment


def _site_folders(modules: Sequence[str]) -> list[str]:
    """The folders that those of these modules are installed in that are not Python's own."""
    folders = []
    packages = dict.fromkeys(name.partition(".")[0] for name in modules)
    for package in (each for each in packages if each not in sys.stdlib_module_names):
        spec = importlib.util.find_spec(package) if available(package) else None
        if spec is None or spec.origin is None:
            raise InfrastructureError(
                f"{package} is not installed, and this lesson needs it; "
                f"install it (pip install {package}) and run again"
            )
        folder = str(Path(spec.origin).parent.parent)
        if folder not in folders:
            folders.append(folder)
    return folders


def _pair() -> tuple[socket.socket, socket.socket]:
    """Connected sockets. Theirs has a number of three digits, so that the settings have one length
    however many files are open: see `_repeatable_layout`."""
    ours, theirs = socket.socketpair()
    with theirs:
        number = fcntl.fcntl(theirs, fcntl.F_DUPFD_CLOEXEC, 100)
    return ours, socket.socket(fileno=number)


@contextlib.contextmanager
def _repeatable_layout() -> Iterator[None]:
    """Start a child without address randomisation (personality(2), ADDR_NO_RANDOMIZE).

    Python iterates a set of objects in an order that depends on their addresses. Graded code gets
    ordered ones (worker/ordered.py), but displays such as `{a, b}` are not: with the same addresses
    in every run, they mostly keep their order too. Where the system does not allow it, only that is
    lost.
    """
    try:
        personality = ctypes.CDLL(None).personality
    except (OSError, AttributeError):
        yield
        return
    before = personality(ctypes.c_ulong(0xFFFFFFFF))
    personality(ctypes.c_ulong(before | 0x0040000))
    try:
        yield
    finally:
        personality(ctypes.c_ulong(before))
