"""A made-up class, graded cold: the rate for several sizes, and the memory of all processes.

    python benchmarks/classroom.py [SIZES, such as 100,1000,2000] [JOBS]

Every submission is another (tests/classes.py): solutions and other engines with planted mistakes,
gaps, crashes, and an endless loop in one of a hundred, whose time limits are counted apart.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.classes import LESSONS, student, write_student  # noqa: E402


def main(sizes: list[int], jobs: int) -> None:
    """Measure, and print one line a size."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            hall = Path(folder) / "class"
            for number in range(size):
                write_student(student(number, loops=False), hall / f"student{number:05}")
            seconds, peak, cpu = _graded(hall, Path(folder), jobs)
            print(
                f"{size:6} graded in {seconds:7.1f} s   {size / seconds:6.2f} a second   "
                f"{cpu / size:6.3f} CPU seconds each   peak {peak >> 20} MiB",
                flush=True,
            )


def _graded(hall: Path, folder: Path, jobs: int) -> tuple[float, int, float]:
    """Seconds, the peak of all processes' proportional memory, and their CPU seconds."""
    command = [
        *(sys.executable, "-m", "grader", "grade", str(hall), "--lesson", ",".join(LESSONS)),
        *("--gradebook", str(folder / "book.sqlite"), "--jobs", str(jobs), "--quiet"),
    ]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    before = os.times()
    started = time.perf_counter()
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    peaks = [0]
    threading.Thread(target=_watch, args=(run, peaks), daemon=True).start()
    if run.wait() != 0:
        raise SystemExit(f"mggrade grade ended with {run.returncode}")
    after = os.times()
    cpu = (after.children_user + after.children_system) - (
        before.children_user + before.children_system
    )
    return time.perf_counter() - started, peaks[0], cpu


def _watch(run: subprocess.Popen[bytes], peaks: list[int]) -> None:
    """Look at the memory twice a second."""
    while run.poll() is None:
        total = 0
        try:
            whole = psutil.Process(run.pid)
            for each in [whole, *whole.children(recursive=True)]:
                try:
                    total += each.memory_full_info().pss
                except psutil.Error:
                    continue
        except psutil.Error:
            return
        peaks[0] = max(peaks[0], total)
        time.sleep(0.5)


if __name__ == "__main__":
    sizes = sys.argv[1] if len(sys.argv) > 1 else "100,1000,2000"
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1
    main([int(each) for each in sizes.split(",")], jobs)
