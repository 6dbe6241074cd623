"""What prctl(2) can promise about a process (Linux; numbers from linux/prctl.h)."""

import ctypes
import os
import signal
from collections.abc import Mapping

from .libc import library

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def apply(settings: Mapping[str, int]) -> None:
    """Die with the zygote; gain nothing by executing anything; hide memory from other processes
    of the same user (ptrace, /proc/PID/mem)."""
    die_with_parent(os.getppid())
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_DUMPABLE, 0)


def die_with_parent(parent: int) -> None:
    """SIGKILL when the parent is gone; at once if it is gone already. Raises OSError."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Children's children come to this process when they are left alone. Raises OSError."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def prctl(option: int, value: int) -> None:
    """Raises OSError, and AttributeError where the C library has no such function."""
    if library().prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
