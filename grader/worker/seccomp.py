"""seccomp(2): a list of the system calls that computing needs; all others fail with EPERM.

EPERM rather than a kill: student code that tries something gets an ordinary Python exception.
clone3 fails with ENOSYS, so that the C library falls back to clone, and that is not on the list.
The filter is classic BPF over struct seccomp_data (linux/seccomp.h, linux/filter.h). The numbers
are those of the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h (aarch64).
"""

import contextlib
import ctypes
import errno
import functools
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .libc import library

SET_MODE_FILTER, FOR_ALL_THREADS = 1, 1  # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
SECCOMP = (317, 277)  # seccomp(2) itself
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
LOAD, RETURN = 0x20, 0x06  # BPF_LD|W|ABS, BPF_RET|K
JUMP_IF_EQUAL, JUMP_IF_SET = 0x15, 0x45  # BPF_JMP|JEQ|K, BPF_JMP|JSET|K
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

# name: (x86-64, aarch64)
CALLS: Mapping[str, tuple[int, int]] = {
    # the pipes
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "close": (3, 57),
    "lseek": (8, 62),
    "fstat": (5, 80),
    "poll": (7, 73),  # aarch64: ppoll
    "ppoll": (271, 73),
    "select": (23, 72),  # aarch64: pselect6
    "pselect6": (270, 72),
    # memory
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    # signals to oneself: handlers, and returning from them
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    # time
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, 113),  # aarch64: clock_gettime
    "times": (100, 153),
    "getrusage": (98, 165),
    # who am I
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "sched_getaffinity": (204, 123),
    "sched_yield": (24, 124),
    "getcpu": (309, 168),
    # the C library's own needs
    "futex": (202, 98),
    "rseq": (334, 293),
    "set_robust_list": (273, 99),
    "membarrier": (324, 283),
    "arch_prctl": (158, 172),  # aarch64: getpid, that is, nothing more
    "getrandom": (318, 278),
    # leaving
    "exit": (60, 93),
    "exit_group": (231, 94),
}
# What a notebook's kernel needs on top: an event loop over sockets that are there already, and the
# files that Landlock leaves readable.
KERNEL_CALLS: Mapping[str, tuple[int, int]] = {
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, 22),  # aarch64: epoll_pwait
    "epoll_pwait": (281, 22),
    "eventfd2": (290, 19),
    "accept4": (288, 242),
    "accept": (43, 202),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "getsockopt": (55, 209),
    "setsockopt": (54, 208),
    "getsockname": (51, 204),
    "getpeername": (52, 205),
    "shutdown": (48, 210),
    "openat": (257, 56),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, 48),  # aarch64: faccessat
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, 78),  # aarch64: readlinkat
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "pread64": (17, 67),
    "getcwd": (79, 17),
    "fcntl": (72, 25),
    "dup": (32, 23),
    "dup3": (292, 24),
    "pipe2": (293, 59),
    "uname": (63, 160),
    # A thread of ZeroMQ's asks for its own scheduling when it begins, and sets it again: perhaps
    # only now, and it ends the process where that fails.
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "sysinfo": (99, 179),
}
CLONE3 = 435
AUDIT = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}


@dataclass(frozen=True)
class Test:
    """Holds where the low word of an argument is one of `values`, or has one of the `bits` set."""

    argument: int
    values: tuple[int, ...] = ()
    bits: int = 0


# Calls that are let through where all of their tests hold.
_STREAM = int(socket.SOCK_STREAM)
_NONBLOCK, _CLOEXEC = 0o4000, 0o2000000
KERNEL_CONDITIONS: Mapping[tuple[int, int], tuple[Test, ...]] = {
    (56, 220): (Test(0, bits=0x00010000),),  # clone with CLONE_THREAD: never a process
    # socketpair, as event loops make them; a pair of datagrams could be sent elsewhere
    (53, 199): (
        Test(0, (int(socket.AF_UNIX),)),
        Test(1, (_STREAM, _STREAM | _CLOEXEC, _STREAM | _NONBLOCK, _STREAM | _CLOEXEC | _NONBLOCK)),
    ),
    # sched_setscheduler, to be scheduled as everybody is (SCHED_OTHER)
    (144, 119): (Test(1, (0,)),),
    # ioctl: TCGETS (is this a terminal?), FIONREAD, FIONBIO, FIOCLEX
    (16, 29): (Test(1, (0x5401, 0x541B, 0x5421, 0x5451)),),
}


