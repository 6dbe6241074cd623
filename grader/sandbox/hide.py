"""Keep this process's memory from other processes of the same user."""

import contextlib
import ctypes

PR_SET_DUMPABLE = 4


def hide_this_process() -> None:
    """No ptrace, no /proc/PID/mem, no core dump (prctl(2), PR_SET_DUMPABLE). Does not hold against
    root, and nothing elsewhere than on Linux; for a command's own process, not for a library's
    host."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
