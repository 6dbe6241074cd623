"""A container made of what is here: a root of its own, read-only but for a few folders, without
this clone and without PyTorch; within a limit of memory."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

MIB = 1 << 20
WRITABLE = ("tmp", "proc", "dev", "sys")
# $1 is where the root is put together, $2 what of this clone is hidden, one a line; then pairs of
# a folder here and its place there; then -- and the program.
SCRIPT = """
set -eu
root=$1 hidden=$2; shift 2
mount -t tmpfs -o size=64m none "$root"
for each in /*; do
  name=${each#/}
  case "$name" in tmp|proc) mkdir "$root/$name"; continue ;; esac
  if [ -L "$each" ]; then ln -s "$(readlink "$each")" "$root/$name"
  elif [ -d "$each" ]; then
    mkdir "$root/$name"; mount --rbind "$each" "$root/$name"
    case "$name" in dev|sys) ;; *) mount -o remount,bind,ro "$root/$name" || true ;; esac
  fi
done
mount -t tmpfs none "$root/tmp"
mount -t proc proc "$root/proc"
printf '%s\\n' "$hidden" | while read -r each; do
    mkdir -p "$root$each"; mount -t tmpfs none "$root$each"  # it may lie in what is empty now
done
while [ "$1" != -- ]; do mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2; done
shift
exec chroot "$root" "$@"
"""


@dataclass(frozen=True)
class Ran:
    """How a program in the container ended, and what it took: at most so many MiB at once, all of
    its processes together, and so many seconds."""

    code: int
    output: str
    mib: float
    seconds: float


def _unshare() -> list[str]:
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", *user]


@cache
def reason_not_to() -> str:
    """Why there can be no private root here; empty where there can."""
    if sys.platform != "linux":
        return "no namespaces on this system"
    if not shutil.which("unshare"):
        return "unshare (util-linux) is not installed"
    mounts = "mount -t tmpfs none /tmp && mount -t proc proc /proc"
    tried = subprocess.run([*_unshare(), "sh", "-c", mounts], capture_output=True, text=True)
    return f"namespaces are refused here: {tried.stderr.strip()}" if tried.returncode else ""


needs_private_root = pytest.mark.skipif(bool(reason_not_to()), reason=reason_not_to() or "-")


class PrivateRoot:
    """Folders of its own (here, there), and what is installed here to borrow from."""

    def __init__(self, base: Path, folders: Mapping[Path, str]) -> None:
        self._base = base
        self._borrowed = base / "borrowed"
        self._root = base / "root"
        self._root.mkdir()
        self._borrowed.mkdir()
        self._folders = {**folders, self._borrowed: "/borrowed"}
        _borrow(self._borrowed)

    def run(self, *program: str, most_mib: int | None = None, seconds: float = 120) -> Ran:
        """Run a program in it. It is killed when it takes more memory, where control groups can
        be made here; what it took is looked up either way."""
        places = [str(each) for pair in self._folders.items() for each in pair]
        if Path(sys.prefix).is_relative_to("/tmp"):  # where all is empty: what is borrowed is there
            places += [sys.prefix, sys.prefix]
        hidden = [ROOT / name for name in ("grader", "solutions", "exercises", "tests")]
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin:/usr/sbin:/sbin",
            "PYTHONPATH": "/borrowed",  # what pip finds there, it need not fetch
            "PIP_NO_INDEX": "1",
            "HOME": "/tmp",
            "LC_ALL": "C.UTF-8",
        }
        began = time.monotonic()
        with control_group(most_mib) as group:
            line = [*_unshare(), "sh", "-c", SCRIPT, "sh", str(self._root)]
            line += ["\n".join(map(str, hidden)), *places, "--", *program]
            entering = ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', group]
            process = subprocess.Popen(
                [*(entering if group else []), *line],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                text=True,
            )
            with _watched(process.pid) as peak:
                output, _ = process.communicate(timeout=seconds)
        return Ran(process.returncode, output, peak[0] / MIB, time.monotonic() - began)


def _borrow(folder: Path) -> None:
    """Links to all that is installed here, but for mggrade itself and PyTorch with its kin."""
    for place in dict.fromkeys(each for each in sys.path if Path(each).name == "site-packages"):
        for each in Path(place).iterdir():
            left = each.name.lower().startswith(("mggrade", "torch", "functorch", "nvidia"))
            if not left and each.suffix != ".pth" and not (folder / each.name).exists():
                (folder / each.name).symlink_to(each)


@contextlib.contextmanager
def control_group(most_mib: int | None) -> Iterator[str]:
    """A group of processes that may take so much memory; empty where none can be made."""
    old, new = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
    base, limit = (old, "memory.limit_in_bytes") if old.is_dir() else (new, "memory.max")
    group = base / f"mggrade-test-{os.getpid()}"
    try:
        if most_mib is None:
            raise PermissionError
        group.mkdir()
        (group / limit).write_text(str(most_mib * MIB))
    except OSError:
        with contextlib.suppress(OSError):
            group.rmdir()
        yield ""
        return
    try:
        yield str(group)
    finally:
        for _ in range(50):  # until the last of its processes is gone
            with contextlib.suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.02)


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """The most bytes that a process and all below it had at once; what they share counts once."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], sum(map(_bytes, _family([pid]))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _family(pids: Sequence[int]) -> Iterator[int]:
    for pid in pids:
        yield pid
        with contextlib.suppress(OSError):
            listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
            yield from _family([int(each) for each in listed.split()])


def _bytes(pid: int) -> int:
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return 1024 * int(next(each for each in lines if each.startswith("Pss:")).split()[1])
    return 0
