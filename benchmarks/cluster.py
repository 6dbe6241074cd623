"""A class on a dask cluster of separate processes, one of which is killed midway, beside local.

    python benchmarks/cluster.py [SUBMISSIONS, 200] [WORKERS, 2]

`dask scheduler` and `dask worker` on loopback grade the class of tests/classes.py cold; as soon as
half of it has results, one worker is killed with its nanny. Then the same class is graded by as
many processes of `mggrade grade --jobs`, and the gradebooks are compared.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import fields, is_dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.classes import LESSONS, contents, stored, student, write_student  # noqa: E402
from tests.clusters import Cluster  # noqa: E402


def main(count: int, workers: int) -> None:
    """Measure both, compare, and end with 1 where they differ."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hall = folder / "class"
        for number in range(count):
            write_student(student(number, loops=False), hall / f"student{number:05}")
        there, here = folder / "there.sqlite", folder / "here.sqlite"
        with Cluster(folder, workers, cache=folder / "there") as cluster:
            began = time.perf_counter()
            run = _begun(hall, there, folder / "client", "--scheduler", cluster.address)
            while stored(there)[0] < count / 2 and run.poll() is None:
                time.sleep(0.05)
            at, when = stored(there)[0], time.perf_counter() - began
            cluster.kill("worker 0")
            _end(run)
            seconds = time.perf_counter() - began
        print(f"cluster of {workers}: {count} in {seconds:.1f} s; "
              f"one worker killed at {at} results, {when:.1f} s", flush=True)  # fmt: skip
        began = time.perf_counter()
        _end(_begun(hall, here, folder / "here", "--jobs", str(workers)))
        print(f"{workers} local processes: {count} in {time.perf_counter() - began:.1f} s")
        one, other = contents(there), contents(here)
        different = [each for each in other if one.get(each) != other[each]]
        rows, distinct = stored(there)
        print(
            f"{len(one)} of {count} are there, {rows - distinct} graded twice, "
            f"{len(different)} otherwise than local {different[:10] or ''}"
        )
        for each in different[:3]:
            _show(one.get(each), other[each])
        if different or len(one) != count or rows != distinct:
            raise SystemExit(1)


def _begun(hall: Path, book: Path, cache: Path, *more: str) -> "subprocess.Popen[bytes]":
    command = (
        *(sys.executable, "-m", "grader", "grade", str(hall), "--lesson", ",".join(LESSONS)),
        *("--gradebook", str(book), "--quiet", *more),
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def _show(there: object, here: object, path: str = "") -> None:
    """Where two results first part, field by field."""
    if is_dataclass(there) and type(there) is type(here):
        for each in fields(there):
            _show(getattr(there, each.name), getattr(here, each.name), f"{path}.{each.name}")
    elif isinstance(there, dict) and isinstance(here, dict) and there.keys() == here.keys():
        for name in there:
            _show(there[name], here[name], f"{path}.{name}")
    elif (
        isinstance(there, list | tuple)
        and isinstance(here, list | tuple)
        and len(there) == len(here)
    ):
        for number, pair in enumerate(zip(there, here, strict=True)):
            _show(*pair, f"{path}[{number}]")
    elif there != here:
        print(f"  {path}: {there!r:.300} there, {here!r:.300} here")


def _end(run: "subprocess.Popen[bytes]") -> None:
    if run.wait() != 0:
        raise SystemExit(f"mggrade grade ended with {run.returncode}")


if __name__ == "__main__":
    sizes = [int(each) for each in sys.argv[1:]]
    main(*[*sizes, *(200, 2)[len(sizes) :]])
