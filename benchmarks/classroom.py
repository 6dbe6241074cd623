"""A made-up class, graded cold: the rate for several sizes, and the memory of all processes.

    python benchmarks/classroom.py [--sizes 100,1000,2000] [--jobs N] [--loops] [--equal N] [--mg8]

Every submission is another (tests/classes.py): solutions and other engines with planted mistakes,
gaps and crashes. Three more figures, each where it is asked for: what code that does not end costs
(an endless loop in one of a hundred, and mistakes that go over a graph exponentially often: limits
are waited for, side by side with everybody else's work); how many of N reports are equal to those
of `mggrade check` (but for times); and a class that did lesson 8, with the share of it that is the
students' own training.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from grader import grade  # noqa: E402
from grader.classroom.gradebook import Gradebook  # noqa: E402
from grader.classroom.records import Entry  # noqa: E402
from grader.render.json_format import report_to_data  # noqa: E402
from tests.classes import LESSONS, student, write_student  # noqa: E402
from tests.conftest import SOLUTIONS  # noqa: E402

VARYING = ("seconds", "started", "reused", "submission")


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds, the peak of all processes' proportional memory in bytes, and
    seconds of processor time."""

    seconds: float
    peak: int
    cpu: float

    def line(self, name: str, size: int) -> str:
        """For a class of this size."""
        return (
            f"{name:28} {size:5} graded in {self.seconds:7.1f} s   "
            f"{size / self.seconds:6.2f} a second   {self.cpu / size:6.3f} CPU seconds each   "
            f"peak {self.peak >> 20} MiB"
        )


def main() -> None:
    """Measure what is asked for, and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="100,1000,2000")
    parser.add_argument("--jobs", type=int, help="as many as mggrade starts by itself")
    parser.add_argument("--loops", action="store_true", help="again with endless loops")
    parser.add_argument("--equal", type=int, default=0, metavar="N")
    parser.add_argument("--mg8", action="store_true")
    asked = parser.parse_args()
    for size in map(int, asked.sizes.split(",")):
        for loops in (False, True) if asked.loops else (False,):
            with tempfile.TemporaryDirectory() as folder:
                hall = Path(folder) / "class"
                for number in range(size):
                    write_student(student(number, loops=loops), hall / f"student{number:05}")
                before = yardstick()
                cost = graded(hall, Path(folder), asked.jobs, LESSONS)
                line = cost.line("mg1 to mg7" + ", with loops" * loops, size)
                print(f"{line}   (yardstick {before:.2f}, {yardstick():.2f} s)", flush=True)
                if asked.equal and not loops:
                    print(equal(hall, Path(folder), asked.equal), flush=True)
    if asked.mg8:
        with tempfile.TemporaryDirectory() as folder:
            print(lesson_8(Path(folder), asked.jobs))


def yardstick() -> float:
    """Seconds that a loop of three million turns takes on every core at once, on average: how busy
    a shared machine is with others' work. Figures of two runs compare only where these do."""
    code = "import time; t = time.perf_counter(); s = 0\nfor i in range(3_000_000): s += i * i"
    command = [sys.executable, "-c", f"{code}\nprint(time.perf_counter() - t)"]
    cores = range(os.cpu_count() or 1)
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in cores]
    return sum(float(run.communicate()[0]) for run in runs) / len(runs)


def graded(hall: Path, folder: Path, jobs: int | None, lessons: Sequence[str]) -> Cost:
    """`mggrade grade` with nothing remembered."""
    command = [
        *(sys.executable, "-m", "grader", "grade", str(hall), "--lesson", ",".join(lessons)),
        *("--gradebook", str(folder / "book.sqlite"), "--quiet"),
        *(["--jobs", str(jobs)] if jobs else []),
    ]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run = subprocess.Popen(command, env=_environment(folder), stdout=subprocess.DEVNULL)
    peaks = [0]
    threading.Thread(target=_watch, args=(run, peaks), daemon=True).start()
    if run.wait() != 0:
        raise SystemExit(f"mggrade grade ended with {run.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - started, peaks[0], cpu)


def equal(hall: Path, folder: Path, count: int) -> str:
    """Compare stored reports, taken evenly from the class, with those of `mggrade check`, as many
    at once as there are cores."""
    with Gradebook(folder / "book.sqlite", reading=True) as book:
        entries = [each for each in book.entries() if each.result and each.result.report]
    chosen = entries[:: max(1, len(entries) // count)][:count]
    names = [entry.handin.label if entry.handin else "" for entry in chosen]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        alone = threads.map(lambda name: _alone(hall / name, folder), names)
        both = zip(names, chosen, alone, strict=True)
        different = [name for name, entry, other in both if _stored(entry) != other]
    told = f": not {', '.join(different)}" if different else ""
    return f"{len(chosen) - len(different)} of {len(chosen)} reports equal mggrade check's{told}"


def lesson_8(folder: Path, jobs: int | None, size: int = 20) -> str:
    """A class that did all of lesson 8, on earlier lessons of its own."""
    files = {each.name: each.read_text(encoding="utf-8") for each in SOLUTIONS.glob("mg*.py")}
    hall = folder / "class"
    for number in range(size):
        mine = {name: f"{text}\n# by student {number}\n" for name, text in files.items()}
        write_student(mine, hall / f"student{number:05}")
    cost = graded(hall, folder, jobs, ("mg8",))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = time.process_time()
    for path in sorted(hall.iterdir())[:3]:
        grade.check(path, lessons=["mg8"], fresh=True, cache_folder=folder / "cache" / "mggrade")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    theirs = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    share = theirs / (theirs + time.process_time() - own)
    return f"{cost.line('mg8', size)}   {share:.0%} in the students' processes"


def _alone(path: Path, folder: Path) -> dict[str, object]:
    """What `mggrade check` says of one submission, without times."""
    command = [sys.executable, "-m", "grader", "check", str(path), "--lesson", ",".join(LESSONS)]
    run = subprocess.run(
        [*command, "--format", "json", "--fresh"],
        env=_environment(folder), capture_output=True, text=True,
    )  # fmt: skip
    return _timeless(run.stdout)


def _stored(entry: Entry) -> dict[str, object]:
    assert entry.result is not None and entry.result.report is not None
    return _timeless(json.dumps(report_to_data(entry.result.report)))


def _timeless(text: str) -> dict[str, object]:
    data: dict[str, object] = json.loads(text)
    return {key: value for key, value in data.items() if key not in VARYING}


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}


def _watch(run: subprocess.Popen[bytes], peaks: list[int]) -> None:
    """Look at the memory once a second."""
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
        time.sleep(1.0)


if __name__ == "__main__":
    main()
