"""Limits the child puts on itself before it sees a byte of the student's.

This is the place of the kernel's lock-down; the resource limits are its first layer.
"""

import resource
from collections.abc import Mapping
from pathlib import Path


def lock(limits: Mapping[str, int]) -> None:
    """Apply every layer. `limits`: `memory_mib` above what the interpreter has mapped already,
    `cpu_seconds`, `descriptors`."""
    _limit(resource.RLIMIT_CORE, 0)  # no core dumps of student code
    _limit(resource.RLIMIT_FSIZE, 0)  # writing a file fails; pipes are not files
    _limit(resource.RLIMIT_NOFILE, limits["descriptors"])
    # Behind the wall clock that the parent keeps: for a worker whose parent was stopped.
    _limit(resource.RLIMIT_CPU, limits["cpu_seconds"])
    mapped = _mapped_bytes()
    if mapped:  # elsewhere than on Linux an address-space limit can't be trusted
        _limit(resource.RLIMIT_AS, mapped + limits["memory_mib"] * 1024 * 1024)


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _mapped_bytes() -> int:
    """The size of this process's address space; 0 where /proc does not tell."""
    try:
        statm = Path("/proc/self/statm").read_text()
        return int(statm.split()[0]) * resource.getpagesize()
    except OSError:
        return 0
