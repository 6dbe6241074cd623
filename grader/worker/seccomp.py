"""seccomp(2): a list of the system calls that computing needs; all others fail with EPERM.

EPERM rather than a kill: student code that tries something gets an ordinary Python exception.
clone3 fails with ENOSYS, so that the C library falls back to clone, and that is not on the list.
The filter is classic BPF over struct seccomp_data (linux/seccomp.h, linux/filter.h). The numbers
are those of the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h (aarch64).
"""

import ctypes
import errno
import os
from collections.abc import Mapping

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
NUMBER, ARCHITECTURE = 0, 4  # offsets in struct seccomp_data

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
CLONE3 = 435
AUDIT = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}


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


def apply(settings: Mapping[str, int]) -> None:
    """Install the filter for this process. Needs NO_NEW_PRIVS, or root. Raises OSError."""
    machine = os.uname().machine
    if machine not in AUDIT:
        raise OSError(errno.ENOSYS, f"no table for {machine}")
    lines = instructions(machine)
    program = (_Instruction * len(lines))(*(_Instruction(*line) for line in lines))
    libc = ctypes.CDLL(None, use_errno=True)
    filtering = _Program(len(lines), program)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filtering), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def instructions(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as (code, jump if true, jump if false, k)."""
    audit, column = AUDIT[machine]
    numbers = sorted({pair[column] for pair in CALLS.values()})
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (JUMP_IF_EQUAL, 1, 0, audit),
        (RETURN, 0, 0, ERRNO | errno.EPERM),  # 32-bit calls have other numbers
        (LOAD, 0, 0, NUMBER),
    ]
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
