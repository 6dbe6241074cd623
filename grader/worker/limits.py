"""Resource limits, setrlimit(2): memory, processor time, files."""

import os
import resource
from collections.abc import Mapping


def apply(settings: Mapping[str, int]) -> None:
    """`memory_mib` above what the interpreter has mapped already (`mapped_bytes`, where it can't
    look any more), `cpu_seconds`, `descriptors`."""
    _limit(resource.RLIMIT_CORE, 0)  # no core dumps of student code
    _limit(resource.RLIMIT_FSIZE, 0)  # writing a file fails; pipes are not files
    _limit(resource.RLIMIT_NOFILE, settings["descriptors"])
    # Behind the wall clock that the trusted side keeps: for a worker whose grader was stopped.
    _limit(resource.RLIMIT_CPU, settings["cpu_seconds"])
    mapped = settings.get("mapped_bytes") or mapped_bytes()
    if mapped:  # elsewhere than on Linux an address-space limit can't be trusted
        _limit(resource.RLIMIT_AS, mapped + settings["memory_mib"] * 1024 * 1024)


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def mapped_bytes() -> int:
    """The size of this process's address space; 0 where /proc does not tell."""
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(statm, 100).split()[0]) * resource.getpagesize()
    finally:
        os.close(statm)
