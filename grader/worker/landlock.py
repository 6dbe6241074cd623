"""Landlock (landlock(7)): files that can't be opened any more, TCP and signals that stay inside.

A worker gets a ruleset without a single rule: what was opened or imported before stays usable. A
notebook's kernel goes on reading what its packages bring along, and makes its own sockets.
Not stopped: stat, chmod and UDP; seccomp does it. The system calls have the same numbers on every
architecture; the flags are those of linux/landlock.h, by the ABI version in which they came.
"""

import ctypes
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .libc import library

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
GET_VERSION = 1
PATH_BENEATH = 1
# All rights up to the one that the ABI added last: 13, then REFER, TRUNCATE, (net), IOCTL_DEV.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
TCP_RIGHTS = 0b11  # bind, connect; since ABI 4
SCOPES = 0b11  # abstract Unix sockets, signals; since ABI 6
READ_FILE, READ_FOLDER, REMOVE_FILE, MAKE_SOCKET = 1 << 2, 1 << 3, 1 << 5, 1 << 9

Rule = tuple[str, int]  # a path, and the rights to all beneath it


class _Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr."""

    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    """struct landlock_path_beneath_attr."""

    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def apply(settings: Mapping[str, Any]) -> None:
    """Lose the file system, TCP and signals to the outside, as far as the kernel knows them.

    Needs NO_NEW_PRIVS, or root. Raises OSError.
    """
    restrict(())


def restrict(rules: Iterable[Rule]) -> None:
    """The same but for these rules. Holds for this thread and those that it starts from now on."""
    abi = _call(CREATE_RULESET, None, 0, GET_VERSION)
    rights = (1 << FILE_RIGHTS.get(abi, FILE_RIGHTS[5])) - 1
    ruleset = _Ruleset(rights, TCP_RIGHTS if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    descriptor = _call(CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    try:
        for path, allowed in rules:
            _add(descriptor, path, allowed)
        _call(RESTRICT_SELF, descriptor, 0)
    finally:
        os.close(descriptor)


def _add(ruleset: int, path: str, allowed: int) -> None:
    """What is not there any more needs no rule."""
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not Path(path).is_dir():
            allowed &= READ_FILE
        attribute = _PathBeneath(allowed, beneath)
        _call(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(attribute), 0)
    finally:
        os.close(beneath)


def _call(number: int, *arguments: object) -> int:
    result = library().syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return int(result)