class _Instruction(ctypes.Structure):
    """struct sock_filter."""

    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("len", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def prepare() -> None:
    """Make a worker's filter ready, for those who are forked from here."""
    with contextlib.suppress(OSError):  # told when it is to be installed
        _filter(kernel=False)


def apply(settings: Mapping[str, Any]) -> None:
    """Install a worker's filter. Needs NO_NEW_PRIVS, or root. Raises OSError."""
    _install(kernel=False)


def apply_to_kernel(settings: Mapping[str, Any]) -> None:
    """Install a kernel's filter, for all of its threads. Raises OSError."""
    _install(kernel=True)


def instructions(
    machine: str,
    calls: Mapping[str, tuple[int, int]] = CALLS,
    conditions: Mapping[tuple[int, int], tuple[Test, ...]] = MappingProxyType({}),
) -> list[tuple[int, int, int, int]]:
    """The filter as (code, jump if true, jump if false, k)."""
    audit, column = AUDIT[machine]
    numbers = sorted({pair[column] for pair in calls.values()})
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_IF_EQUAL, 1, 0, audit),
        (RETURN, 0, 0, ERRNO | errno.EPERM),  # 32-bit calls have other numbers
        (LOAD, 0, 0, NUMBER),
    ]
    for pair, tests in conditions.items():
        block = [line for test in tests for line in _required(test)]
        block.append((RETURN, 0, 0, ALLOW))
        lines += [(JUMP_IF_EQUAL, 0, len(block), pair[column]), *block]
    for place, number in enumerate(numbers):
        left = len(numbers) - place - 1
        lines.append((JUMP_IF_EQUAL, left + 3, 0, number))
    lines += [
        (JUMP_IF_EQUAL, 1, 0, CLONE3),
        (RETURN, 0, 0, ERRNO | errno.EPERM),
        (RETURN, 0, 0, ERRNO | errno.ENOSYS),
        (RETURN, 0, 0, ALLOW),
    ]
    return lines


def _required(test: Test) -> list[tuple[int, int, int, int]]:
    """Goes on behind its last line where the test holds."""
    kinds = [(JUMP_IF_EQUAL, value) for value in test.values]
    kinds += [(JUMP_IF_SET, test.bits)] if test.bits else []
    lines = [(code, len(kinds) - n, 0, k) for n, (code, k) in enumerate(kinds)]
    load = (LOAD, 0, 0, ARGUMENTS + 8 * test.argument)
    return [load, *lines, (RETURN, 0, 0, ERRNO | errno.EPERM)]


@functools.cache
def _filter(kernel: bool) -> _Program:
    """For the system call. Raises OSError."""
    machine = os.uname().machine
    if machine not in AUDIT:
        raise OSError(errno.ENOSYS, f"no table for {machine}")
    calls = {**CALLS, **KERNEL_CALLS} if kernel else CALLS
    lines = instructions(machine, calls, KERNEL_CONDITIONS if kernel else {})
    program = (_Instruction * len(lines))(*(_Instruction(*line) for line in lines))
    return _Program(len(lines), program)


def _install(kernel: bool) -> None:
    filtering = ctypes.byref(_filter(kernel))
    number = ctypes.c_long(SECCOMP[AUDIT[os.uname().machine][1]])
    if library().syscall(number, SET_MODE_FILTER, FOR_ALL_THREADS, filtering) != 0:
        raise OSError(ctypes.get_errno() or errno.EBUSY, "seccomp")
