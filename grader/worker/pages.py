"""Large pages for a warm interpreter: a fork copies the table of its pages, and the child's end
takes it down, which for PyTorch's 36,000 takes longer than all that the child computes."""

import contextlib
import ctypes
import errno
import os
from pathlib import Path

from .libc import library

MADV_COLLAPSE = 25  # asm-generic/mman-common.h, since Linux 6.1
LARGE = 2 << 20
WORTH = 8 << 20  # of smaller ranges a child writes to a good part anyway


def collapse() -> None:
    """Hold what this process has in memory in large pages, as far as the system gives them."""
    with contextlib.suppress(OSError, AttributeError):  # Linux only
        for start, end in _ranges():
            if end - start >= WORTH:
                _collapse(start, end)


def _ranges() -> list[tuple[int, int]]:
    """The heap and other writable memory that is no file's, in whole large pages (proc(5)).
    Raises OSError."""
    found = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        bounds, rights, _, _, inode, *name = line.split()
        if rights.startswith("rw") and inode == "0" and (not name or name == ["[heap]"]):
            start, end = (int(each, 16) for each in bounds.split("-"))
            found.append((-(-start // LARGE) * LARGE, end // LARGE * LARGE))
    return found


def _collapse(start: int, end: int) -> None:
    """Raises OSError where the kernel knows no such thing; a lack of memory is no matter."""
    done = library().madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE)
    if done != 0 and ctypes.get_errno() == errno.EINVAL:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
