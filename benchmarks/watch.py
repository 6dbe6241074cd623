"""How long `mggrade watch` takes from a save to its verdict, and whether its memory stays flat.

    python benchmarks/watch.py [LESSON] [SAVES]

A copy of the solutions up to the lesson (mg3) is watched through a pipe. Every save is another
text, by turns right and with a slip, put in place by renaming. The time runs from the rename until
the verdict is read; `import torch` is measured beside it, again and again. Then SAVES (500) saves,
one on the heels of the other's verdict, and the memory of all processes meanwhile.
"""

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from grader import regions
from grader.course import Lesson, load_course

ROOT = Path(__file__).parent.parent
TIMED, EVERY = 50, 5  # saves, and after how many of them `import torch` is measured
SLIPS = {  # a line of each lesson's solution, and what is wrong in its place
    "mg1": ("/ (2 * h)", "/ h"),
    "mg2": ("self.data * other.data", "self.data + other.data"),
    "mg3": ("1 - out.data**2", "1 - self.data**2"),
    "mg4": ("self.grad += out.data * out.grad", "self.grad = out.data * out.grad"),
    "mg6": ("learning_rate * ", "-learning_rate * "),
    "mg7": ("p.grad = 0.0", "pass"),
}


def main(lesson: Lesson, saves: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        file = _workspace(Path(folder) / "exercises", lesson)
        texts = _texts(file, lesson)
        with _watching(Path(folder)) as process:
            _line(process)  # where the learner stands
            times, units = [], []
            for number in range(TIMED):
                if number % EVERY == 0:
                    units.append(_import_torch())
                times.append(_save(process, file, next(texts)))
                time.sleep(0.7)  # the lessons that build on it are checked after the verdict
            unit, middle = statistics.median(units), statistics.median(times)
            print(f"import torch             {unit:7.3f} s, the median of {len(units)}")
            print(f"save to verdict, {lesson.id}     {middle:7.3f} s, the median of {TIMED}")
            print(f"ratio                    {middle / unit:7.3f}    (at most 0.15)")
            print(f"the slowest              {max(times) / unit:7.3f}")
            _memory(process, file, texts, saves)


def _memory(process: "subprocess.Popen[str]", file: Path, texts: Iterator[str], saves: int) -> None:
    measured = {}
    for number in range(1, saves + 1):
        _save(process, file, next(texts))
        if number in (saves // 10, saves // 2, saves):
            measured[number] = _at_rest(process.pid)
    first = next(iter(measured.values()))
    for number, (mib, count) in measured.items():
        print(f"after {number:4} saves {mib:9.1f} MiB in {count} processes, {mib - first[0]:+.1f}")


def _workspace(folder: Path, lesson: Lesson) -> Path:
    """The lessons up to this one done, the later ones as they are handed out."""
    folder.mkdir()
    file = folder / f"{lesson.file}.py"
    for path in sorted((ROOT / "solutions").glob("mg*.py")):
        text = path.read_text(encoding="utf-8")
        later = path.name > file.name
        (folder / path.name).write_text(regions.script(text) if later else text, encoding="utf-8")
    return file


def _texts(file: Path, lesson: Lesson) -> Iterator[str]:
    right = file.read_text(encoding="utf-8")
    slip = right.replace(*SLIPS[lesson.id])
    assert slip != right, "the slip is out of date"
    number = 0
    while True:
        number += 1
        yield f"{slip if number % 2 else right}\n# save {number}\n"


@contextlib.contextmanager
def _watching(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "grader", "watch"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def _save(process: "subprocess.Popen[str]", file: Path, text: str) -> float:
    """Seconds from the rename to the verdict."""
    other = file.with_suffix(".tmp")
    other.write_text(text, encoding="utf-8")
    started = time.perf_counter()
    other.replace(file)
    _line(process)
    return time.perf_counter() - started


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line, "mggrade watch has ended"
    return line


def _import_torch() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - started


def _at_rest(pid: int) -> tuple[float, int]:
    """When no worker is at work any more: the least of some looks."""
    looks = []
    for _ in range(12):
        time.sleep(0.25)
        looks.append(_resident(pid))
    return min(looks)


def _resident(pid: int) -> tuple[float, int]:
    """Mebibytes of a process and all below it, shared pages counted in each; how many they are."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    pages = 0
    for each in family:
        with contextlib.suppress(OSError):
            pages += int(Path(f"/proc/{each}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, len(family)


if __name__ == "__main__":
    course = load_course()
    main(
        course.lesson(sys.argv[1] if len(sys.argv) > 1 else "mg3"),
        int(sys.argv[2]) if len(sys.argv) > 2 else 500,
    )
