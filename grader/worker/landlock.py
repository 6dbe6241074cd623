"""Landlock (landlock(7)): a ruleset without a single rule, so that no file can be opened any more.

What was opened or imported before stays usable. Not stopped: stat, chmod and UDP; seccomp does it.
The system calls have the same numbers on every architecture; the flags are those of
linux/landlock.h, by the ABI version in which they came.
"""

import ctypes
import os
from collections.abc import Mapping

CREATE_RULESET, RESTRICT_SELF = 444, 446
GET_VERSION = 1
# All rights up to the one that the ABI added last: 13, then REFER, TRUNCATE, (net), IOCTL_DEV.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
TCP_RIGHTS = 0b11  # bind, connect; since ABI 4
SCOPES = 0b11  # abstract Unix sockets, signals; since ABI 6


class _Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr."""

    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


def apply(settings: Mapping[str, int]) -> None:
    """Lose the file system, TCP and signals to the outside, as far as the kernel knows them.

    Needs NO_NEW_PRIVS, or root. Raises OSError.
    """
    abi = _call(CREATE_RULESET, None, 0, GET_VERSION)
    rights = (1 << FILE_RIGHTS.get(abi, FILE_RIGHTS[5])) - 1
    ruleset = _Ruleset(rights, TCP_RIGHTS if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    descriptor = _call(CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    try:
        _call(RESTRICT_SELF, descriptor, 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return int(result)
