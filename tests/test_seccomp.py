"""The filter's numbers against the kernel's own headers, and the filter itself by simulation."""

import errno
import re
import socket
from pathlib import Path

import pytest

from grader.worker import seccomp

HEADERS = {
    "x86_64": (0, Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")),
    "aarch64": (1, Path("/usr/include/asm-generic/unistd.h")),
}
# Where an architecture lacks a call, its column holds another harmless one (see the comments).
OTHER_NAMES = {
    ("poll", 1): "ppoll",
    ("select", 1): "pselect6",
    ("time", 1): "clock_gettime",
    ("arch_prctl", 1): "getpid",
    ("epoll_wait", 1): "epoll_pwait",
    ("access", 1): "faccessat",
    ("readlink", 1): "readlinkat",
    ("newfstatat", 1): "fstatat",
}
NAMES = ("clone", "socketpair", "sched_setscheduler", "ioctl")
CONDITIONAL = dict(zip(NAMES, seccomp.KERNEL_CONDITIONS, strict=True))
KERNEL = {**seccomp.CALLS, **seccomp.KERNEL_CALLS}


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_the_kernels(machine: str) -> None:
    column, header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not installed (linux-libc-dev)")
    text = header.read_text()
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text))
    for name, numbers in {**seccomp.CALLS, **seccomp.KERNEL_CALLS, **CONDITIONAL}.items():
        name = OTHER_NAMES.get((name, column), name)
        assert int(known[name]) == numbers[column], name
    assert int(known["seccomp"]) == seccomp.SECCOMP[column]


def _verdict(machine: str, audit: int, number: int, *arguments: int, kernel: bool = False) -> int:
    """Run the classic BPF program on one system call."""
    lines = seccomp.instructions(machine)
    if kernel:
        lines = seccomp.instructions(machine, KERNEL, seccomp.KERNEL_CONDITIONS)
    data = {seccomp.NUMBER: number, seccomp.ARCHITECTURE: audit}
    data |= {seccomp.ARGUMENTS + 8 * n: each for n, each in enumerate(arguments)}
    accumulator, place = 0, 0
    while True:
        code, if_true, if_false, k = lines[place]
        place += 1
        if code == seccomp.LOAD:
            accumulator = data[k]
        elif code == seccomp.JUMP_IF_EQUAL:
            place += if_true if accumulator == k else if_false
        elif code == seccomp.JUMP_IF_SET:
            place += if_true if accumulator & k else if_false
        else:
            return k


@pytest.mark.parametrize("machine", HEADERS)
def test_every_call_gets_its_verdict(machine: str) -> None:
    audit, column = seccomp.AUDIT[machine]
    allowed = {numbers[column] for numbers in seccomp.CALLS.values()}
    for number in range(500):
        verdict = _verdict(machine, audit, number)
        if number in allowed:
            assert verdict == seccomp.ALLOW
        elif number == seccomp.CLONE3:
            assert verdict == seccomp.ERRNO | errno.ENOSYS
        else:
            assert verdict == seccomp.ERRNO | errno.EPERM
    assert _verdict(machine, audit, 0x40000000) == seccomp.ERRNO | errno.EPERM  # x32
    assert _verdict(machine, 0x40000003, 1) == seccomp.ERRNO | errno.EPERM  # 32-bit


@pytest.mark.parametrize("machine", HEADERS)
def test_a_kernel_has_some_more_and_four_by_their_arguments(machine: str) -> None:
    audit, column = seccomp.AUDIT[machine]
    denied, allowed = seccomp.ERRNO | errno.EPERM, seccomp.ALLOW
    conditional = {name: pair[column] for name, pair in CONDITIONAL.items()}
    for number in set(range(500)) - {seccomp.CLONE3, *conditional.values()}:
        verdict = _verdict(machine, audit, number, kernel=True)
        assert (verdict == allowed) is (number in {pair[column] for pair in KERNEL.values()})

    def told(name: str, *arguments: int) -> int:
        return _verdict(machine, audit, conditional[name], *arguments, kernel=True)

    thread, process = 0x3D0F00, 0x1200011  # as pthread_create and fork call it
    assert (told("clone", thread), told("clone", process)) == (allowed, denied)
    stream, datagram, close_on_exec = 1, 2, 0o2000000
    assert told("socketpair", socket.AF_UNIX, stream | close_on_exec) == allowed
    assert told("socketpair", socket.AF_UNIX, datagram) == denied
    assert told("socketpair", socket.AF_INET, stream) == denied
    other, realtime = 0, 1
    assert told("sched_setscheduler", 0, other) == allowed
    assert told("sched_setscheduler", 0, realtime) == denied
    tcgets, tiocsti = 0x5401, 0x5412
    assert (told("ioctl", 1, tcgets), told("ioctl", 1, tiocsti)) == (allowed, denied)


def test_nothing_dangerous_is_allowed() -> None:
    """Opening, executing, forking, signalling, sockets, changing files, looking at others."""
    forbidden = {
        "open", "openat", "openat2", "creat", "execve", "execveat", "fork", "vfork", "clone",
        "clone3", "kill", "tkill", "tgkill", "socket", "connect", "bind", "sendto", "ptrace",
        "process_vm_readv", "chmod", "fchmodat", "unlink", "rename", "mkdir", "prctl", "seccomp",
        "setrlimit", "prlimit64", "dup", "dup2", "dup3", "ioctl", "pidfd_open", "memfd_create",
        "io_uring_setup", "userfaultfd", "bpf", "mount", "unshare", "setns",
    }  # fmt: skip
    assert not forbidden & set(seccomp.CALLS)
    a_kernels = {"openat", "sendto", "dup", "dup3"}
    assert not (forbidden - a_kernels) & set(KERNEL)
