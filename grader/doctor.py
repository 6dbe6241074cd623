"""What this installation has and lacks, as data: versions, the cache, the worker's isolation."""

import os
import platform
import sqlite3
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from grader import canary
from grader.cache import default_folder
from grader.course import SUITES, Course
from grader.errors import InfrastructureError
from grader.version import __version__

NEEDED = ("torch", "numpy", "pytest", "rich", "click", "nbclient", "ipykernel")
OPTIONAL = {"jupytext": "authoring"}
REMEDIES = {
    "limits": "setrlimit(2) failed; is a container forbidding it?",
    "process": "prctl(2) is Linux's; elsewhere workers can be inspected by the same user",
    "landlock": "needs Linux 5.13 or newer with Landlock enabled (boot with lsm=landlock,...)",
    "seccomp": "needs Linux on x86-64 or aarch64, in a container that allows prctl",
}


@dataclass(frozen=True)
class Finding:
    """One line of the examination. `good` None: for information only."""

    section: str
    name: str
    value: str
    good: bool | None = None
    remedy: str = ""


def examine(course: Course) -> list[Finding]:
    """Everything, in the order in which it is shown."""
    return [*_environment(course), *_packages(), *_cache(), *_isolation(course)]


def _environment(course: Course) -> list[Finding]:
    return [
        Finding("environment", "mggrade", __version__),
        Finding("environment", "course", f"{course.title} {course.version}"),
        Finding("environment", "Python", platform.python_version()),
        Finding("environment", "system", f"{platform.system()} {platform.release()}"),
        Finding("environment", "machine", f"{platform.machine()}, {os.cpu_count()} cores"),
    ]


def _packages() -> list[Finding]:
    found = []
    for name in NEEDED:
        version = _version(name)
        remedy = "" if version else f"pip install {name}"
        found.append(Finding("packages", name, version or "missing", bool(version), remedy))
    for name, extra in OPTIONAL.items():
        version = _version(name)
        told = version or f'not installed (for authors: pip install "mggrade[{extra}]")'
        found.append(Finding("packages", name, told))
    return found


def _cache() -> list[Finding]:
    folder = default_folder()
    if folder is None:
        return [Finding("cache", "folder", "none: this user has no home", False, "set HOME")]
    file = folder / "cache.sqlite"
    shown = Finding("cache", "folder", str(folder))
    if not file.exists():
        return [shown, Finding("cache", "entries", "none yet")]
    try:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=1.0) as connection:
            rows = connection.execute("SELECT kind, count(*) FROM entries GROUP BY kind").fetchall()
    except sqlite3.Error as error:
        return [shown, Finding("cache", "entries", str(error), False, f"remove {file}")]
    entries = ", ".join(f"{count} {kind}s" for kind, count in rows) or "none yet"
    writable = os.access(folder, os.W_OK)
    remedy = "" if writable else f"make {folder} writable"
    size = f"{file.stat().st_size / 2**20:.1f} MiB"
    return [shown, Finding("cache", "entries", f"{entries}; {size}", writable, remedy)]


def _isolation(course: Course) -> list[Finding]:
    try:
        seen = canary.release(course.limits, str(_secret()))
        kernel = canary.release_in_kernel(course.limits, str(_secret()))
    except InfrastructureError as error:
        return [Finding("isolation", "worker", str(error), False, "see above")]
    found = [
        Finding(
            "isolation",
            layer,
            "holds" if holds else "missing",
            holds,
            "" if holds else REMEDIES[layer],
        )
        for layer, holds in seen.layers.items()
    ]
    return found + [
        Finding(f"{who} tried to", name, "denied" if denied else "ALLOWED", denied)
        for who, each in (("the worker", seen), ("a notebook's kernel", kernel))
        for name, denied in each.attempts.items()
    ]


def _secret() -> Path:
    """A file that no student may read: a hidden suite."""
    return next(SUITES.glob("test_*.py"))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
